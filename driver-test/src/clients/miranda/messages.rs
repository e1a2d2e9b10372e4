//! Miranda's texts: those that come are fetched one at a time, those that go are watched for a minute.
//! Never shows a text of which one part could not be had.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::screen::{Outcome, Text, Written};
use super::super::{cut, items, seconds, words};
use super::Miranda;
use super::queue::{Errors, Reply};

/// Types that are shown as texts in rooms.
const TEXTS: [&str; 4] = ["TEXT", "SAID", "UNKNOWN", "EMOTED"];

/// What is known of a send.
enum Progress {
    /// It has this number now.
    Numbered(String),
    /// It is over.
    Over(Outcome),
}

impl Miranda {
    /// A line about a message, without its first word.
    pub(super) fn message_told(self: &Rc<Self>, rest: &str) {
        let (number, rest) = cut(rest);
        let (property, status) = cut(rest);
        let wanted = match status {
            "RECEIVED" | "READ" => true,
            // An own one from elsewhere, unless it is one that is being sent here.
            "SENT" => self.watching.get() == 0,
            _ => false,
        };
        if property == "STATUS" && wanted {
            self.fetch(number, false);
        }
    }

    /// A list of messages that were missed.
    pub(super) fn missed_told(self: &Rc<Self>, list: &str) {
        for number in items(list) {
            self.fetch(&number, true);
        }
    }

    fn fetch(self: &Rc<Self>, number: &str, missed: bool) {
        let now = self.shell.now();
        let mut known = self.known.borrow_mut();
        known.retain(|_, at| now.since(*at) < seconds(30 * 60));
        if known.insert(number.to_owned(), now).is_none() {
            let (own, number) = (Rc::clone(self), number.to_owned());
            self.shell.spawn(async move {
                own.shell
                    .until_or_hang(
                        super::super::shell::FOR_EVER,
                        &format!("loses message {number}: the fetch before it never ends"),
                        || (!own.fetching.get()).then_some(()),
                    )
                    .await;
                own.fetching.set(true);
                own.fetch_now(&number, missed).await;
                own.fetching.set(false);
                own.shell.stir();
            });
        }
    }

    /// A part of a message without which it is lost.
    async fn part(&self, number: &str, property: &str, errors: Errors) -> String {
        let path = format!("{} {number} {property}", self.message_object());
        match self.get_with(&path, errors).await {
            Some(value) => value,
            None => {
                let story = format!("loses message {number}: ERROR to {property}");
                self.shell.fail(Fault::loses(story)).await
            }
        }
    }

    async fn fetch_now(self: &Rc<Self>, number: &str, missed: bool) {
        if missed {
            self.part(number, "TIMESTAMP", Errors::Recent).await;
            let path = format!("{} {number} STATUS", self.message_object());
            self.get_tagged(&path).await;
        }
        let chat = self.part(number, "CHATNAME", Errors::Recent).await;
        let status = self.get(&format!("CHAT {chat} STATUS")).await;
        let in_room = status.as_deref() == Some("MULTI_SUBSCRIBED");
        let kind = self.part(number, "TYPE", Errors::Recent).await;
        let sender = if self.dialect.get() < 3 {
            "PARTNER_HANDLE"
        } else {
            "FROM_HANDLE"
        };
        let from = self.part(number, sender, Errors::Recent).await;
        let own = from == self.shell.screen().handle;
        if !own && !in_room && !self.shell.screen().contacts.contains_key(&from) {
            self.ask_for_stranger(&from).await;
        }
        if in_room && !TEXTS.contains(&kind.as_str()) {
            self.room_changed(&chat, number, &kind, &from).await;
        } else {
            let text = self.part(number, "BODY", Errors::AnyAge).await;
            if own && in_room {
                self.note_written(chat, text);
            } else {
                self.show(chat, from, own, text).await;
            }
        }
        let object = self.message_object();
        self.shell.say(format!("SET {object} {number} SEEN"));
    }

    /// Waits without limit for the status of anybody at all.
    async fn ask_for_stranger(&self, handle: &str) {
        self.shell.say(format!("GET USER {handle} BUDDYSTATUS"));
        let fits = |line: &str| line.starts_with("USER ") && line.contains(" BUDDYSTATUS");
        let answer = self.wait(super::super::shell::FOR_EVER, Errors::AnyAge, fits);
        match answer.await {
            Some(Reply::Line(_)) => {}
            Some(Reply::Error(error)) => {
                let story = format!("takes {error:?} for the status of {handle}");
                self.shell.fault(Fault::misbehaves(story));
            }
            None => {
                let story = format!("hangs for ever waiting for BUDDYSTATUS of {handle}");
                self.shell.fault(Fault::hangs(story));
            }
        }
    }

    async fn show(&self, chat: String, from: String, own: bool, text: String) {
        if own {
            let path = format!("CHAT {chat} ACTIVEMEMBERS");
            let members = self.get(&path).await.unwrap_or_default();
            let to = words(&members).into_iter().find(|name| *name != from);
            let Some(to) = to else {
                let story = format!("does not know whom {text:?} was written to");
                return self.shell.fail(Fault::loses(story)).await;
            };
            self.note_written(to, text);
        } else if !text.starts_with("<partlist ") {
            let text = Text { from, chat, text };
            self.shell.screen_mut().received.push(text);
        }
    }

    /// An own text from elsewhere.
    fn note_written(&self, to: String, text: String) {
        let outcome = Outcome::Sent;
        let written = Written { to, text, outcome };
        self.shell.screen_mut().written.push(written);
    }

    /// Sends a text and watches what becomes of it.
    pub(super) fn write(self: &Rc<Self>, to: String, text: String, verb: &str) {
        let tag = (self.dialect.get() >= 4).then(|| self.tag('M'));
        let command = format!("{verb} {to} {text}");
        self.shell.say(match &tag {
            Some(tag) => format!("{tag} {command}"),
            None => command,
        });
        let outcome = Outcome::Pending;
        let index = {
            let written = &mut self.shell.screen_mut().written;
            written.push(Written { to, text, outcome });
            written.len() - 1
        };
        self.watching.set(self.watching.get() + 1);
        let own = Rc::clone(self);
        self.shell.spawn(async move {
            let outcome = own.watch(tag.as_deref()).await;
            own.watching.set(own.watching.get() - 1);
            own.shell.screen_mut().written[index].outcome = outcome;
        });
    }

    async fn watch(&self, tag: Option<&str>) -> Outcome {
        let since = self.shell.now();
        let until = since + seconds(60);
        let mut number: Option<String> = None;
        loop {
            let left = until.since(self.shell.now());
            let look = || self.progress(tag, number.as_deref(), since);
            match self.shell.until(left, look).await {
                Some(Progress::Numbered(new)) => {
                    let now = self.shell.now();
                    self.known.borrow_mut().insert(new.clone(), now);
                    number = Some(new);
                }
                Some(Progress::Over(outcome)) => return outcome,
                None => return Outcome::Failed,
            }
        }
    }

    fn progress(
        &self,
        tag: Option<&str>,
        number: Option<&str>,
        since: imo2sproxy_core::time::Instant,
    ) -> Option<Progress> {
        let queued = self.take(|queued| {
            let line = queued.line.as_str();
            if queued.at < since {
                return false;
            }
            if let Some(rest) = tag.and_then(|tag| behind(line, tag)) {
                let error = rest.strip_prefix("ERROR ");
                // With a text behind it, it is not recognised.
                return error.is_none_or(|error| !error.contains(' '));
            }
            if line.starts_with("ERROR 26") || line.starts_with("ERROR 43") {
                return queued.at.since(since) <= seconds(1);
            }
            let status = own_status(line);
            match (number, tag) {
                (Some(number), _) => {
                    status.is_some_and(|(told, word)| told.starts_with(number) && word != "SENDING")
                }
                (None, None) => status.is_some(),
                (None, Some(_)) => false,
            }
        })?;
        let tagged = tag.and_then(|tag| behind(&queued.line, tag));
        let line = tagged.unwrap_or(queued.line.as_str());
        if line.starts_with("ERROR") {
            let outcome = if tagged.is_some() {
                let story = format!("shows {:?} as a success", queued.line);
                self.shell.fault(Fault::misbehaves(story));
                Outcome::Sent
            } else {
                Outcome::Failed
            };
            return Some(Progress::Over(outcome));
        }
        match own_status(line) {
            Some((number, "SENDING")) => Some(Progress::Numbered(number.to_owned())),
            _ => Some(Progress::Over(Outcome::Sent)),
        }
    }
}

/// What stands in `line` behind `tag`, if it begins with it.
fn behind<'a>(line: &'a str, tag: &str) -> Option<&'a str> {
    line.strip_prefix(tag)?.strip_prefix(' ')
}

/// The number and the status in a line about an own message.
fn own_status(line: &str) -> Option<(&str, &str)> {
    let rest = line
        .strip_prefix("CHATMESSAGE ")
        .or_else(|| line.strip_prefix("MESSAGE "))?;
    let (number, status) = rest.split_once(" STATUS ")?;
    ["SENDING", "SENT", "QUEUED", "FAILED", "IGNORED"]
        .contains(&status)
        .then_some((number, status))
}
