//! Pictures of people: what one is known by, and which files are pictures at all.
//! Never looks beyond the first bytes of a file.
//!
//! See `core/docs/imo-protocol.md`, "Pictures".

/// Longest id of a picture, in characters.
pub const ID_MAX: usize = 200;

/// True for an id that can stand in a path: 1 to 200 letters, digits, `.`, `_` and `-`, and not dots alone.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=ID_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && text.bytes().any(|byte| byte != b'.')
}

/// The media type of a JPEG, PNG or GIF file, by how it begins; `None` for any other file.
#[must_use]
pub fn media_type(image: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 4] = [
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
    ];
    let mut kinds = KINDS.into_iter();
    kinds
        .find(|(start, _)| image.starts_with(start))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_within_its_folder() {
        for good in ["a", "A-1_b.jpg", &"x".repeat(200)] {
            assert!(is_id(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a%2fb",
            "a?b",
            "a b",
            "\u{e4}",
            "a\r\nb",
            &"x".repeat(201),
        ] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        assert_eq!(media_type(b"\xff\xd8\xff\xe0rest"), Some("image/jpeg"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
        assert_eq!(media_type(b"GIF89a"), Some("image/gif"));
        for other in [&b""[..], b"\xff\xd8", b"GIF", b"<svg>", b"BM"] {
            assert_eq!(media_type(other), None);
        }
    }
}
