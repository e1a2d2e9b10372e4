//! What is left out of a scenario, and how that is written where a run is to be repeated.
//! Never says anything about what is left.

use std::collections::BTreeSet;
use std::env;
use std::fmt;

use crate::faults::Fault;

/// What is left out of a scenario.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Cut {
    /// Only so many people, the first ones; `None`: all.
    pub people: Option<usize>,
    /// Only the deeds of these numbers; `None`: all.
    pub deeds: Option<BTreeSet<usize>>,
    /// These do not happen.
    pub off: BTreeSet<Fault>,
    /// Nobody means harm.
    pub no_hostile: bool,
    /// Nobody has a daemon in common with others.
    pub no_house: bool,
    /// All clients speak the transport of four-byte lengths.
    pub plain: bool,
}

impl Cut {
    /// Reads `SIM_PEOPLE`, `SIM_DEEDS` (like `0-3,7`), `SIM_OFF` (like `stall,half-open`) `SIM_NO_HOSTILE`,
    /// `SIM_NO_HOUSE` and `SIM_PLAIN`.
    ///
    /// # Panics
    /// If one of them cannot be read.
    #[must_use]
    pub fn from_env() -> Self {
        let text = |name| env::var(name).ok();
        Self {
            people: text("SIM_PEOPLE").map(|text| number(&text)),
            deeds: text("SIM_DEEDS").map(|text| numbers(&text)),
            off: text("SIM_OFF").map_or_else(BTreeSet::new, |text| {
                text.split(',').map(|name| kind(name.trim())).collect()
            }),
            no_hostile: text("SIM_NO_HOSTILE").is_some(),
            no_house: text("SIM_NO_HOUSE").is_some(),
            plain: text("SIM_PLAIN").is_some(),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(people) = self.people {
            write!(f, " SIM_PEOPLE={people}")?;
        }
        if let Some(deeds) = &self.deeds {
            write!(f, " SIM_DEEDS={}", ranges(deeds))?;
        }
        if !self.off.is_empty() {
            let names: Vec<_> = self.off.iter().map(|fault| fault.name()).collect();
            write!(f, " SIM_OFF='{}'", names.join(","))?;
        }
        if self.no_hostile {
            write!(f, " SIM_NO_HOSTILE=1")?;
        }
        if self.no_house {
            write!(f, " SIM_NO_HOUSE=1")?;
        }
        if self.plain {
            write!(f, " SIM_PLAIN=1")?;
        }
        Ok(())
    }
}

fn number(text: &str) -> usize {
    text.parse()
        .unwrap_or_else(|_| panic!("{text:?} is not a number"))
}

fn numbers(text: &str) -> BTreeSet<usize> {
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts
        .flat_map(|part| match part.split_once('-') {
            Some((first, last)) => number(first)..=number(last),
            None => number(part)..=number(part),
        })
        .collect()
}

fn kind(name: &str) -> Fault {
    let fault = Fault::ALL.iter().find(|fault| fault.name() == name);
    *fault.unwrap_or_else(|| panic!("there is no fault called {name:?}"))
}

/// Numbers in a short form: `0-3,7`.
fn ranges(numbers: &BTreeSet<usize>) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let text = |(first, last): (usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.into_iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for text in ["", "0", "0-3", "0-3,7", "1,3,5-6", "10-12,14-20"] {
            assert_eq!(ranges(&numbers(text)), text);
        }
        for fault in Fault::ALL {
            assert_eq!(kind(fault.name()), *fault);
        }
    }
}
