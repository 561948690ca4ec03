//! How long work is followed: a bar on a terminal, a plain line now and then elsewhere, or nothing.
//!
//! All of it goes to stderr; stdout carries results alone.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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

    /// Says that `done` of `total` units of the stage called `name` are done.
    pub fn at(&self, name: &str, done: usize, total: usize) {
        if self.mode == Mode::Silent {
            return;
        }
        // A thread that panicked while holding the lock leaves at worst a stale bar.
        let mut current = self.stage.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if current.as_ref().is_none_or(|stage| stage.name != name) {
            if let Some(before) = current.take() {
                before.bar.finish_and_clear();
            }
            *current = Some(self.start(name));
        }
        if let Some(stage) = current.as_mut() {
            stage.bar.set_length(total as u64);
            stage.bar.set_position(done as u64);
            if self.mode == Mode::Lines
                && (done >= total || stage.last_line.elapsed() >= LINE_EVERY)
            {
                stage.print(done, total);
            }
            if done >= total {
                stage.bar.finish_and_clear();
                *current = None;
            }
        }
    }

    /// A plain line about what was done.
    pub fn say(&self, line: &str) {
        if self.mode != Mode::Silent {
            eprintln!("{line}");
        }
    }

    fn start(&self, name: &str) -> Stage {
        let target = match self.mode {
            Mode::Bar => ProgressDrawTarget::stderr(),
            _ => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let template = "{msg} {wide_bar} {human_pos}/{human_len} ({per_sec}, {eta} left)";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(name.to_owned());
        let now = Instant::now();
        Stage { name: name.to_owned(), started: now, last_line: now, bar }
    }
}

impl Stage {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    fn print(&mut self, done: usize, total: usize) {
        self.last_line = Instant::now();
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = done as f64 / seconds.max(1e-9);
        let left = total.saturating_sub(done) as f64 / rate.max(1e-9);
        let line = if done >= total {
            format!("{}: {done} in {seconds:.1} s", self.name)
        } else {
            format!("{}: {done}/{total}, {rate:.1}/s, {left:.0} s left", self.name)
        };
        // Progress that cannot be shown is no reason to stop.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
