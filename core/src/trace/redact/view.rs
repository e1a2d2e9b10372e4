//! How the bytes of a stream are read while something is looked for in them: through escapes and chunks, or plainly.
//! Never changes a byte.

/// Longest head of a chunk that is read through, in bytes.
const CHUNK_HEAD_MAX: usize = 64;

/// What may stand between the bytes that are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct View {
    /// `%41` is an `A`, and a `+` is a space: a form.
    pub(super) escapes: bool,
    /// The head of a chunk may stand between any two bytes: a body that is sent in chunks.
    pub(super) chunks: bool,
}

/// One byte as it is meant, and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Unit {
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What stands at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    Unit(Unit),
    /// That cannot be said before there is more.
    More,
}

impl View {
    /// The byte at `at`.
    pub(super) fn unit(self, raw: &[u8], at: usize) -> Next {
        let Some(byte) = raw.get(at) else {
            return Next::More;
        };
        let one = |byte| {
            Next::Unit(Unit {
                byte,
                start: at,
                end: at + 1,
            })
        };
        match byte {
            b'+' if self.escapes => one(b' '),
            b'%' if self.escapes => {
                let digit = |offset| {
                    raw.get(at + offset)
                        .map(|digit| char::from(*digit).to_digit(16))
                };
                match (digit(1), digit(2)) {
                    (Some(Some(high)), Some(Some(low))) => Next::Unit(Unit {
                        byte: u8::try_from(high * 16 + low).unwrap_or(0),
                        start: at,
                        end: at + 3,
                    }),
                    (None, _) | (Some(Some(_)), None) => Next::More,
                    (Some(_), _) => one(b'%'),
                }
            }
            _ => one(*byte),
        }
    }

    /// Where the bytes go on behind the head of a chunk that stands at `at`; `None` if none stands there, and
    /// [`Err`] if that cannot be said before there is more.
    pub(super) fn behind_chunk_head(self, raw: &[u8], at: usize) -> Result<Option<usize>, ()> {
        if !self.chunks {
            return Ok(None);
        }
        let rest = &raw[at.min(raw.len())..];
        let rest = &rest[..rest.len().min(CHUNK_HEAD_MAX)];
        let mut place = 0;
        for expected in *b"\r\n" {
            match rest.get(place) {
                None => return Err(()),
                Some(byte) if *byte == expected => place += 1,
                Some(_) => return Ok(None),
            }
        }
        let digits = rest[place..]
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        place += digits;
        match rest.get(place) {
            None if rest.len() < CHUNK_HEAD_MAX => Err(()),
            Some(b';' | b'\r' | b' ') if digits > 0 => {
                let end = memchr::memmem::find(&rest[place..], b"\r\n");
                match end {
                    Some(end) => Ok(Some(at + place + end + 2)),
                    None if rest.len() < CHUNK_HEAD_MAX => Err(()),
                    None => Ok(None),
                }
            }
            None | Some(_) => Ok(None),
        }
    }

    /// Puts `byte` where a unit of `length` bytes stands.
    pub(super) fn put(shown: &mut [u8], byte: u8) {
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        match shown {
            [one] => *one = byte,
            [percent, high, low] => {
                *percent = b'%';
                *high = DIGITS[usize::from(byte >> 4)];
                *low = DIGITS[usize::from(byte & 15)];
            }
            other => other.fill(b'x'),
        }
    }
}
