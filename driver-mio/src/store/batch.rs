//! Changes as one value of the log, in the order of time: a netstring for each key and one for what stands there from then
//! on, or `~` where nothing does. So whoever looks into the file by hand can read them.
//! Never looks into a key or a value.

use std::fmt;
use std::io::Write as _;
use std::iter;

/// What stands in the place of a value where a record was taken away.
const NOTHING: u8 = b'~';

/// A key, and what stands there; nothing where the record was taken away.
pub(super) type Change<'a> = (&'a [u8], Option<&'a [u8]>);

/// Some changes.
#[derive(Debug, Default)]
pub(super) struct Batch(Vec<u8>);

/// The bytes are no batch.
#[derive(Debug)]
pub(super) struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the log of recent changes is damaged")
    }
}

impl std::error::Error for Malformed {}

impl Batch {
    /// Appends a change.
    pub(super) fn push(&mut self, (key, value): Change<'_>) {
        push_netstring(&mut self.0, key);
        match value {
            Some(value) => push_netstring(&mut self.0, value),
            None => self.0.push(NOTHING),
        }
    }

    /// Appends what was [`Batch::bytes`] of another one.
    ///
    /// # Errors
    /// If it cannot have been; some of it may have been appended.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let mut rest = bytes;
        while !rest.is_empty() {
            take_change(&mut rest).ok_or(Malformed)?;
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    /// As it stands in the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The changes, in order, each with its place.
    pub(super) fn changes(&self) -> impl Iterator<Item = (usize, Change<'_>)> {
        let mut rest = self.0.as_slice();
        iter::from_fn(move || {
            let place = self.0.len() - rest.len();
            Some((place, take_change(&mut rest)?))
        })
    }

    /// The change at a place.
    ///
    /// # Panics
    /// If none begins there.
    pub(super) fn at(&self, place: usize) -> Change<'_> {
        take_change(&mut &self.0[place..]).expect("changes() has given this place")
    }
}

fn push_netstring(to: &mut Vec<u8>, bytes: &[u8]) {
    write!(to, "{}:", bytes.len()).expect("memory takes all that is written");
    to.extend_from_slice(bytes);
    to.push(b',');
}

/// Takes the first change; `None` if there is none.
fn take_change<'b>(rest: &mut &'b [u8]) -> Option<Change<'b>> {
    let key = take_netstring(rest)?;
    let value = if rest.first() == Some(&NOTHING) {
        *rest = &rest[1..];
        None
    } else {
        Some(take_netstring(rest)?)
    };
    Some((key, value))
}

fn take_netstring<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let colon = rest.iter().take(20).position(|byte| *byte == b':')?;
    let length: usize = str::from_utf8(&rest[..colon]).ok()?.parse().ok()?;
    let (bytes, behind) = rest[colon + 1..].split_at_checked(length)?;
    *rest = behind.strip_prefix(b",")?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_can_be_read_by_hand_and_by_the_next_process() {
        let changes: [Change<'_>; 4] = [
            (b"p/a/u/1", Some(b"null")),
            (b"p/a/s", Some(b"")),
            (b"p/a/o/1", None),
            (b"", Some(b"1:,~")),
        ];
        let mut batch = Batch::default();
        for change in changes {
            batch.push(change);
        }
        assert_eq!(
            str::from_utf8(batch.bytes()).unwrap(),
            "7:p/a/u/1,4:null,5:p/a/s,0:,7:p/a/o/1,~0:,4:1:,~,"
        );
        let mut read = Batch::default();
        read.append(batch.bytes()).unwrap();
        assert!(read.changes().map(|(_, change)| change).eq(changes));
        for (place, change) in read.changes() {
            assert_eq!(read.at(place), change);
        }
    }

    #[test]
    fn what_is_no_batch_is_refused() {
        let refused = [
            "1",
            "1:a",
            "1:a,",
            "1:a,1:b",
            "1:a,2:b,",
            "1:a;~",
            "x:a,~",
            ":a,~",
            "99999999999999999999:a,~",
            "1:a,~x",
        ];
        for bytes in refused {
            let mut batch = Batch::default();
            assert!(batch.append(bytes.as_bytes()).is_err(), "{bytes}");
        }
    }
}
