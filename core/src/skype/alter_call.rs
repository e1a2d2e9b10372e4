//! What can be done to a call.
//! Never does it.
//!
//! The actions are listed in `core/docs/skype-api.md`, "Calls".

use core::fmt;

use super::calls::CallProperty;
use super::command::Command;
use super::error::ErrorReply;
use super::handle::Targets;
use super::lex::{Behind, Cursor};
use super::reply::Reply;
use super::value::Id;
use super::verbs::Parsed;
use super::words::words;

/// What `SET CALL` asks for beside another state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallChange<'a> {
    /// Make one call of this one and another.
    JoinConference(Id<'a>),
    /// Press keys: digits, `*` and `#`.
    Dtmf(&'a str),
}

impl fmt::Display for CallChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JoinConference(call) => write!(f, "JOIN_CONFERENCE {call}"),
            Self::Dtmf(keys) => write!(f, "DTMF {keys}"),
        }
    }
}

impl<'a> CallChange<'a> {
    /// What confirms the change. The number of the conference is put in by who answers.
    pub(super) fn confirmation(self, call: Id<'a>) -> Reply<'a> {
        match self {
            Self::JoinConference(_) => Reply::Call {
                call,
                property: CallProperty::ConfId,
                value: 0_u32.into(),
            },
            Self::Dtmf(_) => {
                let change = self;
                Reply::Echo(Command::SetCallOther { call, change })
            }
        }
    }
}

/// What `ALTER CALL` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallAction<'a> {
    /// Take it.
    Answer,
    /// Hold it.
    Hold,
    /// Go on with it.
    Resume,
    /// End it, or refuse it.
    Hangup,
    /// End it in some way.
    End(CallEnd),
    /// Begin or stop showing pictures.
    Video(CallVideo),
    /// Press keys: digits, `*` and `#`.
    Dtmf(&'a str),
    /// Hand it on; at least one target.
    Transfer(Targets<'a>),
    /// Make one call of this one and another.
    JoinConference(Id<'a>),
    /// Send its sound elsewhere.
    SetDevice {
        /// Which sound.
        device: SoundDevice,
        /// Where to, as the client wrote it; may be empty, and begins with no space.
        target: &'a str,
    },
}

words! {
    /// How a call ends.
    CallEnd {
        /// It is over, or refused.
        Hangup = "HANGUP",
        /// Voicemail takes it.
        ToVoicemail = "REDIRECT_TO_VOICEMAIL",
        /// Somebody else takes it.
        Forward = "FORWARD_CALL",
    }
}

words! {
    /// What is done about pictures.
    CallVideo {
        /// Send them.
        StartSend = "START_VIDEO_SEND",
        /// Send them no more.
        StopSend = "STOP_VIDEO_SEND",
        /// Show them.
        StartReceive = "START_VIDEO_RECEIVE",
        /// Show them no more.
        StopReceive = "STOP_VIDEO_RECEIVE",
    }
}

words! {
    /// Which sound of a call or a voicemail goes elsewhere.
    SoundDevice {
        /// What is heard by the other side.
        Input = "SET_INPUT",
        /// What is heard here.
        Output = "SET_OUTPUT",
        /// A copy of what the microphone hears.
        CaptureMic = "SET_CAPTURE_MIC",
    }
}

impl fmt::Display for CallAction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Answer => f.write_str("ANSWER"),
            Self::Hold => f.write_str("HOLD"),
            Self::Resume => f.write_str("RESUME"),
            Self::Hangup => f.write_str("HANGUP"),
            Self::End(end) => write!(f, "END {end}"),
            Self::Video(video) => write!(f, "{video}"),
            Self::Dtmf(keys) => write!(f, "DTMF {keys}"),
            Self::Transfer(targets) => write!(f, "TRANSFER {}", targets.text()),
            Self::JoinConference(call) => write!(f, "JOIN_CONFERENCE {call}"),
            Self::SetDevice { device, target } => write!(f, "{device}{}", Behind(target)),
        }
    }
}

/// What an action is read from: the line behind its name. `None` if its argument is missing or cannot be.
type ReadAction = for<'a> fn(Cursor<'a>) -> Option<CallAction<'a>>;

const ACTIONS: &[(&str, ReadAction)] = &[
    ("ANSWER", |_| Some(CallAction::Answer)),
    ("HOLD", |_| Some(CallAction::Hold)),
    ("RESUME", |_| Some(CallAction::Resume)),
    ("HANGUP", |_| Some(CallAction::Hangup)),
    ("END", |line| {
        CallEnd::from_name(line.trimmed()).map(CallAction::End)
    }),
    ("DTMF", |line| dtmf(line).map(CallAction::Dtmf)),
    ("TRANSFER", |line| {
        let targets = Targets::callable(line.trimmed())?;
        (!targets.is_empty()).then_some(CallAction::Transfer(targets))
    }),
    ("JOIN_CONFERENCE", |mut line| {
        let bad = ErrorReply::CALL_ARGUMENTS;
        let call = Id::parse(line.word(), bad, bad).ok()?;
        Some(CallAction::JoinConference(call))
    }),
];

/// `ALTER CALL <number> <action> ...`.
pub(super) fn parse(mut line: Cursor<'_>) -> Parsed<'_> {
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CALL_NO_ID);
    }
    let call = Id::parse(word, ErrorReply::ALTER_CALL_ID, ErrorReply::ALTER_CALL_ID)?;
    let word = line.word();
    if word.is_empty() {
        return Err(ErrorReply::CALL_NO_ACTION);
    }
    let action = if let Some(read) = super::lex::lookup(ACTIONS, word) {
        read(line).ok_or(ErrorReply::CALL_ARGUMENTS)?
    } else if let Some(video) = CallVideo::from_name(word) {
        CallAction::Video(video)
    } else if let Some(device) = SoundDevice::from_name(word) {
        let target = line.argument();
        CallAction::SetDevice { device, target }
    } else {
        return Err(ErrorReply::CALL_BAD_ACTION);
    };
    Ok(Command::AlterCall { call, action })
}

/// Keys of a telephone, at least one.
pub(super) fn dtmf(line: Cursor<'_>) -> Option<&str> {
    let keys = line.trimmed();
    let is_key = |byte: u8| byte.is_ascii_digit() || b"*#".contains(&byte);
    (!keys.is_empty() && keys.bytes().all(is_key)).then_some(keys)
}
