//! The language of the control socket: one line that asks, an answer that ends with the connection.
//! Never opens the socket itself: the event loop serves it, and the commands of the program ask there.
//!
//! What is asked is one line, at most [`LINE_MAX`] bytes: `status`, `reload`, `drain`, `lift ACCOUNT`, `record on PATH`, `record off`,
//! `user list [AFTER]`, `user remove NAME`, `user add NAME PASSWORD` or `user passwd NAME PASSWORD`. A path, a
//! password and AFTER are all that is left of the line. The first line of the answer is `ok`, `more AFTER` (ask again
//! with that) or `error` with the reason; what follows is for people, or a list.

use std::path::PathBuf;

use imo2sproxy_core::io::{UserError, UserOp, UserPage};
use imo2sproxy_core::secret::Secret;

/// The name of the socket in the data folder.
pub const SOCKET_NAME: &str = "control";
/// Longest line that asks, in bytes; a longer one is refused.
pub const LINE_MAX: usize = 8 * 1024;

/// Something that is asked through the socket.
#[derive(PartialEq, Eq, Debug)]
pub enum Request {
    /// How do things stand?
    Status,
    /// Read the configuration again.
    Reload,
    /// Come to an end.
    Drain,
    /// Let in again who is locked out of this account.
    Lift(String),
    /// Record the session into this file, from now on.
    RecordOn(PathBuf),
    /// Record it no longer.
    RecordOff,
    /// Do something about accounts.
    Users(UserOp),
}

impl Request {
    /// The request in a line, without its end.
    ///
    /// # Errors
    /// In words, if there is none.
    pub fn parse(line: &str) -> Result<Self, &'static str> {
        let (verb, rest) = split(line);
        match (verb, rest) {
            ("status", "") => Ok(Self::Status),
            ("reload", "") => Ok(Self::Reload),
            ("drain", "") => Ok(Self::Drain),
            ("lift", account) if !account.is_empty() && !account.contains(' ') => {
                Ok(Self::Lift(account.into()))
            }
            ("lift", _) => Err("lift takes 'ACCOUNT'"),
            ("record", "off") => Ok(Self::RecordOff),
            ("record", rest) => match split(rest) {
                ("on", path) if !path.is_empty() => Ok(Self::RecordOn(path.into())),
                _ => Err("record takes 'on PATH' or 'off'"),
            },
            ("user", rest) => user(rest).map(Self::Users),
            _ => Err("there is no such request"),
        }
    }

    /// The line that asks for it, with its end. [`Request::parse`] reads it.
    ///
    /// # Errors
    /// If a name, a path or a password cannot stand in one line.
    pub fn line(&self) -> Result<Secret, &'static str> {
        let text = match self {
            Self::Status => "status".into(),
            Self::Reload => "reload".into(),
            Self::Drain => "drain".into(),
            Self::Lift(account) => format!("lift {account}"),
            Self::RecordOff => "record off".into(),
            Self::RecordOn(path) => {
                let path = path.to_str().ok_or("the path is not UTF-8")?;
                format!("record on {path}")
            }
            Self::Users(UserOp::List { after }) => format!("user list {after}"),
            Self::Users(UserOp::Remove { name }) => format!("user remove {name}"),
            Self::Users(UserOp::Add { name, password }) => {
                format!("user add {name} {}", password.reveal())
            }
            Self::Users(UserOp::SetPassword { name, password }) => {
                format!("user passwd {name} {}", password.reveal())
            }
        };
        let mut text = Secret::new(text);
        if text.reveal().contains(['\n', '\r']) {
            return Err("there is a line break in it");
        }
        if text.reveal().len() >= LINE_MAX {
            return Err("it is too long");
        }
        text = Secret::new(format!("{}\n", text.reveal()));
        Ok(text)
    }
}

fn user(rest: &str) -> Result<UserOp, &'static str> {
    let (verb, rest) = split(rest);
    let (name, last) = split(rest);
    match (verb, name, last) {
        ("list", after, "") => Ok(UserOp::List {
            after: after.into(),
        }),
        ("remove", name, "") if !name.is_empty() => Ok(UserOp::Remove { name: name.into() }),
        ("add", name, password) if !name.is_empty() => Ok(UserOp::Add {
            name: name.into(),
            password: Secret::from(password),
        }),
        ("passwd", name, password) if !name.is_empty() => Ok(UserOp::SetPassword {
            name: name.into(),
            password: Secret::from(password),
        }),
        _ => Err("user takes 'list', 'remove NAME', 'add NAME PASSWORD' or 'passwd NAME PASSWORD'"),
    }
}

/// The first word, and all behind the blank after it.
fn split(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// An answer, as its first line says.
#[derive(PartialEq, Eq, Debug)]
pub enum Answer<'a> {
    /// It is done; the text is for people, or a list.
    Ok(&'a str),
    /// It is a list, and goes on behind the name in front.
    More(&'a str, &'a str),
    /// It is not done, for this reason.
    Error(&'a str),
}

impl<'a> Answer<'a> {
    /// The answer in all that came; `None` if the connection ended before its first line did.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (first, rest) = text.split_once('\n')?;
        match split(first) {
            ("ok", "") => Some(Self::Ok(rest)),
            ("more", after) => Some(Self::More(after, rest)),
            ("error", why) => Some(Self::Error(why)),
            _ => None,
        }
    }
}

/// The text of an answer about accounts.
pub(crate) fn users(result: &Result<UserPage, UserError>) -> String {
    match result {
        Err(error) => format!("error {}\n", error.explain()),
        Ok(page) => {
            let mut text = match &page.next {
                Some(next) => format!("more {next}\n"),
                None => "ok\n".into(),
            };
            for name in &page.names {
                text.push_str(name);
                text.push('\n');
            }
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(name: &str, password: &str) -> Request {
        Request::Users(UserOp::Add {
            name: name.into(),
            password: Secret::from(password),
        })
    }

    #[test]
    fn every_request_comes_back_from_its_line() {
        let password = Secret::from(" two  words ");
        let name = || "bob".into();
        for request in [
            Request::Status,
            Request::Reload,
            Request::Drain,
            Request::Lift("bob".into()),
            Request::RecordOff,
            Request::RecordOn("/a folder/file name".into()),
            add("bob", "pass word"),
            Request::Users(UserOp::SetPassword {
                name: name(),
                password,
            }),
            Request::Users(UserOp::Remove { name: name() }),
            Request::Users(UserOp::List { after: name() }),
            Request::Users(UserOp::List {
                after: String::new(),
            }),
        ] {
            let line = request.line().unwrap();
            let text = line.reveal().strip_suffix('\n').unwrap();
            assert_eq!(Request::parse(text), Ok(request));
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for line in [
            "",
            "statuss",
            "status now",
            "lift",
            "lift ",
            "lift a b",
            "record",
            "record on",
            "record on ",
            "user",
            "user add",
            "user remove",
            "user remove a b",
            "user list a b",
        ] {
            assert!(Request::parse(line).is_err(), "{line}");
        }
        let long = "x".repeat(LINE_MAX);
        for request in [
            add("bob", "a\nb"),
            add("bob", &long),
            Request::RecordOn("a\nb".into()),
        ] {
            assert!(request.line().is_err());
        }
    }

    #[test]
    fn an_answer_says_in_its_first_line_what_it_is() {
        for (text, answer) in [
            ("ok\n", Some(Answer::Ok(""))),
            ("ok\na\nb\n", Some(Answer::Ok("a\nb\n"))),
            ("more b\na\nb\n", Some(Answer::More("b", "a\nb\n"))),
            ("error not here\n", Some(Answer::Error("not here"))),
            ("ok", None),
            ("what\n", None),
            ("", None),
        ] {
            assert_eq!(Answer::parse(text), answer, "{text:?}");
        }
    }

    #[test]
    fn a_page_of_accounts_says_whether_there_are_more() {
        let page = |next: Option<&str>| UserPage {
            names: vec!["a".into(), "b".into()],
            next: next.map(Into::into),
        };
        assert_eq!(users(&Ok(page(None))), "ok\na\nb\n");
        assert_eq!(users(&Ok(page(Some("b")))), "more b\na\nb\n");
        let error = UserError::Exists;
        assert_eq!(users(&Err(error)), format!("error {}\n", error.explain()));
    }
}
