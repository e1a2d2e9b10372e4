//! The figures of a run as a picture: latencies by percentile, and what is used up of each goal.
//! Never needs anything beside itself to be looked at: it is one SVG without scripts or fonts of its own.

use std::fmt::Write as _;

use crate::all::Results;
use crate::goals::{Row, figure};
use crate::latency::Latency;

/// Measures of the picture, in its units.
const WIDTH: f64 = 860.0;
const LEFT: f64 = 250.0;
const RIGHT: f64 = 170.0;
const CURVES_TOP: f64 = 70.0;
const CURVES_HEIGHT: f64 = 260.0;
const BARS_TOP: f64 = 430.0;
const BAR: f64 = 26.0;
/// Bars end here, and say so: so many times what is allowed.
const PART_MAX: f64 = 2.5;

/// Colours that can be told apart without seeing red or green.
const REACHED: &str = "#2a6f97";
const MISSED: &str = "#d1603d";
const CURVES: [&str; 2] = ["#2a6f97", "#d1603d"];

/// Draws it.
pub(crate) fn draw(results: &Results, rows: &[Row]) -> String {
    let height = BARS_TOP + BAR * rows.len() as f64 + 50.0;
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' font-family='sans-serif' font-size='13'>\n\
         <rect width='{WIDTH}' height='{height}' fill='white'/>\n"
    );
    let run = if results.quick { " (quick run)" } else { "" };
    let rate = results.latency[0].at_rate.rate;
    let title = format!("Latency of texts at {rate} a second{run}, by percentile");
    text(&mut svg, (20.0, 30.0), "start", &title);
    curves(&mut svg, &results.latency);
    let title = format!("What is used up of each goal{run}; beyond the line it is missed");
    text(&mut svg, (20.0, BARS_TOP - 30.0), "start", &title);
    bars(&mut svg, rows);
    svg.push_str("</svg>\n");
    svg
}

// Writing to a String cannot fail.

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x='{x:.1}' y='{y:.1}' text-anchor='{anchor}'>{words}</text>"
    );
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    let _ = writeln!(
        svg,
        "<line x1='{x1:.1}' y1='{y1:.1}' x2='{x2:.1}' y2='{y2:.1}' stroke='{colour}'/>"
    );
}

/// Curves over places for the percentiles, with powers of ten upwards.
fn curves(svg: &mut String, latencies: &[Latency; 2]) {
    let all = latencies.iter().flat_map(|one| &one.at_rate.spread.curve);
    let times = all.map(|(_, micros)| micros.max(1.0).log10());
    let (low, high) = times.fold((f64::MAX, f64::MIN), |(low, high), time| {
        (low.min(time), high.max(time))
    });
    let (low, high) = (low.floor(), high.ceil().max(low.floor() + 1.0));
    let bottom = CURVES_TOP + CURVES_HEIGHT;
    let y = |log: f64| bottom - CURVES_HEIGHT * (log - low) / (high - low);
    let mut power = low;
    while power <= high {
        line(svg, (LEFT, y(power)), (WIDTH - RIGHT, y(power)), "#dddddd");
        let label = format!("{} ms", 10_f64.powf(power) / 1e3);
        text(svg, (LEFT - 8.0, y(power) + 4.0), "end", &label);
        power += 1.0;
    }
    let places = latencies[0].at_rate.spread.curve.len().max(2) - 1;
    let step = (WIDTH - RIGHT - LEFT) / places as f64;
    for (place, (percent, _)) in latencies[0].at_rate.spread.curve.iter().enumerate() {
        let x = LEFT + step * place as f64;
        text(svg, (x, bottom + 18.0), "middle", &percent.to_string());
    }
    for (latency, colour) in latencies.iter().zip(CURVES) {
        let curve = &latency.at_rate.spread.curve;
        let at =
            |place: usize, micros: f64| (LEFT + step * place as f64, y(micros.max(1.0).log10()));
        let mut points = String::new();
        for (place, (_, micros)) in curve.iter().enumerate() {
            let (x, y) = at(place, *micros);
            let _ = write!(points, "{x:.1},{y:.1} ");
        }
        let _ = writeln!(
            svg,
            "<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2'/>"
        );
        // Side by side above the curves: at their ends they could lie on each other.
        let name = if latency.durable {
            "durable"
        } else {
            "in memory"
        };
        let x = if latency.durable { LEFT + 120.0 } else { LEFT };
        let y = CURVES_TOP - 14.0;
        line(svg, (x, y - 4.0), (x + 24.0, y - 4.0), colour);
        text(svg, (x + 30.0, y), "start", name);
    }
}

fn bars(svg: &mut String, rows: &[Row]) {
    let whole = (WIDTH - RIGHT - LEFT) / PART_MAX;
    for (number, row) in rows.iter().enumerate() {
        let y = BARS_TOP + BAR * number as f64;
        let width = whole * row.part.clamp(0.005, PART_MAX);
        let colour = if row.reached { REACHED } else { MISSED };
        text(svg, (LEFT - 8.0, y + 15.0), "end", row.what);
        let _ = writeln!(
            svg,
            "<rect x='{LEFT}' y='{y:.1}' width='{width:.1}' height='{:.1}' fill='{colour}'/>",
            BAR - 8.0
        );
        let beyond = if row.part > PART_MAX { "… " } else { "" };
        let words = format!("{beyond}{} {}", figure(row.measured), row.unit);
        text(svg, (LEFT + width + 8.0, y + 15.0), "start", &words);
    }
    let bottom = BARS_TOP + BAR * rows.len() as f64;
    line(
        svg,
        (LEFT + whole, BARS_TOP - 8.0),
        (LEFT + whole, bottom),
        "#333333",
    );
    text(svg, (LEFT + whole, bottom + 18.0), "middle", "goal");
}
