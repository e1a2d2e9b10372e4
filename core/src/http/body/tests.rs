use alloc::format;
use alloc::string::String;

use super::*;
use proptest::prelude::*;

const LIMIT: usize = 10;

fn fields(text: &str) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
        headers.push(name, value);
    }
    headers
}

fn request(version: Version, text: &str) -> Result<Framing, HttpError> {
    let head = RequestHead {
        method: Method::Post,
        path: "/".into(),
        version,
        headers: fields(text),
    };
    of_request(&head, LIMIT)
}

fn response(method: &Method, status: u16, text: &str) -> Result<Framing, HttpError> {
    let head = ResponseHead {
        status,
        version: Version::Http11,
        headers: fields(text),
    };
    of_response(method, &head, LIMIT)
}

#[test]
fn the_head_of_a_request_tells_the_length_or_is_refused() {
    for (text, expected) in [
        ("", Ok(Framing::Length(0))),
        ("Content-Length: 010", Ok(Framing::Length(10))),
        (
            "Content-Length: 5\nContent-Length: 5",
            Ok(Framing::Length(5)),
        ),
        ("Content-Length: 5, 5", Ok(Framing::Length(5))),
        ("Transfer-Encoding: Chunked", Ok(Framing::Chunked)),
        ("Content-Length: 11", Err(HttpError::BodyTooLong)),
        (
            "Content-Length: 99999999999999999999999",
            Err(HttpError::BodyTooLong),
        ),
        (
            "Content-Length: 5\nContent-Length: 6",
            Err(HttpError::BadLength),
        ),
        ("Content-Length: 5, 6", Err(HttpError::BadLength)),
        ("Content-Length: 5,", Err(HttpError::BadLength)),
        ("Content-Length: ", Err(HttpError::BadLength)),
        ("Content-Length: +5", Err(HttpError::BadLength)),
        ("Content-Length: -5", Err(HttpError::BadLength)),
        ("Content-Length: 0x5", Err(HttpError::BadLength)),
        ("Content-Length: 5 5", Err(HttpError::BadLength)),
        (
            "Content-Length: 5\nTransfer-Encoding: chunked",
            Err(HttpError::BadLength),
        ),
        (
            "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
            Err(HttpError::BadLength),
        ),
        (
            "Transfer-Encoding: gzip, chunked",
            Err(HttpError::UnknownCoding),
        ),
        ("Transfer-Encoding: identity", Err(HttpError::UnknownCoding)),
        ("Transfer-Encoding: xchunked", Err(HttpError::UnknownCoding)),
    ] {
        assert_eq!(request(Version::Http11, text), expected, "{text}");
    }
    let old = request(Version::Http10, "Transfer-Encoding: chunked");
    assert_eq!(old, Err(HttpError::BadLength));
}

#[test]
fn some_responses_have_no_body_whatever_their_fields_say() {
    for status in [100, 199, 204, 304] {
        let framing = response(&Method::Get, status, "Content-Length: 99");
        assert_eq!(framing, Ok(Framing::Length(0)));
    }
    let framing = response(&Method::Head, 200, "Transfer-Encoding: chunked");
    assert_eq!(framing, Ok(Framing::Length(0)));
}

#[test]
fn a_response_without_a_length_ends_with_the_connection() {
    for (text, expected) in [
        ("", Ok(Framing::UntilClose)),
        ("Content-Length: 0", Ok(Framing::Length(0))),
        ("Transfer-Encoding: chunked", Ok(Framing::Chunked)),
        (
            "Transfer-Encoding: chunked\nContent-Length: 5",
            Err(HttpError::BadLength),
        ),
        ("Content-Length: 11", Err(HttpError::BodyTooLong)),
    ] {
        assert_eq!(response(&Method::Get, 200, text), expected, "{text}");
    }
}

/// A whole body and the bytes behind it.
type Read = Option<(Vec<u8>, Vec<u8>)>;

/// Reads a chunked body of at most [`LIMIT`] bytes, with 8 bytes of extensions and trailers, from pieces.
fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Result<Read, HttpError> {
    let mut reader = BodyReader::new(Framing::Chunked, LIMIT, 8);
    let mut rx = RecvBuf::new();
    let mut whole = false;
    for piece in pieces {
        rx.push(piece);
        whole = reader.read(&mut rx)?;
    }
    Ok(whole.then(|| (reader.into_body(), rx.as_slice().into())))
}

#[test]
fn chunks_are_joined_whatever_the_cuts() {
    for (text, body, behind) in [
        ("0\r\n\r\n", "", ""),
        ("5\r\nhello\r\n0\r\n\r\nGET", "hello", "GET"),
        ("1\r\na\r\n009\r\n123456789\r\n0\r\n\r\n", "a123456789", ""),
        ("A\r\n0123456789\r\n000\r\n\r\n", "0123456789", ""),
        ("2;a=b\r\nxy\r\n0\r\n\r\n", "xy", ""),
        ("2 ; a\r\nxy\r\n0\r\nB: c\r\n\r\n", "xy", ""),
        ("0\r\nA: b\r\nC:d\r\n\r\n", "", ""),
    ] {
        let expected = Ok(Some((body.as_bytes().into(), behind.as_bytes().into())));
        assert_eq!(
            read(core::iter::once(text.as_bytes())),
            expected,
            "{text:?}"
        );
        assert_eq!(read(text.as_bytes().chunks(1)), expected, "{text:?}");
    }
}

#[test]
fn bad_chunks_are_refused_whatever_the_cuts() {
    for (text, error) in [
        ("\r\n", HttpError::BadChunk),
        ("x\r\n", HttpError::BadChunk),
        ("-1\r\n", HttpError::BadChunk),
        ("+1\r\n", HttpError::BadChunk),
        (" 1\r\n", HttpError::BadChunk),
        ("1x\r\n", HttpError::BadChunk),
        ("1\nx\r\n", HttpError::BadChunk),
        ("1;a\nb\r\n", HttpError::BadChunk),
        ("1;a\rb\r\n", HttpError::BadChunk),
        ("00000000000000001\r\n", HttpError::BadChunk),
        ("1;too long\r\n", HttpError::BadChunk),
        ("1;1234\r\nx\r\n1;1234\r\n", HttpError::BadChunk),
        ("1\r\nxy\r\n", HttpError::BadChunk),
        ("1\r\nx\ry", HttpError::BadChunk),
        ("0\r\nToo: long\r\n", HttpError::BadChunk),
        ("0\r\nA: b\r\nC: de\r\n", HttpError::BadChunk),
        ("b\r\n", HttpError::BodyTooLong),
        ("6\r\n123456\r\n5\r\n", HttpError::BodyTooLong),
        ("ffffffffffffffff\r\n", HttpError::BodyTooLong),
    ] {
        assert_eq!(
            read(core::iter::once(text.as_bytes())),
            Err(error),
            "{text:?}"
        );
        assert_eq!(read(text.as_bytes().chunks(1)), Err(error), "{text:?}");
    }
    let endless = "1;".chars().chain(core::iter::repeat_n('x', 99));
    let endless = endless.collect::<String>();
    assert_eq!(read(endless.as_bytes().chunks(1)), Err(HttpError::BadChunk));
}

#[test]
fn a_body_until_close_is_limited_as_well() {
    let mut reader = BodyReader::new(Framing::UntilClose, LIMIT, 0);
    let mut rx = RecvBuf::new();
    rx.push(&[b'x'; LIMIT]);
    assert_eq!(reader.read(&mut rx), Ok(false));
    rx.push(b"y");
    assert_eq!(reader.read(&mut rx), Err(HttpError::BodyTooLong));
}

#[test]
fn what_is_announced_takes_no_memory_before_it_comes() {
    let mut reader = BodyReader::new(Framing::Length(1 << 30), 1 << 30, 0);
    let mut rx = RecvBuf::new();
    rx.push(b"x");
    assert_eq!(reader.read(&mut rx), Ok(false));
    assert!(reader.body.capacity() < 100);
}

proptest! {
    #[test]
    fn written_chunks_are_read_again(chunks: Vec<Vec<u8>>, cut in 1_usize..20) {
        let mut text = Vec::new();
        for chunk in &chunks {
            write_chunk(chunk, &mut text);
        }
        write_last_chunk(&mut text);
        let mut reader = BodyReader::new(Framing::Chunked, usize::MAX, 0);
        let mut rx = RecvBuf::new();
        let mut whole = false;
        for piece in text.chunks(cut) {
            prop_assert!(!whole);
            rx.push(piece);
            whole = reader.read(&mut rx).unwrap();
        }
        prop_assert!(whole && rx.is_empty());
        prop_assert_eq!(reader.into_body(), chunks.concat());
    }

    #[test]
    fn garbage_is_the_same_garbage_in_one_piece_or_many(
        text in "[0-9a-f;\r\n x]{0,60}", cut in 1_usize..9,
    ) {
        let at_once = read(core::iter::once(text.as_bytes()));
        prop_assert_eq!(read(text.as_bytes().chunks(cut)), at_once, "{}", format!("{text:?}"));
    }
}
