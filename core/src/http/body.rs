//! Message bodies: how long one is by its head, and reading and writing it.
//! Never guesses: a length that is in doubt is an error, since two readings of one length are how requests
//! are smuggled.

use alloc::vec::Vec;

use super::head::{RequestHead, ResponseHead, Version};
use super::{Headers, HttpError, Method};
use crate::buf::RecvBuf;

/// How the end of a body is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Framing {
    /// It has this many bytes; zero for no body.
    Length(usize),
    /// It comes in chunks, the last of which is empty.
    Chunked,
    /// It ends with the connection.
    UntilClose,
}

/// The framing of a request's body, which may have `limit` bytes.
///
/// # Errors
/// If the head gives no clear answer or a longer body.
pub fn of_request(head: &RequestHead, limit: usize) -> Result<Framing, HttpError> {
    let given = given(head.version, &head.headers, limit)?;
    Ok(given.unwrap_or(Framing::Length(0)))
}

/// The framing of the body of a response to a request of `method`; the body may have `limit` bytes.
///
/// # Errors
/// If the head gives no clear answer or a longer body.
pub fn of_response(
    method: &Method,
    head: &ResponseHead,
    limit: usize,
) -> Result<Framing, HttpError> {
    if *method == Method::Head || matches!(head.status, 100..=199 | 204 | 304) {
        return Ok(Framing::Length(0));
    }
    let given = given(head.version, &head.headers, limit)?;
    Ok(given.unwrap_or(Framing::UntilClose))
}

/// The framing that the fields give, if they give one.
fn given(version: Version, headers: &Headers, limit: usize) -> Result<Option<Framing>, HttpError> {
    let length = content_length(headers)?;
    let mut codings = headers.all("Transfer-Encoding");
    match (codings.next(), length) {
        (None, Some(length)) if length > limit => Err(HttpError::BodyTooLong),
        (None, length) => Ok(length.map(Framing::Length)),
        (Some(_), Some(_)) => Err(HttpError::BadLength),
        (Some(_), None) if version == Version::Http10 => Err(HttpError::BadLength),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => match codings.next() {
            None => Ok(Some(Framing::Chunked)),
            Some(_) => Err(HttpError::BadLength),
        },
        (Some(_), None) => Err(HttpError::UnknownCoding),
    }
}

/// The one length that all `Content-Length` fields agree on, if there are any.
fn content_length(headers: &Headers) -> Result<Option<usize>, HttpError> {
    let mut length = None;
    let values = headers.all("Content-Length");
    for value in values.flat_map(|list| list.split(',')) {
        let digits = value.trim_ascii();
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(HttpError::BadLength);
        }
        // Digits can only fail to be a number by being too many.
        let value: usize = digits.parse().map_err(|_| HttpError::BodyTooLong)?;
        if length
            .replace(value)
            .is_some_and(|earlier| earlier != value)
        {
            return Err(HttpError::BadLength);
        }
    }
    Ok(length)
}

/// Reads one body.
#[derive(Clone)]
pub struct BodyReader {
    step: Step,
    body: Vec<u8>,
    limit: usize,
    extra: usize,
}

/// What comes next, with the number of bytes that are missing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Length(usize),
    ChunkSize,
    ChunkData(usize),
    ChunkEnd,
    Trailers,
    UntilClose,
    Done,
}

/// Most digits of a chunk size: as many as 64 bits have.
const CHUNK_DIGITS_MAX: usize = 16;
const LINE_END: &[u8] = b"\r\n";

impl BodyReader {
    /// A reader for a body of at most `limit` bytes; chunk extensions and trailers, which are skipped, may
    /// have `extra` bytes in all.
    #[must_use]
    pub const fn new(framing: Framing, limit: usize, extra: usize) -> Self {
        let step = match framing {
            Framing::Length(length) => Step::Length(length),
            Framing::Chunked => Step::ChunkSize,
            Framing::UntilClose => Step::UntilClose,
        };
        Self {
            step,
            body: Vec::new(),
            limit,
            extra,
        }
    }

    /// Takes what belongs to the body out of `rx`; true when the body is whole.
    ///
    /// # Errors
    /// If it breaks its framing or a limit.
    pub fn read(&mut self, rx: &mut RecvBuf) -> Result<bool, HttpError> {
        loop {
            let next = match self.step {
                Step::Length(missing) if self.body.is_empty() && missing == rx.len() => {
                    self.body = rx.take();
                    Some(Step::Done)
                }
                Step::Length(missing) => {
                    let missing = self.take(missing, rx);
                    self.step = Step::Length(missing);
                    (missing == 0).then_some(Step::Done)
                }
                Step::ChunkSize => match self.chunk_size(rx)? {
                    None => None,
                    Some(0) => Some(Step::Trailers),
                    Some(size) => Some(Step::ChunkData(size)),
                },
                Step::ChunkData(missing) => {
                    let missing = self.take(missing, rx);
                    self.step = Step::ChunkData(missing);
                    (missing == 0).then_some(Step::ChunkEnd)
                }
                Step::ChunkEnd => chunk_end(rx)?.then_some(Step::ChunkSize),
                Step::Trailers => match self.trailer(rx)? {
                    None => None,
                    Some(0) => Some(Step::Done),
                    Some(_) => Some(Step::Trailers),
                },
                Step::UntilClose => {
                    if rx.len() > self.limit - self.body.len() {
                        return Err(HttpError::BodyTooLong);
                    }
                    self.take(rx.len(), rx);
                    None
                }
                Step::Done => return Ok(true),
            };
            match next {
                Some(step) => self.step = step,
                None => return Ok(false),
            }
        }
    }

    /// Whether the end of the connection is the end of this body.
    #[must_use]
    pub fn ends_with_connection(&self) -> bool {
        self.step == Step::UntilClose
    }

    /// How much of the body has come, in bytes.
    pub(crate) const fn len(&self) -> usize {
        self.body.len()
    }

    /// The body.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// Moves up to `missing` bytes into the body; returns how many are missing then.
    fn take(&mut self, missing: usize, rx: &mut RecvBuf) -> usize {
        let count = missing.min(rx.len());
        self.body.extend_from_slice(&rx.as_slice()[..count]);
        rx.consume(count);
        missing - count
    }

    /// Takes a line that announces a chunk; returns the chunk's size.
    fn chunk_size(&mut self, rx: &mut RecvBuf) -> Result<Option<usize>, HttpError> {
        let Some(length) = self.line(CHUNK_DIGITS_MAX, rx)? else {
            return Ok(None);
        };
        let line = &rx.as_slice()[..length];
        let is_digit = |b: &&u8| b.is_ascii_hexdigit();
        let (digits, extension) = line.split_at(line.iter().take_while(is_digit).count());
        let digits = core::str::from_utf8(digits).map_err(|_| HttpError::BadChunk)?;
        let size = match digits.len() {
            1..=CHUNK_DIGITS_MAX => u64::from_str_radix(digits, 16),
            _ => return Err(HttpError::BadChunk),
        };
        let size = size.map_err(|_| HttpError::BadChunk)?;
        let is_extension = matches!(extension.trim_ascii(), [] | [b';', ..]);
        let is_text = |b: &u8| *b == b'\t' || !b.is_ascii_control();
        if !is_extension || !extension.iter().all(is_text) {
            return Err(HttpError::BadChunk);
        }
        self.spend(extension.len())?;
        rx.consume(length + LINE_END.len());
        match usize::try_from(size) {
            Ok(size) if size <= self.limit - self.body.len() => Ok(Some(size)),
            Ok(_) | Err(_) => Err(HttpError::BodyTooLong),
        }
    }

    /// Skips a line behind the last chunk; returns its length.
    fn trailer(&mut self, rx: &mut RecvBuf) -> Result<Option<usize>, HttpError> {
        let Some(length) = self.line(0, rx)? else {
            return Ok(None);
        };
        self.spend(length)?;
        rx.consume(length + LINE_END.len());
        Ok(Some(length))
    }

    /// The length of the line at the start of `rx`, if its end is there. A line may have `own` bytes and what
    /// is left of `extra`.
    fn line(&self, own: usize, rx: &mut RecvBuf) -> Result<Option<usize>, HttpError> {
        match rx.find(LINE_END) {
            None if rx.len() > own + self.extra + 1 => Err(HttpError::BadChunk),
            found => Ok(found),
        }
    }

    fn spend(&mut self, count: usize) -> Result<(), HttpError> {
        self.extra = self.extra.checked_sub(count).ok_or(HttpError::BadChunk)?;
        Ok(())
    }
}

/// Takes the line end behind a chunk's data, if it is there.
fn chunk_end(rx: &mut RecvBuf) -> Result<bool, HttpError> {
    match rx.as_slice() {
        [b'\r', b'\n', ..] => {
            rx.consume(LINE_END.len());
            Ok(true)
        }
        [] | [b'\r'] => Ok(false),
        _ => Err(HttpError::BadChunk),
    }
}

/// Appends `bytes` as one chunk; nothing if they are empty, since an empty chunk is the last.
pub fn write_chunk(bytes: &[u8], tx: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    write_hex(bytes.len(), tx);
    tx.extend_from_slice(LINE_END);
    tx.extend_from_slice(bytes);
    tx.extend_from_slice(LINE_END);
}

/// Appends the end of a chunked body.
pub fn write_last_chunk(tx: &mut Vec<u8>) {
    tx.extend_from_slice(b"0\r\n\r\n");
}

fn write_hex(number: usize, tx: &mut Vec<u8>) {
    if number >= 16 {
        write_hex(number / 16, tx);
    }
    tx.push(b"0123456789abcdef"[number % 16]);
}

#[cfg(test)]
mod tests;
