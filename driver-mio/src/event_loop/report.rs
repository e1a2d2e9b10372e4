//! How a process stands, in numbers: what is counted on the way, and what is told of it.
//! Never holds what anybody says, and no name but those of accounts.

use std::collections::BTreeMap;
use std::time::Duration;

use imo2sproxy_core::event::EventKind;
use imo2sproxy_core::io::{ConnId, Input, Output, Snapshot};
use imo2sproxy_core::time::Instant;

/// How long the store may take for an answer before that is a fault.
const STORE_PATIENCE: Duration = Duration::from_secs(10);

/// How things stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// For how long it runs.
    pub up: Duration,
    /// It comes to an end.
    pub draining: bool,
    /// The session is being recorded.
    pub recording: bool,
    /// How its machines stand.
    pub machines: Vec<Snapshot>,
    /// What is wrong with the store, if anything is.
    pub store_trouble: Option<&'static str>,
    /// How often each kind of event has happened. Those that never did are not there.
    pub events: BTreeMap<EventKind, u64>,
    /// How many bytes have passed.
    pub bytes: Bytes,
}

/// Bytes that have passed between the machine and its peers; TLS does not count.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Bytes {
    /// From those who have come to our listeners.
    pub from_clients: u64,
    /// To them.
    pub to_clients: u64,
    /// From those to whom we have connected.
    pub from_services: u64,
    /// To them.
    pub to_services: u64,
}

/// What is counted on the way.
#[derive(Default, Debug)]
pub(super) struct Tally {
    pub(super) events: BTreeMap<EventKind, u64>,
    pub(super) bytes: Bytes,
    /// How many answers the store owes, and since when it has given none.
    owed: usize,
    quiet_since: Instant,
    write_failed: bool,
    read_failed: bool,
}

impl Tally {
    /// Something has happened.
    pub(super) fn count(&mut self, kind: EventKind) {
        *self.events.entry(kind).or_default() += 1;
    }

    /// The machine is told this.
    pub(super) fn told(&mut self, now: Instant, input: &Input<'_>) {
        if let Input::Received { conn, bytes } = input {
            let count = bytes.len() as u64;
            match conn {
                ConnId::Client(_) => self.bytes.from_clients += count,
                ConnId::Upstream(_) => self.bytes.from_services += count,
            }
        } else if let Input::Stored { result, .. } = input {
            self.write_failed = result.is_err();
            self.answered(now);
        } else if let Input::Loaded { result, .. } = input {
            self.read_failed = result.is_err();
            self.answered(now);
        }
    }

    /// The machine asks for this.
    pub(super) fn asked(&mut self, now: Instant, output: &Output) {
        if let Output::Send { conn, bytes } = output {
            let count = bytes.len() as u64;
            match conn {
                ConnId::Client(_) => self.bytes.to_clients += count,
                ConnId::Upstream(_) => self.bytes.to_services += count,
            }
        } else if let Output::Load { .. } | Output::Store { .. } = output {
            if self.owed == 0 {
                self.quiet_since = now;
            }
            self.owed += 1;
        }
    }

    /// What is wrong with the store, if anything is.
    pub(super) fn store_trouble(&self, now: Instant) -> Option<&'static str> {
        if self.write_failed {
            Some("the store cannot be written")
        } else if self.read_failed {
            Some("the store cannot be read")
        } else if self.owed > 0 && now.since(self.quiet_since) > STORE_PATIENCE {
            Some("the store does not answer")
        } else {
            None
        }
    }

    fn answered(&mut self, now: Instant) {
        self.owed = self.owed.saturating_sub(1);
        self.quiet_since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use imo2sproxy_core::io::StoreId;
    use imo2sproxy_core::store::StoreError;

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    fn store() -> Output {
        Output::Store {
            op: StoreId(1),
            changes: Vec::new().into(),
        }
    }

    fn stored(result: Result<(), StoreError>) -> Input<'static> {
        Input::Stored {
            op: StoreId(1),
            result,
        }
    }

    #[test]
    fn the_store_is_in_trouble_while_it_fails_or_keeps_still() {
        let mut tally = Tally::default();
        assert_eq!(tally.store_trouble(at(100)), None, "nothing was asked");
        tally.asked(at(100), &store());
        assert_eq!(tally.store_trouble(at(110)), None);
        let quiet = Some("the store does not answer");
        assert_eq!(tally.store_trouble(at(111)), quiet);
        tally.told(at(112), &stored(Err(StoreError::Full)));
        let failed = Some("the store cannot be written");
        assert_eq!(tally.store_trouble(at(112)), failed);
        tally.asked(at(113), &store());
        tally.told(at(113), &stored(Ok(())));
        assert_eq!(tally.store_trouble(at(200)), None);
    }

    #[test]
    fn bytes_are_counted_by_who_has_come_to_whom() {
        let mut tally = Tally::default();
        let conns = [ConnId::Client(1), ConnId::Upstream(1)];
        for (conn, bytes) in conns.into_iter().zip([&b"abc"[..], b"de"]) {
            tally.told(at(0), &Input::Received { conn, bytes });
            let bytes = bytes.repeat(2);
            tally.asked(at(0), &Output::Send { conn, bytes });
        }
        let expected = Bytes {
            from_clients: 3,
            to_clients: 6,
            from_services: 2,
            to_services: 4,
        };
        assert_eq!(tally.bytes, expected);
    }
}
