//! What clients are told of messages, now or when they come, and what the service may forget then.
//! Never tells a client of the same message twice.

use alloc::vec::Vec;

use super::contacts::request_line;
use super::roster::Request;
use super::{Account, Held, Scene};
use crate::io::ConnId;
use crate::skype::{MessageStatus, Reply};

impl Account {
    /// Tells the clients of a message that came, if there are any; else whoever comes next is told.
    pub(super) fn announce(&mut self, scene: &mut Scene<'_>, number: u32) {
        if self.listeners == 0 {
            return;
        }
        self.introduce_to(scene, number);
        scene.notice(Self::status_notice(number, MessageStatus::Received));
        self.announced(scene, number);
    }

    /// Clients have been told of all unread messages up to `number`.
    fn announced(&mut self, scene: &mut Scene<'_>, number: u32) {
        if number > self.state.announced {
            self.state.announced = number;
            self.keep_state(scene);
            self.take_again(scene);
        }
    }

    /// What a client of this key is told first, when it can be told anything. From then on it is told notices.
    pub(crate) fn greeting(
        &mut self,
        scene: &mut Scene<'_>,
        client: ConnId,
        key: &str,
    ) -> Vec<Reply<'static>> {
        self.listeners += 1;
        let mut lines = self.own_status(client);
        lines.extend(self.tell_ringing());
        if self.ready {
            lines.extend(self.catch_up(scene, key));
        }
        lines
    }

    /// The lines about contact requests and messages that a client of this key has not been told of, once it is known
    /// which these are.
    pub(crate) fn catch_up(&mut self, scene: &mut Scene<'_>, key: &str) -> Vec<Reply<'static>> {
        let told = self.cursors.come(key, scene.now.wall, scene.journal);
        let requests = self.roster.requests_since(told.request).into_iter();
        let line = |(handle, request): (&str, &Request)| request_line(handle, &request.text);
        let mut lines: Vec<_> = requests.map(line).collect();
        let told = told.message.unwrap_or(self.state.left);
        let told = told.min(self.state.announced);
        let held: Vec<u32> = self
            .held
            .iter()
            .filter_map(|(_, held)| match held {
                Held::Received(number) => Some(*number),
                Held::Sent(_)
                | Held::Failed(_)
                | Held::Chat(..)
                | Held::Wake
                | Held::Took(_)
                | Held::Ready
                | Held::Load => None,
            })
            .collect();
        let mut missed = self.messages.received_since(told);
        for number in held {
            missed.remove(&number);
        }
        if let Some(last) = missed.last() {
            self.announced(scene, *last);
        }
        for number in missed {
            lines.extend(self.introduction_to(scene, number));
            lines.push(Self::status_notice(number, MessageStatus::Received));
        }
        lines
    }

    /// Lets the service forget what it has told, unless too many messages wait to be read: then no more of them come, until
    /// clients have been told of some.
    pub(super) fn take_again(&mut self, scene: &mut Scene<'_>) {
        let Some(taken) = self.untaken.take() else {
            return;
        };
        if self.messages.is_full(self.limits.unread_messages) {
            self.untaken = Some(taken);
            let what = "no message is taken any more until clients have read some";
            self.fault(scene, what.into());
            self.prune(scene);
        } else {
            self.with_link(scene, |link, now, out| link.confirm(now, taken, out));
        }
    }
}
