//! Voicemail: what a client can say about it.
//! Never keeps any: there is none, which the answers say by their numbers.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Voicemail, SMS, files".

use core::fmt;

use super::alter_call::SoundDevice;
use super::command::Command;
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::{Behind, Cursor};
use super::value::Id;
use super::verbs::Parsed;
use super::words::Source::Served;
use super::words::{properties, words};

properties! {
    /// What can be asked about a voicemail.
    VoicemailProperty {
        /// Whether it came in, went out, or is a greeting.
        Type = "TYPE", 5, Text, Served("UNKNOWN");
        /// The handle of the other side.
        PartnerHandle = "PARTNER_HANDLE", 5, Text, Served("");
        /// The name of the other side.
        PartnerDispname = "PARTNER_DISPNAME", 5, Text, Served("");
        /// How far it is.
        Status = "STATUS", 5, Text, Served("UNKNOWN");
        /// Why it came to nothing.
        FailureReason = "FAILUREREASON", 5, Text, Served("UNKNOWN");
        /// Text.
        Subject = "SUBJECT", 5, Text, Served("");
        /// When it was spoken, in seconds of Unix time.
        Timestamp = "TIMESTAMP", 5, Number, Served("0");
        /// Seconds.
        Duration = "DURATION", 5, Number, Served("0");
        /// Seconds.
        AllowedDuration = "ALLOWED_DURATION", 5, Number, Served("0");
        /// Where the own sound comes from.
        Input = "INPUT", 6, Text, Served("");
        /// Where its sound goes.
        Output = "OUTPUT", 6, Text, Served("");
        /// Where the own sound goes as well.
        CaptureMic = "CAPTURE_MIC", 6, Text, Served("");
    }
}

words! {
    /// By which verb a voicemail is left.
    VoicemailVerb {
        /// Up to protocol 5.
        Voicemail = "VOICEMAIL",
        /// From protocol 6 on.
        CallVoicemail = "CALLVOICEMAIL",
    }
}

words! {
    /// What `ALTER VOICEMAIL` asks for without an argument.
    VoicemailStep {
        /// Play it.
        StartPlayback = "STARTPLAYBACK",
        /// Play it no more.
        StopPlayback = "STOPPLAYBACK",
        /// Send it.
        Upload = "UPLOAD",
        /// Fetch it.
        Download = "DOWNLOAD",
        /// Begin to speak it.
        StartRecording = "STARTRECORDING",
        /// It is spoken.
        StopRecording = "STOPRECORDING",
        /// Take it away.
        Delete = "DELETE",
        /// Play it to the other side of a call.
        StartPlaybackInCall = "STARTPLAYBACKINCALL",
        /// Show it as new again.
        SetUnplayed = "SETUNPLAYED",
    }
}

/// What `ALTER VOICEMAIL` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VoicemailAction<'a> {
    /// What takes no argument.
    Step(VoicemailStep),
    /// Send its sound elsewhere.
    SetDevice {
        /// Which sound.
        device: SoundDevice,
        /// Where to, as the client wrote it; may be empty, and begins with no space.
        target: &'a str,
    },
}

impl fmt::Display for VoicemailAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(step) => write!(f, "{step}"),
            Self::SetDevice { device, target } => write!(f, "{device}{}", Behind(target)),
        }
    }
}

/// A command about voicemail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Voicemail<'a> {
    /// Leave one for somebody.
    Leave {
        /// By which verb.
        verb: VoicemailVerb,
        /// For whom; a telephone number is possible.
        to: &'a str,
    },
    /// A property.
    Get {
        /// Of which.
        voicemail: Id<'a>,
        /// Which property.
        property: VoicemailProperty,
    },
    /// Something to be done to one.
    Alter {
        /// To which.
        voicemail: Id<'a>,
        /// What.
        action: VoicemailAction<'a>,
    },
}

impl Voicemail<'_> {
    /// Why it cannot be.
    #[must_use]
    pub const fn refusal(self) -> ErrorReply {
        match self {
            Self::Leave { .. } => ErrorReply::NO_VOICEMAIL,
            Self::Get { .. } => ErrorReply::VOICEMAIL_OBJECT,
            Self::Alter { .. } => ErrorReply::ALTER_VOICEMAIL_ID,
        }
    }
}

impl fmt::Display for Voicemail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Leave { verb, to } => write!(f, "{verb} {to}"),
            Self::Get {
                voicemail,
                property,
            } => write!(f, "GET VOICEMAIL {voicemail} {property}"),
            Self::Alter { voicemail, action } => write!(f, "ALTER VOICEMAIL {voicemail} {action}"),
        }
    }
}

/// `VOICEMAIL <handle>` and `CALLVOICEMAIL <handle>`.
pub(super) fn leave(verb: VoicemailVerb, line: Cursor<'_>) -> Parsed<'_> {
    let to = line.trimmed();
    if !is_contact(to) {
        return Err(ErrorReply::NO_VOICEMAIL);
    }
    Ok(Command::Voicemail(Voicemail::Leave { verb, to }))
}

/// `GET VOICEMAIL <number> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let unknown = ErrorReply::VOICEMAIL_OBJECT;
    let id = line.word();
    if !id.is_empty() && line.is_done() {
        return Err(ErrorReply::VOICEMAIL_NO_PROPERTY);
    }
    let voicemail = Id::parse(id, unknown, unknown)?;
    let property = VoicemailProperty::from_name(line.word()).ok_or(unknown)?;
    Ok(Command::Voicemail(Voicemail::Get {
        voicemail,
        property,
    }))
}

/// `ALTER VOICEMAIL <number> <action> ...`.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    let unknown = ErrorReply::ALTER_VOICEMAIL_ID;
    let id = line.word();
    if id.is_empty() {
        return Err(ErrorReply::VOICEMAIL_NO_ID);
    }
    let voicemail = Id::parse(id, unknown, unknown)?;
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::VOICEMAIL_NO_ACTION);
    }
    let action = if let Some(step) = VoicemailStep::from_name(word) {
        VoicemailAction::Step(step)
    } else if let Some(device) = SoundDevice::from_name(word) {
        let target = line.argument();
        VoicemailAction::SetDevice { device, target }
    } else {
        return Err(ErrorReply::VOICEMAIL_BAD_ACTION);
    };
    Ok(Command::Voicemail(Voicemail::Alter { voicemail, action }))
}
