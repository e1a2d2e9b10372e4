//! Frames of SkypeProxy as bytes, for those who have to send and take very many of them.
//! Never looks at what is in a frame: the transports of the core do that.

use std::io;

/// Bytes of the length in front of a frame.
pub(crate) const LENGTH_BYTES: usize = 4;

/// What a client says to come in as somebody: that it wants to give a password, the password, and a first command, at once.
pub(crate) fn login(name: &str, password: &str) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 0, 1];
    put(&format!("{name}:{password}"), &mut bytes);
    put("PROTOCOL 7", &mut bytes);
    bytes
}

/// The answers to [`login`] that come before the first frame.
pub(crate) const WELCOME: [u8; 2] = [1, 1];

/// Appends the frame of a line.
pub(crate) fn put(line: &str, bytes: &mut Vec<u8>) {
    let length = u32::try_from(line.len()).expect("lines of the load are short");
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(line.as_bytes());
}

/// The text of the first frame, if it is complete.
///
/// # Errors
/// If there is a command instead, which nobody has asked for.
pub(crate) fn first(bytes: &[u8]) -> io::Result<Option<&[u8]>> {
    let Some((length, rest)) = bytes.split_first_chunk::<LENGTH_BYTES>() else {
        return Ok(None);
    };
    match u32::from_le_bytes(*length) as usize {
        0 => Err(io::Error::other("a frame without text")),
        length => Ok(rest.get(..length)),
    }
}
