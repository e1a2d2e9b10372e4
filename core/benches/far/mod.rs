//! A service played by hand for benchmarks of the daemon: one account, signed on, whose polls wait for what is to be told.
//! Never keeps anything for anybody: calls are acknowledged and forgotten.

use std::collections::BTreeMap;

use imo2sproxy_core::config::{DialectKind, Limits, Upstream};
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::http::{Method, Request, Response, form};
use imo2sproxy_core::io::{ConnId, Input, Origin};
use imo2sproxy_core::proxy::Proxy;
use imo2sproxy_core::rng::Seed;
use serde_json::{Value, json};

use crate::driver::{Driver, config};

const SSID: &str = "Qm3ABCDEFGHIJKLM";
/// More connections than the daemon opens for one account.
const CONNECTIONS: u32 = 8;

/// Where the daemon looks for it.
fn upstream() -> Upstream {
    Upstream {
        origin: Origin::Net {
            host: "imo.example".into(),
            port: 443,
            tls: true,
        },
        path: "/".into(),
        dialect: DialectKind::V1,
    }
}

/// The service, and the daemon whose only account is signed on at it.
pub(crate) struct Far {
    pub(crate) driver: Driver<Proxy>,
    /// The connection of the client that has been told how things are.
    pub(crate) client: ConnId,
    servers: BTreeMap<ConnId, HttpServer>,
    poll: Option<ConnId>,
    taken: u64,
    next: u64,
}

impl Far {
    /// Alice with a client, signed on; her contacts are `contacts`.
    pub(crate) fn online(contacts: &[&str]) -> Self {
        let config = config(&["alice".into()], &upstream());
        let mut driver = Driver::start(Proxy::new(config, Seed::from_number(1)));
        driver.settle();
        let client = driver.client(0);
        let mut far = Self {
            driver,
            client,
            servers: BTreeMap::new(),
            poll: None,
            taken: 0,
            next: 0,
        };
        far.serve();
        far.tell(&[event("signed_on", &json!({"alias": "Alice"}))]);
        let buddy = |name: &&str| {
            json!({"buid": name, "alias": name, "group": "Skype", "primitive": "available", "status": "",
                "auth": "granted"})
        };
        let buddies: Vec<Value> = contacts.iter().map(buddy).collect();
        far.tell(&[event("buddy_added", &json!(buddies))]);
        let said = far.driver.heard(client);
        let online = b"CONNSTATUS ONLINE";
        assert!(
            said.windows(online.len()).any(|bytes| bytes == online),
            "the account is signed on"
        );
        far
    }

    /// Answers what the daemon asks, until it only polls.
    pub(crate) fn serve(&mut self) {
        loop {
            self.driver.settle();
            let mut asked = false;
            for conn in (0..CONNECTIONS).map(ConnId::Upstream) {
                asked |= self.serve_one(conn);
            }
            if !asked {
                break;
            }
        }
    }

    fn serve_one(&mut self, conn: ConnId) -> bool {
        if !self.driver.is_open(conn) {
            self.servers.remove(&conn);
            return false;
        }
        let bytes = self.driver.heard(conn);
        let limits = Limits::default();
        let server = self
            .servers
            .entry(conn)
            .or_insert_with(|| HttpServer::new(&limits));
        if bytes.is_empty() {
            return false;
        }
        server.receive(&bytes);
        let mut requests = Vec::new();
        while let Some(request) = server.next(&mut Vec::new()).expect("HTTP") {
            requests.push(request);
        }
        for request in requests {
            if let Some(body) = self.asked(conn, &request) {
                self.answer(conn, &body);
            }
        }
        true
    }

    /// What is answered to a request at once.
    fn asked(&mut self, conn: ConnId, request: &Request) -> Option<String> {
        if request.method == Method::Get {
            return Some("<html>".into());
        }
        let pairs = form::pairs(&request.body).map(|pair| pair.expect("a form"));
        let fields: BTreeMap<_, _> = pairs.collect();
        if fields["method"] == "rest_rpc" {
            self.taken = 1;
            let data = json!({"ack": 1, "ssid": SSID});
            return Some(json!({"method": "rest_rpc", "data": data}).to_string());
        }
        let envelope: Value = serde_json::from_str(&fields["data"]).expect("an envelope");
        let calls = envelope["messages"].as_array().expect("messages");
        let Some(last) = calls.last() else {
            self.poll = Some(conn);
            return None;
        };
        self.taken = last["seq"].as_u64().expect("a number") + 1;
        Some(self.envelope(&[]))
    }

    fn envelope(&self, messages: &[Value]) -> String {
        let data = json!({"ack": self.taken, "ssid": SSID, "messages": messages});
        json!({"method": "forward_to_client", "data": data}).to_string()
    }

    fn answer(&mut self, conn: ConnId, body: &str) {
        let bytes = self.response(conn, body);
        let bytes = &bytes;
        self.driver.tell(Input::Received { conn, bytes });
    }

    fn response(&mut self, conn: ConnId, body: &str) -> Vec<u8> {
        let response = Response::new(200, "application/json", body.into());
        let mut bytes = Vec::new();
        let server = self.servers.get_mut(&conn).expect("a connection");
        let _ = server.send(&response, &mut bytes);
        bytes
    }

    /// The body of an answer that tells these events, which are the next ones.
    pub(crate) fn body(&mut self, events: &[Value]) -> String {
        let next = &mut self.next;
        let messages: Vec<Value> = events
            .iter()
            .map(|event| {
                let seq = *next;
                *next += 1;
                json!({"seq": seq, "to": {"system": "client", "ssid": SSID}, "from": {"system": "im"}, "data": event})
            })
            .collect();
        self.envelope(&messages)
    }

    /// The poll that waits, and the bytes that answer it so.
    pub(crate) fn poll_answer(&mut self, events: &[Value]) -> (ConnId, Vec<u8>) {
        self.serve();
        let poll = self.poll.take().expect("a poll");
        let body = self.body(events);
        let bytes = self.response(poll, &body);
        (poll, bytes)
    }

    /// Tells these events, with all that follows from them.
    pub(crate) fn tell(&mut self, events: &[Value]) {
        let (conn, bytes) = self.poll_answer(events);
        let bytes = &bytes;
        self.driver.tell(Input::Received { conn, bytes });
        self.serve();
    }
}

/// An event of Alice's.
pub(crate) fn event(name: &str, edata: &Value) -> Value {
    json!({"name": name, "proto": "prpl-skype", "uid": "alice", "edata": edata})
}

/// A text from a contact, another one for each number.
pub(crate) fn text(from: &str, number: u64) -> Value {
    let edata = json!({
        "buid": from, "alias": "Bob", "msg": "Shall we meet at eight, in the usual place?", "timestamp": 1_400_000_000,
        "mid": format!("{number:016x}"),
    });
    event("recv_im", &edata)
}
