//! The protocol as tables: a line and what it comes to.
//! Never looks behind the public functions.

mod chats;
mod identifiers;
mod nodded_at;
mod properties;
mod replies;
mod session;
mod spelling;
mod users;

use alloc::format;
use alloc::string::String;

use super::{Command, Reply, parse};

/// A line comes to this: a ready reply as it is, an error by its code, any other command as `Debug` shows it;
/// in front stands the tag.
#[track_caller]
fn check(line: &str, expect: &str) {
    assert_eq!(outcome(line), expect, "{line:?}");
}

/// All these lines fail with this code.
#[track_caller]
fn check_error(code: u16, lines: &[&str]) {
    for line in lines {
        check(line, &format!("ERROR {code}"));
    }
}

/// These lines are answered by themselves.
#[track_caller]
fn check_echo(lines: &[&str]) {
    for line in lines {
        check(line, line);
    }
}

fn outcome(line: &str) -> String {
    let asked = parse(line);
    let body = match asked.body {
        Ok(Command::Fixed(line)) => line.into_owned(),
        Err(error) => format!("ERROR {}", error.code),
        Ok(command) => format!("{command:?}"),
    };
    match asked.tag {
        Some(tag) => format!("{tag} {body}"),
        None => body,
    }
}

/// A reply as a client of this protocol version sees it.
fn line(protocol: u8, reply: &Reply<'_>) -> String {
    let mut line = String::new();
    reply.write_line(protocol, None, &mut line);
    line
}
