//! One line of a trace behind its header, as a value and as text.
//! Never holds more than one input or output.

use alloc::format;
use alloc::string::{String, ToString as _};

use serde::{Deserialize, Serialize};

use super::input::In;
use super::output::Out;

/// A line with its time, in microseconds since the driver's start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// What the machine was told.
    In(u64, In),
    /// What the machine asked for.
    Out(u64, Out),
    /// The wall clock, in milliseconds, as the next input has it: it does not stand where it was expected.
    Wall(u64, u64),
    /// From here on something could not be hidden at its length, so that a replay may differ; it says what.
    Blurred(u64, String),
    /// The recording ended here in order: nothing is missing.
    End(u64),
}

#[derive(Serialize, Deserialize)]
struct Timed<T> {
    t: u64,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize, Deserialize)]
struct Wall {
    wall: u64,
}

#[derive(Serialize, Deserialize)]
struct Blurred {
    blurred: String,
}

#[derive(Serialize, Deserialize)]
struct End {
    end: bool,
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// In words, if it is none that this version knows.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let keys = ["in", "out", "wall", "blurred", "end"];
        let mut there = keys.into_iter().filter(|key| value.get(key).is_some());
        let line = match (there.next(), there.next()) {
            (Some("in"), None) => read(value).map(|(t, input)| Self::In(t, input)),
            (Some("out"), None) => read(value).map(|(t, output)| Self::Out(t, output)),
            (Some("wall"), None) => read(value).map(|(t, Wall { wall })| Self::Wall(t, wall)),
            (Some("blurred"), None) => {
                read(value).map(|(t, Blurred { blurred })| Self::Blurred(t, blurred))
            }
            (Some(_), None) => read(value).map(|(t, End { .. })| Self::End(t)),
            _ => Err(format!("it has none, or several, of {keys:?}")),
        }?;
        if let Self::In(_, input) = &line {
            input.input()?;
        }
        Ok(line)
    }

    /// Its time.
    #[must_use]
    pub const fn time(&self) -> u64 {
        match self {
            Self::In(t, _)
            | Self::Out(t, _)
            | Self::Wall(t, _)
            | Self::Blurred(t, _)
            | Self::End(t) => *t,
        }
    }

    /// Appends it and a line break.
    pub fn write(&self, text: &mut String) {
        let line = match self {
            Self::In(t, what) => serde_json::to_string(&Timed { t: *t, what }),
            Self::Out(t, what) => serde_json::to_string(&Timed { t: *t, what }),
            Self::Wall(t, wall) => {
                let what = Wall { wall: *wall };
                serde_json::to_string(&Timed { t: *t, what })
            }
            Self::Blurred(t, why) => {
                let what = Blurred {
                    blurred: why.clone(),
                };
                serde_json::to_string(&Timed { t: *t, what })
            }
            Self::End(t) => {
                let what = End { end: true };
                serde_json::to_string(&Timed { t: *t, what })
            }
        };
        text.push_str(&line.expect("plain values with text keys always serialise"));
        text.push('\n');
    }
}

fn read<T: for<'de> Deserialize<'de>>(value: serde_json::Value) -> Result<(u64, T), String> {
    let timed: Timed<T> = serde_json::from_value(value).map_err(|error| format!("{error}"))?;
    Ok((timed.t, timed.what))
}
