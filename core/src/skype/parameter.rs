//! The parameters of the program at large: devices, sounds, windows, what the user may do.
//! Never keeps one: what is set is answered as if it had been, what is asked has one answer.
//!
//! The parameters are listed in `core/docs/skype-api.md`, "Parameters".

use super::command::{Command, Parsed, Parser};
use super::error::ErrorReply;
use super::lex::{Cursor, is_number, keyword, lookup};
use super::status::Status;

/// What can be asked, with the answer.
const CONSTANTS: &[(&str, &str)] = &[
    ("SKYPEVERSION", "SKYPEVERSION 3.8.0.188"),
    ("AUTOAWAY", "AUTOAWAY OFF"),
    ("SILENT_MODE", "SILENT_MODE OFF"),
    ("MUTE", "MUTE OFF"),
    ("AUDIO_IN", "AUDIO_IN "),
    ("AUDIO_OUT", "AUDIO_OUT "),
    ("RINGER", "RINGER "),
    ("VIDEO_IN", "VIDEO_IN "),
    ("PCSPEAKER", "PCSPEAKER ON"),
    ("UI_LANGUAGE", "UI_LANGUAGE en"),
    ("WALLPAPER", "WALLPAPER "),
    ("WINDOWSTATE", "WINDOWSTATE NORMAL"),
    ("CONTACTS_FOCUSED", "CONTACTS FOCUSED "),
    ("PREDICTIVE_DIALER_COUNTRY", "PREDICTIVE_DIALER_COUNTRY us"),
];

/// What can be asked with something behind it.
const QUESTIONS: &[(&str, Parser)] = &[
    ("PRIVILEGE", get_privilege),
    ("AVATAR", get_avatar),
    ("RINGTONE", get_ringtone),
    ("AEC", |line| {
        alone(line, "AEC ON", ErrorReply::GET_AEC_TARGET)
    }),
    ("AGC", |line| {
        alone(line, "AGC ON", ErrorReply::GET_AGC_TARGET)
    }),
];

/// What a parameter takes.
#[derive(Clone, Copy)]
enum Domain {
    /// Free text.
    Text,
    /// One of these words, or this error.
    Words(&'static [&'static str], ErrorReply),
    /// Words like those, but the value stays what it is.
    Stuck(&'static [&'static str], ErrorReply, &'static str),
}

const SWITCH: &[&str] = &["ON", "OFF"];
const WINDOWS: &[&str] = &["NORMAL", "MINIMIZED", "MAXIMIZED", "HIDDEN"];

/// What can be set.
const SETTINGS: &[(&str, Domain)] = &[
    ("AUTOAWAY", Domain::Words(SWITCH, ErrorReply::BAD_AUTOAWAY)),
    (
        "MUTE",
        Domain::Stuck(SWITCH, ErrorReply::BAD_PARAMETER, "MUTE OFF"),
    ),
    (
        "PCSPEAKER",
        Domain::Words(SWITCH, ErrorReply::BAD_PARAMETER),
    ),
    ("AEC", Domain::Words(SWITCH, ErrorReply::BAD_AEC)),
    ("AGC", Domain::Words(SWITCH, ErrorReply::BAD_AGC)),
    (
        "WINDOWSTATE",
        Domain::Words(WINDOWS, ErrorReply::BAD_PARAMETER),
    ),
    ("AUDIO_IN", Domain::Text),
    ("AUDIO_OUT", Domain::Text),
    ("RINGER", Domain::Text),
    ("VIDEO_IN", Domain::Text),
    ("UI_LANGUAGE", Domain::Text),
    ("WALLPAPER", Domain::Text),
];

/// What can be set with something before the value, or by rules of its own.
const PECULIAR: &[(&str, Parser)] = &[
    ("SILENT_MODE", set_silent_mode),
    ("AVATAR", set_avatar),
    ("RINGTONE", set_ringtone),
];

/// `GET <parameter>`, for those that are no objects.
pub(super) fn get<'a>(word: &str, line: Cursor<'a>) -> Parsed<'a> {
    if let Some((_, question)) = lookup(QUESTIONS, word) {
        return question(line);
    }
    let (_, answer) = lookup(CONSTANTS, word).ok_or(ErrorReply::GET_UNKNOWN)?;
    Ok(Command::Fixed(answer.into()))
}

/// `SET <parameter> <value>`, for those that are no objects.
pub(super) fn set<'a>(word: &str, line: Cursor<'a>) -> Parsed<'a> {
    if let Some((_, setting)) = lookup(PECULIAR, word) {
        return setting(line);
    }
    let (name, domain) = lookup(SETTINGS, word).ok_or(ErrorReply::SET_UNKNOWN)?;
    let value = match domain {
        Domain::Text => line.text(),
        Domain::Words(words, error) => keyword(words, line.trimmed()).ok_or(error)?,
        Domain::Stuck(words, error, answer) => {
            keyword(words, line.trimmed()).ok_or(error)?;
            return Ok(Command::Fixed(answer.into()));
        }
    };
    Ok(Command::Fixed([name, value].join(" ").into()))
}

/// The word for the own status.
pub(super) fn status(line: Cursor<'_>) -> Result<Status, ErrorReply> {
    Status::from_name(line.trimmed()).ok_or(ErrorReply::BAD_STATUS)
}

fn alone<'a>(line: Cursor<'a>, answer: &'static str, error: ErrorReply) -> Parsed<'a> {
    if line.is_done() {
        Ok(Command::Fixed(answer.into()))
    } else {
        Err(error)
    }
}

/// `GET PRIVILEGE <name>`: the user has none.
fn get_privilege(line: Cursor<'_>) -> Parsed<'_> {
    const PRIVILEGES: &[(&str, &str)] = &[
        ("SKYPEOUT", "PRIVILEGE SKYPEOUT FALSE"),
        ("SKYPEIN", "PRIVILEGE SKYPEIN FALSE"),
        ("VOICEMAIL", "PRIVILEGE VOICEMAIL FALSE"),
    ];
    let (_, answer) = lookup(PRIVILEGES, line.trimmed()).ok_or(ErrorReply::PRIVILEGE)?;
    Ok(Command::Fixed(answer.into()))
}

/// `SET SILENT_MODE <switch>`. Clients send it without waiting: even nonsense must not be an error.
fn set_silent_mode(line: Cursor<'_>) -> Parsed<'_> {
    let on = line.trimmed().eq_ignore_ascii_case("ON");
    let answer = if on {
        "SILENT_MODE ON"
    } else {
        "SILENT_MODE OFF"
    };
    Ok(Command::Fixed(answer.into()))
}

/// `GET AVATAR 1 <file>`: the own picture cannot be written to a file.
fn get_avatar(mut line: Cursor<'_>) -> Parsed<'_> {
    Err(match line.word() {
        "1" => ErrorReply::NO_AVATAR,
        _ => ErrorReply::BAD_AVATAR,
    })
}

/// `SET AVATAR 1 <file>[:<index>]`: the reply leaves the index out.
fn set_avatar(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_AVATAR);
    }
    let file = match line.text().rsplit_once(':') {
        Some((file, index)) if is_number(index) => file,
        Some(_) | None => line.text(),
    };
    Ok(Command::Fixed(["AVATAR 1", file].join(" ").into()))
}

/// `GET RINGTONE 1 [STATUS]`.
fn get_ringtone(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_RINGTONE);
    }
    let status = line.trimmed().eq_ignore_ascii_case("STATUS");
    let answer = if status {
        "RINGTONE 1 ON"
    } else {
        "RINGTONE 1 call_in"
    };
    Ok(Command::Fixed(answer.into()))
}

/// `SET RINGTONE 1 <file>` or `SET RINGTONE 1 STATUS <switch>`.
fn set_ringtone(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_RINGTONE);
    }
    let mut behind = line;
    let value = if behind.word().eq_ignore_ascii_case("STATUS") {
        keyword(SWITCH, behind.trimmed()).ok_or(ErrorReply::BAD_PARAMETER)?
    } else {
        line.text()
    };
    Ok(Command::Fixed(["RINGTONE 1", value].join(" ").into()))
}
