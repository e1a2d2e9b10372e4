//! The port for whoever watches the process: `/healthz` and `/metrics` over plain HTTP, on threads of its own.
//! Never does anything to the machine but ask how it stands and whether it works, and never lets one visitor keep others away for long.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use crate::event_loop::{Remote, Report, Verdict};

mod page;

use page::Page;

/// How many visitors there may be at a time; who comes beyond that is sent away.
const VISITORS_MAX: usize = 16;
/// How long one may take to ask, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the event loop may take to say how things stand; then it does not turn.
const LOOP_PATIENCE: Duration = Duration::from_secs(2);
/// How long a probe may take: what the machine promises, and a little more.
const PROBE_PATIENCE: Duration = Duration::from_secs(6);
/// Longest request, in bytes.
const REQUEST_MAX: usize = 8 * 1024;
/// Most header fields of a request.
const FIELDS_MAX: usize = 64;
/// How long accepting pauses when the system refuses it.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves whoever comes to `listener`, for as long as the process runs.
///
/// # Errors
/// If the system has no thread to give.
pub fn serve(listener: TcpListener, remote: Remote) -> io::Result<()> {
    let body = move || receive(&listener, &remote);
    thread::Builder::new().name("admin".into()).spawn(body)?;
    Ok(())
}

/// How things stand; `None` if the event loop does not say.
fn ask(remote: &Remote) -> Option<Report> {
    hear(LOOP_PATIENCE, |tell| remote.report(tell))
}

/// Whether a message would get through; `None` if the event loop does not say.
fn probe(remote: &Remote) -> Option<Verdict> {
    hear(PROBE_PATIENCE, |tell| remote.probe(tell))
}

/// What is told in time through what `ask` is given.
fn hear<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce(Box<dyn FnOnce(T) + Send>),
) -> Option<T> {
    let (tell, told) = sync_channel(1);
    // Whoever does not wait any more does not mind.
    ask(Box::new(move |answer| drop(tell.try_send(answer))));
    told.recv_timeout(patience).ok()
}

/// How well the process is. Where something is known to be wrong nothing is tried.
fn health(remote: &Remote) -> Page {
    let report = ask(remote);
    let trouble = page::trouble(report.as_ref());
    page::health(trouble.or_else(|| page::obstacle(probe(remote))))
}

fn receive(listener: &TcpListener, remote: &Remote) {
    // Each visitor holds one of these; what is left over is ours.
    let places = Arc::new(());
    loop {
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(PAUSE);
            continue;
        };
        if Arc::strong_count(&places) > VISITORS_MAX {
            continue;
        }
        let (place, remote) = (Arc::clone(&places), remote.clone());
        let body = move || {
            // One that breaks it off harms nobody else.
            let _ = visit(&stream, &remote);
            drop(place);
        };
        // Without a thread the visitor is sent away.
        let _ = thread::Builder::new()
            .name("admin visitor".into())
            .spawn(body);
    }
}

/// Takes one request and answers it.
fn visit(stream: &TcpStream, remote: &Remote) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    let page = match read(stream, until)? {
        Ok(path) => page_of(&path, remote),
        Err(page) => page,
    };
    let until = Instant::now() + PATIENCE;
    let mut answer = page.bytes();
    let mut stream = stream;
    while !answer.is_empty() {
        stream.set_write_timeout(Some(left(until)?))?;
        let count = stream.write(&answer)?;
        answer.drain(..count);
    }
    Ok(())
}

fn page_of(path: &str, remote: &Remote) -> Page {
    match path.split('?').next() {
        Some("/healthz") => health(remote),
        Some("/metrics") => match ask(remote) {
            Some(report) => page::metrics(&report),
            None => page::health(page::trouble(None)),
        },
        _ => Page::plain("404 Not Found", "there are /healthz and /metrics"),
    }
}

/// Reads a request up to the end of its head. Gives its path, or what is to be answered instead.
fn read(stream: &TcpStream, until: Instant) -> io::Result<Result<String, Page>> {
    let mut stream = stream;
    let mut head = Vec::new();
    let mut bytes = [0; 1024];
    loop {
        stream.set_read_timeout(Some(left(until)?))?;
        match stream.read(&mut bytes) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => head.extend(&bytes[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut request = httparse::Request::new(&mut fields);
        match request.parse(&head) {
            Ok(httparse::Status::Partial) if head.len() < REQUEST_MAX => {}
            Ok(httparse::Status::Complete(_)) if request.method == Some("GET") => {
                return Ok(Ok(request.path.unwrap_or_default().into()));
            }
            Ok(httparse::Status::Complete(_)) => {
                let page = Page::plain("405 Method Not Allowed", "only GET is understood");
                return Ok(Err(page));
            }
            Ok(httparse::Status::Partial) | Err(_) => {
                return Ok(Err(Page::plain("400 Bad Request", "that is no request")));
            }
        }
    }
}

/// How much time there is left, which is some.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left)
}
