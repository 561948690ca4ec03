//! How fast texts and tokens come: shown while the work goes on, and summed up at its end.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use data_anatomy_job::progress::Progress;

/// The speed that is shown is that of the last one to two such spans.
const SPAN_SECONDS: f64 = 10.0;

/// Follows work that is counted in texts or documents and measured in tokens.
#[derive(Debug)]
pub struct Rate<'progress> {
    progress: &'progress Progress,
    stage: &'static str,
    units: &'static str,
    first: usize,
    total: usize,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    n_units: usize,
    n_tokens: u64,
    recent: Recent,
}

/// What was done, and how long it took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Texts or documents, without those of earlier runs.
    pub n_units: usize,
    /// Tokens, without those of earlier runs.
    pub n_tokens: u64,
    /// Wall time in seconds.
    pub seconds: f64,
}

impl Speed {
    /// Tokens per second; 0 where no time passed.
    #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
    pub fn tokens_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.n_tokens as f64 / self.seconds } else { 0.0 }
    }
}

impl<'progress> Rate<'progress> {
    /// The rate of a stage such as `generate` whose units are `texts` or `documents`: `total` of them,
    /// of which `first` were done by earlier runs.
    pub fn start(
        progress: &'progress Progress,
        stage: &'static str,
        units: &'static str,
        first: usize,
        total: usize,
    ) -> Self {
        let recent = Recent { marks: [(0.0, 0); 2] };
        let state = Mutex::new(State { n_units: 0, n_tokens: 0, recent });
        Self { progress, stage, units, first, total, started: Instant::now(), state }
    }

    /// Counts finished units and new tokens, and shows them. Tokens may come before the unit they
    /// belong to is finished.
    pub fn add(&self, n_units: usize, n_tokens: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.n_units += n_units;
        state.n_tokens += n_tokens;
        let (done, n_tokens) = (self.first + state.n_units, state.n_tokens);
        let rate = state.recent.rate(self.started.elapsed().as_secs_f64(), n_tokens);
        let remark = format!("{} tokens/s", grouped(rate));
        // Shown while the lock is held, so that threads do not show old counts after new ones.
        self.progress.at_with(self.stage, done, self.total, &remark, self.first);
    }

    /// Ends the stage with a line such as `generate: 1,000 texts, 128,000 tokens in 95.1 s
    /// (1,346 tokens/s)`, and returns what it says.
    pub fn finish(self) -> Speed {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let seconds = self.started.elapsed().as_secs_f64();
        let speed = Speed { n_units: state.n_units, n_tokens: state.n_tokens, seconds };
        self.progress.say(&line(self.stage, self.units, self.first, speed));
        speed
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
fn line(stage: &str, units: &str, first: usize, speed: Speed) -> String {
    let earlier = match first {
        0 => String::new(),
        _ => format!(", {} from earlier runs", grouped(first as f64)),
    };
    format!(
        "{stage}: {} {units}, {} tokens in {:.1} s ({} tokens/s){earlier}",
        grouped(speed.n_units as f64),
        grouped(speed.n_tokens as f64),
        speed.seconds,
        grouped(speed.tokens_per_second()),
    )
}

/// Counts at two moments in the past: the speed since the older of them.
#[derive(Debug)]
struct Recent {
    marks: [(f64, u64); 2],
}

impl Recent {
    /// Tokens per second lately, at `seconds` with `n_tokens` in all.
    #[expect(clippy::cast_precision_loss, reason = "shown with few digits")]
    fn rate(&mut self, seconds: f64, n_tokens: u64) -> f64 {
        let [old, young] = self.marks;
        let rate = (n_tokens - old.1) as f64 / (seconds - old.0).max(1e-3);
        if seconds - young.0 >= SPAN_SECONDS {
            self.marks = [young, (seconds, n_tokens)];
        }
        rate
    }
}

/// The number without decimals, its digits in groups of three.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let n_digits = digits.len();
    digits.chars().enumerate().fold(String::new(), |mut text, (position, digit)| {
        if position > 0 && (n_digits - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_spans() {
        let mut recent = Recent { marks: [(0.0, 0); 2] };
        // One token a second for a minute, then a hundred.
        let slow = (1..=60).map(|second| recent.rate(f64::from(second), second as u64)).last();
        assert_eq!(slow, Some(1.0));
        let fast =
            (1..=40).map(|second| recent.rate(60.0 + f64::from(second), 60 + 100 * second as u64));
        assert_eq!(fast.last(), Some(100.0));
    }

    #[test]
    fn line_counts_this_run_and_names_earlier_ones() {
        let speed = Speed { n_units: 1000, n_tokens: 1_234_567, seconds: 100.0 };
        assert_eq!(
            line("generate", "texts", 0, speed),
            "generate: 1,000 texts, 1,234,567 tokens in 100.0 s (12,346 tokens/s)"
        );
        assert!(line("generate", "texts", 24, speed).ends_with(" tokens/s), 24 from earlier runs"));
    }

    #[test]
    fn threads_add_up() {
        let progress = Progress::new(true);
        let rate = Rate::start(&progress, "score", "documents", 5, 405);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| rate.add(1, 7)));
            }
        });
        let speed = rate.finish();
        assert_eq!((speed.n_units, speed.n_tokens), (400, 2800));
        assert!(speed.tokens_per_second() > 0.0);
    }

    #[test]
    fn digits_are_grouped() {
        let shown = [0.0, 999.4, 1000.0, 1_234_567.0].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }
}
