//! A service that gives the answers of a recorded session again: in order for each kind of request, polls when it is let.
//! Never changes more of them than has to agree with what it is asked: the numbers, and names that the asker chose.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::server::{AfterResponse, HttpServer};
use imo2sproxy_core::http::{Method, Request, Response, form};
use imo2sproxy_core::io::{CloseHow, ConnId, Input, Machine, Output, Outputs};
use imo2sproxy_core::time::{Instant, Now};
use serde_json::{Value, json};

/// How long a poll is held when there is nothing to answer.
const HOLD: Duration = Duration::from_secs(25);

/// A call that has been asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) data: Value,
    pub(crate) request_id: Option<u64>,
}

/// The service. A clone is the same one.
#[derive(Clone, Default)]
pub(crate) struct StandIn {
    desk: Rc<RefCell<Desk>>,
}

#[derive(Default)]
struct Desk {
    servers: BTreeMap<ConnId, HttpServer>,
    /// Recorded answers that have not been given.
    openings: VecDeque<Value>,
    answers: VecDeque<Value>,
    polls: VecDeque<Value>,
    pictures: BTreeMap<String, Vec<u8>>,
    /// The poll that waits, and until when.
    held: Option<(ConnId, Instant)>,
    /// What the session of the moment goes by.
    ssid: String,
    taken: u64,
    given: u64,
    unconfirmed: Vec<Value>,
    asked: Vec<Asked>,
}

impl StandIn {
    /// Adds the answer to the opening of a session.
    pub(crate) fn on_opening(&self, answer: &Value) {
        self.desk.borrow_mut().openings.push_back(answer.clone());
    }

    /// Adds the answer to a request.
    pub(crate) fn on_request(&self, answer: &Value) {
        self.desk.borrow_mut().answers.push_back(answer.clone());
    }

    /// Lets it give an answer to a poll.
    pub(crate) fn release(&self, answer: &Value) {
        self.desk.borrow_mut().polls.push_back(answer.clone());
    }

    /// What there is at a path below `/b/`.
    pub(crate) fn on_picture(&self, path: &str, bytes: &[u8]) {
        let mut desk = self.desk.borrow_mut();
        desk.pictures.insert(path.to_owned(), bytes.to_owned());
    }

    /// All calls, in order.
    pub(crate) fn all_asked(&self) -> Vec<Asked> {
        self.desk.borrow().asked.clone()
    }

    /// All calls of that name, in order.
    pub(crate) fn asked(&self, method: &str) -> Vec<Asked> {
        let mut calls = self.all_asked();
        calls.retain(|asked| asked.method == method);
        calls
    }
}

impl Machine for StandIn {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        let mut desk = self.desk.borrow_mut();
        match input {
            Input::Accepted { conn, .. } => {
                let server = HttpServer::new(&Limits::default());
                desk.servers.insert(conn, server);
            }
            Input::Received { conn, bytes } => {
                if let Some(server) = desk.servers.get_mut(&conn) {
                    server.receive(bytes);
                    desk.serve(now, conn, out);
                }
            }
            Input::Closed { conn, .. } => {
                desk.servers.remove(&conn);
                desk.held = desk.held.filter(|(held, _)| *held != conn);
            }
            Input::Start
            | Input::Connected { .. }
            | Input::Sent { .. }
            | Input::Loaded { .. }
            | Input::Stored { .. }
            | Input::Hashed { .. }
            | Input::Verified { .. }
            | Input::FileWritten { .. }
            | Input::FileRead { .. }
            | Input::Control(_)
            | Input::Tick => {}
        }
        desk.answer_poll(now, out);
    }

    fn deadline(&self) -> Option<Instant> {
        let desk = self.desk.borrow();
        let (_, until) = desk.held?;
        Some(if desk.polls.is_empty() {
            until
        } else {
            Instant::ZERO
        })
    }
}

impl Desk {
    fn serve(&mut self, now: Now, conn: ConnId, out: &mut Outputs) {
        let mut spare = Vec::new();
        let Some(Ok(Some(request))) = self
            .servers
            .get_mut(&conn)
            .map(|server| server.next(&mut spare))
        else {
            return;
        };
        match self.response(&request) {
            Some(response) => self.send(conn, &response, out),
            None => self.held = Some((conn, now.mono + HOLD)),
        }
    }

    /// The response to a request; `None` for a poll.
    fn response(&mut self, request: &Request) -> Option<Response> {
        if request.method == Method::Get {
            let picture = self.pictures.get(request.path.as_str());
            return Some(match (request.path.as_str(), picture) {
                ("/", _) => Response::new(200, "text/html", b"<html></html>".to_vec()),
                (_, Some(bytes)) => Response::new(200, "image/jpeg", bytes.clone()),
                (_, None) => Response::new(404, "text/plain", Vec::new()),
            });
        }
        let fields: BTreeMap<_, _> = form::pairs(&request.body).map(Result::unwrap).collect();
        let envelope: Value = serde_json::from_str(&fields["data"]).unwrap();
        if fields["method"] == "rest_rpc" {
            let answer = self.openings.pop_front().expect("an opening was recorded");
            answer["data"]["ssid"]
                .as_str()
                .unwrap()
                .clone_into(&mut self.ssid);
            (self.taken, self.given) = (0, 0);
            self.unconfirmed.clear();
            return Some(json_response(&answer));
        }
        let calls = envelope["messages"].as_array().unwrap();
        for call in calls {
            self.taken = self.taken.max(call["seq"].as_u64().unwrap() + 1);
            self.asked.push(Asked {
                method: call["data"]["method"].as_str().unwrap().to_owned(),
                data: call["data"]["data"].clone(),
                request_id: call["data"]["request_id"].as_u64(),
            });
        }
        let ack = envelope["ack"].as_u64().unwrap();
        self.unconfirmed
            .retain(|message| message["seq"].as_u64().unwrap() >= ack);
        if calls.is_empty() {
            return None;
        }
        let answer = self.answers.pop_front().unwrap_or_else(nothing);
        Some(self.numbered(answer))
    }

    /// Answers the poll that waits, if there is something to say or its time is over.
    fn answer_poll(&mut self, now: Now, out: &mut Outputs) {
        let Some((conn, until)) = self.held else {
            return;
        };
        let answer = if !self.unconfirmed.is_empty() {
            let mut answer = nothing();
            answer["data"]["messages"] = Value::Array(self.unconfirmed.clone());
            answer["data"]["ssid"] = json!(self.ssid);
            answer["data"]["ack"] = json!(self.taken);
            json_response(&answer)
        } else if let Some(answer) = self.polls.pop_front() {
            self.numbered(answer)
        } else if until <= now.mono {
            self.numbered(nothing())
        } else {
            return;
        };
        self.held = None;
        self.send(conn, &answer, out);
    }

    /// An answer with the numbers of this session in the place of those of the recorded one.
    fn numbered(&mut self, mut answer: Value) -> Response {
        answer["data"]["ack"] = json!(self.taken);
        answer["data"]["ssid"] = json!(self.ssid);
        let messages = answer["data"]["messages"].as_array_mut().unwrap();
        for message in messages {
            message["seq"] = json!(self.given);
            message["to"]["ssid"] = json!(self.ssid);
            self.given += 1;
            self.unconfirmed.push(message.clone());
        }
        json_response(&answer)
    }

    fn send(&mut self, conn: ConnId, response: &Response, out: &mut Outputs) {
        let Some(server) = self.servers.get_mut(&conn) else {
            return;
        };
        let mut bytes = out.buffer();
        let after = server.send(response, &mut bytes);
        out.push(Output::Send { conn, bytes });
        if after == AfterResponse::Close {
            let how = CloseHow::AfterFlush;
            out.push(Output::Close { conn, how });
        }
    }
}

fn nothing() -> Value {
    json!({"method": "forward_to_client", "data": {"messages": []}})
}

fn json_response(answer: &Value) -> Response {
    let body = serde_json::to_vec(answer).unwrap();
    Response::new(200, "application/json", body)
}
