//! Messages that end with a byte, as two transports have them.
//! Never knows which byte ends them, or what they mean.

use alloc::vec::Vec;

use super::WireError;
use crate::buf::RecvBuf;

/// The length of the message at the beginning of `rx` without the byte that ends it; `None` if it is not complete.
/// It is held against `limit` as soon as it is longer.
pub(super) fn first_length(
    rx: &mut RecvBuf,
    end: u8,
    limit: usize,
) -> Result<Option<usize>, WireError> {
    let length = rx.find(&[end]);
    if length.unwrap_or(rx.len()) > limit {
        return Err(WireError::FrameTooLong {
            announced: limit.saturating_add(1),
            limit,
        });
    }
    Ok(length)
}

/// Appends `text` and the byte that ends it, without the bytes in it that a message cannot hold. A text of nothing
/// else is left out: an empty message means nothing, or worse.
pub(super) fn put_message(text: &str, end: u8, tx: &mut Vec<u8>) {
    let start = tx.len();
    if memchr::memchr2(0, end, text.as_bytes()).is_none() {
        tx.extend_from_slice(text.as_bytes());
    } else {
        tx.extend(text.bytes().filter(|byte| *byte != 0 && *byte != end));
    }
    if tx.len() > start {
        tx.push(end);
    }
}
