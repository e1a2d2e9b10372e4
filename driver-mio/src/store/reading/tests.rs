//! The bounds of ranges, down to the bytes.
//! Never opens a file: `tests/store` holds the store itself to its contract.

use super::*;

#[test]
fn a_prefix_ends_before_its_successor() {
    let cases: [(&[u8], &[u8]); 6] = [
        (b"", &[0xff]),
        (b"a", b"b"),
        (b"a/", b"a0"),
        (&[b'a', 0xff], b"b"),
        (&[b'a', 0xff, 0xff], b"b"),
        (&[0xff, 0xff], &[0xff]),
    ];
    for (prefix, expected) in cases {
        assert_eq!(successor(prefix), expected, "{prefix:?}");
    }
}

#[test]
fn a_range_begins_beyond_after_and_never_leaves_its_prefix() {
    let check = |after: Option<&str>, newest_first: bool, from: &[u8], below: &[u8]| {
        let expected = Bounds {
            from: from.into(),
            below: below.into(),
        };
        assert_eq!(Bounds::new("m/", after, newest_first), expected);
    };
    check(None, false, b"m/", b"m0");
    check(None, true, b"m/", b"m0");
    check(Some("m/5"), false, b"m/5\0", b"m0");
    check(Some("m/5"), true, b"m/", b"m/5");
    check(Some("a"), false, b"m/", b"m0");
    check(Some("z"), true, b"m/", b"m0");
    check(Some("z"), false, b"z\0", b"m0");
    check(Some("a"), true, b"m/", b"a");
}
