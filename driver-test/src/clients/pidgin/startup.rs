//! How Pidgin's plugin signs on, in its build for the network.
//! Never waits for a status line.

use std::rc::Rc;

use super::super::fault::Fault;
use super::super::seconds;
use super::Pidgin;

/// The application that carries typing notifications.
pub(super) const TYPING: &str = "libpurple_typing";

impl Pidgin {
    pub(super) async fn start(self: Rc<Self>) {
        // It has connected to start the program that it takes the daemon for, and gives it some time.
        self.shell.sleep(seconds(20)).await;
        self.introduce("NAME Pidgin").await;
        let protocol = self.introduce(&format!("PROTOCOL {}", self.asks_for)).await;
        match protocol.strip_prefix("PROTOCOL ").map(str::parse) {
            Some(Ok(version)) => self.dialect.set(version),
            _ => {
                let story = format!("does not understand {protocol:?}");
                return self.shell.fault(Fault::misbehaves(story));
            }
        }
        self.shell.say("SET SILENT_MODE ON");
        self.shell.say("MINIMIZE");
        self.get("PROFILE FULLNAME").await;
        self.shell.say("SET USERSTATUS ONLINE");
        self.shell.say("SET PROFILE MOOD_TEXT ");
        self.shell.say(format!("CREATE APPLICATION {TYPING}"));
        self.shell.screen_mut().online = true;
        let version = self.call("GET SKYPEVERSION").await;
        let major = version
            .strip_prefix("SKYPEVERSION ")
            .and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        if major.unwrap_or_default() >= 5 {
            let own = Rc::clone(&self);
            self.shell.spawn(async move { own.poll_missed().await });
        }
        self.shell.sleep(seconds(1)).await;
        self.load_contacts().await;
        self.shell.say("SEARCH GROUPS CUSTOM");
    }

    /// A command of the greeting: three tries, ten seconds apart.
    async fn introduce(&self, command: &str) -> String {
        for _ in 0..3 {
            let reply = self.call(command).await;
            match reply.as_str() {
                "" => self.shell.sleep(seconds(10)).await,
                "CONNSTATUS OFFLINE" => self.shell.sleep(seconds(1)).await,
                _ => return reply,
            }
        }
        let story = format!("gives up: three times no answer to {command}");
        self.shell.fail(Fault::hangs(story)).await
    }

    async fn load_contacts(&self) {
        let profiles = self.call("GET AUTH_CONTACTS_PROFILES").await;
        if !profiles.is_empty() {
            let story = format!("cuts {profiles:?} into pieces at every sign that a text may hold");
            return self.shell.fault(Fault::misbehaves(story));
        }
        let users = self.call("SEARCH FRIENDS").await;
        if users.is_empty() {
            return;
        }
        let Some(list) = users.strip_prefix("USERS ") else {
            let story = format!("reads out of bounds: {users:?} to SEARCH FRIENDS");
            return self.shell.fault(Fault::crashes(story));
        };
        let handles = super::super::items(list);
        // Those who are not in the list any more are taken off.
        self.shell
            .screen_mut()
            .contacts
            .retain(|handle, _| handles.contains(handle));
        for handle in &handles {
            self.take_contact(handle);
        }
    }

    /// Versions that seem new are asked for missed messages every ten seconds.
    async fn poll_missed(self: Rc<Self>) {
        loop {
            self.shell.sleep(seconds(10)).await;
            let list = self.call("SEARCH MISSEDCHATMESSAGES").await;
            let list = list.strip_prefix("CHATMESSAGES ").unwrap_or_default();
            for number in super::super::items(list) {
                self.shell.say(format!("GET CHATMESSAGE {number} STATUS"));
            }
        }
    }
}
