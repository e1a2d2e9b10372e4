//! The parameters of the program at large: devices, sounds, windows, the own picture.
//! Never keeps one: it knows what each takes and what each is before anybody sets it.
//!
//! The parameters are listed in `core/docs/skype-api.md`, "Parameters".

use core::fmt;

use super::command::Command;
use super::constant::{Constant, get_privilege};
use super::error::ErrorReply;
use super::lex::{Cursor, is_number, lookup};
use super::status::Status;
use super::verbs::{Parsed, Parser};
use super::words::words;

words! {
    /// A parameter that is kept for the clients, though nothing here goes by it.
    Parameter {
        /// A switch: does the status change to away by itself?
        AutoAway = "AUTOAWAY",
        /// A switch: are windows kept from popping up?
        SilentMode = "SILENT_MODE",
        /// A switch: does the machine beep?
        PcSpeaker = "PCSPEAKER",
        /// A switch: is echo taken out of calls?
        Aec = "AEC",
        /// A switch: is the loudness of calls evened out?
        Agc = "AGC",
        /// A microphone.
        AudioIn = "AUDIO_IN",
        /// Loudspeakers.
        AudioOut = "AUDIO_OUT",
        /// What rings.
        Ringer = "RINGER",
        /// A camera.
        VideoIn = "VIDEO_IN",
        /// The code of a language.
        UiLanguage = "UI_LANGUAGE",
        /// The path of a picture, or nothing.
        Wallpaper = "WALLPAPER",
        /// `NORMAL`, `MINIMIZED`, `MAXIMIZED` or `HIDDEN`.
        WindowState = "WINDOWSTATE",
        /// The path of a sound; said as `RINGTONE 1`, like the next.
        Ringtone = "RINGTONE 1",
        /// A switch: does it ring?
        RingtoneStatus = "RINGTONE 1 STATUS",
    }
}

impl Parameter {
    /// The value before anybody has set one; may be empty.
    #[must_use]
    pub const fn default_value(self) -> &'static str {
        match self {
            Self::AutoAway | Self::SilentMode => "OFF",
            Self::PcSpeaker | Self::Aec | Self::Agc | Self::RingtoneStatus => "ON",
            Self::AudioIn | Self::AudioOut | Self::Ringer | Self::VideoIn | Self::Wallpaper => "",
            Self::UiLanguage => "en",
            Self::WindowState => "NORMAL",
            Self::Ringtone => "call_in",
        }
    }

    /// True if all clients are told of another value.
    #[must_use]
    pub const fn is_notified(self) -> bool {
        match self {
            Self::AutoAway
            | Self::SilentMode
            | Self::AudioIn
            | Self::AudioOut
            | Self::Ringer
            | Self::UiLanguage
            | Self::Wallpaper
            | Self::WindowState => true,
            Self::PcSpeaker
            | Self::Aec
            | Self::Agc
            | Self::VideoIn
            | Self::Ringtone
            | Self::RingtoneStatus => false,
        }
    }

    /// The name in a reply, which does not tell the two about the ringtone apart.
    pub(super) const fn reply_name(self) -> &'static str {
        match self {
            Self::RingtoneStatus => Self::Ringtone.name(),
            Self::AutoAway
            | Self::SilentMode
            | Self::PcSpeaker
            | Self::Aec
            | Self::Agc
            | Self::AudioIn
            | Self::AudioOut
            | Self::Ringer
            | Self::VideoIn
            | Self::UiLanguage
            | Self::Wallpaper
            | Self::WindowState
            | Self::Ringtone => self.name(),
        }
    }

    /// The words it takes, and what anything else comes to; `None` if it takes any text.
    const fn words(self) -> Option<(&'static [&'static str], ErrorReply)> {
        match self {
            Self::AutoAway => Some((SWITCH, ErrorReply::BAD_AUTOAWAY)),
            Self::Aec => Some((SWITCH, ErrorReply::BAD_AEC)),
            Self::Agc => Some((SWITCH, ErrorReply::BAD_AGC)),
            Self::SilentMode | Self::PcSpeaker | Self::RingtoneStatus => {
                Some((SWITCH, ErrorReply::BAD_PARAMETER))
            }
            Self::WindowState => Some((WINDOW_STATES, ErrorReply::BAD_PARAMETER)),
            Self::AudioIn
            | Self::AudioOut
            | Self::Ringer
            | Self::VideoIn
            | Self::UiLanguage
            | Self::Wallpaper
            | Self::Ringtone => None,
        }
    }

    /// A value for it.
    fn read(self, line: Cursor<'_>) -> Result<&str, ErrorReply> {
        let Some((words, error)) = self.words() else {
            return Ok(line.text());
        };
        match keyword(words, line.trimmed()) {
            Some(word) => Ok(word),
            // Clients send it without waiting: even nonsense must not be an error.
            None if self == Self::SilentMode => Ok("OFF"),
            None => Err(error),
        }
    }
}

const SWITCH: &[&str] = &["ON", "OFF"];
const WINDOW_STATES: &[&str] = &["NORMAL", "MINIMIZED", "MAXIMIZED", "HIDDEN"];

/// What can be asked with something behind it.
const QUESTIONS: &[(&str, Parser)] = &[
    ("PRIVILEGE", get_privilege),
    ("AVATAR", get_avatar),
    ("RINGTONE", get_ringtone),
    ("AEC", |line| {
        alone(line, Parameter::Aec, ErrorReply::GET_AEC_TARGET)
    }),
    ("AGC", |line| {
        alone(line, Parameter::Agc, ErrorReply::GET_AGC_TARGET)
    }),
];

/// What can be set with something before the value, or without effect.
const SETTINGS: &[(&str, Parser)] = &[
    ("AVATAR", set_avatar),
    ("RINGTONE", set_ringtone),
    ("MUTE", set_mute),
];

/// `GET <parameter>`, for those that are no objects.
pub(super) fn get<'a>(word: &str, line: Cursor<'a>) -> Parsed<'a> {
    if let Some(question) = lookup(QUESTIONS, word) {
        return question(line);
    }
    if let Some(constant) = Constant::from_name(word) {
        return Ok(Command::GetConstant(constant));
    }
    let parameter = Parameter::from_name(word).ok_or(ErrorReply::GET_UNKNOWN)?;
    Ok(Command::GetParameter(parameter))
}

/// `SET <parameter> <value>`, for those that are no objects.
pub(super) fn set<'a>(word: &str, line: Cursor<'a>) -> Parsed<'a> {
    if let Some(setting) = lookup(SETTINGS, word) {
        return setting(line);
    }
    let parameter = Parameter::from_name(word).ok_or(ErrorReply::SET_UNKNOWN)?;
    let value = parameter.read(line)?;
    Ok(Command::SetParameter { parameter, value })
}

/// The word for the own status.
pub(super) fn status(line: Cursor<'_>) -> Result<Status, ErrorReply> {
    Status::from_name(line.trimmed()).ok_or(ErrorReply::BAD_STATUS)
}

/// The word of `words` that `word` is in any case.
fn keyword(words: &'static [&'static str], word: &str) -> Option<&'static str> {
    let mut words = words.iter().copied();
    words.find(|name| name.eq_ignore_ascii_case(word))
}

fn alone(line: Cursor<'_>, parameter: Parameter, error: ErrorReply) -> Parsed<'_> {
    if line.is_done() {
        Ok(Command::GetParameter(parameter))
    } else {
        Err(error)
    }
}

/// `SET MUTE <switch>`.
fn set_mute(line: Cursor<'_>) -> Parsed<'_> {
    let word = keyword(SWITCH, line.trimmed()).ok_or(ErrorReply::BAD_PARAMETER)?;
    Ok(Command::SetMute(word == "ON"))
}

/// `GET AVATAR 1 <file>`.
fn get_avatar(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_AVATAR);
    }
    let file = line.text();
    Ok(Command::GetAvatar { file })
}

/// `SET AVATAR 1 <file>[:<index>]`: the index of a picture within the file is left out.
fn set_avatar(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_AVATAR);
    }
    let text = line.text();
    let file = without_index(text).unwrap_or(text);
    Ok(Command::SetAvatar { file })
}

/// A path without the index of a picture behind it, if there is one.
fn without_index(text: &str) -> Option<&str> {
    let (file, index) = text.rsplit_once(':')?;
    is_number(index).then_some(file)
}

/// A path as it is written in a command: with an index behind it if it ends like one.
pub(super) struct AvatarFile<'a>(pub(super) &'a str);

impl fmt::Display for AvatarFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let index = without_index(self.0).map_or("", |_| ":1");
        write!(f, "{}{index}", self.0)
    }
}

/// `GET RINGTONE 1 [STATUS]`.
fn get_ringtone(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_RINGTONE);
    }
    let status = line.trimmed().eq_ignore_ascii_case("STATUS");
    Ok(Command::GetParameter(if status {
        Parameter::RingtoneStatus
    } else {
        Parameter::Ringtone
    }))
}

/// `SET RINGTONE 1 <file>` or `SET RINGTONE 1 STATUS <switch>`.
fn set_ringtone(mut line: Cursor<'_>) -> Parsed<'_> {
    if line.word() != "1" {
        return Err(ErrorReply::BAD_RINGTONE);
    }
    let mut behind = line;
    let is_status = behind.word().eq_ignore_ascii_case("STATUS");
    let (parameter, line) = if is_status {
        (Parameter::RingtoneStatus, behind)
    } else {
        (Parameter::Ringtone, line)
    };
    let value = parameter.read(line)?;
    Ok(Command::SetParameter { parameter, value })
}
