//! People talk: with the built-in contact, with each other, and to somebody who is away.
//! Never ends a process but in the ordinary way.

use std::io::Write as _;
use std::time::Duration;

use crate::client::Client;
use crate::program::{program, text};
use crate::running::Running;
use crate::town::{PASSWORD, Town, acquaint};

#[test]
fn a_newcomer_is_answered_by_the_echo_in_the_console() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let args = [
        "-p",
        "0",
        "--data-dir",
        data.to_str().unwrap(),
        "alice",
        PASSWORD,
    ];
    let mut daemon = Running::start(program(home.path(), &args));
    let port = daemon.port("skypeproxy");
    assert_eq!(daemon.line(), "upstream embedded");

    let address = format!("127.0.0.1:{port}");
    let args = ["console", "--connect", &address, "--linger", "3"];
    let mut console = program(home.path(), &args).spawn().unwrap();
    let typed = b"PROTOCOL 7\nSEARCH FRIENDS\nMESSAGE echo123 hello\n";
    console.stdin.take().unwrap().write_all(typed).unwrap();
    let output = console.wait_with_output().unwrap();
    let shown: Vec<&str> = text(&output.stdout).lines().collect();
    let place = |line: &str| shown.iter().position(|shown| *shown == line);
    let mine = place("CHATMESSAGE 10000001 STATUS SENDING");
    assert_eq!(shown[0], "PROTOCOL 7");
    assert!(place("USERS echo123") < mine, "{shown:?}");
    let sent = place("CHATMESSAGE 10000001 STATUS SENT");
    let came = place("CHATMESSAGE 10000002 STATUS RECEIVED");
    assert!(mine.is_some() && mine < sent && sent < came, "{shown:?}");

    let mut client = Client::online(port);
    assert_eq!(client.get("CHATMESSAGE 10000002 FROM_HANDLE"), "echo123");
    let body = client.get("CHATMESSAGE 10000002 BODY");
    assert!(body.contains("hello"), "{body}");
}

#[test]
fn two_people_get_acquainted_see_each_other_and_talk() {
    let (town, _service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    assert_eq!(bob.get("USER alice RECEIVEDAUTHREQUEST"), "");
    assert_eq!(alice.ask("SEARCH FRIENDS"), "USERS bob, echo123");

    for (wish, seen) in [
        ("AWAY", "AWAY"),
        ("DND", "DND"),
        ("INVISIBLE", "OFFLINE"),
        ("ONLINE", "ONLINE"),
    ] {
        let reply = alice.ask(&format!("SET USERSTATUS {wish}"));
        assert_eq!(reply, format!("USERSTATUS {wish}"));
        bob.hear(&format!("USER alice ONLINESTATUS {seen}"));
        assert_eq!(bob.get("USER alice ONLINESTATUS"), seen);
    }
    bob.ask("SET PROFILE MOOD_TEXT At the sea \u{1f30a}");
    alice.hear("USER bob MOOD_TEXT At the sea \u{1f30a}");
    assert_eq!(alice.get("USER bob MOOD_TEXT"), "At the sea \u{1f30a}");

    for body in [
        "plain",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{fc}\u{df}\u{4f60}\u{597d}",
        "%s%n%x %00 %2B + & = ;",
        "\"quoted\" 'too' \\n \\ \\\" \\u0041 </b>",
        "first\nsecond\r\n\n\tfourth\n",
        "  led and followed by spaces  ",
        "#7 GET USERSTATUS",
    ] {
        alice.send("bob", body);
        assert_eq!(bob.hear_text(), body);
        bob.send("alice", body);
        assert_eq!(alice.hear_text(), body);
    }
    let chat = alice.get("CHATMESSAGE 10000001 CHATNAME");
    alice.say(&format!("CHATMESSAGE {chat} into the chat"));
    assert_eq!(bob.hear_text(), "into the chat");
}

#[test]
fn a_long_text_arrives_whole_and_a_too_long_one_is_refused() {
    let (town, _service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    let long = "\u{20ac}ab".repeat(32 * 1024 / 5);
    alice.send("bob", &long);
    assert_eq!(bob.hear_text(), long);
    let reply = alice.ask(&format!("MESSAGE bob {}", "a".repeat(32 * 1024 + 1)));
    assert!(reply.starts_with("ERROR "), "{reply}");
}

#[test]
fn daemons_of_both_dialects_talk_to_each_other() {
    let (town, _service) = Town::with_service();
    let server = format!("https://localhost:{}/", town.port);
    let ca = town.path("ca.pem");
    let options = ["--server", &server, "--ca-file", &ca, "--dialect", "v0"];
    let (alices, bobs) = (town.daemon_with("alice", &options), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    alice.send("bob", "in the older one");
    assert_eq!(bob.hear_text(), "in the older one");
    bob.send("alice", "in the newer one");
    assert_eq!(alice.hear_text(), "in the newer one");
    drop(alice);
    alices.stop();
    bob.hear("USER alice ONLINESTATUS OFFLINE");
}

#[test]
fn a_daemon_speaks_the_older_dialect_to_the_service_inside() {
    let town = Town::new();
    let daemon = town.daemon_with("alice", &["--dialect", "v0"]);
    let mut alice = daemon.client();
    let number = alice.begin("echo123", "hello");
    alice.hear_message();
    alice.hear(&format!("CHATMESSAGE {number} STATUS SENT"));
}

#[test]
fn a_text_to_somebody_who_is_away_arrives_after_the_next_login() {
    let (town, _service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);

    bob.ask("SET USERSTATUS OFFLINE");
    alice.hear("USER bob ONLINESTATUS OFFLINE");
    alice.send("bob", "while you were off");
    bob.ask("SET USERSTATUS ONLINE");
    assert_eq!(bob.hear_text(), "while you were off");
    alice.hear("USER bob ONLINESTATUS ONLINE");

    drop(bob);
    bobs.stop();
    alice.hear("USER bob ONLINESTATUS OFFLINE");
    alice.send("bob", "while your daemon was not there");
    let bobs = town.daemon("bob");
    let mut bob = bobs.client();
    assert_eq!(bob.hear_text(), "while your daemon was not there");
    alice.hear("USER bob ONLINESTATUS ONLINE");
}

#[test]
fn whoever_goes_and_comes_back_in_one_breath_is_back() {
    let (town, _service) = Town::with_service();
    let alices = town.daemon("alice");
    let mut alice = alices.client();
    alice.say("SET USERSTATUS OFFLINE");
    alice.say("SET USERSTATUS AWAY");
    alice.await_answer("GET CONNSTATUS", "CONNSTATUS ONLINE");
    alice.await_answer("GET USERSTATUS", "USERSTATUS AWAY");
}

#[test]
fn whoever_comes_invisibly_is_never_seen() {
    let (town, _service) = Town::with_service();
    let (alices, bobs) = (town.daemon("alice"), town.daemon("bob"));
    let (mut alice, mut bob) = (alices.client(), bobs.client());
    acquaint(&mut alice, &mut bob);
    alice.ask("SET USERSTATUS OFFLINE");
    bob.hear("USER alice ONLINESTATUS OFFLINE");
    alice.ask("SET USERSTATUS INVISIBLE");
    alice.await_answer("GET CONNSTATUS", "CONNSTATUS ONLINE");
    alice.send("bob", "I am here all the same");
    let heard = bob.drain(Duration::from_millis(500));
    let came = |line: &String| line.ends_with(" STATUS RECEIVED");
    assert!(heard.iter().any(came), "{heard:?}");
    assert!(
        !heard.iter().any(|line| line.contains("ONLINESTATUS")),
        "{heard:?}"
    );
}
