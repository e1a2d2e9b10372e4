//! Users: the properties they are asked for, and what can be changed about a contact.
//! Never knows a user.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Users".

use core::fmt;

use super::command::Command;
use super::error::ErrorReply;
use super::handle::is_contact;
use super::lex::{Behind, Cursor, lookup};
use super::reply::Reply;
use super::verbs::Parsed;
use super::words::Source::{Constant, Served};
use super::words::properties;

properties! {
    /// What can be asked about a user. No such question about a well-formed handle is answered by an error.
    UserProperty {
        /// The handle itself.
        Handle = "HANDLE", 1, Text, Served("");
        /// The name the user gave himself.
        FullName = "FULLNAME", 1, Text, Served("");
        /// The name the own user gave the contact; mostly empty.
        DisplayName = "DISPLAYNAME", 5, Text, Served("");
        /// `YYYYMMDD`, or 0.
        Birthday = "BIRTHDAY", 1, Text, Constant("0");
        /// `MALE`, `FEMALE` or `UNKNOWN`.
        Sex = "SEX", 1, Text, Constant("UNKNOWN");
        /// A language; from protocol 4 on with its code in front.
        Language = "LANGUAGE", 1, Text, Constant("");
        /// A country; from protocol 4 on with its code in front.
        Country = "COUNTRY", 1, Text, Constant("");
        /// A province.
        Province = "PROVINCE", 1, Text, Constant("");
        /// A city.
        City = "CITY", 1, Text, Constant("");
        /// A telephone number.
        PhoneHome = "PHONE_HOME", 1, Text, Constant("");
        /// A telephone number.
        PhoneOffice = "PHONE_OFFICE", 1, Text, Constant("");
        /// A telephone number.
        PhoneMobile = "PHONE_MOBILE", 1, Text, Constant("");
        /// An address in the web.
        Homepage = "HOMEPAGE", 1, Text, Constant("");
        /// Text of any number of lines.
        About = "ABOUT", 1, Text, Constant("");
        /// Whether the user can be called; `TRUE` in every client there is.
        HasCallEquipment = "HASCALLEQUIPMENT", 1, Flag, Constant("TRUE");
        /// A flag.
        IsVideoCapable = "IS_VIDEO_CAPABLE", 5, Flag, Constant("FALSE");
        /// A flag.
        IsVoicemailCapable = "IS_VOICEMAIL_CAPABLE", 7, Flag, Constant("FALSE");
        /// A flag.
        CanLeaveVoicemail = "CAN_LEAVE_VM", 5, Flag, Constant("FALSE");
        /// A flag: are calls forwarded?
        IsForwarding = "IS_CF_ACTIVE", 5, Flag, Constant("FALSE");
        /// 0 a stranger, 1 taken off the list, 2 asked, 3 on the list.
        BuddyStatus = "BUDDYSTATUS", 1, Number, Served("0");
        /// A flag: may the user see whether the own user is there?
        IsAuthorized = "ISAUTHORIZED", 5, Flag, Served("FALSE");
        /// A flag.
        IsBlocked = "ISBLOCKED", 5, Flag, Served("FALSE");
        /// A word of [`super::Status`]. Nobody is shown as unknown, since a client deletes such contacts.
        OnlineStatus = "ONLINESTATUS", 1, Presence, Served("OFFLINE");
        /// Seconds of Unix time, or 0.
        LastOnline = "LASTONLINETIMESTAMP", 1, Number, Constant("0");
        /// Text.
        SpeedDial = "SPEEDDIAL", 5, Text, Served("");
        /// The text of a request that waits for an answer, else empty.
        ReceivedAuthRequest = "RECEIVEDAUTHREQUEST", 5, Text, Served("");
        /// The mood.
        MoodText = "MOOD_TEXT", 5, Text, Served("");
        /// The mood with tags in it.
        RichMoodText = "RICH_MOOD_TEXT", 7, Text, Constant("");
        /// Other names, a space between each two.
        Aliases = "ALIASES", 5, Text, Constant("");
        /// 24 hours plus the offset, in seconds; 0 is unset.
        Timezone = "TIMEZONE", 5, Number, Constant("0");
        /// A number.
        AuthorizedBuddies = "NROF_AUTHED_BUDDIES", 6, Number, Constant("0");
    }
}

/// What `SET USER` changes about a contact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UserChange<'a> {
    /// `BUDDYSTATUS 1`: off the list.
    Remove,
    /// `BUDDYSTATUS 2`: on the list, with a text for the other side that may be empty.
    Add {
        /// The text.
        text: &'a str,
    },
    /// `ISAUTHORIZED`: whether the user may see the own one.
    Authorize(bool),
    /// `ISBLOCKED`.
    Block(bool),
    /// `DISPLAYNAME`: the contact's name in the own list; empty takes it away.
    Rename(&'a str),
}

impl<'a> UserChange<'a> {
    /// What confirms the change, and tells the other clients of it; `handle` as the client spelt it.
    #[must_use]
    pub fn confirmation(self, handle: &'a str) -> Reply<'a> {
        let (property, value) = match self {
            Self::Remove => (UserProperty::BuddyStatus, 1_u32.into()),
            Self::Add { .. } => (UserProperty::BuddyStatus, 2_u32.into()),
            Self::Authorize(yes) => (UserProperty::IsAuthorized, yes.into()),
            Self::Block(yes) => (UserProperty::IsBlocked, yes.into()),
            Self::Rename(name) => (UserProperty::DisplayName, name.into()),
        };
        Reply::User {
            handle: handle.into(),
            property,
            value,
        }
    }
}

impl fmt::Display for UserChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flag = |yes| if yes { "TRUE" } else { "FALSE" };
        match *self {
            Self::Remove => f.write_str("BUDDYSTATUS 1"),
            Self::Add { text } => write!(f, "BUDDYSTATUS 2{}", Behind(text)),
            Self::Authorize(yes) => write!(f, "ISAUTHORIZED {}", flag(yes)),
            Self::Block(yes) => write!(f, "ISBLOCKED {}", flag(yes)),
            Self::Rename(name) => write!(f, "DISPLAYNAME {name}"),
        }
    }
}

/// What a change is read from: the line behind the name of the property.
type ReadChange = for<'a> fn(Cursor<'a>) -> Result<UserChange<'a>, ErrorReply>;

/// What `SET USER` takes.
const CHANGES: &[(&str, ReadChange)] = &[
    ("BUDDYSTATUS", buddy_status),
    ("ISAUTHORIZED", |line| flag(line).map(UserChange::Authorize)),
    ("ISBLOCKED", |line| flag(line).map(UserChange::Block)),
    ("DISPLAYNAME", |line| Ok(UserChange::Rename(line.text()))),
];

/// `GET USER <handle> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let handle = line.word();
    if !is_contact(handle) {
        return Err(ErrorReply::BAD_HANDLE);
    }
    let word = line.word();
    if let Some(property) = UserProperty::from_name(word) {
        return Ok(Command::GetUser { handle, property });
    }
    if !word.eq_ignore_ascii_case("AVATAR") {
        return Err(ErrorReply::USER_PROPERTY);
    }
    if line.word() != "1" {
        return Err(ErrorReply::BAD_AVATAR);
    }
    let file = line.text();
    Ok(Command::GetUserAvatar { handle, file })
}

/// `SET USER <handle> <property> <value>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let handle = line.word();
    if !is_contact(handle) {
        return Err(ErrorReply::BAD_HANDLE);
    }
    let word = line.word();
    if word.eq_ignore_ascii_case("SPEEDDIAL") {
        let number = line.text();
        return Ok(Command::SetSpeedDial { handle, number });
    }
    let read = lookup(CHANGES, word).ok_or(ErrorReply::USER_PROPERTY)?;
    let change = read(line)?;
    Ok(Command::SetUser { handle, change })
}

fn buddy_status(mut line: Cursor<'_>) -> Result<UserChange<'_>, ErrorReply> {
    match line.word() {
        "1" => Ok(UserChange::Remove),
        "2" => Ok(UserChange::Add { text: line.text() }),
        _ => Err(ErrorReply::BAD_BUDDY_STATUS),
    }
}

fn flag(mut line: Cursor<'_>) -> Result<bool, ErrorReply> {
    let word = line.word();
    if word.eq_ignore_ascii_case("TRUE") {
        Ok(true)
    } else if word.eq_ignore_ascii_case("FALSE") {
        Ok(false)
    } else {
        Err(ErrorReply::BAD_FLAG)
    }
}
