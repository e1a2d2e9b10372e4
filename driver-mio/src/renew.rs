//! What a daemon reads again on SIGHUP and `control reload`: its configuration file and its certificates.
//! Never changes anything that runs: the event loop takes on what is found here as a whole, or nothing of it.

use imo2sproxy::event_loop::{Renew, Renewal, Seat};
use imo2sproxy::tls;
use imo2sproxy_core::config::Listener;
use imo2sproxy_core::io::ListenerId;

use crate::address;
use crate::certificates::Certificates;
use crate::cli::DaemonArgs;
use crate::failure::Failure;
use crate::settings::DaemonSettings;
use crate::settings::doors::Door;

/// What to do about an address that is not to be had.
const REMEDY: &str = "choose another addr, or start the daemon anew";

/// A daemon's settings as they are in force, and where they come from.
pub(crate) struct Renewer {
    /// The options, if there is a configuration file; without one they cannot say anything else than before.
    args: Option<DaemonArgs>,
    /// With all listeners that there have been, by their numbers.
    settings: DaemonSettings,
    certificates: Certificates,
    /// The listeners that are open.
    open: Vec<(ListenerId, Door)>,
}

/// A listener that is to be, and where its socket comes from.
struct Wanted {
    id: ListenerId,
    door: Door,
    seat: Seat,
}

impl Renewer {
    /// Settings in force, whose listeners are open, numbered in their order.
    pub(crate) fn new(
        args: Option<DaemonArgs>,
        settings: DaemonSettings,
        certificates: Certificates,
    ) -> Self {
        let doors = settings.doors.iter().cloned();
        Self {
            args,
            certificates,
            open: (0..).map(ListenerId).zip(doors).collect(),
            settings,
        }
    }

    /// The same for the event loop.
    pub(crate) fn boxed(mut self) -> Renew {
        Box::new(move || self.read().map_err(|failure| failure.line().into()))
    }

    fn read(&mut self) -> Result<Renewal, Failure> {
        let mut settings = match &self.args {
            Some(args) => DaemonSettings::of_daemon(args.clone())?,
            None => self.settings.clone(),
        };
        self.refuse(&settings)?;
        let client_tls = tls::client_config(settings.ca_file.as_deref())
            .map_err(|error| Failure::usage(format!("--ca-file: {error}")))?;
        self.certificates.expire(&settings.data);
        let wanted = self.seats(&settings.doors)?;
        let stays = self.keep_what_stays(&mut settings);
        let mut bound = Vec::with_capacity(wanted.len());
        for Wanted { id, door, .. } in &wanted {
            bound.push(self.certificates.bound(*id, door, &settings)?);
        }
        let mut lines = self.differences(&wanted)?;
        // From here on nothing fails.
        lines.extend(stays);
        self.number(&wanted, &mut settings.config.listeners);
        let mut listeners = Vec::with_capacity(wanted.len());
        self.open.clear();
        for (Wanted { id, door, seat }, bound) in wanted.into_iter().zip(bound) {
            self.open.push((id, door));
            listeners.push(bound.at(seat));
        }
        let renewal = Renewal {
            config: Some(settings.config.clone()),
            listeners,
            client_tls: Some(client_tls),
            ways: settings.ways.clone(),
            lines,
        };
        self.settings = settings;
        Ok(renewal)
    }

    /// Refuses what a process cannot become.
    fn refuse(&self, new: &DaemonSettings) -> Result<(), Failure> {
        let why = if new.data != self.settings.data {
            "data_dir is another folder; to move there, stop the daemon, move the folder, and start it again"
        } else if new.is_embedded() && !self.settings.is_embedded() {
            "server is \"embedded\" now, and this process has no service in it; start the daemon anew"
        } else {
            return Ok(());
        };
        Err(Failure::usage(why))
    }

    /// Which listeners are to be open, each at the socket that is there already, if one is.
    fn seats(&self, doors: &[Door]) -> Result<Vec<Wanted>, Failure> {
        let mut open: Vec<_> = self.open.iter().map(Some).collect();
        let mut take = |is_it: &dyn Fn(&Door) -> bool| {
            let mut open = open.iter_mut();
            let place = open.find(|place| place.is_some_and(|(_, door)| is_it(door)))?;
            place.take().map(|(id, _)| *id)
        };
        let mut next = u32::try_from(self.settings.config.listeners.len()).unwrap_or(u32::MAX);
        let mut wanted = Vec::with_capacity(doors.len());
        for door in doors {
            let same = take(&|one| one.kind == door.kind && one.address == door.address);
            let id = same.unwrap_or_else(|| {
                next += 1;
                ListenerId(next - 1)
            });
            // Clients of another kind come as those of another listener, to the same socket.
            let there = same.or_else(|| take(&|one| one.address == door.address));
            let seat = match there {
                Some(there) => Seat::Of(there),
                None => Seat::New(address::listen(door.address, REMEDY)?),
            };
            let door = door.clone();
            wanted.push(Wanted { id, door, seat });
        }
        Ok(wanted)
    }

    /// What is different about the listeners, in lines.
    fn differences(&self, wanted: &[Wanted]) -> Result<Vec<String>, Failure> {
        let mut lines = Vec::new();
        for Wanted { id, door, seat } in wanted {
            match seat {
                Seat::New(socket) => lines.push(address::listening(&door.kind, socket)?),
                Seat::Of(there) if there != id => {
                    lines.push(format!("listening {} {}", door.kind, door.address));
                }
                Seat::Of(_) => {}
            }
        }
        let stays = |id: ListenerId| wanted.iter().any(|one| one.id == id);
        let gone = self.open.iter().filter(|(id, _)| !stays(*id));
        lines.extend(gone.map(|(_, door)| format!("closed {} {}", door.kind, door.address)));
        Ok(lines)
    }

    /// Keeps what only a start can change, and says so.
    fn keep_what_stays(&self, new: &mut DaemonSettings) -> Option<String> {
        let old = &self.settings;
        let stays = [
            ("limits", new.config.limits != old.config.limits),
            ("admin", new.admin != old.admin),
            ("avatar_dir", new.files != old.files),
        ];
        new.config.limits = old.config.limits.clone();
        new.admin = old.admin;
        new.files.clone_from(&old.files);
        let stays = stays.iter().filter(|(_, differs)| *differs);
        let names: Vec<&str> = stays.map(|(name, _)| *name).collect();
        let line = || format!("takes effect at the next start: {}", names.join(", "));
        (!names.is_empty()).then(line)
    }

    /// Puts what the machine is told of its listeners into the order of their numbers, those that are closed included.
    fn number(&self, wanted: &[Wanted], listeners: &mut Vec<Listener>) {
        let mut all = self.settings.config.listeners.clone();
        for (Wanted { id, .. }, listener) in wanted.iter().zip(listeners.drain(..)) {
            match all.get_mut(id.0 as usize) {
                Some(place) => *place = listener,
                // New numbers follow each other.
                None => all.push(listener),
            }
        }
        *listeners = all;
    }
}
