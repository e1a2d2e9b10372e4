//! Sessions that end at the independent service: its restart, expiry, reset, a wrong password.
//! Never a fault of one connection: that is in `faults`.

use std::thread::sleep;
use std::time::Duration;

use crate::client::Client;
use crate::place::{Place, see, two};

/// Both people can still talk to each other, and hear nothing twice.
fn talk(alice: &mut Client, bob: &mut Client, text: &str) {
    alice.send("bob", text);
    assert_eq!(bob.hear_text(), text);
    bob.send("alice", text);
    assert_eq!(alice.hear_text(), text);
}

fn endings(dialect: &str) {
    let mut place = Place::new(dialect, &[]);
    let (daemons, [mut alice, mut bob]) = two(&place);
    talk(&mut alice, &mut bob, "before");
    for (command, logins) in [("expire alice", 2), ("reset alice", 3), ("forget", 4)] {
        assert_eq!(place.tell(command), "done");
        let expected = format!("logins {logins}");
        let until = std::time::Instant::now() + crate::client::PATIENCE;
        while place.tell("logins alice") != expected {
            assert!(
                std::time::Instant::now() < until,
                "no login after {command}"
            );
            sleep(Duration::from_millis(50));
        }
        alice.await_answer("GET CONNSTATUS", "CONNSTATUS ONLINE");
        talk(&mut alice, &mut bob, command);
    }
    // What is said while the session is gone goes out with the next one.
    assert_eq!(place.tell("forget"), "done");
    talk(&mut alice, &mut bob, "forgotten again");

    place.start_again();
    talk(&mut alice, &mut bob, "started again");
    see(&mut alice, "bob", "ONLINE");
    assert_eq!(alice.ask("SEARCH FRIENDS"), "USERS bob, carol");

    // Another session of hers went away, which is undone since she did not want it.
    assert_eq!(place.tell("away alice"), "done");
    talk(&mut alice, &mut bob, "still there");
    drop((alice, bob));
    place.end(daemons);
}

#[test]
fn a_daemon_comes_back_whenever_an_independent_service_ends_its_session() {
    endings("v1");
}

#[test]
fn a_wrong_password_at_an_independent_service_is_not_tried_again() {
    let mut place = Place::new("v1", &[]);
    let daemon = place.daemon_of("alice", "wrong");
    let mut alice = Client::connect(daemon.port);
    alice.await_answer("GET CONNSTATUS", "CONNSTATUS OFFLINE");
    sleep(Duration::from_secs(2));
    assert_eq!(place.tell("logins alice"), "logins 1");
    alice.drain(Duration::from_millis(50));
    alice.ask("SET USERSTATUS ONLINE");
    alice.hear("CONNSTATUS CONNECTING");
    alice.hear("CONNSTATUS OFFLINE");
    assert_eq!(place.tell("logins alice"), "logins 2");
    drop(alice);
    place.end([daemon]);
}
