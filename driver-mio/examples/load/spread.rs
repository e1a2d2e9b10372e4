//! How long things took: a histogram, and what of it is shown.
//! Never rounds by more than one in a thousand.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// Gathers times; in nanoseconds, up to a minute.
pub(crate) struct Times(Histogram<u64>);

/// What is shown of them, in microseconds.
#[derive(Clone, Serialize)]
pub(crate) struct Spread {
    pub(crate) count: u64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) p999_us: f64,
    pub(crate) max_us: f64,
    /// Percentiles, and the time that so many did not exceed.
    pub(crate) curve: Vec<(f64, f64)>,
}

/// The percentiles of a curve.
const CURVE: [f64; 12] = [
    1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.95, 99.99,
];

impl Times {
    pub(crate) fn new() -> Self {
        let histogram = Histogram::new_with_max(60_000_000_000, 3);
        Self(histogram.expect("a minute in three digits can be held"))
    }

    pub(crate) fn record(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record(nanos);
    }

    pub(crate) fn clear(&mut self) {
        self.0.reset();
    }

    pub(crate) fn spread(&self) -> Spread {
        let at = |percent: f64| self.0.value_at_percentile(percent) as f64 / 1000.0;
        Spread {
            count: self.0.len(),
            p50_us: at(50.0),
            p99_us: at(99.0),
            p999_us: at(99.9),
            max_us: self.0.max() as f64 / 1000.0,
            curve: CURVE.map(|percent| (percent, at(percent))).to_vec(),
        }
    }
}

/// The middle one of some figures; 0 of none.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    match figures.len() {
        0 => 0.0,
        count if count % 2 == 1 => figures[count / 2],
        count => f64::midpoint(figures[count / 2 - 1], figures[count / 2]),
    }
}
