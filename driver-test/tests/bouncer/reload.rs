//! A new configuration while the daemon runs: what changes takes effect, and nobody else notices.
//! Never about how the file is read.

use imo2sproxy_core::config::{Access, AccountConfig, Config, Listener, Passthrough, WireKind};
use imo2sproxy_core::io::{AccountSnapshot, AskId, Control, ListenerId, Output, Reloaded, UserOp};
use imo2sproxy_sim::World;
use imo2sproxy_sim::town::{SECONDS, upstream};

use crate::house::{
    ANYBODYS, HOUSE, account, alice_and_bob, come, config, connect, friends_of, hash, house_of,
    is_in, is_out, standing,
};

const HERE: &str = "127.0.0.1";

fn reload(world: &mut World, config: Config) -> Reloaded {
    world.control(HOUSE, Control::Reload(config.into()));
    world.run_for(SECONDS(10));
    let answer = world.operator_answers(HOUSE).last().unwrap();
    let Output::Reloaded(done) = answer else {
        panic!("{answer:?}");
    };
    *done
}

fn done(added: usize, changed: usize, removed: usize, untouched: usize) -> Reloaded {
    Reloaded {
        added,
        changed,
        removed,
        untouched,
    }
}

fn links(world: &mut World) -> Vec<String> {
    let accounts = standing(world).into_iter();
    let line = |one: AccountSnapshot| format!("{} {}", one.name, one.link);
    accounts.map(line).collect()
}

/// Alice and bob are there, and alice has heard all that there is to hear by now.
fn friends() -> World {
    let mut world = friends_of(config(alice_and_bob()));
    world.run_for(SECONDS(5));
    world
}

fn with(change: impl FnOnce(&mut Vec<AccountConfig>)) -> Config {
    let mut accounts = alice_and_bob();
    change(&mut accounts);
    config(accounts)
}

#[test]
fn what_is_the_same_changes_nothing_and_nobody_hears_of_it() {
    let mut world = friends();
    let before = (
        world.person("alice").count("*"),
        world.person("bob").count("*"),
    );
    let told = config(alice_and_bob());
    assert_eq!(reload(&mut world, told), done(0, 0, 0, 2));
    let after = (
        world.person("alice").count("*"),
        world.person("bob").count("*"),
    );
    assert_eq!(after, before);
}

#[test]
fn an_account_that_is_added_comes_online_and_lets_its_clients_in() {
    let mut world = friends();
    let before = world.person("alice").count("*");
    let told = with(|accounts| accounts.push(account("carol", None)));
    assert_eq!(reload(&mut world, told), done(1, 0, 0, 2));
    assert_eq!(
        links(&mut world),
        ["alice online", "bob online", "carol online"]
    );
    assert!(is_in(&come(&mut world, "w1", "carol")));
    assert_eq!(
        world.person("alice").count("*"),
        before,
        "that is not alice's"
    );
}

#[test]
fn an_account_that_is_taken_out_signs_off_and_its_clients_are_told() {
    let mut world = friends();
    let told = with(|accounts| drop(accounts.pop()));
    assert_eq!(reload(&mut world, told), done(0, 0, 1, 1));
    assert!(world.person("bob").heard("CONNSTATUS LOGGEDOUT"));
    assert!(is_out(world.person("bob")));
    assert_eq!(links(&mut world), ["alice online"]);
    world.expect("alice", "USER bob ONLINESTATUS OFFLINE", SECONDS(5));
    assert!(is_out(&come(&mut world, "w1", "bob")));
}

#[test]
fn an_account_that_comes_back_has_all_that_it_had() {
    let mut world = friends();
    let alice = world.person("alice").clone();
    reload(&mut world, with(|accounts| drop(accounts.pop())));
    alice.say("#m MESSAGE bob while you are out");
    world.expect("alice", "CHATMESSAGE * STATUS SENT", SECONDS(10));
    let told = config(alice_and_bob());
    assert_eq!(reload(&mut world, told), done(1, 0, 0, 1));
    let bob = come(&mut world, "w1", "bob");
    assert!(is_in(&bob));
    bob.say("#f SEARCH FRIENDS");
    world.expect("w1", "#f USERS *alice*", SECONDS(5));
    assert!(bob.heard("CHATMESSAGE * STATUS RECEIVED"));
}

#[test]
fn a_new_access_password_is_for_those_who_come_from_now_on() {
    for access in [Access::from("new-access"), hash("new-access")] {
        let mut world = friends();
        let before = world.person("bob").count("*");
        let told = with(|accounts| accounts[1].access = Some(access));
        assert_eq!(reload(&mut world, told), done(0, 1, 0, 1));
        assert_eq!(world.person("bob").count("*"), before, "who is in stays");
        assert!(is_out(&come(&mut world, "w1", "bob")), "the old one");
        let new = connect(&mut world, "w2", (ANYBODYS, Some("bob:new-access")), HERE);
        assert!(is_in(&new));
        // It was right before, but is not any more.
        let told = with(|accounts| accounts[1].access = Some(hash("newer-access")));
        assert_eq!(reload(&mut world, told), done(0, 1, 0, 1));
        let old = connect(&mut world, "w3", (ANYBODYS, Some("bob:new-access")), HERE);
        assert!(is_out(&old));
    }
}

#[test]
fn a_new_password_upstream_brings_a_refused_account_online() {
    let mut world = house_of(config(alice_and_bob()));
    let op = UserOp::SetPassword {
        name: "bob".into(),
        password: "fresh".into(),
    };
    world.control("imo", Control::Users { ask: AskId(1), op });
    world.run_for(SECONDS(2));
    let told = with(|accounts| accounts[1].password = "wrong".into());
    reload(&mut world, told);
    // Whoever is signed on stays so; a new session needs the new password.
    assert_eq!(links(&mut world), ["alice online", "bob online"]);
    world.kill("imo");
    world.run_for(SECONDS(2));
    let seed = world.seed_for("imo again");
    world.restart("imo", imo2sproxy_sim::town::service(seed));
    world.run_for(SECONDS(400));
    assert_eq!(links(&mut world), ["alice online", "bob refused"]);
    let told = with(|accounts| accounts[1].password = "fresh".into());
    assert_eq!(reload(&mut world, told), done(0, 1, 0, 1));
    assert_eq!(links(&mut world), ["alice online", "bob online"]);
    let bob = connect(&mut world, "w1", (ANYBODYS, Some("bob:fresh")), HERE);
    assert!(is_in(&bob), "it is what clients give, too");
}

#[test]
fn an_account_that_becomes_another_user_is_made_anew_under_its_name() {
    let mut world = friends();
    let told = with(|accounts| accounts[1].username = "robert".into());
    assert_eq!(reload(&mut world, told), done(0, 1, 0, 1));
    assert!(is_out(world.person("bob")));
    assert_eq!(links(&mut world), ["alice online", "bob online"]);
    let bob = come(&mut world, "w1", "bob");
    assert!(is_in(&bob));
    bob.say("#h GET CURRENTUSERHANDLE");
    world.expect("w1", "#h CURRENTUSERHANDLE robert", SECONDS(5));
}

#[test]
fn what_is_said_last_counts_when_configurations_follow_each_other() {
    let mut world = friends();
    let robert = with(|accounts| accounts[1].username = "robert".into());
    let nobody = with(|accounts| drop(accounts.pop()));
    world.control(HOUSE, Control::Reload(nobody.into()));
    world.control(HOUSE, Control::Reload(robert.into()));
    let told = config(alice_and_bob());
    assert_eq!(reload(&mut world, told), done(1, 0, 0, 1));
    let bob = come(&mut world, "w1", "bob");
    bob.say("#h GET CURRENTUSERHANDLE");
    world.expect("w1", "#h CURRENTUSERHANDLE bob", SECONDS(5));
    assert_eq!(links(&mut world), ["alice online", "bob online"]);
}

#[test]
fn listeners_serve_whom_the_new_configuration_says() {
    let mut world = friends();
    let mut told = config(alice_and_bob());
    told.listeners[0].account = Some("bob".into());
    told.listeners.push(Listener {
        kind: WireKind::SkypeProxy,
        account: Some("alice".into()),
        open: false,
    });
    assert_eq!(reload(&mut world, told), done(0, 0, 0, 2));
    world.listen(HOUSE, ListenerId(2), HOUSE, 1403, false);
    for (who, port, handle) in [("w1", 1401, "bob"), ("w2", 1403, "alice")] {
        let client = connect(&mut world, who, (port, None), HERE);
        client.say("#h GET CURRENTUSERHANDLE");
        let expected = format!("#h CURRENTUSERHANDLE {handle}");
        world.expect(who, &expected, SECONDS(5));
    }
}

#[test]
fn guests_go_when_they_may_come_no_more_and_make_room_for_an_account_of_their_name() {
    let guests = |register| {
        Some(Passthrough {
            upstream: upstream(),
            register,
        })
    };
    let open = |accounts| {
        let mut told = config(accounts);
        told.passthrough = guests(true);
        told
    };
    let mut world = house_of(open(alice_and_bob()));
    for name in ["carol", "dave"] {
        assert!(is_in(&come(&mut world, name, name)));
    }
    // That they may not register any more is no business of those who are there.
    let mut told = open(alice_and_bob());
    told.passthrough = guests(false);
    assert_eq!(reload(&mut world, told), done(0, 0, 0, 2));
    assert!(!is_out(world.person("carol")));
    // Carol becomes an account, with an access password of her own.
    let carol = account("carol", Some(Access::from("carols-access")));
    let mut accounts = alice_and_bob();
    accounts.push(carol);
    assert_eq!(reload(&mut world, open(accounts.clone())), done(1, 0, 0, 2));
    assert!(is_out(world.person("carol")));
    assert!(!is_out(world.person("dave")));
    let carol = (ANYBODYS, Some("carol:carols-access"));
    assert!(is_in(&connect(&mut world, "w1", carol, HERE)));
    // And then nobody else may come.
    assert_eq!(reload(&mut world, config(accounts)), done(0, 0, 0, 3));
    assert!(is_out(world.person("dave")));
    assert!(is_out(&come(&mut world, "w2", "dave")));
    let expected = ["alice online", "bob online", "carol online"];
    assert_eq!(links(&mut world), expected);
}

#[test]
fn whether_an_account_without_clients_is_away_changes_at_once() {
    let mut world = friends();
    world.person("bob").leave();
    world.expect("alice", "USER bob ONLINESTATUS AWAY", SECONDS(5));
    let mut told = config(alice_and_bob());
    told.away_when_detached = false;
    reload(&mut world, told);
    world.expect("alice", "USER bob ONLINESTATUS ONLINE", SECONDS(5));
}

#[test]
fn a_drain_amid_a_change_ends_all_the_same() {
    let mut world = friends();
    let robert = with(|accounts| accounts[1].username = "robert".into());
    world.control(HOUSE, Control::Reload(robert.into()));
    world.control(HOUSE, Control::Drain);
    world.run_for(SECONDS(15));
    assert!(world.stopped(HOUSE).is_some());
}
