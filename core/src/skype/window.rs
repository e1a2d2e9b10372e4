//! Windows, histories and the keys of a telephone: things a program without a screen only nods at.
//! Never opens, forgets or presses anything.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Windows and histories".

use core::fmt;

use super::command::Command;
use super::error::ErrorReply;
use super::handle::{Targets, is_contact};
use super::lex::{Behind, Cursor};
use super::verbs::Parsed;
use super::words::words;

words! {
    /// A window of the program.
    Window {
        /// To add a contact.
        AddAFriend = "ADDAFRIEND",
        /// To write to a user.
        Im = "IM",
        /// A chat.
        Chat = "CHAT",
        /// To send a file.
        FileTransfer = "FILETRANSFER",
        /// The own profile.
        Profile = "PROFILE",
        /// The profile of a user.
        UserInfo = "USERINFO",
        /// To call several.
        Conference = "CONFERENCE",
        /// To look for users.
        Search = "SEARCH",
        /// The options.
        Options = "OPTIONS",
        /// The calls of the past.
        CallHistory = "CALLHISTORY",
        /// The contacts.
        Contacts = "CONTACTS",
        /// The keys of a telephone.
        DialPad = "DIALPAD",
        /// To send contacts.
        SendContacts = "SENDCONTACTS",
        /// Who is blocked.
        BlockedUsers = "BLOCKEDUSERS",
        /// To take contacts over from elsewhere.
        ImportContacts = "IMPORTCONTACTS",
        /// First steps.
        GettingStarted = "GETTINGSTARTED",
        /// To be asked about a user.
        Authorization = "AUTHORIZATION",
        /// What goes on.
        LiveTab = "LIVETAB",
        /// To try the camera.
        VideoTest = "VIDEOTEST",
        /// A voicemail; there are none.
        Voicemail = "VOICEMAIL",
    }
}

impl Window {
    /// Why it cannot be opened, whatever is to be in it; for a program without a screen that is rare.
    #[must_use]
    pub fn refusal(self) -> Option<ErrorReply> {
        (self == Self::Voicemail).then_some(ErrorReply::VOICEMAIL_ID)
    }

    /// What is wrong with the argument, if something is.
    fn fault(self, line: Cursor<'_>) -> Option<ErrorReply> {
        let mut behind = line;
        match self {
            Self::Im => (!is_contact(behind.word())).then_some(ErrorReply::OPEN_HANDLE),
            Self::Chat => line.is_done().then_some(ErrorReply::GET_CHAT_UNKNOWN),
            Self::FileTransfer | Self::SendContacts => {
                line.is_done().then_some(ErrorReply::EMPTY_TARGET)
            }
            Self::Voicemail => line.is_done().then_some(ErrorReply::VOICEMAIL_ID),
            Self::AddAFriend
            | Self::Profile
            | Self::UserInfo
            | Self::Conference
            | Self::Search
            | Self::Options
            | Self::CallHistory
            | Self::Contacts
            | Self::DialPad
            | Self::BlockedUsers
            | Self::ImportContacts
            | Self::GettingStarted
            | Self::Authorization
            | Self::LiveTab
            | Self::VideoTest => None,
        }
    }
}

/// What can be forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum History<'a> {
    /// What was written. All clients are told when it is forgotten.
    Chats,
    /// The voicemails.
    Voicemails,
    /// The calls. All clients are told when they are forgotten.
    Calls {
        /// Which of them.
        which: CallHistory,
        /// Those with one user or telephone.
        with: Option<&'a str>,
    },
}

impl fmt::Display for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chats => f.write_str("CHATHISTORY"),
            Self::Voicemails => f.write_str("VOICEMAILHISTORY"),
            Self::Calls { which, with } => {
                write!(f, "CALLHISTORY {which}{}", Behind(with.unwrap_or_default()))
            }
        }
    }
}

words! {
    /// Which calls of the past.
    CallHistory {
        /// All.
        All = "ALL",
        /// Those that nobody took.
        Missed = "MISSED",
        /// Those that came in.
        Incoming = "INCOMING",
        /// Those that went out.
        Outgoing = "OUTGOING",
    }
}

words! {
    /// What a key of a telephone does.
    Button {
        /// It goes down.
        Pressed = "BTN_PRESSED",
        /// It goes up.
        Released = "BTN_RELEASED",
    }
}

/// A key of a telephone. Said in upper case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key(&'static str);

/// The names of the keys.
const KEYS: &[&str] = &[
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I",
    "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "#", "*",
    "+", "UP", "DOWN", "YES", "NO", "SKYPE", "PAGEUP", "PAGEDOWN",
];

impl Key {
    /// The key of this name in any case.
    #[must_use]
    pub fn from_name(word: &str) -> Option<Self> {
        let mut names = KEYS.iter().copied();
        names.find(|name| name.eq_ignore_ascii_case(word)).map(Self)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The users named with a window for files; behind them a folder may stand, after the word `IN`.
pub fn file_window_users(argument: &str) -> impl Iterator<Item = &str> {
    let is_in = |(at, _): &(usize, &str)| {
        let word = argument.get(at + 1..at + 4);
        word.is_some_and(|word| word.eq_ignore_ascii_case("IN "))
    };
    let users = argument.match_indices(' ').find(is_in);
    Targets::new(users.map_or(argument, |(at, _)| &argument[..at])).iter()
}

/// `OPEN <window> ...`.
pub(super) fn open(mut line: Cursor<'_>) -> Parsed<'_> {
    let window = Window::from_name(line.word()).ok_or(ErrorReply::OPEN_UNKNOWN)?;
    if let Some(error) = window.fault(line) {
        return Err(error);
    }
    let argument = line.argument();
    Ok(Command::Open { window, argument })
}

/// `CLEAR <history>`.
pub(super) fn clear(mut line: Cursor<'_>) -> Parsed<'_> {
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CLEAR_NO_TARGET);
    }
    if word.eq_ignore_ascii_case("CALLHISTORY") {
        return clear_calls(line);
    }
    let (history, error) = if word.eq_ignore_ascii_case("CHATHISTORY") {
        (History::Chats, ErrorReply::CLEAR_CHATS_ARGUMENTS)
    } else if word.eq_ignore_ascii_case("VOICEMAILHISTORY") {
        (History::Voicemails, ErrorReply::CLEAR_VOICEMAILS_ARGUMENTS)
    } else {
        return Err(ErrorReply::CLEAR_UNKNOWN);
    };
    if line.is_done() {
        Ok(Command::Clear(history))
    } else {
        Err(error)
    }
}

/// `CLEAR CALLHISTORY <calls> [<handle>]`.
fn clear_calls(mut line: Cursor<'_>) -> Parsed<'_> {
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CLEAR_CALLS_NO_TARGET);
    }
    let which = CallHistory::from_name(word).ok_or(ErrorReply::CLEAR_UNKNOWN)?;
    let with = match line.trimmed() {
        "" => None,
        with if is_contact(with) => Some(with),
        _ => return Err(ErrorReply::CLEAR_CALLS_HANDLE),
    };
    Ok(Command::Clear(History::Calls { which, with }))
}

/// `BTN_PRESSED <key>` and `BTN_RELEASED <key>`.
pub(super) fn button(button: Button, line: Cursor<'_>) -> Parsed<'_> {
    let key = Key::from_name(line.trimmed()).ok_or(ErrorReply::BAD_KEY)?;
    Ok(Command::Button { button, key })
}
