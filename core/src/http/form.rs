//! `application/x-www-form-urlencoded`: pairs of names and values as a body.
//! Never copies a value that needs no decoding, and never decodes what is not in this form.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// The media type of a form, for `Content-Type`.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The field of a head that says so.
pub(super) const CONTENT_TYPE_FIELD: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// How a body fails to be a form; the sender's fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormError {
    /// A `%` without two hexadecimal digits behind it.
    BadEscape,
    /// A name or value that is not UTF-8.
    NotUtf8,
}

/// A name and its value.
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Whether a `Content-Type` names a form, with or without parameters such as `charset`.
#[must_use]
pub fn is_form(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(CONTENT_TYPE)
}

/// Appends a pair to the form that `body` holds so far. A space becomes `%20`.
pub fn append(body: &mut Vec<u8>, name: &str, value: &str) {
    if !body.is_empty() {
        body.push(b'&');
    }
    escape(name, body);
    body.push(b'=');
    escape(value, body);
}

/// By byte: whether a form leaves it as it is.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let character = byte as u8;
        plain[byte] =
            character.is_ascii_alphanumeric() || matches!(character, b'*' | b'-' | b'.' | b'_');
        byte += 1;
    }
    plain
};

fn escape(text: &str, body: &mut Vec<u8>) {
    let start = body.len();
    body.extend_from_slice(text.as_bytes());
    escape_from(body, start);
}

/// Brings what stands in `body` from `start` on into the form of a value, where it stands.
pub(crate) fn escape_from(body: &mut Vec<u8>, start: usize) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS[usize::from(value)];
    let escapes = body[start..]
        .iter()
        .map(|byte| usize::from(!PLAIN[usize::from(*byte)]));
    let more = 2 * escapes.sum::<usize>();
    let mut from = body.len();
    let mut to = from + more;
    body.resize(to, 0);
    // From the end, so that nothing is written over that is still to be read. Where both meet all is in its place.
    while from < to {
        from -= 1;
        let byte = body[from];
        if PLAIN[usize::from(byte)] {
            to -= 1;
            body[to] = byte;
        } else {
            to -= 3;
            body[to..to + 3].copy_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// The pairs of a form, in order. A name without `=` has an empty value.
pub fn pairs(body: &[u8]) -> impl Iterator<Item = Result<Pair<'_>, FormError>> {
    let parts = body.split(|b| *b == b'&').filter(|part| !part.is_empty());
    parts.map(|part| {
        let (name, value) = part.split_at(name_length(part));
        Ok((decode(name)?, decode(value.get(1..).unwrap_or_default())?))
    })
}

/// Like [`pairs`], for a form that is of no further use: what it holds is decoded where it stands.
pub(crate) fn pairs_in(body: &mut [u8]) -> impl Iterator<Item = Result<(&str, &str), FormError>> {
    let parts = body
        .split_mut(|b| *b == b'&')
        .filter(|part| !part.is_empty());
    parts.map(|part| {
        let (name, value) = part.split_at_mut(name_length(part));
        Ok((
            decode_in(name)?,
            decode_in(value.get_mut(1..).unwrap_or_default())?,
        ))
    })
}

fn name_length(part: &[u8]) -> usize {
    memchr::memchr(b'=', part).unwrap_or(part.len())
}

/// Undoes [`escape`]; a `+` is a space as well.
fn decode(text: &[u8]) -> Result<Cow<'_, str>, FormError> {
    if !text.iter().any(|b| matches!(b, b'%' | b'+')) {
        let text = core::str::from_utf8(text).map_err(|_| FormError::NotUtf8)?;
        return Ok(Cow::Borrowed(text));
    }
    let decoded = String::from(decode_in(&mut text.to_vec())?);
    Ok(Cow::Owned(decoded))
}

/// Undoes [`escape`] where the text stands; what is left over behind it means nothing.
fn decode_in(text: &mut [u8]) -> Result<&str, FormError> {
    let (mut from, mut to) = (0, 0);
    while let Some(byte) = text.get(from) {
        let (byte, taken) = match byte {
            b'+' => (b' ', 1),
            b'%' => match text.get(from + 1..from + 3) {
                Some([high, low]) => (hex(*high)? << 4 | hex(*low)?, 3),
                _ => return Err(FormError::BadEscape),
            },
            plain => (*plain, 1),
        };
        text[to] = byte;
        to += 1;
        from += taken;
    }
    core::str::from_utf8(&text[..to]).map_err(|_| FormError::NotUtf8)
}

fn hex(digit: u8) -> Result<u8, FormError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(FormError::BadEscape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(body: &str, expected: &[(&str, &str)]) {
        let pairs: Vec<Pair<'_>> = pairs(body.as_bytes()).map(Result::unwrap).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn forms_are_decoded() {
        check("", &[]);
        check("a=b&c=d", &[("a", "b"), ("c", "d")]);
        check("&a&&=b&", &[("a", ""), ("", "b")]);
        check("a=b=c", &[("a", "b=c")]);
        check("a+b=%20+%2B%2b", &[("a b", "  ++")]);
        check("x=%E2%82%AC%F0%9F%98%80", &[("x", "\u{20ac}\u{1f600}")]);
    }

    #[test]
    fn broken_forms_are_refused() {
        for body in ["a=%", "a=%4", "a=%4g", "%=a", "a=%+1"] {
            let mut pairs = pairs(body.as_bytes());
            assert_eq!(pairs.next(), Some(Err(FormError::BadEscape)), "{body}");
        }
        for body in [&b"a=\xff"[..], b"a=%ff", b"a=%c3+"] {
            assert_eq!(pairs(body).next(), Some(Err(FormError::NotUtf8)));
        }
    }

    #[test]
    fn a_value_without_escapes_is_borrowed() {
        let pair = pairs(b"method=echo").next().unwrap().unwrap();
        assert!(matches!(
            pair,
            (Cow::Borrowed("method"), Cow::Borrowed("echo"))
        ));
    }

    #[test]
    fn the_media_type_may_carry_a_charset() {
        assert!(is_form(CONTENT_TYPE));
        assert!(is_form("Application/X-WWW-Form-Urlencoded ; charset=UTF-8"));
        assert!(!is_form("application/json"));
        assert!(!is_form(""));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_again(given: Vec<(String, String)>) {
            let mut body = Vec::new();
            for (name, value) in &given {
                append(&mut body, name, value);
            }
            prop_assert!(body.iter().all(u8::is_ascii_graphic));
            let decoded: Result<Vec<Pair<'_>>, FormError> = pairs(&body).collect();
            let decoded: Vec<(String, String)> = decoded
                .unwrap()
                .into_iter()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
            prop_assert_eq!(decoded, given);
        }

        #[test]
        fn a_form_is_decoded_where_it_stands_as_elsewhere(mut body: Vec<u8>, escaped in "([a%&=+]|%[0-9a-f]{2}){0,20}") {
            body.extend_from_slice(escaped.as_bytes());
            let expected: Vec<Result<(String, String), FormError>> = pairs(&body)
                .map(|pair| pair.map(|(name, value)| (name.into_owned(), value.into_owned())))
                .collect();
            let decoded: Vec<Result<(String, String), FormError>> = pairs_in(&mut body)
                .map(|pair| pair.map(|(name, value)| (name.into(), value.into())))
                .collect();
            prop_assert_eq!(decoded, expected);
        }

        #[test]
        fn garbage_is_taken_or_refused(body: Vec<u8>) {
            for (name, value) in pairs(&body).flatten() {
                prop_assert!(name.len() + value.len() <= body.len());
            }
        }
    }
}
