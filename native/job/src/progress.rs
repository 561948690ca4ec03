//! How long work is followed: a bar on a terminal, a plain line now and then elsewhere, or nothing.
//!
//! All of it goes to stderr; stdout carries results alone.

use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Plain lines come no more often than this.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows the progress of stages, one after the other.
#[derive(Debug)]
pub struct Progress {
    mode: Mode,
    stage: Mutex<Option<Stage>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Bar,
    Lines,
    Silent,
}

#[derive(Debug)]
struct Stage {
    name: String,
    /// Units that were done before the stage began, and say nothing about its speed.
    first: usize,
    done: usize,
    remark: String,
    started: Instant,
    last_line: Instant,
    bar: ProgressBar,
}

impl Progress {
    /// Progress as the terminal allows: none if `quiet`; lines in place of a bar where stderr is no
    /// terminal, `TERM` is `dumb`, or `NO_COLOR` is set.
    pub fn new(quiet: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_none_or(|value| value == "dumb");
        let mode = match (quiet, std::io::stderr().is_terminal() && !plain) {
            (true, _) => Mode::Silent,
            (false, true) => Mode::Bar,
            (false, false) => Mode::Lines,
        };
        Self { mode, stage: Mutex::new(None) }
    }

    /// Says that `done` units of the stage called `name` are done, of `total` where that is known. A
    /// stage ends with its last unit, or where another begins.
    pub fn at(&self, name: &str, done: usize, total: Option<usize>) {
        self.show(name, done, total, "", 0);
    }

    /// As [`Progress::at`] with a total, for a stage that is taken up again after `first` units; a
    /// remark such as `1,234 tokens/s` is shown beside it. Who remarks also sums up: such a stage ends
    /// without a line.
    pub fn at_with(&self, name: &str, done: usize, total: usize, remark: &str, first: usize) {
        self.show(name, done, Some(total), remark, first);
    }

    fn show(&self, name: &str, done: usize, total: Option<usize>, remark: &str, first: usize) {
        if self.mode == Mode::Silent {
            return;
        }
        // A thread that panicked while holding the lock leaves at worst a stale bar.
        let mut current = self.stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if current.as_ref().is_none_or(|stage| stage.name != name) {
            if let Some(before) = current.take() {
                self.end(&before);
            }
            *current = Some(self.start(name, total, first));
        }
        let Some(stage) = current.as_mut() else { return };
        stage.done = stage.done.max(done);
        stage.bar.set_position(stage.done as u64);
        if stage.remark != remark {
            remark.clone_into(&mut stage.remark);
            stage.bar.set_prefix(format!(", {remark}"));
        }
        if total.is_some_and(|total| stage.done >= total) {
            self.end(stage);
            *current = None;
        } else if self.mode == Mode::Lines && stage.last_line.elapsed() >= LINE_EVERY {
            stage.print(total);
        }
    }

    fn end(&self, stage: &Stage) {
        stage.bar.finish_and_clear();
        if self.mode == Mode::Lines && stage.done > 0 && stage.remark.is_empty() {
            let seconds = stage.started.elapsed().as_secs_f64();
            print_line(&format!("{}: {} in {seconds:.1} s", stage.name, stage.done));
        }
    }

    /// A plain line about what was done.
    pub fn say(&self, line: &str) {
        if self.mode != Mode::Silent {
            print_line(line);
        }
    }

    fn start(&self, name: &str, total: Option<usize>, first: usize) -> Stage {
        let target = match self.mode {
            Mode::Bar => ProgressDrawTarget::stderr(),
            _ => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), target);
        let template = match total {
            Some(_) => "{msg} {wide_bar} {human_pos}/{human_len}{prefix}{left}",
            None => "{msg}: step {human_pos} ({elapsed})",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let first = first as u64;
            let left = move |state: &ProgressState, line: &mut dyn fmt::Write| {
                // What was done before tells nothing about the time that the rest takes.
                if state.pos() > first {
                    let _ = write!(line, " ({} left)", HumanDuration(state.eta()));
                }
            };
            bar.set_style(style.with_key("left", left));
        }
        bar.set_message(name.to_owned());
        // What was done before must not count for the time left.
        bar.set_position(first as u64);
        bar.reset_eta();
        let now = Instant::now();
        let (name, remark) = (name.to_owned(), String::new());
        Stage { name, first, done: first, remark, started: now, last_line: now, bar }
    }
}

impl Stage {
    fn print(&mut self, total: Option<usize>) {
        self.last_line = Instant::now();
        print_line(&self.line(total, self.started.elapsed().as_secs_f64()));
    }

    /// How the stage stands after so many seconds. Until something is done there is no speed, and
    /// nobody knows how long the rest takes.
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    fn line(&self, total: Option<usize>, seconds: f64) -> String {
        let (name, done) = (&self.name, self.done);
        let Some(total) = total else {
            return format!("{name}: step {done}, {seconds:.0} s so far");
        };
        let mut line = format!("{name}: {done}/{total}");
        let rate = (done - self.first) as f64 / seconds.max(1e-9);
        // Who remarks on the speed knows a better unit.
        if self.remark.is_empty() && rate > 0.0 {
            line += &format!(", {rate:.1}/s");
        } else if !self.remark.is_empty() {
            line += &format!(", {}", self.remark);
        }
        line + &if rate > 0.0 {
            format!(", {:.0} s left", total.saturating_sub(done) as f64 / rate)
        } else {
            format!(", {seconds:.0} s so far")
        }
    }
}

/// Prints a line to stderr. What cannot be shown is no reason to stop.
pub fn print_line(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_once_something_is_done() {
        let mut stage = Progress::new(true).start("generate", Some(400), 100);
        assert_eq!(stage.line(Some(400), 12.0), "generate: 100/400, 12 s so far");
        stage.remark = "950 tokens/s".to_owned();
        let line = stage.line(Some(400), 12.0);
        assert_eq!(line, "generate: 100/400, 950 tokens/s, 12 s so far");
        stage.done = 200;
        let line = stage.line(Some(400), 50.0);
        assert_eq!(line, "generate: 200/400, 950 tokens/s, 100 s left");
        stage.remark.clear();
        assert_eq!(stage.line(Some(400), 50.0), "generate: 200/400, 2.0/s, 100 s left");
        assert_eq!(stage.line(None, 50.0), "generate: step 200, 50 s so far");
    }
}
