//! Every kind of thing that can go wrong in a world, and a table of how often each did.
//! Never says how likely one is: `Faults` does.

use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// A kind of thing that can go wrong. Closed: a table that counts faults has a line for each.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Fault {
            $($(#[$doc])* $kind,)*
        }

        impl Fault {
            /// All kinds, in the order of tables.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// A short name for tables.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A read gave only a part of what had come.
    SplitRead = "split read",
    /// A read waited, so that more came together.
    MergedRead = "merged read",
    /// The system took only a part of what was to be sent.
    ShortWrite = "short write",
    /// Something travelled longer than the network needs at least.
    Delay = "delay",
    /// A piece of a stream was held up.
    Stall = "stall",
    /// A connection was broken off.
    Reset = "reset",
    /// Bytes under way were lost when their connection broke.
    LostTail = "lost tail",
    /// An aborted connection looked to the peer like one that ended in good order.
    CleanAbort = "clean abort",
    /// A connection attempt was refused.
    Refused = "refused",
    /// A connection attempt got no answer.
    Hanging = "hanging",
    /// A connection attempt found no way.
    Unreachable = "unreachable",
    /// A connection attempt found no address for the name.
    NoSuchHost = "no such host",
    /// A connection attempt failed at TLS.
    TlsFailure = "TLS failure",
    /// One or both directions of a connection swallowed everything, and nobody was told.
    HalfOpen = "half-open",
    /// The end of a connection that had accepted it was told that it is broken, the other one nothing.
    AcceptorGone = "acceptor gone",
    /// A transaction failed.
    StoreFails = "store fails",
    /// A load failed.
    LoadFails = "load fails",
    /// A file of a client could not be written or read.
    FileFails = "file fails",
    /// The disk took longer than it needs at least.
    SlowDisk = "slow disk",
    /// A transaction failed since the disk was full for a while.
    FullDisk = "full disk",
    /// A machine got a tick that it did not ask for.
    EarlyTick = "early tick",
    /// A machine got a tick later than it had asked for.
    LateTick = "late tick",
    /// Of two things of the same moment the later one came first.
    ShuffledTie = "shuffled tie",
    /// The wall clock was set forward or back.
    WallJump = "wall clock jump",
    /// A test let a host die, at once or by a plan.
    Killed = "killed",
    /// A test let a host say goodbye and end.
    Drained = "drained",
    /// A host died before its disk did a transaction.
    CrashBeforeStore = "crash before store",
    /// A host died after its disk did a transaction, before its machine heard of it.
    CrashAfterStore = "crash after store",
    /// A host was without network.
    Unplugged = "unplugged",
    /// A client did not read for a while.
    SlowReader = "slow reader",
    /// A hostile client sent random bytes.
    HostileGarbage = "hostile garbage",
    /// A hostile client began a frame or a head, and sent no more.
    HostileHalf = "hostile half message",
    /// A hostile client announced more than anybody may send, and sent a lot.
    HostileLength = "hostile length",
    /// A hostile client logged in, or began as one should, and sent random bytes then.
    HostileTurn = "hostile turn",
    /// A hostile client sent requests without end and read nothing.
    HostileFlood = "hostile flood",
    /// A hostile client sent byte by byte.
    HostileDrip = "hostile drip",
    /// A hostile client connected and said nothing.
    HostileSilence = "hostile silence",
    /// A hostile client spoke for a session that is not its own.
    HostileSession = "hostile session",
    /// A hostile client made up an envelope.
    HostileEnvelope = "hostile envelope",
    /// A request was answered with 429 or 5xx, and never reached the service.
    HttpRefused = "http refused",
    /// A request was done by the service, and answered with 429 or 5xx.
    HttpDenied = "http denied",
    /// A request was done by the service, and answered with a page for people.
    HttpPage = "http page",
    /// An answer ended in the midst of its body.
    HttpTruncated = "http truncated",
    /// The body of an answer came twice, within its length.
    HttpBodyTwice = "http body twice",
    /// A whole answer came twice.
    HttpTwice = "http twice",
    /// An answer was lost after the service had done what was asked.
    HttpLost = "http answer lost",
    /// An answer had numbers again that an earlier one had.
    RepeatedNumbers = "repeated numbers",
    /// An answer came without some of its messages.
    SkippedNumbers = "skipped numbers",
    /// An operator gave a daemon a new configuration, or the same once more.
    Reloaded = "reloaded",
    /// Somebody tried to come in with a wrong password.
    Guessed = "wrong password",
}

/// How often each kind of fault has happened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fired([u64; Fault::ALL.len()]);

impl Default for Fired {
    fn default() -> Self {
        Self([0; Fault::ALL.len()])
    }
}

impl Fired {
    pub(super) const fn from_counts(counts: [u64; Fault::ALL.len()]) -> Self {
        Self(counts)
    }

    /// Counts one more.
    pub const fn add(&mut self, fault: Fault) {
        self.0[fault as usize] += 1;
    }

    /// Adds what another world has counted.
    pub fn merge(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }

    /// How often `fault` has happened.
    #[must_use]
    pub const fn count(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// All kinds with their counts, those that never happened included.
    pub fn iter(&self) -> impl Iterator<Item = (Fault, u64)> + '_ {
        Fault::ALL.iter().map(|fault| (*fault, self.count(*fault)))
    }
}

/// A table: a line for each kind, those that never happened included.
impl fmt::Display for Fired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (fault, count) in self.iter() {
            writeln!(f, "{:<20} {count:>12}", fault.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fired {
    /// What has happened, without what has not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let happened = self.iter().filter(|(_, count)| *count > 0);
        f.debug_map()
            .entries(happened.map(|(fault, count)| (fault.name(), count)))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_name_and_a_count_of_its_own() {
        let mut names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Fault::ALL.len());
        for fault in Fault::ALL {
            let mut fired = Fired::default();
            fired.add(*fault);
            let counted: Vec<_> = fired.iter().filter(|(_, count)| *count > 0).collect();
            assert_eq!(counted, [(*fault, 1)]);
        }
    }

    #[test]
    fn two_tables_add_up() {
        let (mut one, mut other) = (Fired::default(), Fired::default());
        one.add(Fault::Reset);
        other.add(Fault::Reset);
        other.add(Fault::Delay);
        one.merge(&other);
        assert_eq!((one.count(Fault::Reset), one.count(Fault::Delay)), (2, 1));
        assert_eq!(format!("{one:?}"), r#"{"delay": 1, "reset": 2}"#);
    }
}
