//! Turns what passes between a machine and its driver into the lines of a trace.
//! Never writes them anywhere: it appends them to a text, some of them a little later than they happened.

use alloc::format;
use alloc::string::String;
use core::fmt;

use super::header::Header;
use super::input::In;
use super::line::Line;
use super::output::Out;
use super::plan::Plan;
use super::redact::{Redactor, SECRET_MIN};
use crate::config::{Access, Config};
use crate::io::{Input, Output};
use crate::time::Now;

/// What is done about secrets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secrecy {
    /// They are hidden.
    Hidden,
    /// They are written as they are.
    Kept,
}

/// Why a machine cannot be recorded with its secrets hidden. `Display` says it in words, with what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Whose password it is, and which.
    whose: String,
    why: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { whose, why } = self;
        write!(
            f,
            "{whose} cannot be hidden in a recording: {why}; record with a throw-away password of letters and digits, or \
             with --keep-secrets"
        )
    }
}

/// Records one run of a machine.
pub struct Recorder {
    redactor: Option<Redactor>,
    /// When the wall clock stood where: microseconds of the monotonic one, milliseconds.
    wall: (u64, u64),
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recorder(***)")
    }
}

impl Recorder {
    /// Begins a recording at `now` and appends its header to `text`. It is `partial` if the machine has had inputs
    /// before.
    ///
    /// # Errors
    /// If a password of the machine cannot be hidden.
    pub fn begin(
        plan: &Plan,
        now: Now,
        partial: bool,
        secrecy: Secrecy,
        text: &mut String,
    ) -> Result<Self, Refusal> {
        let time = now.mono.as_micros();
        let wall = now.wall.as_millis().saturating_sub(time / 1000);
        let keeps = secrecy == Secrecy::Kept;
        if !keeps {
            match plan {
                Plan::Proxy(config, _) | Plan::Pair(config, ..) => can_hide(config)?,
                Plan::Service(..) => {}
            }
        }
        let header = Header::new(plan, wall, partial, keeps);
        let (recorder, header) = Self::of(header);
        text.push_str(&header.line());
        Ok(recorder)
    }

    /// Nobody of those who came before the recording is about to log in: what they say holds no password.
    pub fn all_have_logged_in(&mut self) {
        if let Some(redactor) = &mut self.redactor {
            redactor.know_all();
        }
    }

    /// A recorder for lines behind `header`; gives the header as it may be seen.
    pub(crate) fn of(mut header: Header) -> (Self, Header) {
        let proxy = header.config.proxy.as_ref();
        let mut redactor =
            (!header.secrets).then(|| Redactor::new(header.machine, header.partial, proxy));
        if let (Some(redactor), Some(config)) = (&mut redactor, &mut header.config.proxy) {
            for secret in config.secrets() {
                redactor.keep(secret);
            }
        }
        let wall = (0, header.wall);
        (Self { redactor, wall }, header)
    }

    /// Records an input, with the clocks that the machine is told.
    pub fn input(&mut self, now: Now, input: &Input<'_>, text: &mut String) {
        self.clock(now, &mut |line| line.write(text));
        let line = Line::In(now.mono.as_micros(), In::from(input));
        self.line(line, &mut |line| line.write(text));
    }

    /// Records an output to the latest input.
    pub fn output(&mut self, now: Now, output: &Output, text: &mut String) {
        let line = Line::Out(now.mono.as_micros(), Out::from(output));
        self.line(line, &mut |line| line.write(text));
    }

    /// Lets time pass: appends what has been held back for long enough.
    pub fn pass(&mut self, now: Now, text: &mut String) {
        if let Some(redactor) = &mut self.redactor {
            redactor.age(now.mono.as_micros(), &mut |line| line.write(text));
        }
    }

    /// Ends the recording at `now`: appends what is still held back, and the last line.
    pub fn end(&mut self, now: Now, text: &mut String) {
        self.flush(&mut |line| line.write(text));
        Line::End(now.mono.as_micros()).write(text);
    }

    pub(crate) fn flush(&mut self, show: &mut impl FnMut(Line)) {
        if let Some(redactor) = &mut self.redactor {
            redactor.end(show);
        }
    }

    /// Tells where the wall clock stands, if that is not where it was expected.
    pub(crate) fn clock(&mut self, now: Now, show: &mut impl FnMut(Line)) {
        let (time, wall) = (now.mono.as_micros(), now.wall.as_millis());
        if wall_at(self.wall, time) != wall {
            self.wall = (time, wall);
            self.line(Line::Wall(time, wall), show);
        }
    }

    pub(crate) fn line(&mut self, line: Line, show: &mut impl FnMut(Line)) {
        match &mut self.redactor {
            Some(redactor) => redactor.push(line, show),
            None => show(line),
        }
    }
}

/// What the wall clock says at `time`, when it stood at `wall` at an earlier one.
pub(crate) const fn wall_at((earlier, wall): (u64, u64), time: u64) -> u64 {
    wall.saturating_add(time.saturating_sub(earlier) / 1000)
}

/// Whether all passwords in the configuration of a daemon can be hidden. Those that clients give always can.
///
/// # Errors
/// The first that cannot.
pub fn can_hide(config: &Config) -> Result<(), Refusal> {
    for account in &config.accounts {
        let name = &account.name;
        let access = account.access.as_ref().and_then(Access::plain);
        let passwords = [
            ("the password", Some(&account.password)),
            ("the access password", access),
        ];
        for (which, password) in passwords {
            let Some(text) = password.map(|password| password.reveal()) else {
                continue;
            };
            // These stand for themselves in JSON and in a form.
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"*-._".contains(&byte);
            let why = if !text.bytes().all(is_plain) {
                "it has characters that take more room in JSON or in a form"
            } else if text.len() < SECRET_MIN {
                "it is shorter than six characters, so that much would be hidden that is none"
            } else if name.contains(text) || account.username.contains(text) {
                "it is a part of the user's name"
            } else {
                continue;
            };
            let whose = format!("{which} of {name}");
            return Err(Refusal { whose, why });
        }
    }
    Ok(())
}
