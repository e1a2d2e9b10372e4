//! The daemon with its embedded service: two machines as one, joined by pipes without a port between them.
//! Never decides anything: it renames ids, and passes outputs of the one on as inputs of the other.

use alloc::collections::VecDeque;
use core::time::Duration;

use crate::event::{Event, EventKind};
use crate::id_map::IdMap;
use crate::imo::service::Service;
use crate::io::{
    CloseCause, CloseHow, ConnId, Control, Input, JobId, ListenerId, LoadId, Machine, Origin,
    Output, Outputs, Peer, StoreId,
};
use crate::proxy::Proxy;
use crate::time::{Instant, Now};

mod pipe;
mod verdicts;

use pipe::{Passing, Pipe};
use verdicts::Verdicts;

/// How many bytes go through the pipes in one input before the pair asks for a [`Input::Tick`].
const TURN_BYTES: usize = 64 * 1024;

/// How soon that is: the deadline after a tick lies ahead of it.
const SOON: Duration = Duration::from_micros(1);

/// Which of the two machines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Side {
    Proxy,
    Service,
}

impl Side {
    const fn other(self) -> Self {
        match self {
            Self::Proxy => Self::Service,
            Self::Service => Self::Proxy,
        }
    }

    /// The id that the driver knows for an id of this side.
    const fn outer(self, id: u64) -> u64 {
        match self {
            Self::Proxy => id * 2,
            Self::Service => id * 2 + 1,
        }
    }

    /// The side and its own id behind an id of the driver.
    const fn inner(id: u64) -> (Self, u64) {
        let side = if id.is_multiple_of(2) {
            Self::Proxy
        } else {
            Self::Service
        };
        (side, id / 2)
    }
}

/// The daemon and its embedded service as one machine.
#[derive(Debug)]
pub struct Pair {
    proxy: Proxy,
    service: Service,
    pipes: IdMap<ConnId, Pipe>,
    passing: VecDeque<(Side, ConnId, Passing)>,
    /// Set when a turn's bytes are used up.
    again: Option<Instant>,
    /// Outputs of the side that acts.
    said: Outputs,
    proxy_stopped: bool,
    verdicts: Verdicts,
}

impl Pair {
    /// Joins the two. Listeners of the pair are those of the proxy.
    #[must_use]
    pub fn new(proxy: Proxy, mut service: Service) -> Self {
        service.vouch_for(proxy.own_users());
        Self {
            proxy,
            service,
            pipes: IdMap::default(),
            passing: VecDeque::new(),
            again: None,
            said: Outputs::new(),
            proxy_stopped: false,
            verdicts: Verdicts::default(),
        }
    }

    /// Gives one side an input and sorts what it says.
    fn give(&mut self, now: Now, side: Side, input: Input<'_>, out: &mut Outputs) {
        let mut said = core::mem::take(&mut self.said);
        match side {
            Side::Proxy => self.proxy.handle(now, input, &mut said),
            Side::Service => self.service.handle(now, input, &mut said),
        }
        for output in said.drain() {
            self.sort(now, side, output, out);
        }
        self.said = said;
    }

    /// Keeps what concerns the pipes; renames and passes on the rest.
    fn sort(&mut self, now: Now, side: Side, output: Output, out: &mut Outputs) {
        match output {
            Output::Connect {
                conn,
                origin: Origin::Embedded,
            } => {
                self.pipes.insert(conn, Pipe::default());
                self.passing
                    .push_back((Side::Service, conn, Passing::Accepted));
                self.passing
                    .push_back((Side::Proxy, conn, Passing::Connected));
            }
            Output::Send { conn, bytes } if self.pipes.contains_key(&conn) => {
                self.passing
                    .push_back((side, conn, Passing::Sent(bytes.len())));
                self.passing
                    .push_back((side.other(), conn, Passing::Bytes(bytes)));
            }
            Output::Reading { conn, on } if self.pipes.contains_key(&conn) => {
                self.read(side, conn, on);
            }
            Output::Close { conn, how } if self.pipes.contains_key(&conn) => {
                let cause = match how {
                    CloseHow::AfterFlush => CloseCause::Peer,
                    CloseHow::Abort => CloseCause::Reset,
                };
                self.passing
                    .push_back((side, conn, Passing::Closed(CloseCause::Local)));
                self.passing
                    .push_back((side.other(), conn, Passing::Closed(cause)));
            }
            Output::Load { load, queries } => {
                out.push(Output::Load {
                    load: LoadId(side.outer(load.0)),
                    queries,
                });
            }
            Output::Store { op, changes } => {
                out.push(Output::Store {
                    op: StoreId(side.outer(op.0)),
                    changes,
                });
            }
            Output::Hash { job, secret } => {
                out.push(Output::Hash {
                    job: JobId(side.outer(job.0)),
                    secret,
                });
            }
            Output::Verify { job, secret, hash } => {
                out.push(Output::Verify {
                    job: JobId(side.outer(job.0)),
                    secret,
                    hash,
                });
            }
            Output::WriteFile { job, name, bytes } => {
                out.push(Output::WriteFile {
                    job: JobId(side.outer(job.0)),
                    name,
                    bytes,
                });
            }
            Output::ReadFile { job, name, max } => {
                out.push(Output::ReadFile {
                    job: JobId(side.outer(job.0)),
                    name,
                    max,
                });
            }
            Output::Probed { ask, result } => self.verdicts.take(ask, result, out),
            Output::Stopped if side == Side::Proxy => {
                // The service drains when the proxy has said goodbye to it.
                self.proxy_stopped = true;
                self.give(now, Side::Service, Input::Control(Control::Drain), out);
            }
            Output::Connect { .. }
            | Output::Send { .. }
            | Output::Reading { .. }
            | Output::Close { .. }
            | Output::RunCallHandler { .. }
            | Output::Stopped
            | Output::Status(_)
            | Output::Users { .. }
            | Output::Lifted { .. }
            | Output::Reloaded(_)
            | Output::Event(_) => out.push(output),
        }
    }

    fn read(&mut self, side: Side, conn: ConnId, on: bool) {
        let Some(pipe) = self.pipes.get_mut(&conn) else {
            return;
        };
        pipe.paused[side as usize] = !on;
        if on {
            // What was parked comes before whatever has been sent since.
            for passing in core::mem::take(&mut pipe.parked[side as usize])
                .into_iter()
                .rev()
            {
                self.passing.push_front((side, conn, passing));
            }
        }
    }

    /// Lets what is in the pipes arrive, up to a turn's worth.
    fn pump(&mut self, now: Now, out: &mut Outputs) {
        self.again = None;
        let mut left = TURN_BYTES;
        while let Some((side, conn, passing)) = self.passing.pop_front() {
            let Some(pipe) = self.pipes.get_mut(&conn) else {
                continue;
            };
            if pipe.told[side as usize] {
                continue;
            }
            let input = match passing {
                Passing::Bytes(_) if pipe.paused[side as usize] => {
                    pipe.parked[side as usize].push_back(passing);
                    continue;
                }
                // The other side's end comes behind the bytes that it had sent before.
                Passing::Closed(CloseCause::Peer) if !pipe.parked[side as usize].is_empty() => {
                    pipe.parked[side as usize].push_back(passing);
                    continue;
                }
                Passing::Bytes(bytes) => {
                    self.give(
                        now,
                        side,
                        Input::Received {
                            conn,
                            bytes: &bytes,
                        },
                        out,
                    );
                    left = left.saturating_sub(bytes.len());
                    self.said.give_back(bytes);
                    if left == 0 {
                        self.again = Some(now.mono + SOON);
                        return;
                    }
                    continue;
                }
                Passing::Accepted => Input::Accepted {
                    conn,
                    listener: ListenerId(0),
                    peer: Peer::Embedded,
                },
                Passing::Connected => Input::Connected { conn },
                Passing::Sent(count) => Input::Sent { conn, count },
                Passing::Closed(cause) => {
                    pipe.told[side as usize] = true;
                    if pipe.told == [true, true] {
                        self.pipes.remove(&conn);
                    }
                    Input::Closed { conn, cause }
                }
            };
            self.give(now, side, input, out);
        }
    }
}

impl Machine for Pair {
    fn handle(&mut self, now: Now, input: Input<'_>, out: &mut Outputs) {
        match input {
            Input::Start => {
                self.give(now, Side::Service, Input::Start, out);
                self.give(now, Side::Proxy, Input::Start, out);
            }
            Input::Tick => {
                for side in [Side::Proxy, Side::Service] {
                    let deadline = match side {
                        Side::Proxy => self.proxy.deadline(),
                        Side::Service => self.service.deadline(),
                    };
                    if deadline.is_some_and(|at| at <= now.mono) {
                        self.give(now, side, Input::Tick, out);
                    }
                }
            }
            Input::Loaded { load, result } => {
                let (side, id) = Side::inner(load.0);
                self.give(
                    now,
                    side,
                    Input::Loaded {
                        load: LoadId(id),
                        result,
                    },
                    out,
                );
            }
            Input::Stored { op, result } => {
                let (side, id) = Side::inner(op.0);
                self.give(
                    now,
                    side,
                    Input::Stored {
                        op: StoreId(id),
                        result,
                    },
                    out,
                );
            }
            Input::Hashed { job, hash } => {
                let (side, id) = Side::inner(job.0);
                self.give(
                    now,
                    side,
                    Input::Hashed {
                        job: JobId(id),
                        hash,
                    },
                    out,
                );
            }
            Input::Verified { job, ok } => {
                let (side, id) = Side::inner(job.0);
                self.give(now, side, Input::Verified { job: JobId(id), ok }, out);
            }
            Input::FileWritten { job, result } => {
                let (side, id) = Side::inner(job.0);
                let job = JobId(id);
                self.give(now, side, Input::FileWritten { job, result }, out);
            }
            Input::FileRead { job, result } => {
                let (side, id) = Side::inner(job.0);
                let job = JobId(id);
                self.give(now, side, Input::FileRead { job, result }, out);
            }
            Input::Control(
                control @ (Control::Status | Control::Probe { .. } | Control::Lift { .. }),
            ) => {
                for side in [Side::Proxy, Side::Service] {
                    self.give(now, side, Input::Control(control.clone()), out);
                }
            }
            Input::Control(Control::Reload(config)) => {
                let registration = config.registration();
                let reload = Control::Reload(config);
                self.give(now, Side::Proxy, Input::Control(reload), out);
                self.service.vouch_for(self.proxy.own_users());
                self.service.let_register(registration);
            }
            // Accounts are the service's; the end begins with the proxy.
            Input::Control(control @ Control::Users { .. }) => {
                self.give(now, Side::Service, Input::Control(control), out);
            }
            Input::Control(Control::Drain) => {
                self.give(now, Side::Proxy, Input::Control(Control::Drain), out);
            }
            Input::Accepted { .. }
            | Input::Connected { .. }
            | Input::Received { .. }
            | Input::Sent { .. }
            | Input::Closed { .. } => self.give(now, Side::Proxy, input, out),
        }
        self.pump(now, out);
        debug_assert!(
            self.again.is_some() || self.passing.is_empty(),
            "what is left in the pipes is asked for again"
        );
        if self.again.is_none() && !self.passing.is_empty() {
            out.event(Event::process(EventKind::Misuse, "bytes left in a pipe"));
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let deadlines = [self.again, self.proxy.deadline(), self.service.deadline()];
        deadlines.into_iter().flatten().min()
    }

    fn check_invariants(&self) {
        self.proxy.check_invariants();
        self.service.check_invariants();
        for pipe in self.pipes.values() {
            let is_parked = pipe.parked.iter().map(|parked| !parked.is_empty());
            let reads = is_parked
                .zip(pipe.paused)
                .all(|(parked, paused)| paused || !parked);
            assert!(reads, "what a side wants to read does not wait in the pipe");
        }
    }
}
