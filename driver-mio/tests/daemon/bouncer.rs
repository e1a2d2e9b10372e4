//! An account that stays while its clients go, and a daemon that is killed meanwhile.
//! Never about one client alone: the simulated worlds play that.

use std::time::Duration;

use crate::client::Client;
use crate::home::{command, config, home};
use crate::running::Running;
use crate::town::acquaint;

const TEXTS: usize = 100;

/// The texts that a client has been told of, in order.
fn hear_all(client: &mut Client) -> Vec<String> {
    let mut texts: Vec<String> = (0..TEXTS).map(|_| client.hear_text()).collect();
    // And nothing behind them.
    let rest = client.drain(Duration::from_millis(500));
    let more = rest.iter().filter(|line| line.ends_with("STATUS RECEIVED"));
    texts.extend(more.cloned());
    texts
}

#[test]
fn what_came_while_nobody_was_there_is_told_once_to_each_client_even_after_a_kill() {
    let home = home(&config(&["alice", "bob"], ""));
    let mut daemon = Running::start(command(&home, &[]));
    let (at_alice, at_bob) = (daemon.port("skypeproxy"), daemon.port("skypeproxy"));
    let mut bob = Client::online(at_bob);
    let mut alice = Client::online(at_alice);
    acquaint(&mut alice, &mut bob);
    drop(alice);
    bob.hear("USER alice ONLINESTATUS AWAY");
    let expected: Vec<String> = (0..TEXTS).map(|number| format!("text {number}")).collect();
    for text in &expected {
        bob.send("alice", text);
    }
    daemon.child.kill().unwrap();
    drop(daemon);
    let mut daemon = Running::start(command(&home, &[]));
    let port = daemon.port("skypeproxy");
    let mut desk = Client::named(port, "Desk");
    let mut phone = Client::named(port, "Phone");
    assert_eq!(hear_all(&mut desk), expected);
    assert_eq!(hear_all(&mut phone), expected);
    // Whoever comes again has heard it all.
    drop(desk);
    let mut desk = Client::named(port, "Desk");
    let again = desk.drain(Duration::from_millis(500));
    let is_text = |line: &&String| line.ends_with("STATUS RECEIVED");
    assert_eq!(again.iter().find(is_text), None);
    assert_eq!(daemon.stop().0, Some(0));
}
