//! The clients of a service on the bench: their connections, what they send, and what has come on them.
//! Never knows what a request means.

use std::collections::VecDeque;
use std::net::SocketAddr;

use imo2sproxy_core::config::Limits;
use imo2sproxy_core::http::client::HttpClient;
use imo2sproxy_core::http::{Headers, Request, Response, form};
use imo2sproxy_core::io::{CloseCause, ConnId, Input, ListenerId, Peer};
use serde_json::Value;

use super::Bench;

/// A client's connection.
pub(super) struct Client {
    pub(super) http: HttpClient,
    pub(super) busy: bool,
    pub(super) raw: Vec<u8>,
    pub(super) responses: VecDeque<Response>,
    pub(super) closed: bool,
}

impl Bench {
    /// Opens a connection from the address that everybody has.
    pub(crate) fn connect(&mut self) -> ConnId {
        self.connect_as(Peer::Net(SocketAddr::from(([10, 0, 0, 1], 1000))))
    }

    /// Opens a connection from an address.
    pub(crate) fn connect_from(&mut self, address: &str) -> ConnId {
        let address = address.parse().unwrap();
        self.connect_as(Peer::Net(SocketAddr::new(address, 1000)))
    }

    /// Opens a connection.
    pub(crate) fn connect_as(&mut self, peer: Peer) -> ConnId {
        self.next_conn += 1;
        let conn = ConnId::Client(self.next_conn);
        let client = Client {
            http: HttpClient::new(&Limits::default()),
            busy: false,
            raw: Vec::new(),
            responses: VecDeque::new(),
            closed: false,
        };
        self.clients.insert(conn, client);
        let listener = ListenerId(0);
        self.input(Input::Accepted {
            conn,
            listener,
            peer,
        });
        conn
    }

    /// The connection of a client breaks.
    pub(crate) fn cut(&mut self, conn: ConnId) {
        self.clients.get_mut(&conn).unwrap().closed = true;
        let cause = CloseCause::Reset;
        self.input(Input::Closed { conn, cause });
        self.settle();
    }

    /// How many connections are open.
    pub(crate) fn count_open(&self) -> usize {
        self.clients
            .values()
            .filter(|client| !client.closed)
            .count()
    }

    pub(crate) fn is_closed(&self, conn: ConnId) -> bool {
        self.clients[&conn].closed
    }

    /// All bytes that came on a connection.
    pub(crate) fn raw(&self, conn: ConnId) -> String {
        String::from_utf8_lossy(&self.clients[&conn].raw).into_owned()
    }

    /// Sends bytes as they are; nothing that comes back is read.
    pub(crate) fn send_raw(&mut self, conn: ConnId, bytes: &[u8]) {
        let client = self.clients.get_mut(&conn).unwrap();
        // A request under way makes whatever comes back be read.
        client.http.restart();
        client
            .http
            .send(&Request::get("/".into()), &Headers::new(), &mut Vec::new());
        self.input(Input::Received { conn, bytes });
        self.settle();
    }

    pub(crate) fn send(&mut self, conn: ConnId, request: &Request) {
        let mut common = Headers::new();
        common.push("Host", "imo.example");
        let mut bytes = Vec::new();
        let client = self.clients.get_mut(&conn).unwrap();
        client.http.send(request, &common, &mut bytes);
        client.busy = true;
        self.input(Input::Received {
            conn,
            bytes: &bytes,
        });
        self.settle();
    }

    /// Sends a form.
    pub(crate) fn post(&mut self, conn: ConnId, method: &str, data: &str) {
        let mut body = Vec::new();
        form::append(&mut body, "method", method);
        form::append(&mut body, "data", data);
        let request = Request::post("/imo".into(), form::CONTENT_TYPE, body);
        self.send(conn, &request);
    }

    /// The response that has come on a connection, if one has.
    pub(crate) fn response(&mut self, conn: ConnId) -> Option<Response> {
        self.clients.get_mut(&conn)?.responses.pop_front()
    }

    /// The JSON that has come on a connection.
    #[track_caller]
    pub(crate) fn reply(&mut self, conn: ConnId) -> Value {
        let response = self.response(conn).expect("a response");
        assert_eq!(
            response.status,
            200,
            "{}",
            String::from_utf8_lossy(&response.body)
        );
        assert_eq!(response.body.first(), Some(&b'{'));
        let text = String::from_utf8(response.body).unwrap();
        assert!(!text.contains("null"), "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Whether a request is out on a connection, or its answer has not been looked at.
    pub(crate) fn is_asking(&self, conn: ConnId) -> bool {
        let client = &self.clients[&conn];
        client.busy || !client.responses.is_empty()
    }
}
