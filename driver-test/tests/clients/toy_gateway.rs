//! A gateway that answers everything as a client wants it, but for what a test spoils.
//! Never part of what is shipped: it shows that the client programs notice.

use std::collections::BTreeMap;

use imo2sproxy_core::buf::RecvBuf;
use imo2sproxy_core::config::{Limits, WireKind};
use imo2sproxy_core::io::{ConnId, Input, Machine, Output, Outputs};
use imo2sproxy_core::time::{Instant, Now};
use imo2sproxy_core::wire::{FromClient, ToClient, Wire};

/// The only contact there is.
const FRIEND: &str = "bob";
/// The chat with it.
const CHAT: &str = "#alice/$bob;0123456789abcdef";

/// The gateway.
pub(crate) struct ToyGateway {
    wires: BTreeMap<ConnId, (Box<dyn Wire + Send>, RecvBuf)>,
    /// What begins so is answered with these lines; `#` at their beginning stands for the tag, `~` for a `#`.
    spoilt: Vec<(&'static str, &'static [&'static str])>,
    silent: bool,
}

impl ToyGateway {
    /// A gateway with these answers in place of its own.
    pub(crate) fn new(spoilt: &[(&'static str, &'static [&'static str])]) -> Self {
        Self {
            wires: BTreeMap::new(),
            spoilt: spoilt.to_vec(),
            silent: false,
        }
    }

    /// Lets it say nothing at all.
    pub(crate) fn silent(self) -> Self {
        let silent = true;
        Self { silent, ..self }
    }

    fn answer(&self, line: &str) -> Vec<String> {
        let (tag, command) = match line.strip_prefix('#').and_then(|rest| rest.split_once(' ')) {
            Some((tag, command)) => (format!("#{tag} "), command),
            None => (String::new(), line),
        };
        let spoilt = self
            .spoilt
            .iter()
            .find(|(start, _)| command.starts_with(start));
        if let Some((_, lines)) = spoilt {
            let tagged = |line: &&str| match (line.strip_prefix('#'), line.strip_prefix('~')) {
                (Some(rest), _) => format!("{tag}{rest}"),
                (None, Some(rest)) => format!("#{rest}"),
                (None, None) => (*line).to_owned(),
            };
            return lines.iter().map(tagged).collect();
        }
        let words: Vec<&str> = command.splitn(4, ' ').collect();
        let mut lines = vec![format!("{tag}{}", reply(&words, command))];
        match words.as_slice() {
            ["PROTOCOL", ..] => lines.push("CONNSTATUS ONLINE".into()),
            ["SET", "USERSTATUS", word] => {
                lines.push(format!("USERSTATUS {word}"));
                lines.push("CONNSTATUS ONLINE".into());
            }
            ["MESSAGE" | "CHATMESSAGE", ..] => {
                lines.push("CHATMESSAGE 10000009 STATUS SENT".into())
            }
            _ => {}
        }
        lines
    }

    fn listen(&mut self, conn: ConnId, bytes: &[u8], out: &mut Outputs) {
        let (mut wire, mut rx) = self.wires.remove(&conn).expect("it was accepted");
        rx.push(bytes);
        let mut tx = Vec::new();
        while let Some(heard) = wire
            .decode(&mut rx, &mut tx)
            .expect("clients keep the framing")
        {
            match heard {
                FromClient::Login { .. } => wire.encode(ToClient::LoginResult(true), &mut tx),
                FromClient::Line(line) => {
                    for answer in self.answer(&line) {
                        wire.encode(ToClient::Line(&answer), &mut tx);
                    }
                }
                FromClient::Ready | FromClient::FileTaken(_) | FromClient::Quit => {}
            }
        }
        self.wires.insert(conn, (wire, rx));
        if !tx.is_empty() && !self.silent {
            out.push(Output::Send { conn, bytes: tx });
        }
    }
}

/// What a gateway should say.
fn reply(words: &[&str], command: &str) -> String {
    match words {
        ["NAME", ..] => "OK".into(),
        ["PING"] => "PONG".into(),
        ["FILE"] => "ERROR 2 unknown command".into(),
        ["GET", "USERSTATUS"] => "USERSTATUS ONLINE".into(),
        ["GET", "CURRENTUSERHANDLE"] => "CURRENTUSERHANDLE alice".into(),
        ["GET", "SKYPEVERSION"] => "SKYPEVERSION 3.8.0.188".into(),
        ["GET", "AUTH_CONTACTS_PROFILES"] => "ERROR 7 invalid what".into(),
        ["GET", "PRIVILEGE", name] => format!("PRIVILEGE {name} FALSE"),
        ["GET", "PROFILE", name] => format!("PROFILE {name} "),
        ["GET", object, id, property] => {
            format!("{object} {id} {property} {}", value(object, property))
        }
        ["SEARCH", "FRIENDS" | "USERS", ..] => format!("USERS {FRIEND}"),
        ["SEARCH", "USERSWAITINGMYAUTHORIZATION"] => "USERS ".into(),
        ["SEARCH", "MISSEDCHATMESSAGES"] => "CHATMESSAGES 10000001".into(),
        ["SEARCH", "GROUPS", ..] => "GROUPS ".into(),
        ["SEARCH", ..] => "CHATS ".into(),
        [
            "SET",
            object @ ("USERSTATUS" | "SILENT_MODE" | "PROFILE"),
            rest @ ..,
        ] => {
            format!("{object} {}", rest.join(" "))
        }
        ["SET", "CHATMESSAGE", number, "SEEN"] => format!("CHATMESSAGE {number} STATUS READ"),
        ["SET", rest @ ..] => rest.join(" "),
        ["CHAT", "CREATE", ..] => format!("CHAT {CHAT} STATUS DIALOG"),
        ["MESSAGE" | "CHATMESSAGE", ..] => "CHATMESSAGE 10000009 STATUS SENDING".into(),
        _ => command.to_owned(),
    }
}

fn value<'a>(object: &str, property: &str) -> &'a str {
    match (object, property) {
        ("USER", "BUDDYSTATUS") => "3",
        ("USER", "ONLINESTATUS") => "ONLINE",
        ("USER", "ISAUTHORIZED") => "TRUE",
        ("USER", "ISBLOCKED") => "FALSE",
        ("USER", "TIMEZONE" | "LASTONLINETIMESTAMP" | "NROF_AUTHED_BUDDIES" | "BIRTHDAY") => "0",
        ("CHATMESSAGE", "FROM_HANDLE") => FRIEND,
        ("CHATMESSAGE", "TYPE") => "SAID",
        ("CHATMESSAGE", "BODY") => "hello",
        ("CHATMESSAGE", "CHATNAME") => CHAT,
        ("CHATMESSAGE", "STATUS") => "RECEIVED",
        ("CHATMESSAGE", "TIMESTAMP") => "1341999000",
        ("CHAT", "STATUS" | "TYPE") => "DIALOG",
        ("CHAT", "MEMBERS" | "ACTIVEMEMBERS") => "alice bob",
        ("CHAT", "FRIENDLYNAME") => FRIEND,
        _ => "",
    }
}

impl Machine for ToyGateway {
    fn handle(&mut self, _: Now, input: Input<'_>, out: &mut Outputs) {
        if let Input::Accepted { conn, .. } = input {
            let wire = WireKind::Auto.start(false, false, &Limits::default());
            self.wires.insert(conn, (wire, RecvBuf::new()));
        } else if let Input::Received { conn, bytes } = input {
            self.listen(conn, bytes, out);
        }
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }
}
