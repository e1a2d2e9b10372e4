//! The sending of files: what a client can ask about it.
//! Never sends one.
//!
//! The commands are listed in `core/docs/skype-api.md`, "Voicemail, SMS, files".

use super::command::Command;
use super::error::ErrorReply;
use super::lex::Cursor;
use super::value::Id;
use super::verbs::Parsed;
use super::words::Source::Served;
use super::words::{properties, words};

properties! {
    /// What can be asked about the sending of a file.
    FileTransferProperty {
        /// A word of [`FileTransferType`].
        Type = "TYPE", 7, Text, Served("");
        /// A word of [`FileTransferStatus`].
        Status = "STATUS", 7, Text, Served("");
        /// Why it came to nothing.
        FailureReason = "FAILUREREASON", 7, Text, Served("UNKNOWN");
        /// The handle of the other side.
        PartnerHandle = "PARTNER_HANDLE", 7, Text, Served("");
        /// The name of the other side.
        PartnerDispname = "PARTNER_DISPNAME", 7, Text, Served("");
        /// When it began, in seconds of Unix time.
        StartTime = "STARTTIME", 7, Number, Served("0");
        /// When it should end, in seconds of Unix time, or 0.
        FinishTime = "FINISHTIME", 7, Number, Served("0");
        /// Where the file is here.
        Path = "FILEPATH", 7, Text, Served("");
        /// What the file is called.
        Name = "FILENAME", 7, Text, Served("");
        /// Bytes.
        Size = "FILESIZE", 7, Number, Served("0");
        /// Bytes in a second.
        Rate = "BYTESPERSECOND", 7, Number, Served("0");
        /// Bytes that have gone over.
        Transferred = "BYTESTRANSFERRED", 7, Number, Served("0");
    }
}

words! {
    /// Which way a file goes.
    FileTransferType {
        /// To the own user.
        Incoming = "INCOMING",
        /// To somebody else.
        Outgoing = "OUTGOING",
    }
}

words! {
    /// How far the sending of a file is.
    FileTransferStatus {
        /// Offered.
        New = "NEW",
        /// Offered to the other side, who has not answered.
        WaitingForAccept = "WAITING_FOR_ACCEPT",
        /// Taken; the way is being made.
        Connecting = "CONNECTING",
        /// Going over.
        Transferring = "TRANSFERRING",
        /// Going over by way of a third.
        TransferringOverRelay = "TRANSFERRING_OVER_RELAY",
        /// Halted here.
        Paused = "PAUSED",
        /// Halted by the other side.
        RemotelyPaused = "REMOTELY_PAUSED",
        /// Given up.
        Cancelled = "CANCELLED",
        /// Over.
        Completed = "COMPLETED",
        /// Came to nothing.
        Failed = "FAILED",
    }
}

/// `GET FILETRANSFER <number> <property>`.
pub(super) fn get(mut line: Cursor<'_>) -> Parsed<'_> {
    let unknown = ErrorReply::GET_UNKNOWN;
    let transfer = Id::parse(line.word(), unknown, unknown)?;
    let property = FileTransferProperty::from_name(line.word()).ok_or(unknown)?;
    Ok(Command::GetFileTransfer { transfer, property })
}
