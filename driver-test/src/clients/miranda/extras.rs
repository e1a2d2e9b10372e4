//! Miranda's typing notifications and pictures.
//! Never types to anybody without a stream.

use super::super::fault::Fault;
use super::super::screen::Picture;
use super::super::shell::FOR_EVER;
use super::super::{cut, seconds, words};
use super::Miranda;
use super::queue::{Errors, Reply};
use super::startup::TYPING;

impl Miranda {
    /// A line about an application, without its first word.
    pub(super) fn application_told(&self, rest: &str) {
        let (name, rest) = cut(rest);
        let (property, value) = cut(rest);
        if name != TYPING {
            return;
        }
        match property {
            "STREAMS" => {
                let mut streams = self.streams.borrow_mut();
                for stream in words(value) {
                    let handle = stream.split(':').next().unwrap_or_default();
                    streams.insert(handle.to_owned(), stream.clone());
                }
            }
            "DATAGRAM" => {
                let (stream, text) = cut(value);
                let handle = stream.split(':').next().unwrap_or_default().to_owned();
                let on = text == "PURPLE_TYPING";
                self.shell.screen_mut().typing.insert(handle, on);
            }
            _ => {}
        }
    }

    /// Says that the user types, or does not any more.
    pub(super) async fn typing(&self, to: &str, on: bool) {
        if !self.streams.borrow().contains_key(to) {
            let command = format!("ALTER APPLICATION {TYPING} CONNECT {to}");
            self.shell.say(&command);
            self.echo(&command).await;
            let find = || self.streams.borrow().contains_key(to).then_some(());
            if self.shell.until(seconds(2), find).await.is_none() {
                return;
            }
        }
        let Some(stream) = self.streams.borrow().get(to).cloned() else {
            return;
        };
        let word = if on {
            "PURPLE_TYPING"
        } else {
            "PURPLE_NOT_TYPING"
        };
        let command = format!("ALTER APPLICATION {TYPING} DATAGRAM {stream}");
        self.shell.say(format!("{command} {word}"));
        self.echo(&command).await;
    }

    /// Waits two seconds for the echo of a command; the window stands still meanwhile.
    async fn echo(&self, command: &str) {
        let fits = |line: &str| line.starts_with(command);
        if self.wait(seconds(2), Errors::AnyAge, fits).await.is_none() {
            let story = format!("freezes for two seconds waiting for the echo of {command}");
            self.shell.fault(Fault::hangs(story));
        }
    }

    /// Asks for somebody's picture, in a version that does.
    pub(super) async fn picture(&self, handle: &str) {
        if self.dialect.get() < 7 && !self.link {
            return;
        }
        let asked = handle.to_owned();
        self.shell
            .screen_mut()
            .pictures
            .insert(asked, Picture::Asked);
        let path = format!("USER {handle} AVATAR 1 /pictures/{handle}_tmp.jpg");
        self.shell.say(format!("GET {path}"));
        let picture = match self.wait_for_ever(&path, Errors::Recent).await {
            Reply::Line(_) => Picture::There,
            Reply::Error(_) => Picture::None,
        };
        let asked = handle.to_owned();
        self.shell.screen_mut().pictures.insert(asked, picture);
    }

    /// Takes another picture; waits without limit.
    pub(super) async fn set_picture(&self, path: &str) {
        self.shell.screen_mut().own_picture = Some(Picture::Asked);
        self.shell.say(format!("SET AVATAR 1 {path}"));
        let fits = |line: &str| line.starts_with("AVATAR 1");
        let picture = match self.wait(FOR_EVER, Errors::Recent, fits).await {
            Some(Reply::Line(_)) => Picture::There,
            Some(Reply::Error(_)) => Picture::None,
            None => {
                let story = "hangs for ever waiting for AVATAR 1";
                return self.shell.fail(Fault::hangs(story)).await;
            }
        };
        self.shell.screen_mut().own_picture = Some(picture);
    }
}
