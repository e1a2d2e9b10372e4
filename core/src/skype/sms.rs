//! Messages to telephones: what a client can say about them.
//! Never keeps or sends one: there is no way to, which the answers say by their numbers.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Voicemail, SMS, files".

use core::fmt;

use super::command::Command;
use super::error::ErrorReply;
use super::lex::{Behind, Cursor};
use super::reply::Reply;
use super::value::Id;
use super::verbs::Parsed;
use super::words::Source::Served;
use super::words::{properties, words};

properties! {
    /// What can be asked about a message to telephones.
    SmsProperty {
        /// The text.
        Body = "BODY", 6, Text, Served("");
        /// A word of [`SmsType`], or another one for what came in.
        Type = "TYPE", 6, Text, Served("UNKNOWN");
        /// How far it is.
        Status = "STATUS", 6, Text, Served("UNKNOWN");
        /// Why it came to nothing.
        FailureReason = "FAILUREREASON", 6, Text, Served("UNKNOWN");
        /// A flag: has it failed without the user knowing?
        IsFailedUnseen = "IS_FAILED_UNSEEN", 6, Flag, Served("FALSE");
        /// A flag: does the user know of it?
        Seen = "SEEN", 6, Flag, Served("TRUE");
        /// When it was written, in seconds of Unix time.
        Timestamp = "TIMESTAMP", 6, Number, Served("0");
        /// Money.
        Price = "PRICE", 6, Number, Served("0");
        /// How many digits of the money stand behind the point.
        PricePrecision = "PRICE_PRECISION", 6, Number, Served("0");
        /// What the money is.
        PriceCurrency = "PRICE_CURRENCY", 6, Text, Served("");
        /// A telephone number.
        ReplyTo = "REPLY_TO_NUMBER", 6, Text, Served("");
        /// Telephone numbers, a comma and a space between each two.
        Targets = "TARGET_NUMBERS", 6, Text, Served("");
        /// Telephone numbers with how far each is: `+372555=TARGET_ANALYZING`.
        TargetStatuses = "TARGET_STATUSES", 6, Text, Served("");
        /// In how many parts it goes out, and how many characters the last one has.
        Chunking = "CHUNKING", 6, Text, Served("");
        /// One of the parts, whose number stands behind it.
        Chunk = "CHUNK", 6, Text, Served("");
    }
}

words! {
    /// What kind of message goes to a telephone.
    SmsType {
        /// A text.
        Outgoing = "OUTGOING",
        /// To be sent a code that proves whose the number is.
        CodeRequest = "CONFIRMATION_CODE_REQUEST",
        /// That code.
        CodeSubmit = "CONFIRMATION_CODE_SUBMIT",
    }
}

words! {
    /// What can be set about a message to telephones.
    SmsSetting {
        /// The text.
        Body = "BODY",
        /// The number to answer to.
        ReplyTo = "REPLY_TO_NUMBER",
        /// The numbers it goes to.
        Targets = "TARGET_NUMBERS",
    }
}

/// A command about messages to telephones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sms<'a> {
    /// Begin one.
    Create {
        /// Of what kind.
        kind: SmsType,
        /// The numbers it goes to, as the client wrote them; begins with no space.
        targets: &'a str,
    },
    /// A property.
    Get {
        /// Of which.
        sms: Id<'a>,
        /// Which property.
        property: SmsProperty,
        /// The number of a part, for the one property that takes it; else mostly empty. Begins with no space.
        argument: &'a str,
    },
    /// Another value of a property.
    Set {
        /// Of which.
        sms: Id<'a>,
        /// Which property.
        setting: SmsSetting,
        /// The value.
        value: &'a str,
    },
    /// The user knows of it.
    SetSeen(Id<'a>),
    /// Send it.
    Send(Id<'a>),
    /// Take it away.
    Delete(Id<'a>),
}

impl<'a> Sms<'a> {
    /// Why it cannot be; to know of what does not exist is no error.
    #[must_use]
    pub const fn refusal(self) -> Option<ErrorReply> {
        match self {
            Self::Create { .. } => Some(ErrorReply::CREATE_UNKNOWN),
            Self::Get { .. } => Some(ErrorReply::GET_UNKNOWN),
            Self::Set { .. } => Some(ErrorReply::SET_UNKNOWN),
            Self::SetSeen(_) => None,
            Self::Send(_) => Some(ErrorReply::ALTER_UNKNOWN),
            Self::Delete(_) => Some(ErrorReply::DELETE_UNKNOWN),
        }
    }

    /// What confirms it.
    pub(super) fn confirmation(self) -> Reply<'a> {
        match self {
            Self::SetSeen(sms) => Reply::Sms {
                sms,
                property: SmsProperty::Seen,
                value: true.into(),
            },
            Self::Set { .. }
            | Self::Create { .. }
            | Self::Get { .. }
            | Self::Send(_)
            | Self::Delete(_) => Reply::Echo(Command::Sms(self)),
        }
    }
}

impl fmt::Display for Sms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Create { kind, targets } => write!(f, "CREATE SMS {kind}{}", Behind(targets)),
            Self::Get {
                sms,
                property,
                argument,
            } => write!(f, "GET SMS {sms} {property}{}", Behind(argument)),
            Self::Set {
                sms,
                setting,
                value,
            } => write!(f, "SET SMS {sms} {setting} {value}"),
            Self::SetSeen(sms) => write!(f, "SET SMS {sms} SEEN"),
            Self::Send(sms) => write!(f, "ALTER SMS {sms} SEND"),
            Self::Delete(sms) => write!(f, "DELETE SMS {sms}"),
        }
    }
}

/// `CREATE SMS <kind> <numbers>`.
pub(super) fn create(mut line: Cursor<'_>) -> Parsed<'_> {
    let kind = SmsType::from_name(line.word()).ok_or(ErrorReply::CREATE_UNKNOWN)?;
    let targets = line.argument();
    Ok(Command::Sms(Sms::Create { kind, targets }))
}

/// `GET SMS <number> <property> [<part>]`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let sms = number(&mut line, ErrorReply::GET_UNKNOWN)?;
    let property = SmsProperty::from_name(line.word()).ok_or(ErrorReply::GET_UNKNOWN)?;
    let argument = line.argument();
    Ok(Command::Sms(Sms::Get {
        sms,
        property,
        argument,
    }))
}

/// `SET SMS <number> <property> <value>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let sms = number(&mut line, ErrorReply::SET_UNKNOWN)?;
    let word = line.word();
    if word.eq_ignore_ascii_case("SEEN") {
        return Ok(Command::Sms(Sms::SetSeen(sms)));
    }
    let setting = SmsSetting::from_name(word).ok_or(ErrorReply::SET_UNKNOWN)?;
    let value = line.text();
    Ok(Command::Sms(Sms::Set {
        sms,
        setting,
        value,
    }))
}

/// `ALTER SMS <number> SEND`.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    let sms = number(&mut line, ErrorReply::ALTER_UNKNOWN)?;
    if line.word().eq_ignore_ascii_case("SEND") {
        Ok(Command::Sms(Sms::Send(sms)))
    } else {
        Err(ErrorReply::ALTER_UNKNOWN)
    }
}

/// `DELETE SMS <number>`.
pub(super) fn delete(mut line: Cursor<'_>) -> Parsed<'_> {
    number(&mut line, ErrorReply::DELETE_UNKNOWN).map(|sms| Command::Sms(Sms::Delete(sms)))
}

fn number<'a>(line: &mut Cursor<'a>, error: ErrorReply) -> Result<Id<'a>, ErrorReply> {
    Id::parse(line.word(), error, error)
}
