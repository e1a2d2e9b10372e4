//! Inputs of a machine as they stand in a trace.
//! Never decides anything: each input has one form, and each form one input.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use super::names::{Cause, Conn, FileFault, StoreFault};
use super::operator::Asked;
use crate::io::{Input, JobId, ListenerId, LoadId, Peer, StoreId};
use crate::store::{Record, StoreError};

/// How [`Peer::Embedded`] is written.
const EMBEDDED: &str = "embedded";

/// One input (`core/docs/trace.md`, "Inputs"), without its time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are those of `Input`")]
pub enum In {
    Start,
    Accepted {
        conn: Conn,
        listener: u32,
        peer: String,
    },
    Connected {
        conn: Conn,
    },
    Received {
        conn: Conn,
        #[serde(flatten)]
        bytes: Bytes,
    },
    Sent {
        conn: Conn,
        count: usize,
    },
    Closed {
        conn: Conn,
        cause: Cause,
    },
    Loaded {
        load: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        records: Option<Vec<Stored>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<StoreFault>,
    },
    Stored {
        op: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<StoreFault>,
    },
    Hashed {
        job: u64,
        hash: String,
    },
    Verified {
        job: u64,
        ok: bool,
    },
    FileWritten {
        job: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<FileFault>,
    },
    FileRead {
        job: u64,
        #[serde(flatten)]
        bytes: Option<Bytes>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<FileFault>,
    },
    Control(Asked),
    Tick,
}

/// A record of the store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stored {
    /// Where it stands.
    pub key: String,
    /// What stands there.
    #[serde(flatten)]
    pub value: Bytes,
}

impl From<&Input<'_>> for In {
    fn from(input: &Input<'_>) -> Self {
        match input {
            Input::Start => Self::Start,
            Input::Accepted {
                conn,
                listener,
                peer,
            } => Self::Accepted {
                conn: Conn(*conn),
                listener: listener.0,
                peer: match peer {
                    Peer::Net(address) => alloc::format!("{address}"),
                    Peer::Embedded => EMBEDDED.into(),
                },
            },
            Input::Connected { conn } => Self::Connected { conn: Conn(*conn) },
            Input::Received { conn, bytes } => Self::Received {
                conn: Conn(*conn),
                bytes: Bytes(bytes.to_vec()),
            },
            Input::Sent { conn, count } => Self::Sent {
                conn: Conn(*conn),
                count: *count,
            },
            Input::Closed { conn, cause } => Self::Closed {
                conn: Conn(*conn),
                cause: Cause(*cause),
            },
            Input::Loaded { load, result } => Self::Loaded {
                load: load.0,
                records: result.as_ref().ok().map(|records| stored(records)),
                error: result.as_ref().err().map(|error| StoreFault(*error)),
            },
            Input::Stored { op, result } => Self::Stored {
                op: op.0,
                error: result.err().map(StoreFault),
            },
            Input::Hashed { job, hash } => Self::Hashed {
                job: job.0,
                hash: hash.clone(),
            },
            Input::Verified { job, ok } => Self::Verified {
                job: job.0,
                ok: *ok,
            },
            Input::FileWritten { job, result } => Self::FileWritten {
                job: job.0,
                error: result.err().map(FileFault),
            },
            Input::FileRead { job, result } => Self::FileRead {
                job: job.0,
                bytes: result.as_ref().ok().map(|bytes| Bytes(bytes.clone())),
                error: result.as_ref().err().map(|error| FileFault(*error)),
            },
            Input::Control(control) => Self::Control(control.into()),
            Input::Tick => Self::Tick,
        }
    }
}

impl In {
    /// The input that this stands for.
    ///
    /// # Errors
    /// In words, if it stands for none.
    pub fn input(&self) -> Result<Input<'_>, &'static str> {
        Ok(match self {
            Self::Start => Input::Start,
            Self::Accepted {
                conn,
                listener,
                peer,
            } => Input::Accepted {
                conn: conn.0,
                listener: ListenerId(*listener),
                peer: match peer.as_str() {
                    EMBEDDED => Peer::Embedded,
                    address => Peer::Net(
                        address
                            .parse()
                            .map_err(|_| "\"peer\" is no address with a port")?,
                    ),
                },
            },
            Self::Connected { conn } => Input::Connected { conn: conn.0 },
            Self::Received { conn, bytes } => Input::Received {
                conn: conn.0,
                bytes: &bytes.0,
            },
            Self::Sent { conn, count } => Input::Sent {
                conn: conn.0,
                count: *count,
            },
            Self::Closed { conn, cause } => Input::Closed {
                conn: conn.0,
                cause: cause.0,
            },
            Self::Loaded {
                load,
                records,
                error,
            } => Input::Loaded {
                load: LoadId(*load),
                result: loaded(records.as_deref(), *error)?,
            },
            Self::Stored { op, error } => Input::Stored {
                op: StoreId(*op),
                result: error.map_or(Ok(()), |error| Err(error.0)),
            },
            Self::Hashed { job, hash } => Input::Hashed {
                job: JobId(*job),
                hash: hash.clone(),
            },
            Self::Verified { job, ok } => Input::Verified {
                job: JobId(*job),
                ok: *ok,
            },
            Self::FileWritten { job, error } => Input::FileWritten {
                job: JobId(*job),
                result: error.map_or(Ok(()), |error| Err(error.0)),
            },
            Self::FileRead { job, bytes, error } => Input::FileRead {
                job: JobId(*job),
                result: match (bytes, error) {
                    (Some(bytes), None) => Ok(bytes.0.clone()),
                    (None, Some(error)) => Err(error.0),
                    (Some(_), Some(_)) | (None, None) => {
                        return Err("a file that was read has either bytes or an \"error\"");
                    }
                },
            },
            Self::Control(asked) => Input::Control(asked.clone().into()),
            Self::Tick => Input::Tick,
        })
    }
}

fn stored(records: &[Record]) -> Vec<Stored> {
    let form = |record: &Record| Stored {
        key: record.key.clone(),
        value: Bytes(record.value.clone()),
    };
    records.iter().map(form).collect()
}

fn loaded(
    records: Option<&[Stored]>,
    error: Option<StoreFault>,
) -> Result<Result<Vec<Record>, StoreError>, &'static str> {
    let record = |form: &Stored| Record {
        key: form.key.clone(),
        value: form.value.0.clone(),
    };
    match (records, error) {
        (Some(records), None) => Ok(Ok(records.iter().map(record).collect())),
        (None, Some(error)) => Ok(Err(error.0)),
        (Some(_), Some(_)) | (None, None) => {
            Err("what was loaded has either \"records\" or an \"error\"")
        }
    }
}
