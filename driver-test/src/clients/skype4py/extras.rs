//! What else the application can do: people, groups, typing, pictures.
//! Never catches an exception but those that programs are known to catch.

use super::super::Deed;
use super::super::items;
use super::super::screen::Picture;
use super::super::shell::FOR_EVER;
use super::super::{cut, words};
use super::Application;

const TYPING: &str = "libpurple_typing";

impl Application {
    pub(super) async fn perform(&self, deed: Deed) {
        match deed {
            Deed::SetStatus(word) => self.change_status(&word).await,
            Deed::SetMood(text) => self.set_profile("MOOD_TEXT", &text).await,
            Deed::SetName(name) => self.set_profile("FULLNAME", &name).await,
            Deed::Write { to, text } => self.write(&to, &text).await,
            Deed::WriteInRoom { room, text } => self.write_in(&room, &room, &text).await,
            Deed::Add { handle, text } => {
                let path = format!("USER {handle} BUDDYSTATUS");
                let line = format!("SET {path} 2 {text}");
                self.library.command(&line, &path).await;
            }
            Deed::Remove(handle) => {
                self.library
                    .set(["USER", &handle, "BUDDYSTATUS"], "1")
                    .await;
                self.shell.screen_mut().contacts.remove(&handle);
            }
            Deed::Answer { handle, yes } => {
                let word = if yes { "TRUE" } else { "FALSE" };
                self.library
                    .set(["USER", &handle, "ISAUTHORIZED"], word)
                    .await;
                self.shell.screen_mut().requests.remove(&handle);
            }
            Deed::Find(text) => {
                let found = self.library.search(&format!("USERS {text}"), "USERS").await;
                self.shell.screen_mut().found = Some(items(&found));
            }
            Deed::Details(handle) => self.details(&handle).await,
            Deed::OpenRoom(people) => self.create_room(&people).await,
            Deed::Invite { room, handle } => self.alter(&room, "ADDMEMBERS", &handle).await,
            Deed::SetTopic { room, topic } => self.alter(&room, "SETTOPIC", &topic).await,
            Deed::Kick { room, handle } => self.alter(&room, "KICK", &handle).await,
            Deed::Leave(room) => self.alter(&room, "LEAVE", "").await,
            Deed::Type { to, on } => self.typing(&to, on).await,
            Deed::Picture(handle) => self.picture(&handle).await,
            Deed::SetPicture(path) => self.set_picture(&path).await,
            Deed::PutInGroup { group, handle } => self.change_group(&group, &handle, true).await,
            Deed::TakeFromGroup { group, handle } => {
                self.change_group(&group, &handle, false).await;
            }
            Deed::LogOut => {
                self.change_status("OFFLINE").await;
                self.shell.screen_mut().online = false;
            }
            Deed::LogIn => {
                self.change_status("ONLINE").await;
                self.shell.screen_mut().online = true;
            }
        }
    }

    async fn set_profile(&self, property: &str, value: &str) {
        let path = format!("PROFILE {property}");
        self.library
            .command(&format!("SET {path} {value}"), &path)
            .await;
    }

    async fn details(&self, handle: &str) {
        for property in [
            "ABOUT",
            "BIRTHDAY",
            "CITY",
            "COUNTRY",
            "FULLNAME",
            "HOMEPAGE",
            "LANGUAGE",
            "LASTONLINETIMESTAMP",
            "MOOD_TEXT",
            "PHONE_HOME",
            "PHONE_MOBILE",
            "PHONE_OFFICE",
            "PROVINCE",
            "RICH_MOOD_TEXT",
            "SEX",
            "SPEEDDIAL",
            "TIMEZONE",
            "ALIASES",
            "HASCALLEQUIPMENT",
            "IS_VIDEO_CAPABLE",
            "IS_VOICEMAIL_CAPABLE",
            "CAN_LEAVE_VM",
            "IS_CF_ACTIVE",
            "NROF_AUTHED_BUDDIES",
        ] {
            let mut value = self.library.property(["USER", handle, property]).await;
            // The code in front of a country or a language is cut off.
            let coded = property == "COUNTRY" || property == "LANGUAGE";
            if coded && self.library.dialect() >= 4 {
                value = cut(&value).1.to_owned();
            }
            let mut screen = self.shell.screen_mut();
            let page = screen.details.entry(handle.to_owned()).or_default();
            page.insert(property.to_owned(), value);
        }
    }

    pub(super) async fn load_groups(&self) {
        for group in items(&self.library.search("GROUPS CUSTOM", "GROUPS").await) {
            let name = self
                .library
                .property(["GROUP", &group, "DISPLAYNAME"])
                .await;
            let users = self.library.property(["GROUP", &group, "USERS"]).await;
            let members = items(&users).into_iter().collect();
            self.shell.screen_mut().groups.insert(name, members);
        }
    }

    async fn group_of(&self, name: &str) -> Option<String> {
        for group in items(&self.library.search("GROUPS CUSTOM", "GROUPS").await) {
            let known = self
                .library
                .property(["GROUP", &group, "DISPLAYNAME"])
                .await;
            if known == name {
                return Some(group);
            }
        }
        None
    }

    async fn change_group(&self, name: &str, handle: &str, put: bool) {
        if self.group_of(name).await.is_none() && put {
            let line = format!("CREATE GROUP {name}");
            self.library.command(&line, "CREATE GROUP").await;
        }
        let Some(group) = self.group_of(name).await else {
            let story = format!("raises an exception: group {name} is not in SEARCH GROUPS CUSTOM");
            let fault = super::super::fault::Fault::crashes(story);
            return self.shell.fault(fault);
        };
        let action = if put { "ADDUSER" } else { "REMOVEUSER" };
        let expected = format!("ALTER GROUP {group} {action}");
        let line = format!("{expected} {handle}");
        self.library.command(&line, &expected).await;
        let mut screen = self.shell.screen_mut();
        let members = screen.groups.entry(name.to_owned()).or_default();
        if put {
            members.insert(handle.to_owned());
        } else {
            members.remove(handle);
        }
    }

    pub(super) fn application_changed(&self, name: &str, property: &str, value: &str) {
        match property {
            _ if name != TYPING => {}
            "STREAMS" => *self.streams.borrow_mut() = words(value),
            "DATAGRAM" => {
                let (stream, text) = cut(value);
                let handle = stream.split(':').next().unwrap_or_default().to_owned();
                let on = text == "PURPLE_TYPING";
                self.shell.screen_mut().typing.insert(handle, on);
            }
            _ => {}
        }
    }

    /// Takes part in typing notifications.
    pub(super) async fn create_typing(&self) {
        let line = format!("CREATE APPLICATION {TYPING}");
        self.library.command(&line, &line).await;
    }

    fn stream_to(&self, handle: &str) -> Option<String> {
        let streams = self.streams.borrow();
        let start = format!("{handle}:");
        streams
            .iter()
            .find(|stream| stream.starts_with(&start))
            .cloned()
    }

    /// Connects and waits without limit for the stream.
    async fn typing(&self, to: &str, on: bool) {
        if self.stream_to(to).is_none() {
            let expected = format!("ALTER APPLICATION {TYPING} CONNECT");
            let line = format!("{expected} {to}");
            self.library.command(&line, &expected).await;
        }
        let story = format!("hangs for ever waiting for STREAMS with {to}");
        let look = || self.stream_to(to);
        let stream = self.shell.until_or_hang(FOR_EVER, &story, look).await;
        let word = if on {
            "PURPLE_TYPING"
        } else {
            "PURPLE_NOT_TYPING"
        };
        let expected = format!("ALTER APPLICATION {TYPING} DATAGRAM");
        let line = format!("{expected} {stream} {word}");
        self.library.command(&line, &expected).await;
    }

    async fn picture(&self, handle: &str) {
        let path = format!("USER {handle} AVATAR 1 /pictures/{handle}.jpg");
        let line = format!("GET {path}");
        let picture = match self.library.try_command(&line, &path).await {
            Ok(_) => Picture::There,
            Err(_) => Picture::None,
        };
        let handle = handle.to_owned();
        self.shell.screen_mut().pictures.insert(handle, picture);
    }

    async fn set_picture(&self, path: &str) {
        let expected = format!("AVATAR 1 {path}");
        let line = format!("SET {expected}");
        let picture = match self.library.try_command(&line, &expected).await {
            Ok(_) => Picture::There,
            Err(_) => Picture::None,
        };
        self.shell.screen_mut().own_picture = Some(picture);
    }
}
