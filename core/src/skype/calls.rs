//! Calls: properties and states, and asking for one; what can be done to one is in `alter_call`.
//! Never knows a call.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Calls".

use super::alter_call::{CallChange, dtmf};
use super::command::Command;
use super::error::ErrorReply;
use super::handle::{Targets, is_contact};
use super::lex::Cursor;
use super::value::Id;
use super::verbs::Parsed;
use super::words::Source::{Constant, Served};
use super::words::{properties, words};

properties! {
    /// What can be asked about a call.
    CallProperty {
        /// When it began, in seconds of Unix time.
        Timestamp = "TIMESTAMP", 1, Number, Served("0");
        /// The handle of the other side.
        PartnerHandle = "PARTNER_HANDLE", 1, Text, Served("");
        /// The name of the other side.
        PartnerDispname = "PARTNER_DISPNAME", 1, Text, Served("");
        /// The own number that was called.
        TargetIdentity = "TARGET_IDENTITY", 1, Text, Constant("");
        /// The number of the conference, or 0.
        ConfId = "CONF_ID", 1, Number, Constant("0");
        /// A word of [`CallType`].
        Type = "TYPE", 1, Text, Served("");
        /// A word of [`CallStatus`].
        Status = "STATUS", 1, CallStatus, Served("");
        /// Whether there are pictures.
        VideoStatus = "VIDEO_STATUS", 5, Text, Constant("VIDEO_NONE");
        /// How far the own pictures are.
        VideoSendStatus = "VIDEO_SEND_STATUS", 5, Text, Constant("NOT_AVAILABLE");
        /// How far the pictures of the other side are.
        VideoReceiveStatus = "VIDEO_RECEIVE_STATUS", 5, Text, Constant("NOT_AVAILABLE");
        /// A number: why it failed.
        FailureReason = "FAILUREREASON", 1, Number, Served("0");
        /// Text.
        Subject = "SUBJECT", 1, Text, Constant("");
        /// A telephone number.
        PstnNumber = "PSTN_NUMBER", 1, Text, Constant("");
        /// Seconds.
        Duration = "DURATION", 1, Number, Served("0");
        /// Text from the telephone network.
        PstnStatus = "PSTN_STATUS", 1, Text, Constant("");
        /// How many take part beside the own user.
        ParticipantCount = "CONF_PARTICIPANTS_COUNT", 4, Number, Constant("0");
        /// Who takes part: the number of one comes before the value. See [`Command::GetCallParticipant`].
        Participant = "CONF_PARTICIPANT", 4, Text, Constant("");
        /// Seconds.
        VoicemailDuration = "VM_DURATION", 5, Number, Constant("0");
        /// Seconds.
        VoicemailAllowed = "VM_ALLOWED_DURATION", 5, Number, Constant("0");
        /// Money for a minute.
        Rate = "RATE", 5, Number, Constant("0");
        /// What the money is.
        RateCurrency = "RATE_CURRENCY", 5, Text, Constant("");
        /// How many digits of the money stand behind the point.
        RatePrecision = "RATE_PRECISION", 5, Number, Constant("0");
        /// Where the own sound comes from.
        Input = "INPUT", 6, Text, Constant("");
        /// Where the sound of the other side goes.
        Output = "OUTPUT", 6, Text, Constant("");
        /// Where the own sound goes as well.
        CaptureMic = "CAPTURE_MIC", 6, Text, Constant("");
        /// A flag: is there sound at the input?
        InputStatus = "VAA_INPUT_STATUS", 6, Flag, Constant("FALSE");
        /// Who forwarded it.
        ForwardedBy = "FORWARDED_BY", 5, Text, Constant("");
        /// A flag.
        TransferActive = "TRANSFER_ACTIVE", 7, Flag, Constant("FALSE");
        /// How far it is with being handed on.
        TransferStatus = "TRANSFER_STATUS", 7, Text, Constant("");
        /// Who handed it on.
        TransferredBy = "TRANSFERRED_BY", 7, Text, Constant("");
        /// To whom it was handed on.
        TransferredTo = "TRANSFERRED_TO", 7, Text, Constant("");
        /// A flag: does the user know of it?
        Seen = "SEEN", 1, Flag, Served("TRUE");
        /// Whether it can be handed on to somebody, whose handle comes before the value. See
        /// [`Command::GetCanTransfer`].
        CanTransfer = "CAN_TRANSFER", 7, Text, Constant("FALSE");
    }
}

words! {
    /// What a call is: which way it goes, and whether to a telephone.
    CallType {
        /// From a telephone.
        IncomingPstn = "INCOMING_PSTN",
        /// To a telephone.
        OutgoingPstn = "OUTGOING_PSTN",
        /// From a user.
        IncomingP2p = "INCOMING_P2P",
        /// To a user.
        OutgoingP2p = "OUTGOING_P2P",
    }
}

words! {
    /// How far a call is.
    CallStatus {
        /// Not begun.
        Unplaced = "UNPLACED",
        /// On its way.
        Routing = "ROUTING",
        /// Sound before somebody takes it.
        EarlyMedia = "EARLYMEDIA",
        /// Came to nothing.
        Failed = "FAILED",
        /// Ringing.
        Ringing = "RINGING",
        /// Going on.
        InProgress = "INPROGRESS",
        /// Held, in protocol 1 or as a command.
        OnHold = "ONHOLD",
        /// Held by the own user.
        LocalHold = "LOCALHOLD",
        /// Held by the other side.
        RemoteHold = "REMOTEHOLD",
        /// Over.
        Finished = "FINISHED",
        /// Not taken by the own user.
        Missed = "MISSED",
        /// Refused.
        Refused = "REFUSED",
        /// The other side is busy.
        Busy = "BUSY",
        /// Given up before it was taken; since protocol 2.
        Cancelled = "CANCELLED",
        /// Being handed on.
        Transferring = "TRANSFERRING",
        /// Handed on.
        Transferred = "TRANSFERRED",
        /// Voicemail: its greeting is coming.
        VmBufferingGreeting = "VM_BUFFERING_GREETING",
        /// Voicemail: its greeting is played.
        VmPlayingGreeting = "VM_PLAYING_GREETING",
        /// Voicemail: it is spoken.
        VmRecording = "VM_RECORDING",
        /// Voicemail: it goes out.
        VmUploading = "VM_UPLOADING",
        /// Voicemail: it is out.
        VmSent = "VM_SENT",
        /// Voicemail: it was given up.
        VmCancelled = "VM_CANCELLED",
        /// Voicemail: it came to nothing.
        VmFailed = "VM_FAILED",
        /// Waiting to be tried again at a word; since protocol 8.
        WaitingRedialCommand = "WAITING_REDIAL_COMMAND",
        /// Waiting to be tried again; since protocol 8.
        RedialPending = "REDIAL_PENDING",
    }
}

impl CallStatus {
    /// The word in a protocol version: the first one has one word for being held, and none for having been given
    /// up; what came with 8 is a failure before.
    #[must_use]
    pub fn name_in(self, protocol: u8) -> &'static str {
        const OLDER: &[(CallStatus, u8, CallStatus)] = &[
            (CallStatus::LocalHold, 2, CallStatus::OnHold),
            (CallStatus::RemoteHold, 2, CallStatus::OnHold),
            (CallStatus::Cancelled, 2, CallStatus::Finished),
            (CallStatus::WaitingRedialCommand, 8, CallStatus::Failed),
            (CallStatus::RedialPending, 8, CallStatus::Failed),
        ];
        let older = OLDER
            .iter()
            .find(|(new, since, _)| *new == self && protocol < *since);
        older.map_or(self, |(_, _, old)| *old).name()
    }
}

/// `CALL <targets>`.
pub(super) fn call(line: Cursor<'_>) -> Parsed<'_> {
    let targets = Targets::callable(line.trimmed())
        .filter(|targets| !targets.is_empty())
        .ok_or(ErrorReply::CALL_TARGET)?;
    Ok(Command::Call { targets })
}

/// `GET CALL <number> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let call = Id::parse(
        line.word(),
        ErrorReply::GET_CALL_ID,
        ErrorReply::GET_CALL_UNKNOWN,
    )?;
    let property = CallProperty::from_name(line.word()).ok_or(ErrorReply::CALL_PROPERTY)?;
    if property == CallProperty::Participant {
        let bad = ErrorReply::CALL_PARTICIPANT;
        let participant = Id::parse(line.word(), bad, bad)?;
        return Ok(Command::GetCallParticipant { call, participant });
    }
    if property == CallProperty::CanTransfer {
        let to = line.word();
        if !is_contact(to) {
            return Err(ErrorReply::CALL_PROPERTY);
        }
        return Ok(Command::GetCanTransfer { call, to });
    }
    Ok(Command::GetCall { call, property })
}

/// `SET CALL <number> <property> <value>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = |word| Id::parse(word, ErrorReply::SET_CALL_ID, ErrorReply::SET_CALL_UNKNOWN);
    let call = id(line.word())?;
    let word = line.word();
    if word.eq_ignore_ascii_case("STATUS") {
        let status = CallStatus::from_name(line.trimmed()).ok_or(ErrorReply::CALL_VALUE)?;
        Ok(Command::SetCallStatus { call, status })
    } else if word.eq_ignore_ascii_case("SEEN") {
        Ok(Command::SetCallSeen(call))
    } else if word.eq_ignore_ascii_case("JOIN_CONFERENCE") {
        let change = CallChange::JoinConference(id(line.word())?);
        Ok(Command::SetCallOther { call, change })
    } else if word.eq_ignore_ascii_case("DTMF") {
        let keys = dtmf(line).ok_or(ErrorReply::DTMF)?;
        let change = CallChange::Dtmf(keys);
        Ok(Command::SetCallOther { call, change })
    } else {
        Err(ErrorReply::SET_CALL_PROPERTY)
    }
}
