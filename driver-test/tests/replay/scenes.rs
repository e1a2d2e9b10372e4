//! The scenes of the library: short sessions, each recorded at one machine.
//! Never checks more than that the scene has come to where it was to go.

use imo2sproxy_core::config::{
    Config, DialectKind, Registration, ServiceConfig, Upstream, WireKind,
};
use imo2sproxy_core::io::{Control, ListenerId};
use imo2sproxy_core::secret::Secret;
use imo2sproxy_core::trace::Plan;
use imo2sproxy_sim::{Faults, Person, Resident, World};
use serde_json::{Value, json};

use crate::stand_in::StandIn;
use crate::town::{SECONDS, befriend, config, host, service, upstream};

/// Alice's password in every scene.
pub(crate) const PASSWORD: &str = "Throwaway1";
/// A password that is not hers.
pub(crate) const WRONG: &str = "Mistaken22";
/// What her clients must give in one of them.
pub(crate) const ACCESS: &str = "LetMeIn333";

/// A scene: it gives what was recorded.
type Scene = fn() -> String;

/// All scenes, by the names of their files.
pub(crate) const ALL: [(&str, Scene); 11] = [
    ("login", login),
    ("contacts", contacts),
    ("messages", messages),
    ("groups", groups),
    ("expiry", expiry),
    ("wrong_password", wrong_password),
    ("reset", reset),
    ("broken", broken),
    ("v0", v0),
    ("pair", pair),
    ("service", as_the_service),
];

pub(crate) fn daemon_config(name: &str, password: &str, dialect: DialectKind) -> Config {
    let upstream = Upstream {
        dialect,
        ..upstream()
    };
    config(name, password, upstream)
}

/// A world with a service, and a daemon for each of `names`.
fn world(names: &[&str], plan: impl Fn(&str) -> Config) -> World {
    let mut world = World::new(1, Faults::none());
    let seed = world.seed_for("imo");
    world.host("imo", service(seed));
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    for name in names {
        let host = host(name);
        let seed = world.seed_for(&host);
        world.host(&host, Resident::of(Plan::Proxy(plan(name), seed)));
        world.listen(&host, ListenerId(0), &host, 1401, false);
    }
    world
}

fn usual(names: &[&str]) -> World {
    world(names, |name| daemon_config(name, PASSWORD, DialectKind::V1))
}

/// Somebody sits down at a client of `name`.
fn sit_down(world: &mut World, name: &str, access: Option<&str>) -> Person {
    let client = Person::new(WireKind::SkypeProxy, access, &host(name), 1401);
    let person = world.join(name, client);
    person.say("PROTOCOL 7");
    world.expect(name, "CONNSTATUS ONLINE", SECONDS(60));
    person
}

/// The daemon of alice says goodbye; what it has recorded.
fn end(world: &mut World) -> String {
    let daemon = host("alice");
    world.control(&daemon, Control::Drain);
    world.run_until(|world| world.stopped(&host("alice")).is_some(), SECONDS(10));
    world.trace(&daemon).expect("it was made from a plan")
}

/// A client with an access password comes, asks what clients ask, and goes.
fn login() -> String {
    let mut world = world(&["alice"], |name| {
        let mut config = daemon_config(name, PASSWORD, DialectKind::V1);
        config.verbose = true;
        for account in &mut config.accounts {
            account.access = Some(Secret::from(ACCESS));
        }
        config
    });
    let alice = sit_down(&mut world, "alice", Some(ACCESS));
    for line in ["NAME scene", "SEARCH FRIENDS", "GET USERSTATUS", "#7 PING"] {
        alice.say(line);
    }
    world.expect("alice", "#7 PONG", SECONDS(5));
    alice.leave();
    world.run_for(SECONDS(30));
    end(&mut world)
}

/// A request, an answer, presence and mood, a block, and the end of a friendship.
fn contacts() -> String {
    let mut world = usual(&["alice", "bob"]);
    let alice = sit_down(&mut world, "alice", None);
    let bob = sit_down(&mut world, "bob", None);
    befriend(&mut world, "alice", "bob");
    bob.say("SET USERSTATUS AWAY");
    world.expect("alice", "USER bob ONLINESTATUS AWAY", SECONDS(5));
    bob.say("SET PROFILE MOOD_TEXT at \u{201c}lunch\u{201d}");
    world.expect("alice", "USER bob MOOD_TEXT *lunch*", SECONDS(10));
    alice.say("SET USER bob ISBLOCKED TRUE");
    alice.say("SET USER bob ISBLOCKED FALSE");
    world.run_for(SECONDS(5));
    alice.say("SET USER bob BUDDYSTATUS 1");
    world.expect("alice", "USER bob BUDDYSTATUS 1", SECONDS(5));
    world.run_for(SECONDS(2));
    end(&mut world)
}

/// Texts both ways, also one to somebody who is away.
fn messages() -> String {
    let mut world = usual(&["alice", "bob"]);
    let alice = sit_down(&mut world, "alice", None);
    let bob = sit_down(&mut world, "bob", None);
    befriend(&mut world, "alice", "bob");
    alice.say("MESSAGE bob hello \u{1F600}\n\"%s\" & more");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    bob.say("MESSAGE alice and back");
    let line = world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    let number = line.split(' ').nth(1).unwrap_or_default().to_owned();
    alice.say(&format!("GET CHATMESSAGE {number} BODY"));
    world.expect("alice", "CHATMESSAGE * BODY and back", SECONDS(1));
    alice.say(&format!("SET CHATMESSAGE {number} SEEN"));
    bob.say("SET USERSTATUS OFFLINE");
    world.expect("alice", "USER bob ONLINESTATUS OFFLINE", SECONDS(5));
    alice.say("MESSAGE bob for later");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(5));
    end(&mut world)
}

/// A group chat with a topic, a member more and a member less, a text each way, and the leaving.
fn groups() -> String {
    let mut world = usual(&["alice", "bob", "carol"]);
    let alice = sit_down(&mut world, "alice", None);
    for name in ["bob", "carol"] {
        sit_down(&mut world, name, None);
        befriend(&mut world, "alice", name);
    }
    alice.say("CHAT CREATE bob, carol");
    let line = world.expect("alice", "CHAT * STATUS MULTI_SUBSCRIBED", SECONDS(10));
    let chat = line.split(' ').nth(1).unwrap_or_default().to_owned();
    for line in [
        format!("ALTER CHAT {chat} SETTOPIC tea"),
        format!("CHATMESSAGE {chat} tea is ready"),
    ] {
        alice.say(&line);
        world.run_for(SECONDS(3));
    }
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    world
        .person("carol")
        .say(&format!("CHATMESSAGE {chat} coming"));
    world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    for line in ["KICK bob", "ADDMEMBERS bob"] {
        alice.say(&format!("ALTER CHAT {chat} {line}"));
        world.run_for(SECONDS(3));
    }
    alice.say(&format!("ALTER CHAT {chat} LEAVE"));
    world.expect("alice", "ALTER CHAT LEAVE", SECONDS(5));
    world.run_for(SECONDS(3));
    end(&mut world)
}

/// The service forgets all sessions; what was said meanwhile arrives in the next one.
fn expiry() -> String {
    let mut world = usual(&["alice", "bob"]);
    let alice = sit_down(&mut world, "alice", None);
    sit_down(&mut world, "bob", None);
    befriend(&mut world, "alice", "bob");
    world.kill("imo");
    let seed = world.seed_for("imo again");
    world.restart("imo", service(seed));
    alice.say("MESSAGE bob over the gap");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(60));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(60));
    end(&mut world)
}

/// The password is refused; a client asks for another try, which is refused as well.
fn wrong_password() -> String {
    let mut world = usual(&["alice"]);
    let daemon = host("alice");
    sit_down(&mut world, "alice", None);
    world.kill(&daemon);
    let seed = world.seed_for("wrong");
    let config = daemon_config("alice", WRONG, DialectKind::V1);
    world.restart(&daemon, Resident::of(Plan::Proxy(config, seed)));
    world.run_for(SECONDS(5));
    let client = Person::new(WireKind::SkypeProxy, None, &daemon, 1401);
    let again = world.join("again", client);
    again.say("PROTOCOL 7");
    world.expect("again", "CONNSTATUS OFFLINE", SECONDS(5));
    again.say("SET USERSTATUS ONLINE");
    world.expect("again", "CONNSTATUS CONNECTING", SECONDS(5));
    world.expect("again", "CONNSTATUS OFFLINE", SECONDS(10));
    end(&mut world)
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
fn reset() -> String {
    let mut world = World::new(1, Faults::none());
    let service = StandIn::default();
    world.host("imo", service.clone());
    world.listen("imo", ListenerId(0), "imo.example", 443, true);
    let daemon = host("alice");
    let seed = world.seed_for(&daemon);
    let config = daemon_config("alice", PASSWORD, DialectKind::V1);
    world.host(&daemon, Resident::of(Plan::Proxy(config, seed)));
    world.listen(&daemon, ListenerId(0), &daemon, 1401, false);
    for ssid in ["FirstSession1234", "SecondSession567"] {
        service.on_opening(&json!({"method": "rest_rpc", "data": {"ack": 1, "ssid": ssid}}));
    }
    service.release(&signed_on());
    let alice = sit_down(&mut world, "alice", None);
    let over = json!({
        "seq": 2, "to": {"system": "client"}, "from": {"system": "reset"}, "data": {},
    });
    service.release(&json!({"method": "forward_to_client", "data": {"messages": [over]}}));
    service.release(&signed_on());
    world.expect("alice", "CONNSTATUS CONNECTING", SECONDS(30));
    alice.say("MESSAGE bob after the reset");
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(60));
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(60));
    end(&mut world)
}

/// All connections of the daemon break, with a text under way.
fn broken() -> String {
    let mut world = usual(&["alice", "bob"]);
    let alice = sit_down(&mut world, "alice", None);
    sit_down(&mut world, "bob", None);
    befriend(&mut world, "alice", "bob");
    alice.say("MESSAGE bob through the break");
    world.run_until(
        |world| world.person("alice").heard("* STATUS SENDING"),
        SECONDS(5),
    );
    world.reset_connections(&host("alice"));
    world.run_for(SECONDS(5));
    alice.connect();
    alice.say("PROTOCOL 7");
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(60));
    world.expect("alice", "CONNSTATUS ONLINE", SECONDS(60));
    end(&mut world)
}

/// Login, a text each way and the end, in the older dialect.
fn v0() -> String {
    let mut world = world(&["alice", "bob"], |name| {
        daemon_config(name, PASSWORD, DialectKind::V0)
    });
    let alice = sit_down(&mut world, "alice", None);
    let bob = sit_down(&mut world, "bob", None);
    befriend(&mut world, "alice", "bob");
    alice.say("MESSAGE bob in the older form");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(30));
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(30));
    bob.say("MESSAGE alice and back");
    world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(30));
    end(&mut world)
}

/// The daemon with its service inside: a first login, the echo, the end.
fn pair() -> String {
    let mut world = World::new(1, Faults::none());
    let daemon = host("alice");
    let seeds = ["proxy", "service"].map(|label| world.seed_for(label));
    let [proxy_seed, service_seed] = seeds;
    let service_config = ServiceConfig {
        registration: Registration::Embedded,
        ..ServiceConfig::default()
    };
    let config = config("alice", PASSWORD, Upstream::embedded());
    let plan = Plan::Pair(config, proxy_seed, service_config, service_seed);
    world.host(&daemon, Resident::of(plan));
    world.listen(&daemon, ListenerId(0), &daemon, 1401, false);
    let alice = sit_down(&mut world, "alice", None);
    alice.say("MESSAGE echo123 hello");
    world.expect("alice", "CHATMESSAGE * STATUS RECEIVED", SECONDS(10));
    end(&mut world)
}

/// What the service sees of two people who meet and talk.
fn as_the_service() -> String {
    let mut world = usual(&["alice", "bob"]);
    let alice = sit_down(&mut world, "alice", None);
    sit_down(&mut world, "bob", None);
    befriend(&mut world, "alice", "bob");
    alice.say("MESSAGE bob hello");
    world.expect("bob", "CHATMESSAGE * STATUS RECEIVED", SECONDS(5));
    for name in ["alice", "bob"] {
        world.control(&host(name), Control::Drain);
    }
    world.run_for(SECONDS(5));
    world.control("imo", Control::Drain);
    world.run_until(|world| world.stopped("imo").is_some(), SECONDS(10));
    world.trace("imo").expect("it was made from a plan")
}
