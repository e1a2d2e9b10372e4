//! Pidgin's numbered calls: ten seconds, then it goes on with nothing in hand.
//! Never checks that a reply is as long as it expects.

use super::super::fault::Fault;
use super::super::{cut, seconds};
use super::Pidgin;

impl Pidgin {
    /// A line with a number, without the sign in front: for the call that waits, or for nobody.
    pub(super) fn answered(&self, rest: &str) {
        let (number, reply) = cut(rest);
        let asked = self.next_number.get();
        match number.parse() {
            Ok(number) if number < asked => {
                self.replies.borrow_mut().insert(number, reply.to_owned());
            }
            _ => {
                let story = format!("is handed the reply #{rest}, which answers none of its calls");
                self.shell.fault(Fault::misbehaves(story));
            }
        }
    }

    /// Asks something and waits for the reply; an ERROR, or none, is an empty text.
    pub(super) async fn call(&self, command: &str) -> String {
        let number = self.next_number.replace(self.next_number.get() + 1);
        self.shell.say(format!("#{number} {command}"));
        let look = || self.replies.borrow_mut().remove(&number);
        let reply = self.shell.until(seconds(10), look).await;
        reply
            .filter(|reply| !reply.starts_with("ERROR"))
            .unwrap_or_default()
    }

    /// The same for a call whose reply is read behind `start`, whatever it is.
    pub(super) async fn value(&self, command: &str, start: &str) -> String {
        let reply = self.call(command).await;
        match reply
            .strip_prefix(start)
            .and_then(|rest| rest.strip_prefix(' '))
        {
            Some(value) => value.to_owned(),
            None => {
                let story = format!("reads out of bounds: {reply:?} to {command}");
                self.shell.fail(Fault::crashes(story)).await
            }
        }
    }

    /// The same for `GET` of `path`.
    pub(super) async fn get(&self, path: &str) -> String {
        self.value(&format!("GET {path}"), path).await
    }

    /// Pings every half minute; without an answer in time the account is closed.
    pub(super) async fn keep_alive(&self) {
        loop {
            self.shell.sleep(seconds(30)).await;
            let before = self.pongs.get();
            self.shell.say("PING");
            let story = "closes the account: no PONG in twenty seconds";
            let look = || (self.pongs.get() > before).then_some(());
            self.shell.until_or_hang(seconds(20), story, look).await;
        }
    }
}
