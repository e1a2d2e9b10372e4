//! Two programs measured by turns with the same load, and the ratios of what came out.
//! Never compares figures of different moments: a ratio is of two runs next to each other.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// How often each scene is run on both.
const PAIRS: usize = 3;

/// The programs.
pub(super) struct Sides {
    pub(super) now: String,
    pub(super) then: String,
}

/// A scene, and which of its figures are compared.
struct Scene {
    name: &'static str,
    /// As the load generator takes it.
    arguments: &'static str,
    /// What each is called, and where it stands in the JSON.
    figures: &'static [(&'static str, &'static str)],
}

const LATENCY: &[(&str, &str)] = &[
    ("p50, us", "/at_rate/spread/p50_us"),
    ("p99, us", "/at_rate/spread/p99_us"),
    ("daemon, % of a core", "/at_rate/daemon_percent"),
    ("highest rate, texts/s", "/highest_rate"),
];

const RELAY: &[(&str, &str)] = &[
    ("texts/s", "/texts_per_second"),
    ("daemon, us a text", "/daemon_us_per_text"),
];

const SCENES: [Scene; 5] = [
    Scene {
        name: "local",
        arguments: "local",
        figures: &[
            ("commands/s", "/commands_per_second"),
            ("reply p50, us", "/reply/p50_us"),
            ("daemon, us a command", "/daemon_us_per_command"),
        ],
    },
    Scene {
        name: "relay, in memory",
        arguments: "--in-memory relay",
        figures: RELAY,
    },
    Scene {
        name: "relay, durable",
        arguments: "relay",
        figures: RELAY,
    },
    Scene {
        name: "latency, in memory",
        arguments: "--in-memory latency",
        figures: LATENCY,
    },
    Scene {
        name: "latency, durable",
        arguments: "latency",
        figures: LATENCY,
    },
];

/// Runs all pairs and prints the table.
pub(super) fn run(root: &Path, sides: &Sides, quick: bool) -> Result<(), String> {
    let mut rows = Vec::new();
    for scene in &SCENES {
        let mut now = Vec::new();
        let mut then = Vec::new();
        for pair in 0..PAIRS {
            // A B B A: what drifts is no advantage for one of them.
            let order = [pair % 2 == 0, pair % 2 != 0];
            for is_now in order {
                let (program, list) = match is_now {
                    true => (&sides.now, &mut now),
                    false => (&sides.then, &mut then),
                };
                list.push(measure(root, program, scene, quick)?);
            }
        }
        for (number, (figure, _)) in scene.figures.iter().enumerate() {
            let column = |runs: &[Vec<f64>]| runs.iter().map(|run| run[number]).collect();
            rows.push((scene.name, *figure, Ratio::of(column(&now), column(&then))));
        }
    }
    println!(
        "\n{:<20} {:<22} {:>12} {:>12}  now/then (least to most of {PAIRS})",
        "scene", "figure", "now", "then"
    );
    for (scene, figure, ratio) in rows {
        let Ratio {
            now,
            then,
            median,
            least,
            most,
        } = ratio;
        println!(
            "{scene:<20} {figure:<22} {now:>12.1} {then:>12.1}  {median:.3} ({least:.3} to {most:.3})"
        );
    }
    Ok(())
}

/// One run; gives the figures in their order.
fn measure(root: &Path, program: &str, scene: &Scene, quick: bool) -> Result<Vec<f64>, String> {
    let json = format!("{}/pair.json", super::FOLDER);
    super::load(root, scene.name, program, &json, quick, scene.arguments).run()?;
    let text = fs::read_to_string(root.join(&json)).map_err(|error| format!("{json}: {error}"))?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("{json}: {error}"))?;
    let figures = scene.figures.iter().map(|(figure, place)| {
        let number = value.pointer(place).and_then(Value::as_f64);
        number.ok_or_else(|| format!("{}: no {figure} at {place}", scene.name))
    });
    figures.collect()
}

/// How a figure of two programs compares.
#[derive(Debug, PartialEq)]
struct Ratio {
    /// The middle figures of each.
    now: f64,
    then: f64,
    /// The middle one of the ratios of pairs, and the outer ones.
    median: f64,
    least: f64,
    most: f64,
}

impl Ratio {
    fn of(now: Vec<f64>, then: Vec<f64>) -> Self {
        let ratios = now.iter().zip(&then).map(|(now, then)| now / then);
        let ratios = sorted(ratios.collect());
        let middle = |list: &[f64]| list[list.len() / 2];
        Self {
            median: middle(&ratios),
            least: ratios[0],
            most: ratios[ratios.len() - 1],
            now: middle(&sorted(now)),
            then: middle(&sorted(then)),
        }
    }
}

fn sorted(mut list: Vec<f64>) -> Vec<f64> {
    list.sort_by(f64::total_cmp);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_of_runs_next_to_each_other_and_not_of_middle_figures() {
        // The machine was twice as slow in the second pair.
        let ratio = Ratio::of(vec![100.0, 50.0, 90.0], vec![50.0, 25.0, 30.0]);
        let expected = Ratio {
            now: 90.0,
            then: 30.0,
            median: 2.0,
            least: 2.0,
            most: 3.0,
        };
        assert_eq!(ratio, expected);
    }
}
