//! The service of one account, as far as an account needs one: it takes every call and tells what it is told to tell.
//! Never answers before it is asked to, and then as a service should.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::http::{Method, Request, Response, form};
use imo2sproxy_core::imo::call::Call;
use imo2sproxy_core::imo::envelope::{Address, Answer, AnswerData, Envelope, Message};
use imo2sproxy_core::imo::notice::{Buddy, Encoded, Notice, Outcome};
use imo2sproxy_core::io::ConnId;
use imo2sproxy_core::time::{Instant, Now};

/// How long a poll is held while there is nothing to tell.
const POLL_HOLD: Duration = Duration::from_secs(25);
/// Most notices that wait; further ones are dropped, as no service would.
const NOTICES_MAX: usize = 64;
/// Content type of everything here.
const JSON: &str = "application/json";

/// The service.
#[derive(Default)]
pub(super) struct Far {
    lines: BTreeMap<ConnId, Line>,
    sessions: u32,
    ssid: String,
    /// What the account has not taken, with the number that it was told under.
    notices: VecDeque<(Option<u64>, Encoded)>,
    /// The account has been told that it is signed on, and has polled since.
    known: bool,
    now: Instant,
}

/// A connection of the account.
struct Line {
    http: HttpServer,
    /// What waits for its answer, and since when.
    request: Option<(Request, Instant)>,
    /// It has said what it was not asked for: what it is asked from now on is of no interest.
    wild: bool,
}

impl Far {
    /// Takes what the account sends. It owes requests that can be read, one at a time.
    pub(super) fn receive(&mut self, conn: ConnId, bytes: &[u8]) {
        let now = self.now;
        let line = self.lines.entry(conn).or_insert_with(|| Line {
            http: HttpServer::new(&Limits::default()),
            request: None,
            wild: false,
        });
        if line.wild {
            return;
        }
        line.http.receive(bytes);
        assert!(line.request.is_none(), "two requests at once on {conn}");
        match line.http.next(&mut Vec::new()) {
            Ok(request) => line.request = request.map(|request| (request, now)),
            Err(error) => panic!("what the daemon sends is no request: {error:?}"),
        }
    }

    /// The connection says something of its own.
    pub(super) fn goes_wild(&mut self, conn: ConnId) {
        if let Some(line) = self.lines.get_mut(&conn) {
            line.wild = true;
            line.request = None;
        }
    }

    pub(super) fn closed(&mut self, conn: ConnId) {
        self.lines.remove(&conn);
    }

    /// Time has come so far: polls that are held for long enough can be answered.
    pub(super) const fn hold_over(&mut self, now: Instant) {
        self.now = now;
    }

    /// The account is signed on and has taken all that there was to tell.
    pub(super) fn is_known(&self) -> bool {
        self.known && self.notices.is_empty()
    }

    /// Nobody is connected to it.
    pub(super) fn is_alone(&self) -> bool {
        self.lines.is_empty()
    }

    /// The connections that wait for an answer.
    pub(super) fn waiting(&self) -> Vec<ConnId> {
        let waiting = self.lines.iter().filter(|(_, line)| line.request.is_some());
        waiting.map(|(conn, _)| *conn).collect()
    }

    /// Tells the account something with its next poll.
    pub(super) fn tell(&mut self, uid: &str, notice: &Notice) {
        if self.notices.len() < NOTICES_MAX {
            self.notices.push_back((None, notice.encode(uid)));
        }
    }

    /// The bytes of some answer that nobody has thought about.
    pub(super) fn answer_with(&mut self, conn: ConnId, response: &Response) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let Some(line) = self.lines.get_mut(&conn)
            && line.request.take().is_some()
        {
            let _ = line.http.send(response, &mut bytes);
        }
        bytes
    }

    /// The first answer that can be given, as it should be.
    pub(super) fn answer_any(&mut self, now: Now) -> Option<(ConnId, Vec<u8>)> {
        let waiting = self.waiting();
        waiting
            .into_iter()
            .find_map(|conn| Some((conn, self.answer(conn, now)?)))
    }

    /// The answer to what that connection asks, as it should be; `None` if it has to wait.
    pub(super) fn answer(&mut self, conn: ConnId, now: Now) -> Option<Vec<u8>> {
        self.now = now.mono;
        let (request, since) = self.lines.get_mut(&conn)?.request.take()?;
        match self.response(&request, since, now) {
            Some(response) => {
                let mut bytes = Vec::new();
                let line = self.lines.get_mut(&conn)?;
                let _ = line.http.send(&response, &mut bytes);
                Some(bytes)
            }
            None => {
                self.lines.get_mut(&conn)?.request = Some((request, since));
                None
            }
        }
    }

    fn response(&mut self, request: &Request, since: Instant, now: Now) -> Option<Response> {
        if request.method != Method::Post {
            let is_page = !request.path.starts_with("/b/");
            let body = if is_page { &b"hello"[..] } else { JPEG };
            return Some(Response::new(200, "text/html", body.to_vec()));
        }
        let pairs: BTreeMap<_, _> = form::pairs(&request.body).filter_map(Result::ok).collect();
        let text = pairs.get("data").expect("a form of the protocol has data");
        if pairs.get("method").is_some_and(|method| method == "echo") {
            let body = format!(r#"{{"method":"echo","data":{text}}}"#);
            return Some(Response::new(200, JSON, body.into()));
        }
        let envelope: Envelope<'_> =
            serde_json::from_str(text).expect("what the daemon asks is an envelope");
        if pairs
            .get("method")
            .is_some_and(|method| method == "rest_rpc")
        {
            self.sessions += 1;
            self.ssid = format!("session{}", self.sessions);
            self.notices.clear();
            self.known = false;
            let body = format!(
                r#"{{"method":"rest_rpc","data":{{"ack":1,"ssid":"{}","mid":true}}}}"#,
                self.ssid
            );
            return Some(Response::new(200, JSON, body.into()));
        }
        if envelope.ssid.as_str() != self.ssid {
            return Some(self.respond(0, &[]));
        }
        if let Some(last) = envelope.messages.last() {
            for message in &envelope.messages {
                self.take(message, now);
            }
            return Some(self.respond(last.seq + 1, &[]));
        }
        self.poll(envelope.ack, since)
    }

    /// The answer to a poll that says that all below `ack` are taken.
    fn poll(&mut self, ack: u64, since: Instant) -> Option<Response> {
        self.known |= ack > 0;
        self.notices
            .retain(|(number, _)| number.is_none_or(|number| number >= ack));
        if self.notices.is_empty() && self.now.since(since) < POLL_HOLD {
            return None;
        }
        for (place, (number, _)) in (ack..).zip(&mut self.notices) {
            *number = Some(place);
        }
        let messages: Vec<Message<'_>> = self
            .notices
            .iter()
            .zip(ack..)
            .map(|((_, notice), seq)| Message {
                data: &notice.data,
                to: Address::client(&self.ssid),
                from: Address::system(notice.system),
                seq,
            })
            .collect();
        Some(self.respond(1, &messages))
    }

    /// Does a call: everything is possible here, and costs nothing.
    fn take(&mut self, message: &Message<'_>, now: Now) {
        let incoming =
            Call::decode(&message.to.system, message.data).expect("what the daemon asks is a call");
        let uid = incoming.uid.unwrap_or_default();
        if matches!(incoming.call, Call::Login { .. }) {
            let alias = uid.clone();
            self.tell(
                &uid,
                &Notice::SignedOn {
                    alias: alias.into(),
                },
            );
            let bob = Buddy {
                buid: "bob".into(),
                ..Buddy::default()
            };
            self.tell(&uid, &Notice::BuddyAdded([bob].into()));
        }
        if let Call::CreateGroup { name } = &incoming.call {
            let group = Buddy {
                buid: format!("g{};", message.seq),
                alias: Some(name.clone()),
                kind: Some("group".into()),
                ..Buddy::default()
            };
            self.tell(&uid, &Notice::BuddyAdded([group].into()));
        }
        if let Some(request_id) = incoming.request_id {
            let searched = matches!(incoming.call, Call::SearchUsers { .. });
            let outcome = Outcome {
                timestamp: now.wall.as_seconds(),
                users: searched.then(|| ["bob".into(), "carol".into()].into()),
            };
            let result = Ok(outcome);
            self.tell(&uid, &Notice::Result { request_id, result });
        }
    }

    fn respond(&self, ack: u64, messages: &[Message<'_>]) -> Response {
        let answer = Answer {
            method: "forward_to_client".into(),
            data: AnswerData {
                ack: Some(ack),
                ssid: Some(self.ssid.as_str().into()),
                messages: messages.to_vec(),
            },
        };
        let body = serde_json::to_vec(&answer).expect("plain structs always serialise");
        Response::new(200, JSON, body)
    }
}

/// The beginning of a picture, which is all that anybody looks at.
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF";
