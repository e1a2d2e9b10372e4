//! One step of a world: which job or deadline comes next, and one input into one machine.
//! Never lets time go back, and never lets a machine get away with a broken contract.

use imo2sproxy_core::io::{Input, Output};
use imo2sproxy_core::time::Instant;

use super::{HostJob, Job, World};
use crate::faults::Fault;

/// Inputs within one simulated second above which the machines are said to run in circles.
const INPUTS_PER_SECOND_MAX: u64 = 200_000;
impl World {
    /// Does what comes next, unless that is later than `until`: then only the clock moves, to `until`.
    pub(super) fn step(&mut self, until: Instant) -> bool {
        let due = self.due_tick();
        let planned = self.agenda.next();
        let next = match (due, planned) {
            (None, None) => None,
            (None, Some(at)) => Some((at, None)),
            (Some((at, host)), None) => Some((at, Some(host))),
            (Some((due, host)), Some(planned)) => {
                let tie = due == planned && self.faults.shuffle_ties && self.tie_rng.chance(50);
                if due < planned || tie {
                    Some((due, Some(host)))
                } else {
                    Some((planned, None))
                }
            }
        };
        let Some((at, ticking)) = next.filter(|(at, _)| *at <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(at);
        match ticking {
            Some(host) => {
                if planned == Some(at) {
                    self.count(Fault::ShuffledTie);
                }
                self.tick(host);
            }
            None => self.run_next_job(),
        }
        true
    }

    fn tick(&mut self, host: usize) {
        self.silence_alarm(host);
        self.feed(host, Input::Tick);
        let deadline = self.hosts[host].machine.as_ref().and_then(|m| m.deadline());
        if deadline.is_some_and(|at| at <= self.now) {
            let name = self.hosts[host].name.clone();
            self.fail(&format!(
                "after a tick, the deadline of {name} is {deadline:?}, which does not lie ahead"
            ));
        }
    }

    fn run_next_job(&mut self) {
        let Some((job, is_before_its_turn)) = self.agenda.pop() else {
            return;
        };
        if is_before_its_turn {
            self.count(Fault::ShuffledTie);
        }
        match job {
            Job::Net(key, job) => self.run_net(key, job),
            Job::Host(life, job) if self.lives(life) => match job {
                HostJob::Start => self.feed(life.host, Input::Start),
                HostJob::Control(control) => self.feed(life.host, Input::Control(control)),
                HostJob::EarlyTick => {
                    self.count(Fault::EarlyTick);
                    self.tick(life.host);
                }
                HostJob::Disk => self.run_disk(life),
                HostJob::File(request) => self.run_file(life, request),
                HostJob::Answer(answer) => self.answer(life, answer),
            },
            Job::Inherit(host) => self.inherit(host),
            Job::Succeed(dead) => self.succeed(dead),
            Job::WallJump => self.jump_wall_clock(),
            Job::Host(..) => {}
        }
    }

    /// Gives a machine an input and does what it asks for.
    pub(super) fn feed(&mut self, index: usize, input: Input<'_>) {
        self.count_input();
        let now = self.now();
        let death = self.death_of(index);
        if death.is_some_and(|death| death.outputs.is_none()) {
            return self.die(index);
        }
        let host = &mut self.hosts[index];
        let Some(machine) = host.machine.as_mut() else {
            return;
        };
        let extra_tick = !matches!(input, Input::Tick) && host.rng.chance(self.faults.early_tick);
        let life = host.life;
        self.recorder.input(self.now, &host.name, &input);
        if let Some(tape) = &mut host.tape {
            tape.input(now, &input);
        }
        machine.handle(now, input, &mut self.outputs);
        machine.check_invariants();
        let outputs: Vec<Output> = self.outputs.drain().collect();
        self.note_outputs(index, outputs.len());
        let last_words = death.and_then(|death| death.outputs);
        for output in outputs.into_iter().take(last_words.unwrap_or(usize::MAX)) {
            let host = &mut self.hosts[index];
            self.recorder.output(self.now, &host.name, &output);
            if let Some(tape) = &mut host.tape {
                tape.output(now, &output);
            }
            self.perform(life, output);
        }
        if death.is_some() {
            return self.die(index);
        }
        if !self.hosts[index].is_balanced() {
            let name = self.hosts[index].name.clone();
            self.fail(&format!("the connections of {name} do not add up"));
        }
        if extra_tick {
            self.schedule(self.now, Job::Host(life, HostJob::EarlyTick));
        }
    }

    fn count_input(&mut self) {
        self.inputs += 1;
        if self.inputs > self.inputs_max {
            self.fail("more inputs than SIM_STEPS allows");
        }
        let second = self.now.as_micros() / 1_000_000;
        if self.second.0 != second {
            self.second = (second, 0);
        }
        self.second.1 += 1;
        if self.second.1 > INPUTS_PER_SECOND_MAX {
            self.fail("the machines run in circles: too many inputs in one second");
        }
    }
}
