//! A world in which the recorded session of another program happens again: its service's answers, its client's words.
//! Never judges what happens.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use imo2sproxy_core::config::{DialectKind, WireKind};
use imo2sproxy_core::io::ListenerId;
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::{Faults, Person, Resident, World};
use serde_json::Value;

use crate::scenes::daemon_config;
use crate::stand_in::StandIn;
use crate::town::{SECONDS, host};
use crate::{FOREIGN, read};

/// What one line of the recording is.
pub(super) enum Row {
    /// The client said something.
    Said(String),
    /// The client heard something.
    Heard(String),
    /// The service was asked to open a session, or got a request with calls.
    Asked(Vec<Value>),
    /// The service answered: an opening, a request, a poll.
    Opened(Value),
    Answered(Value),
    Polled(Value),
}

/// The lines of one run, with each answer put to its request.
pub(super) fn rows(scenario: &str) -> Vec<Row> {
    let text = read(FOREIGN);
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut requests: VecDeque<()> = VecDeque::new();
    let mut rows = Vec::new();
    for line in lines.filter(|line| line["scenario"] == scenario) {
        let frame = || line["frame"].as_str().unwrap().to_owned();
        let data = &line["data"];
        let has_messages = |data: &Value| !data["messages"].as_array().is_none_or(Vec::is_empty);
        match line["dir"].as_str().unwrap() {
            "<-api" => rows.push(Row::Said(frame())),
            "api->" => rows.push(Row::Heard(frame())),
            "imo->" if has_messages(data) => {
                if line["method"] == "forward_to_server" {
                    requests.push_back(());
                }
                rows.push(Row::Asked(data["messages"].as_array().unwrap().clone()));
            }
            "<-imo" if data["method"] == "rest_rpc" => rows.push(Row::Opened(data.clone())),
            "<-imo" if has_messages(&data["data"]) => rows.push(Row::Polled(data.clone())),
            "<-imo" if data.is_object() && requests.pop_front().is_some() => {
                rows.push(Row::Answered(data.clone()));
            }
            _ => {}
        }
    }
    rows
}

/// A world in which a recorded run happens again.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) service: StandIn,
    pub(super) person: Person,
    /// Recorded words and those that stand for them now: numbers of messages and calls, names of chats.
    words: BTreeMap<(&'static str, String), String>,
    tags: usize,
    /// How many texts were sent, and groups made, in the recording so far.
    sent: Vec<(u64, String)>,
    groups: Vec<String>,
}

impl Stage {
    pub(super) fn new() -> Self {
        let mut world = World::new(1, Faults::none());
        let service = StandIn::default();
        world.host("imo", service.clone());
        world.listen("imo", ListenerId(0), "imo.example", 443, true);
        let daemon = host("alice");
        let seed = world.seed_for(&daemon);
        let config = daemon_config("alice", "Throwaway1", DialectKind::V1);
        world.host(&daemon, Resident::of(Plan::Proxy(config, seed)));
        world.listen(&daemon, ListenerId(0), &daemon, 1401, false);
        world.give_folder(&daemon);
        let person = Person::new(WireKind::SkypeProxy, None, &daemon, 1401);
        let person = world.join("alice", person);
        world.set_address("alice", Ipv4Addr::LOCALHOST.into());
        Self {
            world,
            service,
            person,
            words: BTreeMap::new(),
            tags: 0,
            sent: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Says something, once all that was said before has its reply.
    fn say(&mut self, frame: &str) {
        self.settle();
        let line = self.translate(strip_tag(frame));
        self.tags += 1;
        let tag = format!("#{}", self.tags);
        self.person.say(&format!("{tag} {line}"));
    }

    /// Waits until each command has its reply.
    fn settle(&mut self) {
        let tags = self.tags;
        let answered = |world: &World| {
            let person = world.person("alice");
            (1..=tags).all(|tag| person.heard(&format!("#{tag} *")))
        };
        self.world.run_until(answered, SECONDS(20));
    }

    /// The reply to the command that was said last.
    fn reply(&mut self) -> String {
        self.settle();
        let tag = format!("#{} ", self.tags);
        let lines = self.person.replies();
        let mut replies = lines.iter().filter_map(|line| line.strip_prefix(&tag));
        let reply = replies.next().unwrap().to_owned();
        assert_eq!(replies.next(), None, "two replies");
        reply
    }

    fn translate(&self, line: &str) -> String {
        let mut before = "";
        let words = line.split(' ').map(|word| {
            let noun = match before {
                "CHATMESSAGE" | "MESSAGE" | "MESSAGES" => "MESSAGE",
                "CALL" => "CALL",
                _ => "CHAT",
            };
            before = word;
            let known = |noun| self.words.get(&(noun, word.to_owned()));
            known(noun)
                .or_else(|| known("CHAT"))
                .map_or(word, String::as_str)
        });
        let line = words.collect::<Vec<_>>().join(" ");
        // Then a text to a chat could be sent with either word.
        if line.starts_with("MESSAGE #") {
            return format!("CHAT{line}");
        }
        line
    }

    /// Lets the service tell what it told then.
    fn tell(&mut self, answer: &Value) {
        // The result of a text names its request, and a new group has the name that it was made with.
        let (sent, made) = (self.sent.clone(), self.groups.len());
        let service = self.service.clone();
        let asked = move |_: &World| {
            let texts = service.asked("send_im");
            let has = |text: &str| texts.iter().any(|asked| asked.data["msg"] == text);
            sent.iter().all(|(_, text)| has(text))
                && service.asked("create_shared_group").len() >= made
        };
        self.world.run_until(asked, SECONDS(20));
        self.world.run_for(SECONDS(1));
        let mut text = answer.to_string();
        let made = self.service.asked("create_shared_group");
        for (recorded, asked) in self.groups.iter().zip(&made) {
            text = text.replace(recorded, asked.data["name"].as_str().unwrap());
        }
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        let now = self.service.asked("send_im");
        for message in answer["data"]["messages"].as_array_mut().unwrap() {
            let Some(id) = message["data"]["request_id"].as_u64() else {
                continue;
            };
            let (_, text) = self.sent.iter().find(|(sent, _)| *sent == id).unwrap();
            let same = now.iter().find(|asked| asked.data["msg"] == text.as_str());
            message["data"]["request_id"] = same.unwrap().request_id.into();
        }
        self.service.release(&answer);
        self.world.run_for(SECONDS(1));
    }

    /// Learns what a number or a name of the recording is called now, from the lines that gave it.
    fn learn(&mut self, frame: &str) {
        let words: Vec<&str> = frame.split(' ').collect();
        let (noun, then, now) = match words.as_slice() {
            ["MESSAGE", number, "STATUS", "SENDING"] => ("MESSAGE", number, self.reply()),
            ["CHATMESSAGE", number, "STATUS", "RECEIVED"] => {
                let heard = self.last("CHATMESSAGE * STATUS RECEIVED");
                ("MESSAGE", number, heard)
            }
            ["CHAT", name, "STATUS", "MULTI_SUBSCRIBED"] => ("CHAT", name, self.reply()),
            ["CALL", number, "STATUS", "RINGING"] => ("CALL", number, self.reply()),
            _ => return,
        };
        let now = now.split(' ').nth(1).unwrap().to_owned();
        self.words.insert((noun, (*then).to_owned()), now.clone());
        if noun == "MESSAGE" {
            self.say(&format!("GET CHATMESSAGE {now} CHATNAME"));
            let chat = self.reply().split(' ').nth(3).unwrap().to_owned();
            if let Some((start, _)) = chat.split_once(';') {
                self.words.insert(("CHAT", start.to_owned()), chat.clone());
            }
        }
    }

    /// The last line that was heard of a form.
    fn last(&self, pattern: &str) -> String {
        let lines = self.person.replies();
        let (start, end) = pattern.split_once('*').unwrap();
        let mut fitting = lines
            .iter()
            .rev()
            .filter(|line| line.starts_with(start) && line.ends_with(end));
        fitting.next().unwrap().clone()
    }

    /// Plays all rows; gives what was asked, what was said to it then, and what is said now.
    pub(super) fn play(&mut self, rows: &[Row]) -> Vec<(String, Option<String>, String)> {
        for row in rows {
            match row {
                Row::Opened(answer) => self.service.on_opening(answer),
                Row::Answered(answer) => self.service.on_request(answer),
                Row::Said(_) | Row::Heard(_) | Row::Asked(_) | Row::Polled(_) => {}
            }
        }
        let mut talk: Vec<(String, Option<String>, String)> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            match row {
                Row::Said(frame) if frame.starts_with('(') => {}
                Row::Said(frame) => {
                    self.say(frame);
                    let tag = self.tags;
                    let then = replied(&rows[index + 1..], strip_tag(frame));
                    talk.push((strip_tag(frame).to_owned(), then, tag.to_string()));
                }
                Row::Heard(frame) => self.learn(strip_tag(frame)),
                Row::Asked(messages) => {
                    for message in messages {
                        let data = &message["data"];
                        if data["method"] == "send_im" {
                            let text = data["data"]["msg"].as_str().unwrap().to_owned();
                            self.sent.push((data["request_id"].as_u64().unwrap(), text));
                        }
                        if let Some(name) = data["data"]["name"].as_str() {
                            self.groups.push(name.to_owned());
                        }
                    }
                }
                Row::Polled(answer) => self.tell(answer),
                Row::Opened(_) | Row::Answered(_) => {}
            }
        }
        self.settle();
        self.world.run_for(SECONDS(5));
        let lines = self.person.replies();
        for (_, then, reply) in &mut talk {
            let tag = format!("#{reply} ");
            let mut replies = lines.iter().filter_map(|line| line.strip_prefix(&tag));
            let now = replies.next().unwrap().to_owned();
            assert_eq!(replies.next(), None, "two replies to {tag}");
            *then = then.as_deref().map(|then| self.translate(then));
            *reply = now;
        }
        talk
    }
}

fn strip_tag(line: &str) -> &str {
    let rest = line.strip_prefix('#').and_then(|rest| rest.split_once(' '));
    rest.map_or(line, |(_, rest)| rest)
}

/// What was replied to a question, if anything was.
fn replied(later: &[Row], question: &str) -> Option<String> {
    let question = question.strip_prefix("GET ").unwrap_or(question);
    let words = question.split(' ').take(3).collect::<Vec<_>>().join(" ");
    for row in later {
        match row {
            Row::Said(_) => return None,
            Row::Heard(frame) => {
                let line = strip_tag(frame);
                let is_reply = line.starts_with(&words) || line.starts_with("ERROR ");
                if is_reply {
                    return Some(line.to_owned());
                }
            }
            Row::Asked(_) | Row::Opened(_) | Row::Answered(_) | Row::Polled(_) => {}
        }
    }
    None
}
