//! Calls, voicemails and text messages to telephones: there are none, which is said by the proper number.
//! Never starts one.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Calls, voicemail, SMS".

use super::command::{Command, Parsed};
use super::error::ErrorReply;
use super::handle::is_phone_number;
use super::lex::{Cursor, is_number, keyword};
use crate::handle::is_handle;

/// What can be asked about a call.
const CALL_PROPERTIES: &[&str] = &[
    "TIMESTAMP",
    "PARTNER_HANDLE",
    "PARTNER_DISPNAME",
    "TARGET_IDENTITY",
    "CONF_ID",
    "TYPE",
    "STATUS",
    "VIDEO_STATUS",
    "VIDEO_SEND_STATUS",
    "VIDEO_RECEIVE_STATUS",
    "FAILUREREASON",
    "SUBJECT",
    "PSTN_NUMBER",
    "DURATION",
    "PSTN_STATUS",
    "CONF_PARTICIPANTS_COUNT",
    "CONF_PARTICIPANT",
    "VM_DURATION",
    "VM_ALLOWED_DURATION",
    "RATE",
    "RATE_CURRENCY",
    "RATE_PRECISION",
    "INPUT",
    "OUTPUT",
    "CAPTURE_MIC",
    "VAA_INPUT_STATUS",
    "FORWARDED_BY",
    "TRANSFER_ACTIVE",
    "TRANSFER_STATUS",
    "TRANSFERRED_BY",
    "TRANSFERRED_TO",
    "SEEN",
    "CAN_TRANSFER",
];

/// `CALL <target>`.
pub(super) fn call(mut line: Cursor<'_>) -> Parsed<'_> {
    let target = line.word().trim_end_matches(',');
    Err(if is_number(target) || is_phone_number(target) {
        ErrorReply::NO_PHONE_NUMBERS
    } else if is_handle(target) {
        ErrorReply::NO_CALLS
    } else {
        ErrorReply::CALL_TARGET
    })
}

/// `GET CALL <number> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    if !is_number(line.word()) {
        return Err(ErrorReply::GET_CALL_ID);
    }
    keyword(CALL_PROPERTIES, line.word()).ok_or(ErrorReply::CALL_PROPERTY)?;
    Err(ErrorReply::GET_CALL_UNKNOWN)
}

/// `SET CALL <number> <property> <value>`.
pub(super) fn set(mut line: Cursor<'_>) -> Parsed<'_> {
    const PROPERTIES: &[&str] = &["STATUS", "JOIN_CONFERENCE", "DTMF", "SEEN"];
    let id = line.word();
    if !is_number(id) {
        return Err(ErrorReply::SET_CALL_ID);
    }
    match keyword(PROPERTIES, line.word()) {
        Some("SEEN") => Ok(seen("CALL", id)),
        Some(_) => Err(ErrorReply::SET_CALL_UNKNOWN),
        None => Err(ErrorReply::SET_CALL_PROPERTY),
    }
}

/// `SET SMS <number> <property> <value>`.
pub(super) fn set_sms(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = line.word();
    if is_number(id) && line.word().eq_ignore_ascii_case("SEEN") {
        return Ok(seen("SMS", id));
    }
    Err(ErrorReply::SET_UNKNOWN)
}

/// To have seen something that does not exist is no error: clients say so without waiting for the answer.
fn seen<'a>(object: &str, id: &str) -> Command<'a> {
    Command::Fixed([object, id, "SEEN", "TRUE"].join(" ").into())
}

/// `ALTER CALL <number> ...`.
pub(super) fn alter(mut line: Cursor<'_>) -> Parsed<'_> {
    Err(match line.word() {
        "" => ErrorReply::CALL_NO_ID,
        _ => ErrorReply::ALTER_CALL_ID,
    })
}

/// `GET VOICEMAIL <number> <property>`.
pub(super) fn get_voicemail(mut line: Cursor<'_>) -> Parsed<'_> {
    let id = line.word();
    Err(if !id.is_empty() && line.is_done() {
        ErrorReply::VOICEMAIL_NO_PROPERTY
    } else {
        ErrorReply::VOICEMAIL_OBJECT
    })
}

/// `ALTER VOICEMAIL <number> ...`.
pub(super) fn alter_voicemail(mut line: Cursor<'_>) -> Parsed<'_> {
    Err(match line.word() {
        "" => ErrorReply::VOICEMAIL_NO_ID,
        _ => ErrorReply::ALTER_VOICEMAIL_ID,
    })
}
