//! How Miranda's plugin signs on: one step after the other, most of them without any limit.
//! Never goes on before a step is answered, unless it does not wait for the step at all.

use super::super::fault::Fault;
use super::super::shell::FOR_EVER;
use super::super::{items, seconds};
use super::queue::{Errors, Reply};
use super::{Miranda, is_away};
use std::rc::Rc;

/// The application that carries typing notifications.
pub(super) const TYPING: &str = "libpurple_typing";

impl Miranda {
    /// What it does right after it has connected.
    pub(super) async fn start(self: Rc<Self>) {
        if self.link {
            self.shell.say("SET USERSTATUS ONLINE");
            self.wait_for_connection().await;
        }
        self.initialise().await;
    }

    /// Over the link it first waits until it hears of a connection, whether it stands or has failed.
    async fn wait_for_connection(&self) {
        loop {
            match self.wait_for_ever("CONNSTATUS", Errors::AnyAge).await {
                Reply::Line(line) if line == "CONNSTATUS CONNECTING" => {}
                Reply::Line(_) => return,
                Reply::Error(error) => {
                    let story = format!("takes {error:?} for a connection that stands");
                    self.shell.fail(Fault::misbehaves(story)).await
                }
            }
        }
    }

    /// The whole list of steps.
    pub(super) async fn initialise(self: Rc<Self>) {
        self.negotiate().await;
        self.shell.say("GET CURRENTUSERHANDLE");
        self.shell.say("GET PRIVILEGE SKYPEOUT");
        self.shell.say("GET USERSTATUS");
        self.wait_for_ever("USERSTATUS", Errors::Never).await;
        // What counts is the status shown; the line taken here may be an older one.
        if *self.status.borrow() != "OFFLINE" {
            Rc::clone(&self).load_contacts().await;
        }
        let later = self.dialect.get() >= 5;
        if later || self.link {
            self.probe().await;
        }
        if later {
            self.load_requests().await;
            self.load_rooms().await;
        }
        self.shell.say(if self.dialect.get() < 3 {
            "SEARCH MISSEDMESSAGES"
        } else {
            "SEARCH MISSEDCHATMESSAGES"
        });
        self.shell.screen_mut().online = !is_away(&self.status.borrow());
    }

    async fn negotiate(&self) {
        self.shell.say(format!("PROTOCOL {}", self.asks_for));
        match self.wait_for_ever("PROTOCOL", Errors::AnyAge).await {
            Reply::Line(line) => {
                let version = self.value_in(&line, "PROTOCOL").await;
                match version.parse() {
                    Ok(version) => self.dialect.set(version),
                    Err(_) => {
                        let story = format!("does not understand {line:?}");
                        self.shell.fault(Fault::misbehaves(story));
                    }
                }
            }
            Reply::Error(error) => {
                let story =
                    format!("takes {error:?} for the answer to PROTOCOL and speaks dialect 2");
                self.shell.fault(Fault::misbehaves(story));
            }
        }
    }

    /// Asks for all contacts, and for the presence of each.
    pub(super) async fn load_contacts(self: Rc<Self>) {
        self.shell.say("SEARCH FRIENDS");
        let line = match self.wait_for_users().await {
            Reply::Line(line) => line,
            Reply::Error(error) => {
                let story =
                    format!("stops signing on: {error:?} came in place of the contact list");
                self.shell.fail(Fault::misbehaves(story)).await
            }
        };
        for handle in items(&self.value_in(&line, "USERS").await) {
            self.get(&format!("USER {handle} ONLINESTATUS")).await;
        }
    }

    /// Finds out whether there are typing notifications and files.
    async fn probe(&self) {
        self.shell.say(format!("CREATE APPLICATION {TYPING}"));
        let created = |line: &str| line.starts_with("CREATE APPLICATION");
        self.wait(seconds(2), Errors::AnyAge, created).await;
        self.shell.say("#FT FILE");
        let refused = |line: &str| line.starts_with("#FT ERROR");
        self.wait(seconds(1), Errors::Never, refused).await;
    }

    async fn load_requests(self: &Rc<Self>) {
        self.shell.say("#UWA SEARCH USERSWAITINGMYAUTHORIZATION");
        let list = self.tagged_list("#UWA USERS").await;
        for handle in items(&list) {
            let path = format!("USER {handle} RECEIVEDAUTHREQUEST");
            let Some(text) = self.get_tagged(&path).await else {
                continue;
            };
            self.request_told(&handle, text);
        }
    }

    async fn load_rooms(&self) {
        self.shell.say("#RCH SEARCH RECENTCHATS");
        let list = self.tagged_list("#RCH CHATS").await;
        for chat in items(&list) {
            let status = self.get(&format!("CHAT {chat} STATUS")).await;
            if status.as_deref() == Some("MULTI_SUBSCRIBED") {
                let topic = self.get(&format!("CHAT {chat} TOPIC")).await;
                self.open_room(&chat).await;
                if let (Some(topic), Some(room)) =
                    (topic, self.shell.screen_mut().rooms.get_mut(&chat))
                {
                    room.topic = topic;
                }
            }
        }
    }

    /// The list behind `start`, which is waited for whatever happens; a tagged ERROR is not recognised.
    async fn tagged_list(&self, start: &str) -> String {
        let story = format!("hangs for ever waiting for {start}");
        let look = || self.take(|queued| queued.line.starts_with(start));
        let line = self.shell.until_or_hang(FOR_EVER, &story, look).await.line;
        self.value_in(&line, start).await
    }
}
