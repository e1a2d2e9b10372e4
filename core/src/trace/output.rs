//! Outputs of a machine as they stand in a trace.
//! Never decides anything: each output has one form, and each form one output.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;
use super::names::{Conn, How, Kind, Obstacle};
use super::operator::{Answered, Standing};
use super::stored::{Asks, Change};
use crate::event::{About, Event};
use crate::io::{AskId, JobId, LoadId, Origin, Output, Reloaded, StoreId};
use crate::secret::Secret;
use crate::store::{Query, StoreOp};

/// One output (`core/docs/trace.md`, "Outputs"), without its time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "out", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are those of `Output`")]
pub enum Out {
    Connect {
        conn: Conn,
        #[serde(flatten)]
        origin: Place,
    },
    Send {
        conn: Conn,
        #[serde(flatten)]
        bytes: Bytes,
    },
    Reading {
        conn: Conn,
        on: bool,
    },
    Close {
        conn: Conn,
        how: How,
    },
    Load {
        load: u64,
        queries: Vec<Asks>,
    },
    Store {
        op: u64,
        changes: Vec<Change>,
    },
    Hash {
        job: u64,
        secret: String,
    },
    Verify {
        job: u64,
        secret: String,
        hash: String,
    },
    WriteFile {
        job: u64,
        name: String,
        #[serde(flatten)]
        bytes: Bytes,
    },
    ReadFile {
        job: u64,
        name: String,
        max: usize,
    },
    RunCallHandler {
        peer: String,
        call: u32,
        incoming: bool,
    },
    Status(Standing),
    Users(Answered),
    Probed {
        ask: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<Obstacle>,
    },
    Lifted {
        addresses: usize,
    },
    Reloaded {
        added: usize,
        changed: usize,
        removed: usize,
        untouched: usize,
    },
    Stopped,
    Event {
        name: Kind,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conn: Option<Conn>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        detail: String,
    },
}

/// Where a connection goes; without a host, to the service in the same process.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(into = "PlaceShape", try_from = "PlaceShape")]
pub struct Place(pub Origin);

#[derive(Serialize, Deserialize)]
struct PlaceShape {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tls: Option<bool>,
}

impl From<Place> for PlaceShape {
    fn from(place: Place) -> Self {
        let (host, port, tls) = match place.0 {
            Origin::Embedded => (None, None, None),
            Origin::Net { host, port, tls } => (Some(host), Some(port), Some(tls)),
        };
        Self { host, port, tls }
    }
}

impl TryFrom<PlaceShape> for Place {
    type Error = &'static str;

    fn try_from(shape: PlaceShape) -> Result<Self, Self::Error> {
        let PlaceShape { host, port, tls } = shape;
        Ok(Self(match (host, port, tls) {
            (None, None, None) => Origin::Embedded,
            (Some(host), Some(port), Some(tls)) => Origin::Net { host, port, tls },
            (None | Some(_), None | Some(_), None | Some(_)) => {
                return Err("\"host\", \"port\" and \"tls\" go together");
            }
        }))
    }
}

impl From<&Output> for Out {
    fn from(output: &Output) -> Self {
        match output {
            Output::Connect { conn, origin } => Self::Connect {
                conn: Conn(*conn),
                origin: Place(origin.clone()),
            },
            Output::Send { conn, bytes } => Self::Send {
                conn: Conn(*conn),
                bytes: Bytes(bytes.clone()),
            },
            Output::Reading { conn, on } => Self::Reading {
                conn: Conn(*conn),
                on: *on,
            },
            Output::Close { conn, how } => Self::Close {
                conn: Conn(*conn),
                how: How(*how),
            },
            Output::Load { load, queries } => Self::Load {
                load: load.0,
                queries: queries.iter().map(Asks::from).collect(),
            },
            Output::Store { op, changes } => Self::Store {
                op: op.0,
                changes: changes.iter().map(Change::from).collect(),
            },
            Output::Hash { job, secret } => Self::Hash {
                job: job.0,
                secret: secret.reveal().into(),
            },
            Output::Verify { job, secret, hash } => Self::Verify {
                job: job.0,
                secret: secret.reveal().into(),
                hash: hash.clone(),
            },
            Output::WriteFile { job, name, bytes } => Self::WriteFile {
                job: job.0,
                name: name.clone(),
                bytes: Bytes(bytes.clone()),
            },
            Output::ReadFile { job, name, max } => Self::ReadFile {
                job: job.0,
                name: name.clone(),
                max: *max,
            },
            Output::RunCallHandler {
                peer,
                call,
                incoming,
            } => Self::RunCallHandler {
                peer: peer.clone(),
                call: *call,
                incoming: *incoming,
            },
            Output::Status(snapshot) => Self::Status(snapshot.into()),
            Output::Users { ask, result } => Self::Users(Answered::of(*ask, result)),
            Output::Probed { ask, result } => Self::Probed {
                ask: ask.0,
                error: result.err().map(Obstacle),
            },
            Output::Lifted { addresses } => Self::Lifted {
                addresses: *addresses,
            },
            Output::Reloaded(done) => {
                let Reloaded {
                    added,
                    changed,
                    removed,
                    untouched,
                } = *done;
                Self::Reloaded {
                    added,
                    changed,
                    removed,
                    untouched,
                }
            }
            Output::Stopped => Self::Stopped,
            Output::Event(event) => event.into(),
        }
    }
}

impl From<&Event> for Out {
    fn from(event: &Event) -> Self {
        let (conn, account) = match &event.about {
            About::Process => (None, None),
            About::Conn(conn) => (Some(Conn(*conn)), None),
            About::Account(name) => (None, Some(name.clone())),
        };
        Self::Event {
            name: Kind(event.kind),
            conn,
            account,
            detail: event.detail.clone().into_owned(),
        }
    }
}

impl From<Out> for Output {
    fn from(out: Out) -> Self {
        match out {
            Out::Connect { conn, origin } => Self::Connect {
                conn: conn.0,
                origin: origin.0,
            },
            Out::Send { conn, bytes } => Self::Send {
                conn: conn.0,
                bytes: bytes.0,
            },
            Out::Reading { conn, on } => Self::Reading { conn: conn.0, on },
            Out::Close { conn, how } => Self::Close {
                conn: conn.0,
                how: how.0,
            },
            Out::Load { load, queries } => Self::Load {
                load: LoadId(load),
                queries: queries.into_iter().map(Query::from).collect(),
            },
            Out::Store { op, changes } => Self::Store {
                op: StoreId(op),
                changes: Arc::new(changes.into_iter().map(StoreOp::from).collect()),
            },
            Out::Hash { job, secret } => Self::Hash {
                job: JobId(job),
                secret: Secret::new(secret),
            },
            Out::Verify { job, secret, hash } => Self::Verify {
                job: JobId(job),
                secret: Secret::new(secret),
                hash,
            },
            Out::WriteFile { job, name, bytes } => Self::WriteFile {
                job: JobId(job),
                name,
                bytes: bytes.0,
            },
            Out::ReadFile { job, name, max } => Self::ReadFile {
                job: JobId(job),
                name,
                max,
            },
            Out::RunCallHandler {
                peer,
                call,
                incoming,
            } => Self::RunCallHandler {
                peer,
                call,
                incoming,
            },
            Out::Status(standing) => Self::Status(standing.into()),
            Out::Users(answered) => {
                let (ask, result) = answered.into_parts();
                Self::Users { ask, result }
            }
            Out::Probed { ask, error } => Self::Probed {
                ask: AskId(ask),
                result: error.map_or(Ok(()), |error| Err(error.0)),
            },
            Out::Lifted { addresses } => Self::Lifted { addresses },
            Out::Reloaded {
                added,
                changed,
                removed,
                untouched,
            } => Self::Reloaded(Reloaded {
                added,
                changed,
                removed,
                untouched,
            }),
            Out::Stopped => Self::Stopped,
            Out::Event {
                name,
                conn,
                account,
                detail,
            } => Self::Event(Event {
                kind: name.0,
                about: match (conn, account) {
                    (Some(conn), _) => About::Conn(conn.0),
                    (None, Some(name)) => About::Account(name),
                    (None, None) => About::Process,
                },
                detail: Cow::Owned(detail),
            }),
        }
    }
}
