//! What has passed between a machine and its host since it was started, and the recorded session that this makes.
//! Never costs more than keeping it: a trace is written only when somebody asks for one.

use std::fmt;
use std::mem::size_of;

use imo2sproxy_core::io::{Input, Machine, Output};
use imo2sproxy_core::store::StoreOp;
use imo2sproxy_core::time::Now;
use imo2sproxy_core::trace::{In, Plan, Recorder, Secrecy};

/// How many bytes of one run are kept. What comes later is missing in its trace, which replays nonetheless.
const TAPE_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A machine for a host, and what it was made from, where that is known: only then can its run be replayed.
pub struct Resident {
    pub(crate) machine: Box<dyn Machine>,
    pub(crate) plan: Option<Plan>,
}

impl fmt::Debug for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resident(***)")
    }
}

impl<M: Machine + 'static> From<M> for Resident {
    fn from(machine: M) -> Self {
        Self {
            machine: Box::new(machine),
            plan: None,
        }
    }
}

impl Resident {
    /// The machine that `plan` makes.
    #[must_use]
    pub fn of(plan: Plan) -> Self {
        Self {
            machine: Box::new(plan.build()),
            plan: Some(plan),
        }
    }
}

/// One thing that has passed.
#[derive(Debug)]
enum Pass {
    In(In),
    Out(Output),
}

/// All that has passed in one run.
#[derive(Debug)]
pub(crate) struct Tape {
    plan: Plan,
    passes: Vec<(Now, Pass)>,
    bytes: usize,
}

impl Tape {
    pub(crate) const fn new(plan: Plan) -> Self {
        Self {
            plan,
            passes: Vec::new(),
            bytes: 0,
        }
    }

    pub(crate) fn input(&mut self, now: Now, input: &Input<'_>) {
        if self.has_room(size_of_input(input)) {
            self.passes.push((now, Pass::In(In::from(input))));
        }
    }

    pub(crate) fn output(&mut self, now: Now, output: &Output) {
        if self.has_room(size_of_output(output)) {
            self.passes.push((now, Pass::Out(output.clone())));
        }
    }

    fn has_room(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes + size_of::<(Now, Pass)>());
        self.bytes <= TAPE_BYTES_MAX
    }

    /// The recorded session. Its secrets are hidden, where the passwords of the test can be.
    pub(crate) fn trace(&self) -> String {
        let start = self.passes.first().map(|(now, _)| *now).unwrap_or_default();
        let mut text = String::new();
        let begin =
            |secrecy, text: &mut String| Recorder::begin(&self.plan, start, false, secrecy, text);
        let mut recorder = begin(Secrecy::Hidden, &mut text)
            .or_else(|_| begin(Secrecy::Kept, &mut text))
            .expect("nothing is refused where secrets are kept");
        for (now, pass) in &self.passes {
            match pass {
                Pass::In(input) => {
                    let input = input.input().expect("it was made from an input");
                    recorder.input(*now, &input, &mut text);
                }
                Pass::Out(output) => recorder.output(*now, output, &mut text),
            }
        }
        let end = self.passes.last().map_or(start, |(now, _)| *now);
        if self.bytes <= TAPE_BYTES_MAX {
            recorder.end(end, &mut text);
        }
        text
    }
}

fn size_of_input(input: &Input<'_>) -> usize {
    match input {
        Input::Received { bytes, .. } => bytes.len(),
        Input::FileRead {
            result: Ok(bytes), ..
        } => bytes.len(),
        Input::Loaded {
            result: Ok(records),
            ..
        } => records
            .iter()
            .map(|record| record.key.len() + record.value.len())
            .sum(),
        Input::Start
        | Input::Accepted { .. }
        | Input::Connected { .. }
        | Input::Sent { .. }
        | Input::Closed { .. }
        | Input::Loaded { .. }
        | Input::Stored { .. }
        | Input::Hashed { .. }
        | Input::Verified { .. }
        | Input::FileWritten { .. }
        | Input::FileRead { .. }
        | Input::Control(_)
        | Input::Tick => 0,
    }
}

fn size_of_output(output: &Output) -> usize {
    match output {
        Output::Send { bytes, .. } | Output::WriteFile { bytes, .. } => bytes.len(),
        Output::Store { changes, .. } => changes.iter().map(size_of_change).sum(),
        Output::Connect { .. }
        | Output::Reading { .. }
        | Output::Close { .. }
        | Output::Load { .. }
        | Output::Hash { .. }
        | Output::Verify { .. }
        | Output::ReadFile { .. }
        | Output::RunCallHandler { .. }
        | Output::Stopped
        | Output::Status(_)
        | Output::Users { .. }
        | Output::Probed { .. }
        | Output::Lifted { .. }
        | Output::Reloaded(_)
        | Output::Event(_) => 0,
    }
}

fn size_of_change(change: &StoreOp) -> usize {
    match change {
        StoreOp::Put { key, value } => key.len() + value.len(),
        StoreOp::Remove { key } => key.len(),
        StoreOp::RemoveAll { prefix } => prefix.len(),
    }
}
