//! The service's HTTP side: connections, paths and forms.
//! Never looks into the envelopes it carries.
//!
//! See `core/docs/imo-protocol.md`, "HTTP".

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use serde::Serialize;

use super::house::Picture;
use super::{Service, SessionId};
use crate::config::Limits;
use crate::event::{Event, EventKind};
use crate::http::server::{AfterResponse, HttpServer};
use crate::http::{Method, Request, Response, form};
use crate::imo::envelope::{Address, Answer, AnswerData, Message, is_ssid};
use crate::imo::notice::Notice;
use crate::io::{CloseHow, ConnId, Output, Outputs};
use crate::json;
use crate::lobby::Network;
use crate::secret::wipe;
use crate::store::StoreError;
use crate::time::Now;

/// How long a poll for a session that is not known waits for its answer, so that its client does not spin.
const LOST_POLL_WAIT: Duration = Duration::from_secs(1);

/// Room for so much of an answer is kept for the next one, in bytes.
const SCRATCH_MAX: usize = 16 * 1024;

/// A connection to the service.
pub(super) struct Conn {
    pub(super) http: HttpServer,
    /// Where it comes from; `None` for the embedded pipe.
    pub(super) network: Option<Network>,
    pub(super) doing: Doing,
}

/// What a connection waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Doing {
    /// A request.
    Nothing,
    /// The end of the request that it has sent for a session.
    Working,
    /// Something to tell on the poll it holds.
    Holding(SessionId),
    /// The moment to be told that its session is no more.
    Mourning {
        /// The session it asked for.
        ssid: String,
        /// How many messages it says it has taken.
        ack: u64,
    },
}

impl Conn {
    pub(super) fn new(network: Option<Network>, limits: &Limits) -> Self {
        Self {
            http: HttpServer::new(limits),
            network,
            doing: Doing::Nothing,
        }
    }
}

impl Service {
    /// Takes what comes in; on a connection that we have closed that is of no interest.
    pub(super) fn received(&mut self, conn: ConnId, bytes: &[u8]) {
        if let Some(state) = self.conns.get_mut(&conn) {
            state.http.receive(bytes);
            self.strangers.heard(conn);
            self.unread.insert(conn);
        }
    }

    /// Takes the requests that a connection holds, as long as each is answered at once.
    pub(super) fn serve(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        while let Some(state) = self
            .conns
            .get_mut(&conn)
            .filter(|s| s.doing == Doing::Nothing)
        {
            let mut bytes = out.buffer();
            let next = state.http.next(&mut bytes);
            if bytes.is_empty() {
                out.give_back(bytes);
            } else {
                out.push(Output::Send { conn, bytes });
            }
            match next {
                Ok(Some(mut request)) => {
                    self.wake_conn(conn, None);
                    self.route(now, conn, &mut request, out);
                    wipe(request.body);
                }
                Ok(None) => return,
                Err(error) => {
                    out.event(Event::conn(EventKind::RequestFault, conn, error.explain()));
                    self.reply(now, conn, &fault(error.status(), error.explain()), out);
                }
            }
        }
    }

    fn route(&mut self, now: Now, conn: ConnId, request: &mut Request, out: &mut Outputs) {
        let path = request.path.split('?').next().unwrap_or_default();
        let response = match (path, &request.method) {
            ("/imo", Method::Post) => return self.form(now, conn, &mut request.body, out),
            ("/", Method::Get | Method::Head) => {
                let body = b"<html><body>imo2sproxy service</body></html>".to_vec();
                let mut response = Response::new(200, "text/html; charset=utf-8", body);
                let cookie = format!("imo2s={}; Path=/; HttpOnly", self.rng.alphanumeric(16));
                response.headers.push("Set-Cookie", &cookie);
                response
            }
            ("/imo", _) => wrong_method("POST"),
            ("/", _) => wrong_method("GET, HEAD"),
            (path, Method::Get | Method::Head) if path.starts_with("/b/") => {
                let icon = path.get(3..).unwrap_or_default();
                return self.picture(now, conn, icon, out);
            }
            (path, _) if path.starts_with("/b/") => wrong_method("GET, HEAD"),
            _ => fault(404, "there is nothing here"),
        };
        self.reply(now, conn, &response, out);
    }

    /// Looks for the picture that a connection asks for.
    fn picture(&mut self, now: Now, conn: ConnId, icon: &str, out: &mut Outputs) {
        if self.house.ask_picture(icon, conn, out) {
            if let Some(state) = self.conns.get_mut(&conn) {
                state.doing = Doing::Working;
            }
        } else {
            self.reply(now, conn, &Response::empty(404), out);
        }
    }

    /// Answers the request for a picture. Its id is as good as a permission, and always means the same picture.
    pub(super) fn send_picture(
        &mut self,
        now: Now,
        conn: ConnId,
        picture: Result<Option<Picture>, StoreError>,
        out: &mut Outputs,
    ) {
        let response = match picture {
            Ok(Some(Picture { kind, image })) => {
                let mut response = Response::new(200, kind, image);
                let headers = &mut response.headers;
                headers.push("Cache-Control", "private, max-age=31536000, immutable");
                headers.push("X-Content-Type-Options", "nosniff");
                response
            }
            Ok(None) => Response::empty(404),
            Err(_) => fault(503, UNREADABLE),
        };
        self.reply(now, conn, &response, out);
    }

    fn form(&mut self, now: Now, conn: ConnId, body: &mut [u8], out: &mut Outputs) {
        let (mut method, mut data) = (None, None);
        for pair in form::pairs_in(body) {
            match pair {
                Ok(("method", value)) => method = Some(value),
                Ok(("data", value)) => data = Some(value),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let (Some(method), Some(data)) = (method, data) else {
            let response = fault(400, "the body is no form with method and data");
            self.reply(now, conn, &response, out);
            return;
        };
        self.rpc(now, conn, method, data, out);
    }

    /// Answers a connection's request.
    pub(super) fn reply(&mut self, now: Now, conn: ConnId, response: &Response, out: &mut Outputs) {
        let draining = self.draining;
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        let overstays = self.strangers.end_of(conn);
        if overstays.is_some_and(|end| end <= now.mono) {
            state.http.end_here();
        }
        let mut bytes = out.buffer();
        let after = state.http.send(response, &mut bytes);
        let close = after == AfterResponse::Close || draining;
        state.doing = Doing::Nothing;
        out.push(Output::Send { conn, bytes });
        if close {
            out.push(Output::Close {
                conn,
                how: CloseHow::AfterFlush,
            });
            self.closed(conn);
            return;
        }
        self.unread.insert(conn);
        self.await_request(now, conn);
    }

    /// Answers a connection's request with JSON, and keeps the memory of that for the next answer.
    pub(super) fn reply_json(&mut self, now: Now, conn: ConnId, body: Vec<u8>, out: &mut Outputs) {
        let response = Response::json(200, body);
        self.reply(now, conn, &response, out);
        self.scratch = response.body;
        self.scratch.clear();
        self.scratch.shrink_to(SCRATCH_MAX);
    }

    /// Answers a request that belongs to no known session: the client has to log in again.
    pub(super) fn reply_lost(
        &mut self,
        now: Now,
        conn: ConnId,
        ssid: &str,
        ack: u64,
        is_poll: bool,
        out: &mut Outputs,
    ) {
        // What cannot be one need not come back.
        let ssid = if is_ssid(ssid.as_bytes()) { ssid } else { "" };
        if !is_poll {
            let scratch = core::mem::take(&mut self.scratch);
            let body = answer_body(scratch, 0, ssid, &[]);
            self.reply_json(now, conn, body, out);
        } else if let Some(state) = self.conns.get_mut(&conn) {
            state.doing = Doing::Mourning {
                ssid: ssid.into(),
                ack,
            };
            self.wake_conn(conn, Some(now.mono + LOST_POLL_WAIT));
        }
    }

    pub(super) fn conn_woken(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let Some(state) = self.conns.get_mut(&conn) else {
            return;
        };
        match &state.doing {
            Doing::Nothing => {
                out.push(Output::Close {
                    conn,
                    how: CloseHow::AfterFlush,
                });
                self.closed(conn);
            }
            Doing::Mourning { ssid, ack } => {
                let encoded = Notice::Expired.encode("");
                let message = Message {
                    data: &encoded.data,
                    to: Address::client(ssid),
                    from: Address::system(encoded.system),
                    seq: *ack,
                };
                let scratch = core::mem::take(&mut self.scratch);
                let body = answer_body(scratch, 0, ssid, &[message]);
                self.reply_json(now, conn, body, out);
            }
            Doing::Working | Doing::Holding(_) => {}
        }
    }
}

/// What a client is told whose request has failed with the store.
pub(super) const UNREADABLE: &str = "the store cannot be read at the moment; try again";

/// Writes the body of an answer into `body`, which is empty.
pub(super) fn answer_body(
    mut body: Vec<u8>,
    ack: u64,
    ssid: &str,
    messages: &[Message<'_>],
) -> Vec<u8> {
    let data = AnswerData {
        ack: Some(ack),
        ssid: Some(ssid.into()),
        messages,
    };
    let method = "forward_to_client".into();
    json::write(&Answer { method, data }, &mut body);
    body
}

fn wrong_method(allowed: &str) -> Response {
    let mut response = fault(405, "this path does not take that method");
    response.headers.push("Allow", allowed);
    response
}

/// A response to a request that is none of the protocol.
pub(super) fn fault(status: u16, error: &str) -> Response {
    #[derive(Serialize)]
    struct Fault<'a> {
        error: &'a str,
    }
    Response::json(status, json::bytes(&Fault { error }))
}
