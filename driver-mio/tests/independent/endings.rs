//! Sessions that end at the independent service: its restart, expiry, reset, a wrong password.
//! Never a fault of one connection: that is in `faults`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::client::{Client, PATIENCE};
use crate::place::{Place, see, two};

/// Both people can still talk to each other, and hear nothing twice.
fn talk(alice: &mut Client, bob: &mut Client, text: &str) {
    alice.send("bob", text);
    assert_eq!(bob.hear_text(), text);
    bob.send("alice", text);
    assert_eq!(alice.hear_text(), text);
}

/// The service ends alice's session, perhaps bob's too, in some way. What she says meanwhile goes out with her next
/// session, for which she logs in once.
fn comes_back(dialect: &str, end: impl FnOnce(&mut Place), logins: u32) {
    let mut place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    talk(&mut alice, &mut bob, "before");
    end(&mut place);
    talk(&mut alice, &mut bob, "after");
    see(&mut alice, "bob", "ONLINE");
    see(&mut bob, "alice", "ONLINE");
    assert_eq!(alice.ask("SEARCH FRIENDS"), "USERS bob, carol");
    let asked = place.tell("asked alice account_login");
    assert_eq!(asked, format!("asked {logins}"));
    drop((alice, bob));
    place.end(daemons);
}

fn told(line: &str) -> impl FnOnce(&mut Place) {
    move |place| assert_eq!(place.tell(line), "done")
}

#[test]
fn a_daemon_comes_back_when_its_session_has_expired() {
    comes_back("v1", told("expire alice"), 2);
}

#[test]
fn a_daemon_of_the_older_dialect_comes_back_when_its_session_has_expired() {
    comes_back("v0", told("expire alice"), 2);
}

#[test]
fn a_daemon_comes_back_when_it_is_asked_to_start_over() {
    comes_back("v1", told("reset alice"), 2);
}

#[test]
fn a_daemon_comes_back_when_its_session_is_forgotten() {
    comes_back("v1", told("forget"), 2);
}

#[test]
fn a_daemon_of_the_older_dialect_comes_back_when_its_session_is_forgotten() {
    comes_back("v0", told("forget"), 2);
}

#[test]
fn a_daemon_comes_back_when_the_service_does() {
    comes_back("v1", Place::start_again, 1);
}

#[test]
fn a_daemon_of_the_older_dialect_comes_back_when_the_service_does() {
    comes_back("v0", Place::start_again, 1);
}

fn signs_off(dialect: &str) {
    let mut place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    alice.ask("SET USERSTATUS OFFLINE");
    see(&mut bob, "alice", "OFFLINE");
    assert_eq!(place.tell("asked alice signoff_all"), "asked 1");
    bob.send("alice", "while you were away");
    alice.ask("SET USERSTATUS ONLINE");
    assert_eq!(alice.hear_text(), "while you were away");
    see(&mut bob, "alice", "ONLINE");
    see(&mut alice, "bob", "ONLINE");
    drop((alice, bob));
    place.end(daemons);
}

#[test]
fn who_signs_off_is_gone_and_gets_on_return_what_was_said() {
    signs_off("v1");
}

#[test]
fn who_signs_off_in_the_older_dialect_is_gone_and_gets_on_return_what_was_said() {
    signs_off("v0");
}

#[test]
fn several_sessions_of_one_account_share_an_independent_service() {
    let mut place = Place::new("v1", &[]);
    let (daemons, [mut desk, mut bob]) = two(&place);
    let phones = place.daemon_in("alice", "phone");
    let mut phone = phones.client();
    desk.send("bob", "from the desk \u{1f600}");
    assert_eq!(bob.hear_text(), "from the desk \u{1f600}");
    let number = phone.hear_between("CHATMESSAGE ", " STATUS SENT");
    let body = phone.get(&format!("CHATMESSAGE {number} BODY"));
    assert_eq!(body, "from the desk \u{1f600}");
    bob.send("alice", "to both");
    assert_eq!(desk.hear_text(), "to both");
    assert_eq!(phone.hear_text(), "to both");

    // Its second text goes out once the service has answered all before: the status of its sign-on, too.
    for body in ["one", "two"] {
        phone.send("bob", body);
        assert_eq!(bob.hear_text(), body);
    }
    // One of them, which does not want it, is told that another one went away, and says that it is there.
    let before = place.tell("asked alice observed_user_activity");
    assert_eq!(before, "asked 2");
    assert_eq!(place.tell("away alice"), "done");
    let until = Instant::now() + PATIENCE;
    while place.tell("asked alice observed_user_activity") != "asked 4" {
        assert!(Instant::now() < until, "nobody says to be there");
        sleep(Duration::from_millis(50));
    }

    drop((desk, phone));
    phones.stop();
    see(&mut bob, "alice", "ONLINE");
    drop(bob);
    place.end(daemons);
}

#[test]
fn a_wrong_password_at_an_independent_service_is_not_tried_again() {
    wrong_password("v1");
}

#[test]
fn a_wrong_password_in_the_older_dialect_is_not_tried_again() {
    wrong_password("v0");
}

fn wrong_password(dialect: &str) {
    let mut place = Place::new(dialect, &[]);
    let daemon = place.daemon_of("alice", "wrong");
    let mut alice = Client::connect(daemon.port);
    alice.await_answer("GET CONNSTATUS", "CONNSTATUS OFFLINE");
    sleep(Duration::from_secs(2));
    assert_eq!(place.tell("asked alice account_login"), "asked 1");
    alice.drain(Duration::from_millis(50));
    alice.ask("SET USERSTATUS ONLINE");
    alice.hear("CONNSTATUS CONNECTING");
    alice.hear("CONNSTATUS OFFLINE");
    assert_eq!(place.tell("asked alice account_login"), "asked 2");
    drop(alice);
    place.end([daemon]);
}
