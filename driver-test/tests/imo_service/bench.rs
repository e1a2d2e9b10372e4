//! A service on its own, with a store that answers when the test lets it, and clients that speak plain HTTP.
//! Never uses the link: what a client sends is written down by hand.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::config::{Limits, Registration, ServiceConfig};
use imo2sproxy_core::event::Event;
use imo2sproxy_core::http::client::HttpClient;
use imo2sproxy_core::http::{Headers, Request, Response, form};
use imo2sproxy_core::imo::service::Service;
use imo2sproxy_core::io::{
    CloseCause, ConnId, Input, JobId, ListenerId, LoadId, Machine, Output, Outputs, Peer, StoreId,
};
use imo2sproxy_core::rng::Seed;
use imo2sproxy_core::store::{Query, Store, StoreError, StoreOp};
use imo2sproxy_core::time::{Instant, Now, UnixTime};
use imo2sproxy_sim::MemoryStore;
use serde_json::{Value, json};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// A client's connection.
struct Client {
    http: HttpClient,
    busy: bool,
    raw: Vec<u8>,
    responses: VecDeque<Response>,
    closed: bool,
}

/// What the service waits for.
#[derive(Debug)]
enum Job {
    Load(LoadId, Vec<Query>),
    Store(StoreId, Arc<Vec<StoreOp>>),
    Hash(JobId, String),
    Verify(JobId, String, String),
}

pub(crate) struct Bench {
    service: Service,
    pub(crate) now: Now,
    pub(crate) store: MemoryStore,
    clients: BTreeMap<ConnId, Client>,
    next_conn: u32,
    out: Outputs,
    jobs: VecDeque<Job>,
    /// Whether the store makes changes durable; if not, they wait.
    pub(crate) stores: bool,
    /// Whether the store can be read.
    pub(crate) loads: bool,
    /// Whether anything is read or hashed; if not, it waits.
    pub(crate) works: bool,
    pub(crate) events: Vec<Event>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let config = ServiceConfig {
            registration: Registration::Open,
            limits,
            ..ServiceConfig::default()
        };
        Self {
            service: Service::new(config, Seed::from_number(1)),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(1_400_000_000),
            },
            store: MemoryStore::new(),
            clients: BTreeMap::new(),
            next_conn: 0,
            out: Outputs::new(),
            jobs: VecDeque::new(),
            stores: true,
            loads: true,
            works: true,
            events: Vec::new(),
        }
    }

    /// The machine dies and another takes its place, with the same store.
    pub(crate) fn restart(&mut self) {
        let store = std::mem::take(&mut self.store);
        *self = Self {
            store,
            now: self.now,
            ..Self::new()
        };
    }

    fn input(&mut self, input: Input<'_>) {
        self.service.handle(self.now, input, &mut self.out);
        let said: Vec<Output> = self.out.drain().collect();
        for output in said {
            match output {
                Output::Send { conn, bytes } => self.sent(conn, &bytes),
                Output::Close { conn, .. } => {
                    if let Some(client) = self.clients.get_mut(&conn) {
                        client.closed = true;
                    }
                }
                Output::Load { load, queries } => self.jobs.push_back(Job::Load(load, queries)),
                Output::Store { op, changes } => self.jobs.push_back(Job::Store(op, changes)),
                Output::Hash { job, secret } => {
                    let secret = secret.reveal().to_owned();
                    self.jobs.push_back(Job::Hash(job, secret));
                }
                Output::Verify { job, secret, hash } => {
                    let secret = secret.reveal().to_owned();
                    self.jobs.push_back(Job::Verify(job, secret, hash));
                }
                Output::Event(event) => self.events.push(event),
                Output::Connect { .. } | Output::Reading { .. } | Output::Stopped => {}
            }
        }
    }

    /// Does all that can be done at once.
    pub(crate) fn settle(&mut self) {
        let mut waiting = VecDeque::new();
        while let Some(job) = self.jobs.pop_front() {
            let can = match job {
                Job::Store(..) => self.stores,
                Job::Load(..) | Job::Hash(..) | Job::Verify(..) => self.works,
            };
            if can {
                self.work(job);
            } else {
                waiting.push_back(job);
            }
        }
        self.jobs = waiting;
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Load(load, queries) => {
                let mut records = Vec::new();
                for query in &queries {
                    self.store.query(query, &mut records).unwrap();
                }
                let result = if self.loads {
                    Ok(records)
                } else {
                    Err(StoreError::Io)
                };
                self.input(Input::Loaded { load, result });
            }
            Job::Store(op, changes) => {
                self.store.apply(&changes).unwrap();
                self.input(Input::Stored { op, result: Ok(()) });
            }
            Job::Hash(job, secret) => {
                let hash = format!("hash of {secret}");
                self.input(Input::Hashed { job, hash });
            }
            Job::Verify(job, secret, hash) => {
                let ok = hash == format!("hash of {secret}");
                self.input(Input::Verified { job, ok });
            }
        }
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8]) {
        let client = self.clients.get_mut(&conn).expect("an open connection");
        assert!(!client.closed, "sends after it closed");
        client.raw.extend_from_slice(bytes);
        if let Some(reply) = client.http.receive(bytes).unwrap() {
            client.responses.push_back(reply.response);
            client.busy = false;
        }
    }

    /// Opens a connection.
    pub(crate) fn connect(&mut self) -> ConnId {
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
        let peer = Peer::Net(SocketAddr::from(([10, 0, 0, 1], 1000)));
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

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now.mono + time;
        while let Some(at) = self.service.deadline().filter(|at| *at <= until) {
            assert!(at >= self.now.mono, "a deadline that has passed");
            self.now.mono = at;
            self.input(Input::Tick);
            self.settle();
            let next = self.service.deadline();
            assert!(next.is_none_or(|next| next > at), "it wakes up for nothing");
        }
        self.now.mono = until;
    }

    /// How many machines' answers are being waited for.
    pub(crate) fn waiting(&self) -> usize {
        self.jobs.len()
    }
}

/// A client with a session, its numbers kept as they should be.
pub(crate) struct Session {
    pub(crate) name: &'static str,
    pub(crate) ssid: String,
    pub(crate) calls: ConnId,
    pub(crate) poll: ConnId,
    pub(crate) seq: u64,
    pub(crate) ack: u64,
}

impl Session {
    /// Opens a session without an account.
    pub(crate) fn open(bench: &mut Bench, name: &'static str) -> Self {
        let (calls, poll) = (bench.connect(), bench.connect());
        let own = "12345678901234567";
        let call = json!({"method": "get_cookie_and_ssid",
            "data": {"ssid": own, "kind": "reui", "version": "1"}});
        let envelope = json!({"ack": 0, "ssid": own, "messages": [
            {"data": call, "to": {"system": "session"}, "from": {"system": "client", "ssid": own}, "seq": 0},
        ]});
        bench.post(calls, "rest_rpc", &envelope.to_string());
        let reply = bench.reply(calls);
        let ssid = reply["data"]["ssid"].as_str().unwrap().to_owned();
        Self {
            name,
            ssid,
            calls,
            poll,
            seq: 0,
            ack: 0,
        }
    }

    /// Opens a session and signs an account on, made if there is none; its mail is asked for.
    pub(crate) fn sign_on(bench: &mut Bench, name: &'static str) -> Self {
        let mut session = Self::open(bench, name);
        session.call(
            bench,
            "im",
            "account_login",
            &json!({"passwd": "secret", "captcha": null}),
        );
        session.call(bench, "im", "get_unread_msgs", &json!({}));
        let events = session.events(bench);
        assert_eq!(events[0]["name"], "signed_on", "{events:?}");
        session
    }

    /// Like [`Session::sign_on`], with all events yet to come.
    pub(crate) fn sign_on_unheard(bench: &mut Bench, name: &'static str) -> Self {
        let mut session = Self::open(bench, name);
        session.call(bench, "im", "account_login", &json!({"passwd": "secret"}));
        session.call(bench, "im", "get_unread_msgs", &json!({}));
        session
    }

    pub(crate) fn message(&self, system: &str, call: &Value, seq: u64) -> Value {
        json!({"data": call, "to": {"system": system},
            "from": {"system": "client", "ssid": self.ssid}, "seq": seq})
    }

    /// A call of the account with these fields of its own.
    pub(crate) fn body(&self, method: &str, fields: &Value) -> Value {
        let mut data = json!({"ssid": self.ssid, "uid": self.name, "proto": "prpl-skype"});
        for (name, value) in fields.as_object().unwrap() {
            data[name] = value.clone();
        }
        json!({"method": method, "data": data})
    }

    pub(crate) fn envelope(&self, messages: &[Value]) -> String {
        json!({"ack": self.ack, "ssid": self.ssid, "messages": messages}).to_string()
    }

    /// Sends messages on a connection; the reply is not looked at.
    pub(crate) fn post(&self, bench: &mut Bench, conn: ConnId, messages: &[Value]) {
        bench.post(conn, "forward_to_server", &self.envelope(messages));
    }

    /// Makes a call and expects it to be taken at once.
    #[track_caller]
    pub(crate) fn call(&mut self, bench: &mut Bench, system: &str, method: &str, fields: &Value) {
        self.request(bench, system, &self.body(method, fields));
    }

    /// Sends one message and expects it to be taken at once.
    #[track_caller]
    pub(crate) fn request(&mut self, bench: &mut Bench, system: &str, call: &Value) {
        let message = self.message(system, call, self.seq);
        self.seq += 1;
        self.post(bench, self.calls, &[message]);
        let reply = bench.reply(self.calls);
        let expected = json!({"method": "forward_to_client",
            "data": {"ack": self.seq, "ssid": self.ssid, "messages": []}});
        assert_eq!(reply, expected);
    }

    /// Sends a poll.
    pub(crate) fn ask(&self, bench: &mut Bench) {
        self.post(bench, self.poll, &[]);
    }

    /// The messages on the poll that is out, if it is answered.
    pub(crate) fn answered(&mut self, bench: &mut Bench) -> Option<Vec<Value>> {
        let response = bench.response(self.poll)?;
        let reply: Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(reply["method"], "forward_to_client");
        assert_eq!(reply["data"]["ssid"], self.ssid.as_str());
        let messages = reply["data"]["messages"].as_array().unwrap().clone();
        for message in &messages {
            assert_eq!(message["to"]["system"], "client");
            assert!(message["from"]["system"].is_string());
            let seq = message["seq"].as_u64().unwrap();
            assert!(seq <= self.ack, "{seq} leaves a gap");
            self.ack = seq + 1;
        }
        Some(messages)
    }

    /// Polls until there is nothing more to tell within a second; gives the data of all messages. A poll stays out.
    pub(crate) fn events(&mut self, bench: &mut Bench) -> Vec<Value> {
        let mut all = Vec::new();
        for _ in 0..1000 {
            if !self.is_polling(bench) {
                self.ask(bench);
            }
            bench.run(SECOND);
            match self.answered(bench) {
                Some(messages) => {
                    all.extend(messages.iter().map(|message| message["data"].clone()))
                }
                None => return all,
            }
        }
        panic!("events without end, the last: {:?}", all.last());
    }

    /// Whether a poll is out, or its answer has not been looked at.
    fn is_polling(&self, bench: &Bench) -> bool {
        let client = &bench.clients[&self.poll];
        client.busy || !client.responses.is_empty()
    }

    /// The `edata` of all events of that name that have come.
    pub(crate) fn hear(&mut self, bench: &mut Bench, name: &str) -> Vec<Value> {
        let events = self.events(bench);
        let named = events.iter().filter(|event| event["name"] == name);
        named.map(|event| event["edata"].clone()).collect()
    }

    /// The texts that have come.
    pub(crate) fn texts(&mut self, bench: &mut Bench) -> Vec<String> {
        let texts = self.hear(bench, "recv_im");
        texts
            .iter()
            .map(|text| text["msg"].as_str().unwrap().into())
            .collect()
    }

    /// Sends a text with its identity.
    #[track_caller]
    pub(crate) fn say(&mut self, bench: &mut Bench, to: &str, text: &str, mid: &str) {
        let fields = json!({"buid": to, "msg": text, "mid": mid});
        self.call(bench, "im", "send_im", &fields);
    }
}

/// A session of each of two accounts that exist.
pub(crate) fn two(bench: &mut Bench) -> (Session, Session) {
    (
        Session::sign_on(bench, "alice"),
        Session::sign_on(bench, "bob"),
    )
}
