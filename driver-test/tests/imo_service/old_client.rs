//! An old client: two connections, its own way of counting, and no patience with answers of another form.
//! Never sends anything that it is not given.

use std::collections::BTreeMap;
use std::time::Duration;

use imo2sproxy_core::http::Request;
use imo2sproxy_core::io::ConnId;
use imo2sproxy_core::time::Instant;
use serde_json::{Value, json};

use crate::bench::{Bench, SECOND};
use crate::forms;

const MILLISECOND: Duration = Duration::from_millis(1);
/// The original learns only from the answer which text a result is about, and needs so long for it.
const LEARNS: Duration = Duration::from_millis(20);

/// One of its connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lane {
    Calls,
    Poll,
}

pub(crate) struct OldClient {
    pub(crate) name: &'static str,
    pub(crate) ssid: String,
    calls: ConnId,
    poll: ConnId,
    /// How many calls it has made, on each connection.
    made: [u64; 2],
    /// How many messages it has taken, all of them on the poll.
    pub(crate) taken: u64,
    /// Each connection counts for itself.
    counts_apart: bool,
    /// When the requests with these `request_id` were answered.
    replies: BTreeMap<u64, Instant>,
    /// What it was told and has not looked at.
    told: Vec<Value>,
}

impl OldClient {
    pub(crate) fn new(bench: &mut Bench, name: &'static str) -> Self {
        Self {
            name,
            ssid: String::new(),
            calls: bench.connect(),
            poll: bench.connect(),
            made: [0, 0],
            taken: 0,
            counts_apart: false,
            replies: BTreeMap::new(),
            told: Vec::new(),
        }
    }

    /// One of before 2011-05, whose connections count each for itself.
    pub(crate) fn counting_apart(bench: &mut Bench, name: &'static str) -> Self {
        Self {
            counts_apart: true,
            ..Self::new(bench, name)
        }
    }

    fn conn(&self, lane: Lane) -> ConnId {
        match lane {
            Lane::Calls => self.calls,
            Lane::Poll => self.poll,
        }
    }

    /// The number of the next call, which is counted with it.
    fn number(&mut self, lane: Lane) -> u64 {
        let lane = if self.counts_apart { lane } else { Lane::Calls };
        let made = &mut self.made[lane as usize];
        *made += 1;
        *made - 1
    }

    /// Fetches the page.
    pub(crate) fn page(&self, bench: &mut Bench) {
        bench.send(self.calls, &Request::get("/".into()));
        assert_eq!(bench.response(self.calls).unwrap().status, 200);
    }

    /// Opens a session with this envelope.
    pub(crate) fn open(&mut self, bench: &mut Bench, envelope: &str) {
        bench.post(self.calls, "rest_rpc", envelope);
        let response = bench.response(self.calls).unwrap();
        assert_eq!(
            response.status,
            200,
            "{}",
            String::from_utf8_lossy(&response.body)
        );
        forms::read(&response.body);
        self.ssid = forms::ssid(&response.body);
        (self.made, self.taken) = ([0, 0], 0);
    }

    /// Both its connections are new ones; it goes on where it was.
    pub(crate) fn reconnect(&mut self, bench: &mut Bench) {
        (self.calls, self.poll) = (bench.connect(), bench.connect());
    }

    /// Opens a session in the older dialect.
    pub(crate) fn open_v0(&mut self, bench: &mut Bench) {
        self.page(bench);
        let call = json!({"method": "get_ssid", "data": {"ssid": "12345678901234567"}});
        let from = json!({"system": "client", "ssid": 0});
        let message = json!({"data": call, "to": {"system": "ssid"}, "from": from, "seq": 0});
        let envelope = json!({"ack": 0, "ssid": 0, "messages": [message]});
        self.open(bench, &envelope.to_string());
    }

    /// Makes a call of these fields, with no others; the session is always one of them.
    #[track_caller]
    pub(crate) fn call(
        &mut self,
        bench: &mut Bench,
        (lane, system, method): (Lane, &str, &str),
        fields: &Value,
    ) {
        let mut data = json!({"ssid": self.ssid});
        for (name, value) in fields.as_object().unwrap() {
            data[name] = value.clone();
        }
        let seq = self.number(lane);
        let ack = if self.counts_apart && lane == Lane::Calls {
            0
        } else {
            self.taken
        };
        let from = json!({"system": "client", "ssid": self.ssid});
        let message = json!({"data": {"method": method, "data": data},
            "to": {"system": system}, "from": from, "seq": seq});
        let envelope = json!({"ack": ack, "ssid": self.ssid, "messages": [message]});
        assert!(
            self.request(bench, lane, &envelope.to_string(), seq + 1, None),
            "{method}"
        );
    }

    /// Makes a call of the account.
    #[track_caller]
    pub(crate) fn ask_for(&mut self, bench: &mut Bench, method: &str, fields: &Value) {
        let mut all = fields.clone();
        (all["uid"], all["proto"]) = (json!(self.name), json!("prpl-skype"));
        self.call(bench, (Lane::Calls, "im", method), &all);
    }

    /// Sends a request with calls, so that it has made `made` in all, and says whether it takes it for a success.
    #[track_caller]
    pub(crate) fn request(
        &mut self,
        bench: &mut Bench,
        lane: Lane,
        envelope: &str,
        made: u64,
        request_id: Option<u64>,
    ) -> bool {
        let conn = self.conn(lane);
        if lane == Lane::Poll {
            self.await_poll(bench);
        }
        bench.post(conn, "forward_to_server", envelope);
        let response = bench.response(conn).expect("an answer at once");
        assert_eq!(response.status, 200);
        let answer = forms::read(&response.body);
        assert_eq!(answer["data"]["ssid"], self.ssid.as_str());
        if let Some(request_id) = request_id {
            self.replies.insert(request_id, bench.now.mono);
        }
        for _ in 0..40 {
            bench.run(MILLISECOND);
            self.look(bench);
        }
        forms::is_success(&answer, made)
    }

    /// Polls with this envelope, once the last poll is answered.
    #[track_caller]
    pub(crate) fn send_poll(&mut self, bench: &mut Bench, envelope: &str) {
        self.await_poll(bench);
        bench.post(self.poll, "forward_to_server", envelope);
        self.look(bench);
    }

    /// The envelope of its next poll.
    pub(crate) fn poll_envelope(&self) -> String {
        json!({"ack": self.taken, "ssid": self.ssid, "messages": []}).to_string()
    }

    /// Waits until its poll is answered.
    #[track_caller]
    pub(crate) fn await_poll(&mut self, bench: &mut Bench) {
        for _ in 0..31 {
            self.look(bench);
            if !bench.is_asking(self.poll) {
                return;
            }
            bench.run(SECOND);
        }
        panic!("a poll is held too long");
    }

    /// Takes the answer to its poll, if there is one.
    #[track_caller]
    fn look(&mut self, bench: &mut Bench) {
        let Some(response) = bench.response(self.poll) else {
            return;
        };
        assert_eq!(response.status, 200);
        let answer = forms::read(&response.body);
        for message in answer["data"]["messages"].as_array().unwrap() {
            forms::check_message(message, &self.ssid, self.name);
            let seq = message["seq"].as_u64().unwrap();
            assert_eq!(
                seq, self.taken,
                "nothing is left out and nothing comes twice"
            );
            self.taken = seq + 1;
            if message["from"]["system"] == "internal" {
                let request_id = message["data"]["request_id"].as_u64().unwrap();
                let since = bench.now.mono.since(self.replies[&request_id]);
                assert!(since >= LEARNS, "a result comes {since:?} after the reply");
            }
            self.told.push(message["data"].clone());
        }
    }

    /// Polls until nothing more comes within a second; gives all that it was told since the last time.
    #[track_caller]
    pub(crate) fn hear(&mut self, bench: &mut Bench) -> Vec<Value> {
        for _ in 0..100 {
            if !bench.is_asking(self.poll) {
                self.send_poll(bench, &self.poll_envelope());
            }
            bench.run(SECOND);
            self.look(bench);
            if bench.is_asking(self.poll) {
                return std::mem::take(&mut self.told);
            }
        }
        panic!("it is told without end");
    }

    /// What it was told since the last time, without another poll.
    pub(crate) fn heard(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.told)
    }
}
