//! A service that says what a test wants, however much that is, and takes what it is sent or leaves it.
//! Never knows anybody: whoever asks is signed on.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::http::{Method, Request, Response, form};
use imo2sproxy_core::io::{ConnId, Input, Machine, Output, Outputs};
use imo2sproxy_core::time::{Instant, Now};
use serde_json::{Value, json};

const SSID: &str = "Qm3ABCDEFGHIJKLM";
/// How often it looks whether there is something to tell.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How much one answer carries, in bytes: a client has the time to read what comes of it.
const ANSWER_BYTES: usize = 100 * 1024;

/// An event of the account's.
pub(crate) fn event(name: &str, edata: &Value) -> Value {
    json!({"name": name, "proto": "prpl-skype", "uid": "alice", "edata": edata})
}

/// Puts events together into answers.
pub(crate) fn batches(events: impl IntoIterator<Item = Value>) -> Vec<Vec<String>> {
    let (mut all, mut batch, mut bytes) = (Vec::new(), Vec::new(), 0);
    for event in events {
        let text = event.to_string();
        if bytes + text.len() > ANSWER_BYTES {
            all.push(std::mem::take(&mut batch));
            bytes = 0;
        }
        bytes += text.len();
        batch.push(text);
    }
    all.push(batch);
    all
}

/// What the service is to tell, and whether it takes calls.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Events that no client has taken, the oldest of number `first`.
    events: VecDeque<String>,
    first: u64,
    /// It lets requests with calls wait for ever.
    pub(crate) is_deaf: bool,
}

impl Script {
    pub(crate) fn tell(&mut self, events: Vec<String>) {
        self.events.extend(events);
    }

    /// True once the client has taken everything.
    pub(crate) fn is_told(&self) -> bool {
        self.events.is_empty()
    }

    fn acknowledge(&mut self, ack: u64) {
        while self.first < ack && self.events.pop_front().is_some() {
            self.first += 1;
        }
    }

    fn messages(&self) -> Vec<Value> {
        let numbered = self.events.iter().zip(self.first..);
        let message = |(event, seq): (&String, u64)| {
            let data: Value = serde_json::from_str(event).unwrap();
            json!({"seq": seq, "to": {"system": "client", "ssid": SSID}, "from": {"system": "im"}, "data": data})
        };
        numbered.map(message).collect()
    }
}

/// The service.
pub(crate) struct Service {
    script: Rc<RefCell<Script>>,
    servers: BTreeMap<ConnId, HttpServer>,
    polls: Vec<ConnId>,
    /// How many calls it has taken.
    taken: u64,
    look_at: Option<Instant>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}

impl Service {
    pub(crate) fn new(script: Rc<RefCell<Script>>) -> Self {
        let signed_on = event("signed_on", &json!({"alias": "Alice"})).to_string();
        script.borrow_mut().tell(vec![signed_on]);
        Self {
            script,
            servers: BTreeMap::new(),
            polls: Vec::new(),
            taken: 0,
            look_at: None,
        }
    }

    fn answer(&mut self, conn: ConnId, body: &str, out: &mut Outputs) {
        let response = Response::new(200, "application/json", body.into());
        let mut bytes = Vec::new();
        let server = self.servers.get_mut(&conn).unwrap();
        let _ = server.send(&response, &mut bytes);
        out.push(Output::Send { conn, bytes });
    }

    fn say(&mut self, conn: ConnId, messages: &[Value], out: &mut Outputs) {
        let data = json!({"ack": self.taken, "ssid": SSID, "messages": messages});
        let body = json!({"method": "forward_to_client", "data": data});
        self.answer(conn, &body.to_string(), out);
    }

    fn asked(&mut self, conn: ConnId, request: &Request, out: &mut Outputs) {
        if request.method == Method::Get {
            return self.answer(conn, "<html>", out);
        }
        let fields: BTreeMap<_, _> = form::pairs(&request.body).map(Result::unwrap).collect();
        if fields["method"] == "rest_rpc" {
            let opened = json!({"method": "rest_rpc", "data": {"ack": 1, "ssid": SSID}});
            self.taken = 1;
            return self.answer(conn, &opened.to_string(), out);
        }
        let envelope: Value = serde_json::from_str(&fields["data"]).unwrap();
        let ack = envelope["ack"].as_u64().unwrap();
        self.script.borrow_mut().acknowledge(ack);
        let calls = envelope["messages"].as_array().unwrap();
        if let Some(last) = calls.last() {
            if !self.script.borrow().is_deaf {
                self.taken = last["seq"].as_u64().unwrap() + 1;
                self.say(conn, &[], out);
            }
            return;
        }
        self.polls.push(conn);
    }

    fn heard(&mut self, conn: ConnId, bytes: &[u8], out: &mut Outputs) {
        self.servers.get_mut(&conn).unwrap().receive(bytes);
        while let Some(server) = self.servers.get_mut(&conn)
            && let Some(request) = server.next(&mut Vec::new()).unwrap()
        {
            self.asked(conn, &request, out);
        }
    }

    fn look(&mut self, now: Now, out: &mut Outputs) {
        let messages = self.script.borrow().messages();
        if !messages.is_empty()
            && let Some(conn) = self.polls.pop()
        {
            self.say(conn, &messages, out);
        }
        self.look_at = Some(now.mono + LOOK_EVERY);
    }
}

impl Machine for Service {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        if let Input::Accepted { conn, .. } = input {
            let server = HttpServer::new(&Limits::default());
            self.servers.insert(conn, server);
        } else if let Input::Received { conn, bytes } = input {
            self.heard(conn, bytes, out);
        } else if let Input::Closed { conn, .. } = input {
            self.servers.remove(&conn);
            self.polls.retain(|poll| *poll != conn);
        }
        if self.look_at.is_none_or(|at| at <= now.mono) {
            self.look(now, out);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.look_at
    }
}
