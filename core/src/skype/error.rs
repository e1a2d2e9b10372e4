//! The numbered errors of the API: which we say, why, and whose fault each is.
//! Never decides when to say one: that is the parser's and the account's.
//!
//! The full list of situations is in `core/docs/skype-api.md`, "Errors".

use core::fmt;

/// An error line: `ERROR <code> <text>`. Clients go by the code; the text is for people and never empty.
///
/// Every error that exists is one of the constants of this type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ErrorReply {
    /// The number that clients look at.
    pub code: u16,
    /// What is wrong, in a few words.
    pub text: &'static str,
    explanation: &'static str,
}

impl ErrorReply {
    /// Whose fault it is and what to do about it.
    #[must_use]
    pub const fn explain(self) -> &'static str {
        self.explanation
    }
}

impl fmt::Display for ErrorReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ERROR {} {}", self.code, self.text)
    }
}

/// The constants, each with its explanation as documentation.
macro_rules! errors {
    ($($NAME:ident = $code:literal, $text:literal, $explanation:literal;)+) => {
        impl ErrorReply {
            $(
                #[doc = $explanation]
                pub const $NAME: Self = Self { code: $code, text: $text, explanation: $explanation };
            )+

            /// All of them, by code.
            pub const ALL: &'static [Self] = &[$(Self::$NAME),+];
        }
    };
}

errors! {
    SYNTAX = 1, "nothing to do", "The client's: an empty message, or an id with nothing behind it.";
    UNKNOWN_COMMAND = 2, "no such command", "The client's, or of a part of the API that is not served here.";
    SEARCH_UNKNOWN = 3, "cannot search for that", "The client's: see the table of searches.";
    EMPTY_TARGET = 4, "a name or a text is missing", "The client's: give whom or what to look for.";
    SEARCH_BAD_TARGET = 5, "not a user name", "The client's: the handle holds characters that no handle has.";
    MISSED_CALLS_TARGET = 6, "this search takes no name", "The client's: leave the name out.";
    GET_UNKNOWN = 7, "cannot get that", "The client's, or of a part of the API that is not served here.";
    BAD_HANDLE = 8, "not a user name", "The client's: the handle is missing or holds characters that no handle has.";
    UNKNOWN_USER = 9, "nobody of that name", "The client's: the service knows no such user.";
    USER_PROPERTY = 10, "no such property of a user", "The client's: see the table of user properties.";
    GET_CALL_ID = 11, "not a call number", "The client's: calls are numbered.";
    GET_CALL_UNKNOWN = 12, "no such call", "The client's: no call of that number exists.";
    CALL_PROPERTY = 13, "no such property of a call", "The client's: the property is missing or unknown.";
    GET_MESSAGE_ID = 14, "not a number", "The client's: messages and chat members are numbered.";
    GET_MESSAGE_UNKNOWN = 15, "no such message", "The client's, or the message is so old that it is kept no more.";
    MESSAGE_PROPERTY = 16, "no such property of a message", "The client's: see the table of message properties.";
    SET_UNKNOWN = 18, "cannot set that", "The client's, or of a part of the API that is not served here.";
    SET_CALL_ID = 19, "not a call number", "The client's: calls are numbered.";
    SET_CALL_UNKNOWN = 20, "no such call", "The client's: no call of that number exists.";
    CALL_VALUE = 21, "not a state for a call", "The client's: INPROGRESS, FINISHED and ONHOLD can be set.";
    CALL_HOLD = 22, "the call cannot be held", "The client's: only a call that is going on can be held.";
    CALL_ANSWER = 23, "the call cannot be taken", "The client's: the call neither rings nor is held.";
    CALL_HANGUP = 24, "the call is over", "The client's: what is over cannot be ended.";
    SET_CALL_PROPERTY = 25, "cannot set that of a call", "The client's: the property is missing or cannot be set.";
    MESSAGE_HANDLE = 26, "not a user to write to", "The client's: the handle is missing, or is nobody's.";
    BAD_VERSION = 27, "not a protocol version", "The client's: PROTOCOL takes one number from 1 on.";
    BAD_STATUS = 28, "no such status", "The client's: see the words for the own status.";
    SEARCH_TARGET = 29, "this search takes no name", "The client's: leave the name out.";
    SET_MESSAGE_ID = 30, "not a message number", "The client's: messages are numbered.";
    SET_MESSAGE_UNKNOWN = 31, "no such message", "The client's, or the message is so old that it is kept no more.";
    SET_MESSAGE_PROPERTY = 32, "cannot set that of a message", "The client's, or of nobody: texts cannot be changed once sent.";
    BAD_PARAMETER = 33, "not a value for that", "The client's: see the values the parameter takes.";
    CALL_TARGET = 34, "whom to call is missing", "The client's: give a user name or a number.";
    NOT_CONNECTED = 35, "not connected", "Nobody's: the service cannot be reached; it is tried again by itself.";
    NOT_ONLINE = 36, "not online", "The user's: set a status other than OFFLINE first.";
    BLOCKED = 39, "that user is blocked", "The user's: unblock the contact first.";
    PRIVILEGE = 40, "no such privilege", "The client's: SKYPEOUT, SKYPEIN and VOICEMAIL exist.";
    CALL_INACTIVE = 41, "the call is not going on", "The client's: keys can be pressed while a call is going on.";
    DTMF = 42, "not a key", "The client's: the keys are digits, * and #.";
    EMPTY_MESSAGE = 43, "no text to send", "The client's: the text is empty.";
    MESSAGE_TOO_LONG = 43, "the text is too long to send", "The user's: send it in parts.";
    BAD_AUTOAWAY = 53, "AUTOAWAY is ON or OFF", "The client's: give one of the two words.";
    LOGGED_OUT = 66, "not logged in", "Nobody's, or the operator's if the password of the account is wrong.";
    FRIENDS_TARGET = 67, "this search takes no name", "The client's: leave the name out.";
    ACCESS_DENIED = 68, "access denied", "The user's: the client has not given the right password.";
    OPEN_UNKNOWN = 69, "no such window", "The client's: see the table of windows.";
    OPEN_HANDLE = 70, "not a user name", "The client's: the handle is missing or holds characters that no handle has.";
    CALL_PARTICIPANT = 71, "not a number", "The client's: those who take part are numbered.";
    NO_CONFERENCE = 72, "only one user can be called at a time", "Nobody's: the service has no conferences.";
    BAD_KEY = 74, "no such key", "The client's: see the names of the keys.";
    NO_PHONE_NUMBERS = 92, "telephone numbers cannot be called", "Nobody's: the service has no way into the telephone network.";
    CALL_HANDLE = 93, "nobody of that name", "The client's: the service knows no such user.";
    CALL_SELF = 94, "you cannot call yourself", "The client's: call somebody else.";
    CALL_RUNS = 101, "there is a call with them already", "The client's: end that one first, or go on with it.";
    GET_CHAT_UNKNOWN = 105, "no such chat", "The client's: the chat id is missing or names no chat.";
    CHAT_PROPERTY = 106, "no such property of a chat", "The client's: see the tables of chat and member properties.";
    CHATS_TARGET = 107, "this search takes no name", "The client's: leave the name out.";
    NO_CONTACT = 108, "not a contact", "The client's: files go to contacts only.";
    NO_VOICEMAIL = 110, "no voicemail", "Nobody's: the service has no voicemail.";
    NO_FILE = 111, "no such file", "The client's: the file is not there or cannot be read.";
    BAD_AVATAR = 114, "there is one picture only", "The client's: the index of a picture is 1.";
    BAD_RINGTONE = 115, "there is one ringtone only", "The client's: the index of a ringtone is 1.";
    NO_PATH = 121, "the file cannot be written", "The client's: the folder is not there or is closed to us.";
    NO_AVATAR = 122, "no picture", "Nobody's: the user has none, or it cannot be written to a file.";
    FILE_NOT_EMPTY = 124, "the file is not empty", "The client's: name a file that is empty or not there.";
    CHAT_NAME = 500, "which chat is missing", "The client's: give a chat id.";
    CHAT_UNKNOWN = 501, "no such chat", "The client's: the chat id names no chat.";
    CHAT_NO_ACTION = 502, "what to do is missing", "The client's: give an action.";
    CHAT_BAD_ACTION = 503, "no such action", "The client's: see the table of chat actions.";
    CHAT_FAILED = 504, "that cannot be done to this chat", "Nobody's, or the service refused it.";
    CHAT_LEAVE_ARGUMENTS = 505, "LEAVE stands alone", "The client's: leave the argument out.";
    CHAT_MEMBERS = 506, "not a list of user names", "The client's: give handles, separated by a comma and a space.";
    CHAT_CREATE_MEMBERS = 507, "not a list of user names", "The client's: give handles, separated by a comma and a space.";
    CHAT_CREATE_FAILED = 508, "the chat cannot be opened", "Nobody's, or the service refused it.";
    CHATMESSAGE_NO_CHAT = 509, "which chat is missing", "The client's: give a chat id.";
    CHATMESSAGE_UNKNOWN = 510, "no such chat", "The client's: the chat id names no chat.";
    CHATMESSAGE_FAILED = 511, "the text cannot be sent to this chat", "Nobody's, or the user is no member any more.";
    VOICEMAIL_ID = 512, "no such voicemail", "Nobody's: the service has no voicemail.";
    VOICEMAIL_OBJECT = 513, "no such voicemail", "Nobody's: the service has no voicemail.";
    VOICEMAIL_NO_PROPERTY = 514, "which property is missing", "The client's: give a property.";
    BAD_FLAG = 516, "ISAUTHORIZED and ISBLOCKED are TRUE or FALSE", "The client's: give one of the two words.";
    FLAG_FAILED = 517, "that cannot be changed", "Nobody's, or the service refused it.";
    BAD_BUDDY_STATUS = 518, "BUDDYSTATUS is set to 1 or 2", "The client's: 1 takes a contact away, 2 asks for one.";
    BUDDY_STATUS_FAILED = 519, "the contact cannot be changed", "Nobody's, or the service refused it.";
    CLEAR_NO_TARGET = 520, "what to clear is missing", "The client's: give a history.";
    CLEAR_UNKNOWN = 521, "cannot clear that", "The client's: see the table of histories.";
    CLEAR_CHATS_ARGUMENTS = 522, "CLEAR CHATHISTORY stands alone", "The client's: leave the argument out.";
    CLEAR_VOICEMAILS_ARGUMENTS = 523, "CLEAR VOICEMAILHISTORY stands alone", "The client's: leave the argument out.";
    CLEAR_CALLS_NO_TARGET = 524, "which calls is missing", "The client's: ALL, MISSED, INCOMING or OUTGOING.";
    CLEAR_CALLS_HANDLE = 525, "not a user name", "The client's: the handle holds characters that no handle has.";
    ALTER_NO_OBJECT = 526, "what to alter is missing", "The client's: give an object.";
    ALTER_UNKNOWN = 527, "cannot alter that", "The client's, or of a part of the API that is not served here.";
    VOICEMAIL_NO_ID = 528, "which voicemail is missing", "The client's: give an id.";
    ALTER_VOICEMAIL_ID = 529, "no such voicemail", "Nobody's: the service has no voicemail.";
    VOICEMAIL_NO_ACTION = 530, "what to do is missing", "The client's: give an action.";
    VOICEMAIL_BAD_ACTION = 532, "no such action", "The client's: the action is unknown.";
    GREETING_HANDLE = 534, "not a user name", "The client's: the handle is missing or holds characters that no handle has.";
    NO_GREETING = 535, "no greeting", "Nobody's: the service has no voicemail.";
    CREATE_NO_OBJECT = 536, "what to create is missing", "The client's: give an object.";
    CREATE_UNKNOWN = 537, "cannot create that", "The client's, or of a part of the API that is not served here.";
    DELETE_NO_OBJECT = 538, "what to delete is missing", "The client's: give an object.";
    DELETE_UNKNOWN = 539, "cannot delete that", "The client's, or of a part of the API that is not served here.";
    CREATE_APPLICATION_NAME = 540, "not a name of an application", "The client's: up to 32 bytes without a space.";
    APPLICATION_FAILED = 541, "that cannot be done to this application", "The client's: no such application was made.";
    DELETE_APPLICATION_NAME = 542, "not a name of an application", "The client's: up to 32 bytes without a space.";
    GET_APPLICATION_NAME = 543, "not a name of an application", "The client's: up to 32 bytes without a space.";
    APPLICATION_PROPERTY = 544, "no such property of an application", "The client's: the property is missing or unknown.";
    ALTER_APPLICATION_NAME = 545, "not a name of an application", "The client's: up to 32 bytes without a space.";
    APPLICATION_ACTION = 546, "no such action", "The client's: see the table of application actions.";
    CONNECT_HANDLE = 547, "not a user name", "The client's: the handle is missing or holds characters that no handle has.";
    DISCONNECT_STREAM = 548, "not a stream", "The client's: a stream is a handle, a colon and a number.";
    NO_WRITE = 549, "no such stream", "Nobody's: streams are not carried.";
    NO_READ = 550, "no such stream", "Nobody's: streams are not carried.";
    DATAGRAM_STREAM = 551, "not a stream", "The client's: a stream is a handle, a colon and a number.";
    SET_PROFILE_PROPERTY = 552, "cannot set that of a profile", "The client's: the property is unknown or cannot be set.";
    NO_VOICEMAIL_PRIVILEGE = 553, "no voicemail", "Nobody's: the service has no voicemail.";
    CALL_NO_ID = 555, "which call is missing", "The client's: give a call number.";
    ALTER_CALL_ID = 556, "no such call", "The client's: no call of that number exists.";
    CALL_NO_ACTION = 557, "what to do is missing", "The client's: give an action.";
    CALL_ARGUMENTS = 558, "what to do it with is missing", "The client's: the argument is missing or cannot be.";
    CALL_FAILED = 559, "that cannot be done to this call", "Nobody's, or the service refused it.";
    CALL_BAD_ACTION = 560, "no such action", "The client's: see the table of call actions.";
    GROUPS_TARGET = 561, "groups are ALL, CUSTOM or HARDWIRED", "The client's: give one of the words or none.";
    GROUP_ID = 562, "no such group", "The client's: no group of that number exists.";
    GROUP_OBJECT = 563, "that cannot be done to this group", "The client's: groups that are always there stay as they are.";
    GROUP_PROPERTY = 564, "no such property of a group", "The client's: the property is missing or unknown.";
    GET_AEC_TARGET = 569, "AEC stands alone", "The client's: leave the argument out.";
    BAD_AEC = 570, "AEC is ON or OFF", "The client's: give one of the two words.";
    GET_AGC_TARGET = 571, "AGC stands alone", "The client's: leave the argument out.";
    BAD_AGC = 572, "AGC is ON or OFF", "The client's: give one of the two words.";
    BAD_ROLE = 609, "no such role", "The client's: see the names of the roles.";
    NO_PUBLIC_CHATS = 611, "the chat cannot be created", "Nobody's: the service has no public chats.";
    INTERNAL = 9901, "something went wrong here", "Ours: see the log, and tell us.";
    BAD_PICTURE = 9901, "not a picture", "The client's: a picture is a JPEG, a PNG or a GIF file, and not too large.";
}
