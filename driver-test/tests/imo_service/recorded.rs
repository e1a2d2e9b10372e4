//! What the original client of 2009 really said in two sessions, word by word, and whether the service takes all of it.
//! Never about what its stand-in for a service answered.
//!
//! See `driver-test/sessions/README.md`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use imo2sproxy_core::http::Request;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::old_client::{Lane, OldClient};
use crate::session::{Session, befriend};

const RECORDED: &str = include_str!("../../sessions/original-client.jsonl");
const JPEG: &[u8] = b"\xff\xd8\xff\xe0 buddy1";

/// A line of the recording.
#[derive(Debug)]
struct Line {
    at: Value,
    /// Its data, as it was written.
    data: String,
}

fn lines(scenario: &str) -> Vec<Line> {
    let read = |line: &str| {
        let at: Value = serde_json::from_str(line).unwrap();
        let raw: BTreeMap<String, Box<RawValue>> = serde_json::from_str(line).unwrap();
        let data = raw.get("data").map(|data| data.get().to_owned());
        (at["scenario"] == scenario).then(|| Line {
            at,
            data: data.unwrap_or_default(),
        })
    };
    RECORDED.lines().filter_map(read).collect()
}

/// The client of the recording, in a world like that of the recording.
struct Play {
    bench: Bench,
    client: OldClient,
    others: BTreeMap<&'static str, Session>,
    /// Names of the recording, and what stands for them here.
    names: Vec<(String, String)>,
    told: Vec<Value>,
    requests: usize,
}

impl Play {
    /// Puts our names and our `ack` into what was recorded.
    fn translated(&self, data: &str, recorded_ack: u64) -> String {
        let (theirs, ours) = ("\"ack\": ", self.client.taken);
        let ack = format!("{theirs}{recorded_ack},");
        assert!(data.starts_with(&format!("{{{ack}")), "{data}");
        let mut text = data.replacen(&ack, &format!("{theirs}{ours},"), 1);
        for (theirs, ours) in &self.names {
            text = text.replace(theirs, ours);
        }
        text
    }

    fn other(&mut self, name: &str) -> (&mut Session, &mut Bench) {
        (
            self.others.get_mut(name).expect("somebody there"),
            &mut self.bench,
        )
    }

    /// The id that stands here for something that the client was told of.
    fn learn(&mut self) {
        let heard = self.client.heard();
        for event in &heard {
            let edata = &event["edata"];
            if event["name"] == "buddy_added" && edata[0]["alias"] == "1795343801" {
                let gid = edata[0]["buid"].as_str().unwrap().trim_end_matches(';');
                self.names.push(("g75547399612".into(), gid.into()));
            }
            if event["name"] == "buddy_icon" && edata[0]["buid"] == "buddy1" {
                let icon = edata[0]["icon"].as_str().unwrap();
                self.names.push(("icon_buddy1.jpg".into(), icon.into()));
            }
        }
        self.told.extend(heard);
    }

    /// Sends one request of the recording, whose answer names the session `opens`, if it is the first.
    fn send(&mut self, line: &Line, opens: Option<&str>) {
        self.requests += 1;
        if let Some(get) = line.at["http"].as_str() {
            return self.get(get.strip_prefix("GET ").unwrap());
        }
        let envelope = &line.at["data"];
        let ack = envelope["ack"].as_u64().unwrap();
        if line.at["method"] == "rest_rpc" {
            self.client.open(&mut self.bench, &line.data);
            let ssid = self.client.ssid.clone();
            self.names.push((opens.unwrap().into(), ssid));
            return;
        }
        let messages = envelope["messages"].as_array().unwrap();
        let Some(call) = messages.first() else {
            self.client.await_poll(&mut self.bench);
            let text = self.translated(&line.data, ack);
            self.client.send_poll(&mut self.bench, &text);
            return self.learn();
        };
        let method = call["data"]["method"].as_str().unwrap();
        let lane = if method == "observed_user_activity" {
            Lane::Poll
        } else {
            Lane::Calls
        };
        let made = call["seq"].as_u64().unwrap() + 1;
        let request_id = call["data"]["request_id"].as_u64();
        let text = self.translated(&line.data, ack);
        let taken = self
            .client
            .request(&mut self.bench, lane, &text, made, request_id);
        assert!(taken, "{method} is no success");
        self.learn();
        self.react(method);
    }

    fn get(&mut self, path: &str) {
        if path == "/" {
            return self.client.page(&mut self.bench);
        }
        let mut path = path.to_owned();
        for (theirs, ours) in &self.names {
            path = path.replace(theirs, ours);
        }
        let conn = self.bench.connect();
        self.bench.send(conn, &Request::get(path.into()));
        let response = self.bench.response(conn).unwrap();
        assert_eq!((response.status, &*response.body), (200, JPEG));
        assert_eq!(response.headers.get("content-type"), Some("image/jpeg"));
    }

    /// What the others did in the recording, too.
    fn react(&mut self, method: &str) {
        match method {
            "add_buddy" => {
                let (newfriend, bench) = self.other("newfriend");
                newfriend.call(bench, "im", "auth_add", &json!({"buid": "alice"}));
            }
            "send_im" => {
                let group = self.names.iter().find(|(name, _)| name.starts_with('g'));
                let Some((_, gid)) = group.cloned() else {
                    return;
                };
                let (buddy, bench) = self.other("buddy1");
                buddy.say(bench, &(gid + ";"), "hi from the group", "0123456789abcdef");
            }
            _ => {}
        }
    }

    fn step(&mut self, text: &str) {
        match text {
            "incoming message" => {
                let (buddy, bench) = self.other("buddy1");
                buddy.say(
                    bench,
                    "alice",
                    "Hello Alice \u{fc}\u{20ac} \u{1F600}",
                    "abcdef0123456789",
                );
            }
            "presence of a buddy changes" => {
                let (buddy, bench) = self.other("buddy2");
                let status = json!({"primitive": "busy", "status": "in a call"});
                buddy.call(bench, "session", "set_status", &status);
            }
            "buddies: add, remove, request" => {
                let (asker, bench) = self.other("asker");
                let request = json!({"buid": "alice", "group": "Offline", "msg": "let me in"});
                asker.call(bench, "im", "add_buddy", &request);
            }
            _ => {}
        }
    }
}

/// Plays one scenario; gives what the client was told, and how many requests it has made.
fn play(scenario: &str, password: &str) -> (Vec<Value>, usize) {
    let mut bench = Bench::new();
    let mut alice = Session::open(&mut bench, "alice");
    alice.call(
        &mut bench,
        "im",
        "account_login",
        &json!({"passwd": password}),
    );
    let mut others = BTreeMap::new();
    for name in ["buddy1", "buddy2", "buddy3", "newfriend", "asker"] {
        let mut other = Session::sign_on(&mut bench, name);
        if name.starts_with("buddy") {
            befriend(&mut bench, &mut alice, &mut other);
        }
        others.insert(name, other);
    }
    let image = json!({"image": BASE64_STANDARD.encode(JPEG)});
    let buddy = others.get_mut("buddy1").unwrap();
    buddy.call(&mut bench, "im", "set_icon", &image);
    alice.leave(&mut bench);
    let client = OldClient::new(&mut bench, "alice");
    let mut play = Play {
        bench,
        client,
        others,
        names: Vec::new(),
        told: Vec::new(),
        requests: 0,
    };
    let lines = lines(scenario);
    for (number, line) in lines.iter().enumerate() {
        match line.at["dir"].as_str().unwrap() {
            "imo->" => {
                let answer = lines.get(number + 1);
                let opens = answer.and_then(|line| line.at["data"]["data"]["ssid"].as_str());
                play.send(line, opens);
            }
            "step" => play.step(line.at["text"].as_str().unwrap()),
            _ => {}
        }
    }
    play.client.await_poll(&mut play.bench);
    play.learn();
    (play.told, play.requests)
}

#[test]
fn every_recorded_request_is_taken_and_every_answer_has_the_form_that_it_needs() {
    let (told, requests) = play("session", "secret");
    assert_eq!(requests, 58);
    for name in [
        "signed_on",
        "buddy_added",
        "buddy_status",
        "buddy_removed",
        "buddy_request",
        "buddy_icon",
        "recv_im",
        "streams_info",
    ] {
        assert!(told.iter().any(|event| event["name"] == name), "{name}");
    }
    let refused: Vec<&Value> = told
        .iter()
        .filter(|event| event["name"] == "error")
        .collect();
    assert_eq!(refused, [&Value::Null; 0], "nothing it asks for is refused");
    let results = told.iter().filter(|event| event["request_id"].is_u64());
    let results: Vec<_> = results
        .map(|result| (&result["request_id"], result["error"].is_null()))
        .collect();
    assert_eq!(results, [(&json!(0), true), (&json!(1), true)]);
    let texts = told.iter().filter(|event| event["name"] == "recv_im");
    let texts: Vec<_> = texts
        .map(|text| text["edata"]["msg"].as_str().unwrap())
        .collect();
    assert_eq!(
        texts,
        ["Hello Alice \u{fc}\u{20ac} \u{1F600}", "hi from the group"]
    );
}

#[test]
fn a_recorded_login_with_a_wrong_password_is_told_so() {
    let (told, requests) = play("wrong_password", "another");
    assert_eq!(requests, 8);
    assert_eq!(told[0]["name"], "disconnect");
    assert_eq!(told[0]["edata"], json!({"msg": "uidpassword"}));
    let signed_on = told.iter().any(|event| event["name"] == "signed_on");
    assert!(!signed_on);
}
