//! The protocol as tables: a line and what it comes to.
//! Never looks behind the public functions.

mod both_ways;
mod catalogue;
mod chats;
mod identifiers;
mod others;
mod properties;
mod replies;
mod samples;
mod session;
mod spelling;
mod users;

use alloc::format;
use alloc::string::String;

use super::{Reply, parse, standing_answer};

/// A line comes to this: its standing answer, an error by its code, any other command as `Debug` shows it; in front
/// stands the tag.
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

/// A line is confirmed so.
#[track_caller]
fn check_confirmed(line: &str, expect: &str) {
    let command = parse(line).body;
    let confirmed = command.map(|command| self::line(7, &command.echo()));
    assert_eq!(confirmed.as_deref(), Ok(expect), "{line:?}");
}

/// These lines are confirmed by themselves.
#[track_caller]
fn check_echo(lines: &[&str]) {
    for line in lines {
        check_confirmed(line, line);
    }
}

fn outcome(line: &str) -> String {
    let asked = parse(line);
    let body = match asked.body {
        Ok(command) => match standing_answer(&command) {
            Some(Reply::Error(error)) => format!("ERROR {}", error.code),
            Some(answer) => self::line(7, &answer),
            None => format!("{command:?}"),
        },
        Err(error) => format!("ERROR {}", error.code),
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
