//! How a stream of bytes is cut into the pieces in which it comes.
//! Never drops, adds or reorders a byte.

/// The pieces of `stream`, none of them empty. With a `size` of zero the first byte of each piece says how long it is:
/// lengths cut the stream up byte by byte, text into larger parts.
pub(super) fn pieces(stream: &[u8], size: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let size = if size == 0 {
            1 + usize::from(first)
        } else {
            size
        };
        let (piece, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        Some(piece)
    })
}
