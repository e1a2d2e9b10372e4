//! How a reply or a notice becomes lines for a skyped client: no empty one, none that is too long.
//! Never begins a line with anything but words that the reply itself begins with.

use alloc::string::String;
use alloc::vec::Vec;

use super::{BURST_BYTES_MAX, END};

/// So many words are put in front of each line of a value again.
const HEAD_WORDS: usize = 3;
/// Longest words that are put in front of a line again, in bytes.
const HEAD_BYTES_MAX: usize = 1_000;

/// What stands in front of each line, and the rest of the first of them.
struct Head<'a> {
    words: &'a str,
    value: Option<&'a str>,
    /// What the value is cut at, where it has to be.
    between: &'a str,
}

/// Appends `text` as lines. Each line after the first gets the first three words again, since a client takes each
/// for a message of its own: a value of several lines arrives as several values, and so does one too long for a line.
pub(super) fn put_lines(text: &str, tx: &mut Vec<u8>) {
    let without_nuls: String;
    let text = if memchr::memchr(0, text.as_bytes()).is_none() {
        text
    } else {
        without_nuls = text.chars().filter(|c| *c != '\0').collect();
        &without_nuls
    };
    let mut lines = text.trim_start_matches('\n').split('\n');
    let first = lines.next().unwrap_or_default();
    let Some(head) = head_of(first) else {
        // Nothing can be put in front of a second line, so there is none.
        put(&first[..first.floor_char_boundary(BURST_BYTES_MAX - 1)], tx);
        return;
    };
    match head.value {
        None => put(head.words, tx),
        Some(value) => put_value(&head, value, tx),
    }
    for line in lines {
        put_value(&head, line, tx);
    }
}

/// What can be put in front of each further line of a text that begins with `first`; `None` if that is too long.
fn head_of(first: &str) -> Option<Head<'_>> {
    let tagged = usize::from(first.starts_with('#'));
    // A list with commas has one word in front and is cut between its items.
    let is_list = first
        .split(' ')
        .nth(1 + tagged)
        .is_some_and(|item| item.ends_with(','));
    let most = if is_list { 1 } else { HEAD_WORDS };
    let heads = [(most, is_list), (1, is_list)].map(|(words, is_list)| {
        let end = memchr::memchr_iter(b' ', first.as_bytes()).nth(words + tagged - 1);
        Head {
            words: &first[..end.unwrap_or(first.len())],
            value: end.map(|end| &first[end + 1..]),
            between: if is_list { ", " } else { " " },
        }
    });
    heads
        .into_iter()
        .find(|head| head.words.len() <= HEAD_BYTES_MAX)
}

/// Appends `value` behind its head, as one line if that is not too long.
fn put_value(head: &Head<'_>, value: &str, tx: &mut Vec<u8>) {
    let room = BURST_BYTES_MAX - head.words.len() - 2;
    let mut rest = value;
    loop {
        let (line, later) = cut(rest, room, head.between);
        tx.extend_from_slice(head.words.as_bytes());
        tx.push(b' ');
        put(line, tx);
        let Some(later) = later else {
            return;
        };
        rest = later;
    }
}

/// What of `value` goes into a line of `room` bytes, and what is left for others. It is cut where `between` stands,
/// which is left out, or else where there is no room any more.
fn cut<'a>(value: &'a str, room: usize, between: &str) -> (&'a str, Option<&'a str>) {
    if value.len() <= room {
        return (value, None);
    }
    let (line, later) = value.split_at(value.floor_char_boundary(room));
    match line.rfind(between).filter(|at| *at > 0) {
        Some(at) => (&value[..at], Some(&value[at + between.len()..])),
        None => (line, Some(later)),
    }
}

/// Appends `line` and its end, if there is anything to end.
fn put(line: &str, tx: &mut Vec<u8>) {
    tx.extend_from_slice(line.as_bytes());
    if tx.last().is_some_and(|last| *last != END) {
        tx.push(END);
    }
}
