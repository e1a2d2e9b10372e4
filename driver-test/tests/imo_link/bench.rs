//! A link whose service is played by hand, one answer at a time.
//! Never answers by itself, but for connections, which always come up at once.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use imo2sproxy_core::config::{DialectKind, Limits, Upstream};
use imo2sproxy_core::http::server::HttpServer;
use imo2sproxy_core::http::{Method, Request, Response, form};
use imo2sproxy_core::imo::link::{LaneId, LaneInput, Link, LinkOutput, LinkStatus};
use imo2sproxy_core::imo::notice::Notice;
use imo2sproxy_core::io::{CloseCause, Origin};
use imo2sproxy_core::rng::{Rng, Seed};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::time::{Instant, Now, UnixTime};
use serde_json::{Value, json};

pub(crate) const SSID: &str = "Qm3ABCDEFGHIJKLM";
/// More requests than any test wants: something runs in circles.
const ASKS_MAX: usize = 20_000;

/// A request that the link has made.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) lane: LaneId,
    pub(crate) at: Instant,
    /// The form's method; empty for the page, the whole line for a picture.
    pub(crate) method: String,
    pub(crate) data: Value,
}

impl Ask {
    fn read(lane: LaneId, at: Instant, request: &Request) -> Self {
        if request.method == Method::Get {
            let (method, data) = match request.path.as_str() {
                "/base/" => (String::new(), Value::Null),
                path => (format!("GET {path}"), Value::Null),
            };
            return Self {
                lane,
                at,
                method,
                data,
            };
        }
        assert_eq!(request.path, "/base/imo");
        let fields: BTreeMap<_, _> = form::pairs(&request.body).map(Result::unwrap).collect();
        Self {
            lane,
            at,
            method: fields["method"].to_string(),
            data: serde_json::from_str(&fields["data"]).unwrap(),
        }
    }

    /// The names of the calls it carries; none make it a poll.
    pub(crate) fn calls(&self) -> Vec<&str> {
        let names = self.messages().iter();
        names
            .map(|message| message["data"]["method"].as_str().unwrap())
            .collect()
    }

    pub(crate) fn messages(&self) -> &[Value] {
        self.data["messages"].as_array().unwrap()
    }

    /// The number of the first call it carries.
    pub(crate) fn seq(&self) -> u64 {
        self.messages()[0]["seq"].as_u64().unwrap()
    }

    pub(crate) fn ack(&self) -> u64 {
        self.data["ack"].as_u64().unwrap()
    }
}

pub(crate) struct Bench {
    pub(crate) link: Link,
    pub(crate) now: Now,
    /// Whether notices count as safe as soon as they are told.
    pub(crate) confirms: bool,
    /// Whether the service says that it knows a text by its identity.
    pub(crate) knows_mids: bool,
    servers: BTreeMap<LaneId, HttpServer>,
    asks: VecDeque<Ask>,
    asked: usize,
    /// All that the link told whoever owns it, but for [`LinkOutput::Took`].
    pub(crate) told: Vec<LinkOutput>,
}

impl Bench {
    /// A link that has made its first request.
    pub(crate) fn started() -> Self {
        Self::started_in(DialectKind::V1)
    }

    /// The same in the dialect of that kind.
    pub(crate) fn started_in(dialect: DialectKind) -> Self {
        let upstream = Upstream {
            origin: Origin::Net {
                host: "imo.example".into(),
                port: 443,
                tls: true,
            },
            path: "/base/".into(),
            dialect,
        };
        let rng = Rng::new(Seed::from_number(1));
        let password = Secret::from("secret");
        let mut bench = Self {
            link: Link::new(
                "alice".into(),
                password,
                upstream,
                &Arc::new(Limits::default()),
                rng,
            ),
            now: Now {
                mono: Instant::ZERO,
                wall: UnixTime::from_seconds(1_400_000_000),
            },
            confirms: true,
            knows_mids: false,
            servers: BTreeMap::new(),
            asks: VecDeque::new(),
            asked: 0,
            told: Vec::new(),
        };
        bench.act(|link, _, out| link.start(out));
        bench
    }

    /// A link that has sent its password.
    pub(crate) fn logging_in() -> Self {
        let mut bench = Self::started();
        bench.log_in();
        bench
    }

    /// Plays the service up to the password.
    pub(crate) fn log_in(&mut self) {
        assert_eq!(self.ask(LaneId::Calls).method, "");
        self.answer(LaneId::Calls, 200, "<html>");
        assert_eq!(self.ask(LaneId::Calls).method, "rest_rpc");
        let mut opened = json!({"method": "rest_rpc", "data": {"ack": 1, "ssid": SSID}});
        if self.knows_mids {
            opened["data"]["mid"] = json!(true);
        }
        self.answer(LaneId::Calls, 200, &opened.to_string());
    }

    /// A link that is signed on, with a poll out and nothing else.
    pub(crate) fn signed_on() -> Self {
        Self::signed_on_in(DialectKind::V1)
    }

    /// The same in the dialect of that kind.
    pub(crate) fn signed_on_in(dialect: DialectKind) -> Self {
        let mut bench = Self::started_in(dialect);
        bench.sign_on();
        bench
    }

    /// Plays the service up to a quiet session. Its next event is number 1, the link's next call number 5.
    pub(crate) fn sign_on(&mut self) {
        self.log_in();
        self.acknowledge();
        self.acknowledge();
        let signed_on = event("signed_on", &json!({"alias": "Alice"}));
        self.tell(LaneId::Poll, &[(0, signed_on)]);
        assert_eq!(self.ask(LaneId::Calls).calls(), ["set_status"]);
        self.acknowledge();
        assert_eq!(self.link.status(), LinkStatus::Online);
        assert_eq!(self.asks.len(), 1, "{:?}", self.asks);
    }

    /// Lets the link act, and does what it asks for.
    pub(crate) fn act<T>(
        &mut self,
        act: impl FnOnce(&mut Link, Now, &mut Vec<LinkOutput>) -> T,
    ) -> T {
        let mut said = Vec::new();
        let result = act(&mut self.link, self.now, &mut said);
        let mut queue = VecDeque::from(said);
        while let Some(output) = queue.pop_front() {
            let (link, now, mut more) = (&mut self.link, self.now, Vec::new());
            match output {
                LinkOutput::AsksIn => link.admit(now, &mut more),
                LinkOutput::Connect(lane, _) => {
                    self.servers
                        .insert(lane, HttpServer::new(&Limits::default()));
                    link.handle(now, lane, LaneInput::Connected, &mut more);
                }
                LinkOutput::Send(lane, bytes) => self.heard(lane, &bytes),
                LinkOutput::Close(lane) => {
                    self.hang_up(lane);
                    let input = LaneInput::Closed(CloseCause::Local);
                    self.link.handle(now, lane, input, &mut more);
                }
                LinkOutput::Took(taken) if self.confirms => link.confirm(now, taken, &mut more),
                LinkOutput::Took(_) => {}
                other => self.told.push(other),
            }
            queue.extend(more);
        }
        result
    }

    fn heard(&mut self, lane: LaneId, bytes: &[u8]) {
        let server = self.servers.get_mut(&lane).expect("a connection");
        server.receive(bytes);
        while let Some(request) = server.next(&mut Vec::new()).unwrap() {
            self.asks
                .push_back(Ask::read(lane, self.now.mono, &request));
            self.asked += 1;
            assert!(self.asked < ASKS_MAX, "it asks without end");
        }
    }

    fn hang_up(&mut self, lane: LaneId) {
        self.servers.remove(&lane);
        self.asks.retain(|ask| ask.lane != lane);
    }

    /// The connection of a lane breaks.
    pub(crate) fn cut(&mut self, lane: LaneId) {
        self.hang_up(lane);
        self.act(|link, now, out| {
            link.handle(now, lane, LaneInput::Closed(CloseCause::Reset), out);
        });
    }

    /// The request that waits for its answer on a lane.
    #[track_caller]
    pub(crate) fn ask(&self, lane: LaneId) -> Ask {
        self.try_ask(lane).expect("a request")
    }

    pub(crate) fn try_ask(&self, lane: LaneId) -> Option<Ask> {
        self.asks.iter().find(|ask| ask.lane == lane).cloned()
    }

    /// How many requests there have been.
    pub(crate) const fn asked(&self) -> usize {
        self.asked
    }

    /// Answers the request on a lane.
    #[track_caller]
    pub(crate) fn answer(&mut self, lane: LaneId, status: u16, body: &str) {
        self.respond(
            lane,
            &Response::new(status, "application/json", body.into()),
        );
    }

    /// Answers the request on a lane with this response.
    #[track_caller]
    pub(crate) fn respond(&mut self, lane: LaneId, response: &Response) {
        let at = self.asks.iter().position(|ask| ask.lane == lane);
        self.asks.remove(at.expect("a request to answer"));
        let mut bytes = Vec::new();
        let _ = self
            .servers
            .get_mut(&lane)
            .expect("a connection")
            .send(response, &mut bytes);
        self.act(|link, now, out| link.handle(now, lane, LaneInput::Received(&bytes), out));
    }

    /// Answers with `data` in the outer form.
    #[track_caller]
    pub(crate) fn say(&mut self, lane: LaneId, data: &Value) {
        let body = json!({"method": "forward_to_client", "data": data});
        self.answer(lane, 200, &body.to_string());
    }

    /// Acknowledges all calls of the request that is out.
    #[track_caller]
    pub(crate) fn acknowledge(&mut self) {
        let ask = self.ask(LaneId::Calls);
        let ack = ask.messages().last().unwrap()["seq"].as_u64().unwrap() + 1;
        self.say(
            LaneId::Calls,
            &json!({"ack": ack, "ssid": SSID, "messages": []}),
        );
    }

    /// Answers with messages from `im`, each with its number.
    #[track_caller]
    pub(crate) fn tell(&mut self, lane: LaneId, events: &[(u64, Value)]) {
        let messages: Vec<Value> = events
            .iter()
            .map(|(seq, data)| message(*seq, "im", data))
            .collect();
        self.say(
            lane,
            &json!({"ack": 99, "ssid": SSID, "messages": messages}),
        );
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now.mono + time;
        while let Some(at) = self.link.deadline().filter(|at| *at <= until) {
            assert!(at >= self.now.mono, "a deadline that has passed");
            self.now.mono = at;
            self.act(Link::tick);
            assert!(self.link.deadline().is_none_or(|next| next > at) || self.asked < ASKS_MAX);
        }
        self.now.mono = until;
    }

    /// What the link told since the last time, in words.
    pub(crate) fn heard_of(&mut self) -> Vec<String> {
        self.told
            .drain(..)
            .map(|told| format!("{told:?}"))
            .collect()
    }

    /// The texts of messages the link told of.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let text = self.told.iter().filter_map(|told| match told {
            LinkOutput::Notice(Notice::Message(message)) => Some(message.msg.as_str()),
            _ => None,
        });
        text.collect()
    }
}

/// An event as it stands in a message.
pub(crate) fn event(name: &str, edata: &Value) -> Value {
    json!({"name": name, "proto": "prpl-skype", "uid": "alice", "edata": edata})
}

/// A text that comes.
pub(crate) fn text(body: &str) -> Value {
    let edata = json!({"buid": "bob", "alias": "Bob", "msg": body, "timestamp": 1_400_000_000});
    event("recv_im", &edata)
}

pub(crate) fn message(seq: u64, system: &str, data: &Value) -> Value {
    json!({"seq": seq, "to": {"system": "client", "ssid": SSID}, "from": {"system": system}, "data": data})
}
