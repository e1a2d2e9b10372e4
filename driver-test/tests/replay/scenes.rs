//! The scenes of the library: short sessions, each recorded at one machine, each fit to go on whatever breaks.
//! Never checks more than that the scene has come to where it was to go: the stage checks the rest.

use imo2sproxy_core::config::{
    Access, Config, DialectKind, Registration, ServiceConfig, Upstream, WireKind,
};
use imo2sproxy_core::io::{Control, ListenerId};
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::world::Break;
use imo2sproxy_sim::{Faults, Person, Resident, World};
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::stand_in::StandIn;
use crate::town::{SECONDS, config, host, service, upstream};

/// Alice's password in every scene.
pub(crate) const PASSWORD: &str = "Throwaway1";
/// A password that is not hers.
pub(crate) const WRONG: &str = "Mistaken22";
/// What her clients must give in one of them.
pub(crate) const ACCESS: &str = "LetMeIn333";

/// A scene, with what is to break in it.
type Play = fn(Option<Break>) -> Stage;

/// A scene of the library.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    /// The name of its file.
    pub(crate) name: &'static str,
    pub(crate) play: Play,
    /// Whose machine is recorded; `imo` is the service.
    recorded: &'static str,
    /// Whether the service at the other end is a real one, which can live with anything that breaks.
    pub(crate) may_break: bool,
}

impl Scene {
    const fn of_alice(name: &'static str, play: Play) -> Self {
        Self {
            name,
            play,
            recorded: "alice",
            may_break: true,
        }
    }

    /// What is recorded when nothing breaks.
    pub(crate) fn record(self) -> String {
        let mut stage = (self.play)(None);
        stage.leave();
        let machine = if self.recorded == "imo" {
            stage.world.control(&host("bob"), Control::Drain);
            stage.world.run_for(SECONDS(5));
            stage.world.control("imo", Control::Drain);
            let gone = |world: &World| world.stopped("imo").is_some();
            stage.world.run_until(gone, SECONDS(10));
            "imo".into()
        } else {
            host(self.recorded)
        };
        let trace = stage.world.trace(&machine);
        trace.expect("it was made from a plan")
    }
}

/// All scenes.
pub(crate) const ALL: [Scene; 12] = [
    Scene::of_alice("short", short),
    Scene::of_alice("login", login),
    Scene::of_alice("contacts", contacts),
    Scene::of_alice("messages", messages),
    Scene::of_alice("groups", groups),
    Scene::of_alice("expiry", expiry),
    Scene::of_alice("wrong_password", wrong_password),
    Scene::of_alice("broken", broken),
    Scene::of_alice("v0", v0),
    Scene {
        may_break: false,
        ..Scene::of_alice("reset", reset)
    },
    Scene {
        may_break: false,
        ..Scene::of_alice("pair", pair)
    },
    Scene {
        recorded: "imo",
        ..Scene::of_alice("service", meeting)
    },
];

pub(crate) fn daemon_config(name: &str, password: &str, dialect: DialectKind) -> Config {
    let upstream = Upstream {
        dialect,
        ..upstream()
    };
    config(name, password, upstream)
}

fn usual(names: &[&str], plan: Option<Break>) -> Stage {
    Stage::new(names, plan, |name| {
        daemon_config(name, PASSWORD, DialectKind::V1)
    })
}

/// Two people who do not know each other write to each other: the shortest session with texts both ways.
fn short(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob"], plan);
    for name in ["alice", "bob"] {
        stage.sit_down(name, None);
    }
    for body in ["one", "two"] {
        stage.text("alice", "MESSAGE bob", body, &["bob"]);
    }
    for body in ["three", "four"] {
        stage.text("bob", "MESSAGE alice", body, &["alice"]);
    }
    for name in ["alice", "bob"] {
        for status in ["SENT", "RECEIVED"] {
            wait_for(
                &mut stage,
                name,
                &format!("CHATMESSAGE * STATUS {status}"),
                2,
            );
        }
    }
    stage
}

/// Waits until somebody has heard so many lines that fit.
fn wait_for(stage: &mut Stage, name: &str, pattern: &str, count: usize) {
    stage.world.run_until(
        |world| world.person(name).count(pattern) >= count,
        SECONDS(300),
    );
}

/// A client with an access password comes, asks what clients ask, and goes.
fn login(plan: Option<Break>) -> Stage {
    let mut stage = Stage::new(&["alice"], plan, |name| {
        let mut config = daemon_config(name, PASSWORD, DialectKind::V1);
        config.verbose = true;
        for account in &mut config.accounts {
            account.access = Some(Access::from(ACCESS));
        }
        config
    });
    let alice = stage.sit_down("alice", Some(ACCESS));
    for line in ["NAME scene", "SEARCH FRIENDS", "GET USERSTATUS"] {
        stage.say("alice", line);
    }
    assert_eq!(stage.ask("alice", "PING"), "PONG");
    alice.leave();
    stage.may_be_offline("alice");
    stage.world.run_for(SECONDS(30));
    stage
}

/// A request, an answer, presence and mood, a block, and the end of a friendship.
fn contacts(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob"], plan);
    for name in ["alice", "bob"] {
        stage.sit_down(name, None);
    }
    stage.befriend("alice", "bob");
    stage.say("bob", "SET USERSTATUS AWAY");
    stage.expect("alice", "USER bob ONLINESTATUS AWAY");
    stage.say("bob", "SET PROFILE MOOD_TEXT at \u{201c}lunch\u{201d}");
    stage.expect("alice", "USER bob MOOD_TEXT *lunch*");
    for on in ["TRUE", "FALSE"] {
        stage.say("alice", &format!("SET USER bob ISBLOCKED {on}"));
    }
    stage.world.run_for(SECONDS(5));
    stage.say("alice", "SET USER bob BUDDYSTATUS 1");
    stage.expect("alice", "USER bob BUDDYSTATUS 1");
    stage.part_friends("alice", "bob");
    stage.world.run_for(SECONDS(2));
    stage
}

/// Texts both ways, also one to somebody who is away and comes back.
fn messages(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob"], plan);
    for name in ["alice", "bob"] {
        stage.sit_down(name, None);
    }
    stage.befriend("alice", "bob");
    let body = "hello \u{1F600}\n\"%s\" & more";
    stage.text("alice", "MESSAGE bob", body, &["bob"]);
    stage.expect("alice", "CHATMESSAGE * STATUS SENT");
    stage.expect("bob", "CHATMESSAGE * STATUS RECEIVED");
    stage.text("bob", "MESSAGE alice", "and back", &["alice"]);
    let line = stage.expect("alice", "CHATMESSAGE * STATUS RECEIVED");
    let number = line.split(' ').nth(1).unwrap_or_default().to_owned();
    stage.ask("alice", &format!("GET CHATMESSAGE {number} BODY"));
    stage.say("alice", &format!("SET CHATMESSAGE {number} SEEN"));
    stage.say("bob", "SET USERSTATUS OFFLINE");
    stage.expect("alice", "USER bob ONLINESTATUS OFFLINE");
    stage.text("alice", "MESSAGE bob", "for later", &["bob"]);
    stage.expect("alice", "CHATMESSAGE * STATUS SENT");
    stage.say("bob", "SET USERSTATUS ONLINE");
    stage.expect("bob", "CHATMESSAGE * STATUS RECEIVED");
    stage.expect("alice", "USER bob ONLINESTATUS ONLINE");
    stage
}

/// A group chat with a topic, a member more and a member less, a text each way, and the leaving.
fn groups(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob", "carol"], plan);
    stage.sit_down("alice", None);
    for name in ["bob", "carol"] {
        stage.sit_down(name, None);
        stage.befriend("alice", name);
    }
    let line = stage.insist("alice", "CHAT CREATE bob, carol", "CHAT ");
    let chat = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let topic = format!("ALTER CHAT {chat} SETTOPIC tea");
    stage.insist("alice", &topic, "ALTER CHAT");
    for name in ["bob", "carol"] {
        stage.expect(name, "CHAT * TOPIC tea");
    }
    let command = format!("CHATMESSAGE {chat}");
    stage.text("alice", &command, "tea is ready", &["bob", "carol"]);
    for name in ["bob", "carol"] {
        let heard = |world: &World| world.person(name).count("CHATMESSAGE * STATUS RECEIVED") > 1;
        stage.world.run_until(heard, SECONDS(300));
    }
    stage.text("carol", &command, "coming", &["alice", "bob"]);
    stage.expect("alice", "CHATMESSAGE * STATUS RECEIVED");
    for line in ["KICK bob", "ADDMEMBERS bob"] {
        let command = format!("ALTER CHAT {chat} {line}");
        stage.insist("alice", &command, "ALTER CHAT");
        stage.world.run_for(SECONDS(3));
    }
    stage.insist("alice", &format!("ALTER CHAT {chat} LEAVE"), "ALTER CHAT");
    stage.world.run_for(SECONDS(3));
    stage
}

/// The service forgets all sessions; what was said meanwhile arrives in the next one.
fn expiry(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob"], plan);
    for name in ["alice", "bob"] {
        stage.sit_down(name, None);
    }
    stage.befriend("alice", "bob");
    stage.world.kill("imo");
    let seed = stage.world.seed_for("imo again");
    stage.world.restart("imo", service(seed));
    stage.text("alice", "MESSAGE bob", "over the gap", &["bob"]);
    stage.expect("alice", "CHATMESSAGE * STATUS SENT");
    stage.expect("bob", "CHATMESSAGE * STATUS RECEIVED");
    stage
}

/// The password is refused; a client asks for another try, which is refused as well.
fn wrong_password(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice"], plan);
    let daemon = host("alice");
    stage.sit_down("alice", None);
    stage.may_be_offline("alice");
    stage.world.kill(&daemon);
    let seed = stage.world.seed_for("wrong");
    let config = daemon_config("alice", WRONG, DialectKind::V1);
    let again = Resident::of(Plan::Proxy(config, seed));
    stage.world.restart(&daemon, again);
    stage.world.run_for(SECONDS(5));
    let client = Person::new(WireKind::SkypeProxy, None, &daemon, 1401);
    let again = stage.world.join("again", client);
    again.say("PROTOCOL 7");
    stage.expect("again", "CONNSTATUS OFFLINE");
    stage.say("again", "SET USERSTATUS ONLINE");
    stage.expect("again", "CONNSTATUS CONNECTING");
    stage.expect("again", "CONNSTATUS OFFLINE");
    stage
}

/// What a service tells at the beginning of a session.
fn signed_on() -> Value {
    let event = |seq: u32, name: &str, edata: Value| {
        json!({
            "seq": seq, "to": {"system": "client"}, "from": {"system": "im"},
            "data": {"name": name, "proto": "prpl-skype", "uid": "alice", "edata": edata},
        })
    };
    let bob = json!([{"buid": "bob", "alias": "Bob", "group": "Skype", "primitive": "available"}]);
    let messages = [
        event(0, "signed_on", json!({"alias": "Alice"})),
        event(1, "buddy_added", bob),
    ];
    json!({"method": "forward_to_client", "data": {"messages": messages}})
}

/// The service asks the daemon to start over, and knows it in the session after that.
fn reset(_plan: Option<Break>) -> Stage {
    let mut world = World::new(1, Faults::none());
    let service = StandIn::default();
    world.host("imo", service.clone());
    let mut stage = Stage::empty(world);
    stage.daemon("alice", daemon_config("alice", PASSWORD, DialectKind::V1));
    for ssid in ["FirstSession1234", "SecondSession567"] {
        service.on_opening(&json!({"method": "rest_rpc", "data": {"ack": 1, "ssid": ssid}}));
    }
    service.release(&signed_on());
    stage.sit_down("alice", None);
    let over = json!({
        "seq": 2, "to": {"system": "client"}, "from": {"system": "reset"}, "data": {},
    });
    service.release(&json!({"method": "forward_to_client", "data": {"messages": [over]}}));
    service.release(&signed_on());
    stage.expect("alice", "CONNSTATUS CONNECTING");
    stage.say("alice", "MESSAGE bob after the reset");
    stage.expect("alice", "CONNSTATUS ONLINE");
    stage.expect("alice", "CHATMESSAGE * STATUS SENT");
    stage
}

/// All connections of the daemon break, with a text under way.
fn broken(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob"], plan);
    let alice = stage.sit_down("alice", None);
    stage.sit_down("bob", None);
    stage.befriend("alice", "bob");
    stage.text("alice", "MESSAGE bob", "through the break", &["bob"]);
    wait_for(&mut stage, "alice", "* STATUS SENDING", 1);
    stage.may_miss_reports("alice");
    stage.world.reset_connections(&host("alice"));
    stage.world.run_for(SECONDS(5));
    alice.connect();
    alice.say("PROTOCOL 7");
    stage.expect("bob", "CHATMESSAGE * STATUS RECEIVED");
    stage.expect("alice", "CONNSTATUS ONLINE");
    stage
}

/// Login, a text each way and the end, in the older dialect.
fn v0(plan: Option<Break>) -> Stage {
    let mut stage = Stage::new(&["alice", "bob"], plan, |name| {
        daemon_config(name, PASSWORD, DialectKind::V0)
    });
    for name in ["alice", "bob"] {
        stage.sit_down(name, None);
    }
    stage.befriend("alice", "bob");
    stage.text("alice", "MESSAGE bob", "in the older form", &["bob"]);
    stage.expect("alice", "CHATMESSAGE * STATUS SENT");
    stage.expect("bob", "CHATMESSAGE * STATUS RECEIVED");
    stage.text("bob", "MESSAGE alice", "and back", &["alice"]);
    stage.expect("alice", "CHATMESSAGE * STATUS RECEIVED");
    stage
}

/// The daemon with its service inside: a first login, the echo, the end.
fn pair(_plan: Option<Break>) -> Stage {
    let mut world = World::new(1, Faults::none());
    let daemon = host("alice");
    let seeds = ["proxy", "service"].map(|label| world.seed_for(label));
    let [proxy_seed, service_seed] = seeds;
    let config = config("alice", PASSWORD, Upstream::embedded());
    let service_config = ServiceConfig {
        registration: Registration::Embedded,
        ..ServiceConfig::embedded(&config)
    };
    let plan = Plan::Pair(config, proxy_seed, service_config, service_seed);
    world.host(&daemon, Resident::of(plan));
    world.listen(&daemon, ListenerId(0), &daemon, 1401, false);
    let mut stage = Stage::of(world);
    stage.sit_down("alice", None);
    stage.say("alice", "MESSAGE echo123 hello");
    stage.expect("alice", "CHATMESSAGE * STATUS RECEIVED");
    stage
}

/// Two people meet and talk; the service is recorded.
fn meeting(plan: Option<Break>) -> Stage {
    let mut stage = usual(&["alice", "bob"], plan);
    for name in ["alice", "bob"] {
        stage.sit_down(name, None);
    }
    stage.befriend("alice", "bob");
    stage.text("alice", "MESSAGE bob", "hello", &["bob"]);
    stage.expect("bob", "CHATMESSAGE * STATUS RECEIVED");
    stage
}
