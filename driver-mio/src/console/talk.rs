//! The talk itself: one thread prints what the daemon says, one reads what is typed, the main one sends it.
//! Never waits for replies before it sends: a daemon that has not answered may be busy, not deaf.

use std::io::{self, BufRead as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::skype::{NEWEST_PROTOCOL, Reply};
use imo2sproxy_core::wire::{ClientWire, FromServer};

use super::connection::{Connection, receive};
use crate::escape::escape;
use crate::failure::{Failure, note, reason};

/// Typed lines that wait to be sent; beyond it standard input is not read.
const LINES_WAITING: usize = 64;

/// The wire, used by the thread that listens and by the one that sends.
type SharedWire = Arc<Mutex<Box<dyn ClientWire + Send>>>;

/// What the sending thread is told by the two others.
enum News {
    /// A line was typed.
    Typed(String),
    /// The input has ended.
    InputEnded,
    /// The transport owes the daemon these bytes.
    Owed(Vec<u8>),
    /// The talk is over, for this reason.
    Gone(String),
}

/// Talks until the input ends, then waits `linger` for late replies.
///
/// # Errors
/// If the connection ends before.
pub(super) fn talk(connection: Connection, linger: Duration) -> Result<(), Failure> {
    let mut stream = connection.stream;
    let wire = Arc::new(Mutex::new(connection.wire));
    let (news, from_others) = sync_channel(LINES_WAITING);
    let mut ears = stream
        .try_clone()
        .map_err(|error| Failure::trouble(format!("out of resources: {}", reason(&error))))?;
    thread::spawn({
        let (wire, news, rx) = (Arc::clone(&wire), news.clone(), connection.rx);
        move || {
            let Err(end) = listen(&mut ears, rx, &wire, &news);
            // Frees the main thread if it waits for a daemon that waits for us to read. It may have ended.
            let _ = ears.shutdown(Shutdown::Both);
            let _ = news.send(News::Gone(end));
        }
    });
    thread::spawn(move || read_input(&news));

    let mut until: Option<Instant> = None;
    loop {
        let next = match until {
            None => from_others
                .recv()
                .map_err(|_| RecvTimeoutError::Disconnected),
            Some(until) => {
                from_others.recv_timeout(until.saturating_duration_since(Instant::now()))
            }
        };
        let bytes = match next {
            Ok(News::Typed(line)) => {
                let mut tx = Vec::new();
                lock(&wire).encode(&line, &mut tx);
                tx
            }
            Ok(News::Owed(bytes)) => bytes,
            Ok(News::InputEnded) => {
                until = Some(Instant::now() + linger);
                continue;
            }
            Ok(News::Gone(why)) => return Err(Failure::Trouble(why)),
            Err(RecvTimeoutError::Timeout) => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::trouble("internal error: the console broke off"));
            }
        };
        stream
            .write_all(&bytes)
            .map_err(|error| Failure::trouble(format!("lost the daemon: {}", reason(&error))))?;
    }
}

/// Prints what the daemon says, for ever; gives the reason why it cannot go on.
fn listen(
    stream: &mut TcpStream,
    mut rx: RecvBuf,
    wire: &SharedWire,
    news: &SyncSender<News>,
) -> Result<std::convert::Infallible, String> {
    let mut tx = Vec::new();
    loop {
        let (mut page, mut explanations) = (String::new(), Vec::new());
        loop {
            // Not locked while anything blocks: the other thread must be able to send meanwhile.
            let heard = lock(wire).decode(&mut rx, &mut tx);
            match heard {
                Ok(Some(FromServer::Line(line))) => {
                    push_shown(&line, &mut page);
                    explanations.extend(explanation(&line));
                }
                // A console agrees to no files, and its handshake is over.
                Ok(Some(FromServer::Ready | FromServer::Refused | FromServer::File { .. })) => {}
                Ok(None) => break,
                Err(_) => return Err("lost the daemon: it broke the SkypeProxy protocol".into()),
            }
        }
        let mut out = io::stdout().lock();
        out.write_all(page.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| format!("cannot write to standard output: {}", reason(&error)))?;
        drop(out);
        explanations.iter().for_each(|line| note(line));
        if !tx.is_empty() {
            let _ = news.send(News::Owed(std::mem::take(&mut tx)));
        }
        match receive(stream, &mut rx) {
            Ok(true) => {}
            Ok(false) => return Err("the daemon closed the connection".into()),
            Err(error) => return Err(format!("lost the daemon: {}", reason(&error))),
        }
    }
}

/// Hands on what is typed, until the input ends. An empty line says nothing, and is not sent.
fn read_input(news: &SyncSender<News>) {
    let mut input = io::stdin().lock();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let last = match input.read_until(b'\n', &mut bytes) {
            Ok(0) => News::InputEnded,
            Ok(_) => {
                let text = String::from_utf8_lossy(&bytes);
                let line = text.trim_end_matches(['\r', '\n']);
                if line.is_empty() || news.send(News::Typed(line.into())).is_ok() {
                    continue;
                }
                return;
            }
            Err(error) => News::Gone(format!("cannot read standard input: {}", reason(&error))),
        };
        let _ = news.send(last);
        return;
    }
}

/// What an error means, whose fault it is and what to do: the reply itself says it in a few words only.
fn explanation(line: &str) -> Option<String> {
    // Errors are the same in every version.
    let heard = Reply::parse(line, NEWEST_PROTOCOL);
    let Reply::Error(error) = heard.body else {
        return None;
    };
    let tag = heard.tag.map_or_else(String::new, |tag| format!("{tag} "));
    Some(format!("{tag}error {}: {}", error.code, error.explain()))
}

/// Appends a reply as it is shown: a line break inside it as a line break and two spaces, other control
/// characters spelled out.
fn push_shown(reply: &str, page: &mut String) {
    for (index, part) in reply.split('\n').enumerate() {
        if index > 0 {
            page.push_str("\n  ");
        }
        page.push_str(&escape(part.strip_suffix('\r').unwrap_or(part)));
    }
    page.push('\n');
}

fn lock(wire: &SharedWire) -> MutexGuard<'_, Box<dyn ClientWire + Send>> {
    // A wire whose user panicked has lost its thread, which ends the talk by itself.
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_explained_and_nothing_else_is() {
        let explained = explanation("#7 ERROR 26 not a user to write to");
        assert_eq!(
            explained.as_deref(),
            Some("#7 error 26: The client's: the handle is missing, or is nobody's.")
        );
        assert_eq!(explanation("PONG"), None);
        assert_eq!(explanation("ERROR 26 in somebody else's words"), None);
    }

    #[test]
    fn a_reply_is_one_line_and_what_belongs_to_it_is_indented() {
        for (reply, shown) in [
            ("PONG", "PONG\n"),
            ("CHATMESSAGE 1 BODY a\nb", "CHATMESSAGE 1 BODY a\n  b\n"),
            ("a\r\n\nb", "a\n  \n  b\n"),
            ("MOOD \u{1b}[2J", "MOOD \\u{1b}[2J\n"),
        ] {
            let mut page = String::new();
            push_shown(reply, &mut page);
            assert_eq!(page, shown);
        }
    }
}
