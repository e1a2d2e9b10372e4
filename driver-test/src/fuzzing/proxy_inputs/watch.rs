//! What is asked of the daemon at every moment: secrets, what is confirmed, and what its limits say.
//! Never changes what the daemon gets to hear.

use imo2sproxy_core::event::Event;
use imo2sproxy_core::io::{ConnId, FileError, Input, Origin, Output, Snapshot};
use imo2sproxy_core::store::{StoreError, StoreOp};

use super::house::{DOORS, GUESTS, services};
use super::{HOUSE, Run};
use crate::fuzzing::bench::{DiskRequest, End, Job};
use crate::hash_of;

/// What replies to the last command may add to what a slow client has not taken, in bytes.
const REPLY_ROOM: usize = 16 * 1024;
/// Connections of one account.
const LANES: usize = 2;

impl Run {
    /// Takes what the machine asks for, and looks at it.
    pub(super) fn take(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Send { conn, bytes } => self.sent(conn, &bytes),
                Output::Event(event) => self.told(&event),
                Output::Probed { ask, result } => self.probed(ask, result),
                Output::Status(snapshot) => self.check_snapshot(&snapshot),
                Output::Connect { .. }
                | Output::Reading { .. }
                | Output::Close { .. }
                | Output::Load { .. }
                | Output::Store { .. }
                | Output::Hash { .. }
                | Output::Verify { .. }
                | Output::WriteFile { .. }
                | Output::ReadFile { .. }
                | Output::RunCallHandler { .. }
                | Output::Stopped
                | Output::Users { .. }
                | Output::Lifted { .. }
                | Output::Reloaded(_) => {}
            }
        }
        self.check_limits();
        self.check_probes();
    }

    fn sent(&mut self, conn: ConnId, bytes: &[u8]) {
        let host = match self
            .bench
            .ends()
            .get(&conn)
            .and_then(|end| end.origin.as_ref())
        {
            Some(Origin::Net { host, .. }) => host.clone(),
            Some(Origin::Embedded) | None => String::new(),
        };
        let services = services(self.options);
        let place = services.iter().position(|(_, own, _)| *own == host);
        // What somebody gives who is no account goes to the service of guests, whatever it is.
        let is_guest = host == GUESTS.0;
        for (account, (.., password)) in services.iter().enumerate() {
            let may = place == Some(account) || is_guest;
            assert!(
                may || !self.shows(bytes, password),
                "a password goes to {conn}"
            );
        }
        for door in DOORS {
            assert!(
                is_guest || !self.shows(bytes, door),
                "an access password goes to {conn}"
            );
        }
        if let Some(visitor) = self.visitors.get_mut(&conn) {
            visitor.sent(bytes);
        } else if let Some(place) = place {
            let far = &mut self.fars[place];
            far.hold_over(self.bench.now().mono);
            far.receive(conn, bytes);
        }
    }

    fn told(&self, event: &Event) {
        let text = format!("{event}\n{event:?}");
        let passwords = services(self.options)
            .iter()
            .map(|(.., password)| *password);
        for secret in passwords.chain(DOORS) {
            assert!(!self.shows(text.as_bytes(), secret), "a log shows a secret");
        }
    }

    fn shows(&self, bytes: &[u8], secret: &str) -> bool {
        let secret = secret.as_bytes();
        self.keeps_secrets && bytes.windows(secret.len()).any(|part| part == secret)
    }

    /// A client has heard a line.
    pub(super) fn heard(&mut self, conn: ConnId, line: &str) {
        self.check_confirmed(conn, line);
        if let Some(visitor) = self.visitors.get_mut(&conn) {
            visitor.heard(line);
        }
    }

    /// What a client is told to be sent, or to have come, is durable.
    fn check_confirmed(&self, conn: ConnId, line: &str) {
        let mut words = line.split(' ').peekable();
        words.next_if(|word| word.starts_with('#'));
        let words: Vec<&str> = words.take(5).collect();
        let [
            "CHATMESSAGE" | "MESSAGE",
            number,
            "STATUS",
            status @ ("SENT" | "RECEIVED"),
        ] = words[..]
        else {
            return;
        };
        let Ok(number) = number.parse::<u64>() else {
            return;
        };
        let is_his = |name: &&str| self.durable.contains(&format!("p/{name}/m/{number:010}"));
        let durable: Vec<&str> = self.names().filter(is_his).collect();
        assert!(!durable.is_empty(), "{conn} hears what can be lost: {line}");
        if status == "SENT" && durable.len() == 1 {
            let key = format!("p/{}/o/{number:010}", durable[0]);
            let is_unsent = self.bench.store().get(&key).is_some();
            assert!(!is_unsent, "{conn} hears what would be sent again: {line}");
        }
    }

    /// Nothing is larger than the limits say.
    fn check_limits(&self) {
        for (conn, end) in self.bench.ends() {
            let most = self.limits.unsent_bytes_soft + self.limits.unsent_bytes + REPLY_ROOM;
            let is_client = self.visitors.contains_key(conn);
            assert!(
                !is_client || end.unsent <= most,
                "{conn} has {} bytes unsent",
                end.unsent
            );
        }
        for (_, host, _) in services(self.options) {
            let is_its = |end: &&End| match &end.origin {
                Some(Origin::Net { host: own, .. }) => own == host && end.closing.is_none(),
                Some(Origin::Embedded) | None => false,
            };
            let count = self.bench.ends().values().filter(is_its).count();
            assert!(count <= LANES, "{count} connections to {host}");
        }
        let jobs = self.bench.jobs().iter();
        let files = jobs.filter(|(_, job)| !matches!(job, Job::Verify(..)));
        let files = files.count();
        assert!(
            files <= self.limits.files * self.accounts_max(),
            "{files} files"
        );
    }

    fn check_snapshot(&self, snapshot: &Snapshot) {
        let Snapshot::Proxy {
            strangers,
            accounts,
        } = snapshot
        else {
            panic!("a daemon says how a service stands");
        };
        assert!(*strangers <= self.limits.unauthenticated);
        let most = self.accounts_max();
        assert!(accounts.len() <= most, "{} accounts", accounts.len());
        assert!(self.has(HOUSE) || accounts.len() == most);
    }

    /// Lets the store do what it is to do next, and remembers what has become durable.
    pub(super) fn answer_disk(&mut self, fault: Option<StoreError>) {
        if let (Some(DiskRequest::Store(_, changes)), None) = (self.bench.disk(), fault) {
            for change in changes.iter() {
                if let StoreOp::Put { key, .. } = change
                    && key.contains("/m/")
                {
                    self.durable.insert(key.as_str().into());
                }
            }
        }
        let said = self.bench.answer_disk(fault);
        self.take(said);
    }

    /// Does the job of that place in the list, well or not.
    pub(super) fn answer_job(&mut self, place: usize, well: bool) {
        let Some((job, kind)) = self.bench.take_job(place) else {
            return;
        };
        let fault = FileError::Missing;
        let input = match kind {
            Job::Write => Input::FileWritten {
                job,
                result: if well { Ok(()) } else { Err(fault) },
            },
            Job::Read => Input::FileRead {
                job,
                result: if well {
                    Ok(b"\xff\xd8\xff\xe0\x00\x10JFIF".to_vec())
                } else {
                    Err(fault)
                },
            },
            Job::Verify(secret, hash) => Input::Verified {
                job,
                ok: hash_of(secret.reveal()) == hash,
            },
            Job::Hash(_) => panic!("a daemon has nothing to hash"),
        };
        let said = self.bench.tell(input);
        self.take(said);
    }
}
