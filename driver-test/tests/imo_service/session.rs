//! A client of the service that keeps its numbers as it should.
//! Never hides a repeated event: a service that is acknowledged repeats none.

use imo2sproxy_core::io::ConnId;
use serde_json::{Value, json};

use crate::bench::{Bench, SECOND};

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
            if !bench.is_asking(self.poll) {
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

    /// Makes a call that is refused, and gives the code.
    #[track_caller]
    pub(crate) fn refused(&mut self, bench: &mut Bench, method: &str, fields: &Value) -> String {
        self.call(bench, "im", method, fields);
        let errors = self.hear(bench, "error");
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors[0]["code"].as_str().unwrap().into()
    }

    /// Breaks its connections; the session stays.
    pub(crate) fn hang_up(&self, bench: &mut Bench) {
        bench.cut(self.calls);
        bench.cut(self.poll);
    }

    /// Ends the session.
    #[track_caller]
    pub(crate) fn leave(mut self, bench: &mut Bench) {
        self.call(bench, "session", "signoff_all", &json!({}));
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

/// Makes two accounts contacts of each other; what they have been told so far is taken.
pub(crate) fn befriend(bench: &mut Bench, one: &mut Session, two: &mut Session) {
    one.call(
        bench,
        "im",
        "add_buddy",
        &json!({"buid": two.name, "group": "Offline"}),
    );
    two.call(bench, "im", "auth_add", &json!({"buid": one.name}));
    one.events(bench);
    two.events(bench);
}

/// The reply to a request that acknowledges so much.
pub(crate) fn reply_with(ack: u64, ssid: &str) -> Value {
    json!({"method": "forward_to_client", "data": {"ack": ack, "ssid": ssid, "messages": []}})
}
