//! The parameters that nobody can change, with their values.
//! Never keeps anything.
//!
//! The parameters are listed in `core/docs/skype-api.md`, "Parameters".

use super::command::Command;
use super::error::ErrorReply;
use super::lex::{Cursor, lookup};
use super::verbs::Parsed;
use super::words::words;

words! {
    /// A parameter that is the same always.
    Constant {
        /// The program's version; from 5 on a client starts to poll.
        SkypeVersion = "SKYPEVERSION",
        /// Whether the microphone is off: there is none.
        Mute = "MUTE",
        /// Which contacts the user points at: there is no window to do it in.
        ContactsFocused = "CONTACTS_FOCUSED",
        /// The country that telephone numbers are guessed to be in.
        DialerCountry = "PREDICTIVE_DIALER_COUNTRY",
        /// Whether telephones can be called.
        PrivilegeSkypeOut = "PRIVILEGE SKYPEOUT",
        /// Whether telephones can call.
        PrivilegeSkypeIn = "PRIVILEGE SKYPEIN",
        /// Whether there is voicemail.
        PrivilegeVoicemail = "PRIVILEGE VOICEMAIL",
    }
}

impl Constant {
    /// The value; may be empty.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::SkypeVersion => "3.8.0.188",
            Self::Mute => "OFF",
            Self::ContactsFocused => "",
            Self::DialerCountry => "us",
            Self::PrivilegeSkypeOut | Self::PrivilegeSkypeIn | Self::PrivilegeVoicemail => "FALSE",
        }
    }

    /// The name in a reply: one of them is spelt otherwise than in the question.
    pub(super) const fn reply_name(self) -> &'static str {
        match self {
            Self::ContactsFocused => "CONTACTS FOCUSED",
            Self::SkypeVersion
            | Self::Mute
            | Self::DialerCountry
            | Self::PrivilegeSkypeOut
            | Self::PrivilegeSkypeIn
            | Self::PrivilegeVoicemail => self.name(),
        }
    }
}

/// `GET PRIVILEGE <name>`.
pub(super) fn get_privilege(line: Cursor<'_>) -> Parsed<'_> {
    const PRIVILEGES: &[(&str, Constant)] = &[
        ("SKYPEOUT", Constant::PrivilegeSkypeOut),
        ("SKYPEIN", Constant::PrivilegeSkypeIn),
        ("VOICEMAIL", Constant::PrivilegeVoicemail),
    ];
    let constant = lookup(PRIVILEGES, line.trimmed()).ok_or(ErrorReply::PRIVILEGE)?;
    Ok(Command::GetConstant(constant))
}
