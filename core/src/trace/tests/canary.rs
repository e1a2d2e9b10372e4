//! A secret that must not be seen, wherever the bytes it comes in are cut.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::{In, Line, Out, Plan, Secrecy, Trace};
use super::{Pass, proxy, record, service};
use crate::io::{ConnId, Control, Input, JobId, LoadId, Output, StoreId};
use crate::secret::Secret;
use crate::store::{Record, StoreOp};

const PASSWORD: &str = "CanaryPass1";
const ACCESS: &str = "CanaryAccess2";
const SSID: &str = "CanarySession33";
const COOKIE: &str = "Canary/Cookie==";
const HASH: &str = "$argon2id$v=19$m=19456$CanarySalt$CanaryHash";
const ALL: [&str; 5] = [PASSWORD, ACCESS, SSID, COOKIE, HASH];

/// Bytes on a connection.
#[derive(Clone)]
struct Bytes(bool, ConnId, Vec<u8>);

fn received(conn: ConnId, bytes: impl Into<Vec<u8>>) -> Bytes {
    Bytes(true, conn, bytes.into())
}

fn sent(conn: ConnId, bytes: impl Into<Vec<u8>>) -> Bytes {
    Bytes(false, conn, bytes.into())
}

impl Bytes {
    fn pass(&self) -> Pass {
        let Self(is_in, conn, bytes) = self.clone();
        if is_in {
            Pass::In(Input::Received {
                conn,
                bytes: bytes.leak(),
            })
        } else {
            Pass::Out(Output::Send { conn, bytes })
        }
    }

    /// The two halves of a cut, with something else between them.
    fn cut(&self, at: usize) -> Vec<Pass> {
        let (first, second) = self.2.split_at(at.min(self.2.len()));
        let half = |bytes: &[u8]| Self(self.0, self.1, bytes.to_vec());
        let halves = [half(first), half(second)];
        let mut passes = vec![Pass::In(Input::Tick)];
        for half in halves.iter().filter(|half| !half.2.is_empty()) {
            passes.push(half.pass());
            passes.push(Pass::In(Input::Tick));
        }
        passes
    }
}

fn response(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nset-Cookie: sid={COOKIE}; Path=/\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn chunked(body: &str, at: usize) -> String {
    let (first, second) = body.split_at(at.min(body.len()));
    let mut text = String::from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in [first, second]
        .into_iter()
        .filter(|chunk| !chunk.is_empty())
    {
        text += &format!("{:x};x=y\r\n{chunk}\r\n", chunk.len());
    }
    text + "0\r\n\r\n"
}

fn form(json: &str) -> String {
    let escaped: String = json
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    let body = format!("method=forward_to_server&data={escaped}");
    format!(
        "POST /imo HTTP/1.1\r\nCookie: sid={COOKIE}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A daemon's session with its service and one client.
fn daemon_session() -> Vec<Bytes> {
    let (client, upstream) = (ConnId::Client(1), ConnId::Upstream(1));
    let answer = format!(r#"{{"data":{{"ack":1,"ssid": "{SSID}"}}}}"#);
    vec![
        received(client, b"\0\0\0\0\x01".to_vec()),
        received(client, [&[13, 0, 0, 0], ACCESS.as_bytes()].concat()),
        received(upstream, response(&answer)),
        sent(
            upstream,
            form(&format!(r#"{{"ssid":"{SSID}","passwd":"{PASSWORD}"}}"#)),
        ),
        received(upstream, chunked(&answer, answer.len() - 9)),
        received(client, format!("MESSAGE bob {PASSWORD}{PASSWORD} {SSID}")),
        sent(client, format!("CHATMESSAGE 1 BODY Canary {PASSWORD}")),
    ]
}

fn check(text: &str) {
    check_for(text, &ALL);
}

/// What the text of a trace must not hold, and what its streams must not hold when they are put together again.
pub(super) fn check_for(text: &str, secrets: &[&str]) {
    let trace = Trace::parse(text).unwrap();
    let mut all = text.to_string();
    let mut streams: BTreeMap<(bool, String), Vec<u8>> = BTreeMap::new();
    for line in &trace.lines {
        let (key, bytes) = match line {
            Line::In(_, In::Received { conn, bytes }) => ((true, format!("{conn:?}")), bytes),
            Line::Out(_, Out::Send { conn, bytes }) => ((false, format!("{conn:?}")), bytes),
            Line::In(..) | Line::Out(..) | Line::Wall(..) | Line::Blurred(..) | Line::End(_) => {
                continue;
            }
        };
        streams.entry(key).or_default().extend(&bytes.0);
    }
    for stream in streams.values() {
        all += &String::from_utf8_lossy(stream);
        // Chunks that cut a secret in two hide none of it.
        let plain = String::from_utf8_lossy(stream).replace("\r\n9;x=y\r\n", "");
        all += &plain;
    }
    for secret in secrets {
        let bytes = secret.bytes();
        let hex: String = bytes.clone().map(|byte| format!("{byte:02x}")).collect();
        let escaped: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
        let form = secret
            .replace('$', "%24")
            .replace('=', "%3D")
            .replace('/', "%2F");
        for shape in [*secret, &hex, &escaped, &escaped.to_lowercase(), &form] {
            assert!(!all.contains(shape), "{shape} is seen in\n{text}");
        }
    }
}

/// Records `session` with each of its parts cut at each place, and checks what is written.
fn at_every_cut(plan: &Plan, partial: bool, session: &[Bytes]) {
    for (index, part) in session.iter().enumerate() {
        for place in 0..=part.2.len() {
            let mut passes = Vec::new();
            for (other, bytes) in session.iter().enumerate() {
                passes.extend(bytes.cut(if other == index { place } else { 0 }));
            }
            check(&record(plan, partial, Secrecy::Hidden, &passes));
        }
    }
}

#[test]
fn a_daemon_shows_no_secret_wherever_its_bytes_are_cut() {
    at_every_cut(&proxy(PASSWORD, Some(ACCESS)), false, &daemon_session());
}

#[test]
fn a_recording_that_begins_later_hides_ids_and_cookies_that_it_did_not_see_given() {
    let late = &daemon_session()[3..];
    at_every_cut(&proxy(PASSWORD, Some(ACCESS)), true, late);
    let client = ConnId::Client(1);
    let request = form(&format!(r#"{{"ssid" : "{SSID}"}}"#));
    let service_session = [
        received(client, request),
        sent(client, response(&format!(r#"{{"ssid":"{SSID}"}}"#))),
    ];
    at_every_cut(&service(), true, &service_session);
}

#[test]
fn a_service_shows_no_password_however_it_is_written_and_wherever_it_is_cut() {
    let client = ConnId::Client(4);
    let login = format!(r#"{{"method":"account_login","data":{{"passwd": "{PASSWORD}"}}}}"#);
    let all_escaped: String = login.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for body in [form(&login), all_escaped, login.replace(' ', "+")] {
        at_every_cut(&service(), false, &[received(client, body)]);
    }
}

/// An id that a service did not draw itself is that of a session which the trace says nothing else about.
#[test]
fn a_service_shows_no_id_that_comes_from_elsewhere_and_keeps_its_own_as_they_are() {
    let client = ConnId::Client(4);
    let ask = |ssid: &str| received(client, form(&format!(r#"{{"ssid":"{ssid}","ack":0}}"#)));
    let answer = |ssid: &str| {
        let body = format!(r#"{{"data":{{"ssid":"{ssid}","ack":1}}}}"#);
        sent(client, format!("HTTP/1.1 200 OK\r\n\r\n{body}"))
    };
    let session = [
        ask(SSID),
        answer(SSID),
        answer("DrawnByItself123"),
        ask("DrawnByItself123"),
    ];
    at_every_cut(&service(), false, &session);
    let passes: Vec<Pass> = session.iter().map(Bytes::pass).collect();
    let text = record(&service(), false, Secrecy::Hidden, &passes);
    assert_eq!(text.matches("DrawnByItself123").count(), 2, "{text}");
}

#[test]
fn hashes_and_what_is_hashed_are_hidden_in_all_that_the_store_and_the_pool_are_told() {
    let record_of = || format!(r#"{{"hash":"{HASH}","x":1}}"#).into_bytes();
    let loaded = Input::Loaded {
        load: LoadId(1),
        result: Ok(vec![Record {
            key: "account/alice".into(),
            value: record_of(),
        }]),
    };
    let hash = Output::Hash {
        job: JobId(1),
        secret: Secret::from(PASSWORD),
    };
    let verify = Output::Verify {
        job: JobId(2),
        secret: Secret::from(PASSWORD),
        hash: HASH.into(),
    };
    let store = Output::Store {
        op: StoreId(1),
        changes: Arc::new(vec![StoreOp::Put {
            key: "account/alice".into(),
            value: record_of(),
        }]),
    };
    let hashed = Input::Hashed {
        job: JobId(1),
        hash: HASH.into(),
    };
    let passes = [
        Pass::In(loaded),
        Pass::Out(hash),
        Pass::In(hashed),
        Pass::Out(verify),
        Pass::Out(store),
    ];
    check(&record(&service(), false, Secrecy::Hidden, &passes));
}

#[test]
fn the_passwords_of_a_new_configuration_are_hidden_from_then_on() {
    let config = super::config(PASSWORD, Some(ACCESS));
    let reload = Input::Control(Control::Reload(config.into()));
    let later = daemon_session();
    let passes = [Pass::In(reload)].into_iter();
    let passes: Vec<Pass> = passes.chain(later.iter().map(Bytes::pass)).collect();
    let plan = proxy("another-one", None);
    check(&record(&plan, false, Secrecy::Hidden, &passes));
}

#[test]
fn stand_ins_have_the_length_of_what_they_stand_for() {
    let passes: Vec<Pass> = daemon_session().iter().map(Bytes::pass).collect();
    let plan = proxy(PASSWORD, Some(ACCESS));
    let hidden = record(&plan, false, Secrecy::Hidden, &passes);
    let kept = record(&plan, false, Secrecy::Kept, &passes);
    let lengths = |text: &str| -> Vec<usize> { text.lines().skip(1).map(str::len).collect() };
    assert_eq!(lengths(&hidden), lengths(&kept));
    assert!(!hidden.contains("blurred"), "{hidden}");
}

#[test]
fn what_may_be_the_start_of_a_secret_is_not_held_back_for_ever() {
    let plan = proxy(PASSWORD, None);
    let mut text = String::new();
    let client = ConnId::Client(1);
    let begin = super::Recorder::begin;
    let mut recorder = begin(&plan, super::at(0), false, Secrecy::Hidden, &mut text).unwrap();
    for (time, part) in [(0, "a Can"), (100, "aryPass"), (2_000_000, "1 and more")] {
        let bytes = part.as_bytes();
        let input = Input::Received {
            conn: client,
            bytes,
        };
        recorder.input(super::at(time), &input, &mut text);
        if time == 100 {
            assert!(!text.contains("a Can"), "{text}");
            recorder.pass(super::at(1_900_000), &mut text);
            assert!(
                text.contains("\"text\":\"a X0x") && text.contains("blurred"),
                "{text}"
            );
        }
    }
    recorder.end(super::at(3_000_000), &mut text);
    assert!(
        text.contains("and more") && text.contains("x and more"),
        "{text}"
    );
    check(&text);
}

proptest! {
    #[test]
    fn pieces_of_any_size_show_nothing(cuts in prop::collection::vec(1..40_usize, 1..200)) {
        let mut passes = Vec::new();
        let mut sizes = cuts.iter().cycle();
        for bytes in daemon_session() {
            let mut rest = bytes.2.as_slice();
            while !rest.is_empty() {
                let size = (*sizes.next().unwrap()).min(rest.len());
                let (piece, more) = rest.split_at(size);
                passes.push(Bytes(bytes.0, bytes.1, piece.to_vec()).pass());
                rest = more;
            }
        }
        check(&record(&proxy(PASSWORD, Some(ACCESS)), false, Secrecy::Hidden, &passes));
    }
}
