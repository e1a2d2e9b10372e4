//! A stage: a world in which people say what a scene tells them, and what must be true of it at the end.
//! Never minds what the network does: it waits long enough, and then wants everything to be right.

use std::collections::BTreeSet;
use std::time::Duration;

use imo2sproxy_core::config::{Config, WireKind};
use imo2sproxy_core::io::{Control, ListenerId};
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::world::Break;
use imo2sproxy_sim::{Faults, Person, Resident, World};

use crate::town::{SECONDS, host, service};

/// How long a scene waits for anything: longer than a connection that is dead can go unnoticed.
const PATIENCE: Duration = Duration::from_secs(300);
/// After trouble, everything is right again within this time.
const RECOVERY: Duration = Duration::from_secs(120);

/// A text that somebody has sent.
struct Text {
    from: String,
    to: Vec<String>,
    body: String,
}

/// A world with people in it.
pub(crate) struct Stage {
    pub(crate) world: World,
    tags: Vec<(String, u32)>,
    texts: Vec<Text>,
    /// Who sits at a client whose account is to be online at the end.
    online: Vec<String>,
    friends: Vec<[String; 2]>,
    /// Who may have been away when it was told that a text was sent.
    inattentive: Vec<String>,
}

impl Stage {
    /// A stage with a service, and a daemon for each of `names`; what alice's daemon has with the service may break.
    pub(crate) fn new(
        names: &[&str],
        plan: Option<Break>,
        config: impl Fn(&str) -> Config,
    ) -> Self {
        let mut world = World::new(1, Faults::none());
        let seed = world.seed_for("imo");
        world.host("imo", service(seed));
        let mut stage = Self::empty(world);
        for name in names {
            stage.daemon(name, config(name));
        }
        stage.world.watch(&host("alice"), plan);
        stage
    }

    /// A stage in a world of the scene's own, whose service is the host `imo`.
    pub(crate) fn empty(mut world: World) -> Self {
        world.listen("imo", ListenerId(0), "imo.example", 443, true);
        Self::of(world)
    }

    /// A stage in a world that has all it needs.
    pub(crate) const fn of(world: World) -> Self {
        Self {
            world,
            tags: Vec::new(),
            texts: Vec::new(),
            online: Vec::new(),
            friends: Vec::new(),
            inattentive: Vec::new(),
        }
    }

    /// The daemon of somebody.
    pub(crate) fn daemon(&mut self, name: &str, config: Config) {
        let host = host(name);
        let seed = self.world.seed_for(&host);
        let daemon = Resident::of(Plan::Proxy(config, seed));
        self.world.host(&host, daemon);
        self.world.listen(&host, ListenerId(0), &host, 1401, false);
    }

    /// Somebody sits down at a client of its daemon, and waits until the account is online.
    pub(crate) fn sit_down(&mut self, name: &str, access: Option<&str>) -> Person {
        let client = Person::new(WireKind::SkypeProxy, access, &host(name), 1401);
        let person = self.world.join(name, client);
        person.say("PROTOCOL 7");
        self.expect(name, "CONNSTATUS ONLINE");
        self.online.push(name.to_owned());
        person
    }

    /// From here on it is nobody's business whether that account is online.
    pub(crate) fn may_be_offline(&mut self, name: &str) {
        self.online.retain(|other| other != name);
    }

    /// The client of somebody is cut off for a while, and may miss that a text was sent.
    pub(crate) fn may_miss_reports(&mut self, name: &str) {
        self.inattentive.push(name.to_owned());
    }

    /// Says a command, which must have one reply by the end; gives its tag.
    pub(crate) fn say(&mut self, name: &str, command: &str) -> String {
        let tag = u32::try_from(self.tags.len()).expect("a scene is short");
        self.tags.push((name.to_owned(), tag));
        self.world.person(name).say(&format!("#{tag} {command}"));
        format!("#{tag}")
    }

    /// Says a command, and waits for its reply, which it gives.
    pub(crate) fn ask(&mut self, name: &str, command: &str) -> String {
        let tag = self.say(name, command);
        let reply = self.expect(name, &format!("{tag} *"));
        reply[tag.len() + 1..].to_owned()
    }

    /// Says a command until the reply begins with `good`, and gives that: while the service is out of reach some
    /// commands are refused, since old clients do not wait.
    pub(crate) fn insist(&mut self, name: &str, command: &str, good: &str) -> String {
        for _ in 0..10 {
            let reply = self.ask(name, command);
            if reply.starts_with(good) {
                return reply;
            }
            assert!(reply.starts_with("ERROR "), "{command}: {reply}");
            self.world.run_for(SECONDS(30));
        }
        panic!("{name} cannot get through with {command}");
    }

    /// Says a text, which must have reached each of `to` once and in order by the end. `command` is what stands
    /// before the text.
    pub(crate) fn text(&mut self, from: &str, command: &str, body: &str, to: &[&str]) {
        self.say(from, &format!("{command} {body}"));
        self.texts.push(Text {
            from: from.to_owned(),
            to: to.iter().map(|name| (*name).to_owned()).collect(),
            body: body.to_owned(),
        });
    }

    /// Waits for a line.
    #[track_caller]
    pub(crate) fn expect(&mut self, name: &str, pattern: &str) -> String {
        self.world.expect(name, pattern, PATIENCE)
    }

    /// The one asks the other, who agrees.
    pub(crate) fn befriend(&mut self, one: &str, other: &str) {
        self.say(one, &format!("SET USER {other} BUDDYSTATUS 2 it is me"));
        self.expect(other, &format!("USER {one} RECEIVEDAUTHREQUEST it is me"));
        self.say(other, &format!("SET USER {one} ISAUTHORIZED TRUE"));
        self.expect(one, &format!("USER {other} BUDDYSTATUS 3"));
        self.expect(other, &format!("USER {one} BUDDYSTATUS 3"));
        self.friends.push([one.to_owned(), other.to_owned()]);
    }

    /// They are no friends any more.
    pub(crate) fn part_friends(&mut self, one: &str, other: &str) {
        self.friends
            .retain(|pair| !(pair.contains(&one.to_owned()) && pair.contains(&other.to_owned())));
    }

    /// The daemon of alice says goodbye.
    pub(crate) fn leave(&mut self) {
        self.world.control(&host("alice"), Control::Drain);
        let gone = |world: &World| world.stopped(&host("alice")).is_some();
        self.world.run_until(gone, SECONDS(10));
    }

    /// Everything is right, however it came to that.
    pub(crate) fn check(mut self) {
        self.world.run_for(RECOVERY);
        for (name, tag) in self.tags.clone() {
            let replies = self.world.person(&name).count(&format!("#{tag} *"));
            assert_eq!(replies, 1, "replies to #{tag} of {name}");
        }
        for name in self.online.clone() {
            assert_eq!(self.ask(&name, "GET CONNSTATUS"), "CONNSTATUS ONLINE");
            self.check_heard(&name);
            if !self.inattentive.contains(&name) {
                self.check_sent(&name);
            }
        }
        for [one, other] in self.friends.clone() {
            for (who, whom) in [(&one, &other), (&other, &one)] {
                let expected = format!("USER {whom} ONLINESTATUS ONLINE");
                assert_eq!(
                    self.ask(who, &format!("GET {}", &expected[..expected.len() - 7])),
                    expected
                );
            }
        }
        self.check_rest();
    }

    /// What somebody was told to have received is what the others have sent, once each and in order.
    fn check_heard(&mut self, name: &str) {
        let mut heard: Vec<(String, String)> = Vec::new();
        for number in self.numbers(name, "RECEIVED") {
            if self.property(name, &number, "TYPE") == "SAID" {
                let from = self.property(name, &number, "FROM_HANDLE");
                heard.push((from, self.property(name, &number, "BODY")));
            }
        }
        let senders: BTreeSet<&String> = self.texts.iter().map(|text| &text.from).collect();
        for sender in senders {
            let sent = self.texts.iter().filter(|text| text.from == *sender);
            let sent: Vec<&String> = sent
                .filter(|text| text.to.iter().any(|to| to == name))
                .map(|text| &text.body)
                .collect();
            let got = heard.iter().filter(|(from, _)| from == sender);
            let got: Vec<&String> = got.map(|(_, body)| body).collect();
            assert_eq!(got, sent, "from {sender} to {name}");
        }
        let known = |(from, _): &(String, String)| self.texts.iter().any(|text| text.from == *from);
        assert!(heard.iter().all(known), "{name} has heard {heard:?}");
    }

    /// Each text was reported as sent, once.
    fn check_sent(&mut self, name: &str) {
        let own: Vec<String> = self
            .texts
            .iter()
            .filter(|text| text.from == name)
            .map(|text| text.body.clone())
            .collect();
        let mut sent = Vec::new();
        for number in self.numbers(name, "SENT") {
            if self.property(name, &number, "TYPE") == "SAID" {
                sent.push(self.property(name, &number, "BODY"));
            }
        }
        sent.sort();
        let mut all = own;
        all.sort();
        assert_eq!(sent, all, "{name} was told that these were sent");
    }

    /// The numbers of the messages that somebody was told to have that status; each once.
    fn numbers(&self, name: &str, status: &str) -> Vec<String> {
        let ending = format!(" STATUS {status}");
        let lines = self.world.person(name).replies();
        let numbers: Vec<String> = lines
            .iter()
            .filter_map(|line| line.strip_prefix("CHATMESSAGE ")?.strip_suffix(&ending))
            .map(str::to_owned)
            .collect();
        let once: BTreeSet<&String> = numbers.iter().collect();
        assert_eq!(
            once.len(),
            numbers.len(),
            "{name} was told twice: {numbers:?}"
        );
        numbers
    }

    pub(crate) fn property(&mut self, name: &str, number: &str, property: &str) -> String {
        let start = format!("CHATMESSAGE {number} {property} ");
        let line = self.ask(name, &format!("GET {}", start.trim_end()));
        line[start.len()..].to_owned()
    }

    /// All machines come to rest when they are asked to.
    fn check_rest(&mut self) {
        let mut hosts: Vec<String> = self.online.iter().map(|name| host(name)).collect();
        hosts.push("imo".into());
        for name in &hosts {
            self.world.control(name, Control::Drain);
            let gone = |world: &World| world.stopped(name).is_some();
            self.world.run_until(gone, SECONDS(15));
            assert_eq!(self.world.live_connections(name), 0);
        }
    }
}
