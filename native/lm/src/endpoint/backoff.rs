//! Waiting before a request is repeated.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use data_anatomy_core::numeric::rng::RandomStream;

/// A server that asks for a longer pause gets this one.
const LONGEST_HOLD: Duration = Duration::from_secs(600);

/// How often a request is repeated after passing failures, and after what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The most repetitions.
    pub repetitions: u32,
    /// The first pause; each further one is twice as long, and a random part of up to half is taken
    /// off, so that requests which failed together do not come back together.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl Default for Retry {
    /// Seven repetitions over one and a half minutes: time for a server to start again.
    fn default() -> Self {
        let (first_pause, longest_pause) = (Duration::from_secs(1), Duration::from_secs(30));
        Self { repetitions: 7, first_pause, longest_pause }
    }
}

impl Retry {
    /// The pause before repetition number `n_repeated`, from 0, of a text's request; none where there
    /// are no more.
    pub(super) fn pause(&self, n_repeated: u32, text: u64) -> Option<Duration> {
        if n_repeated >= self.repetitions {
            return None;
        }
        let doubled = 2_u32.checked_pow(n_repeated).and_then(|n| self.first_pause.checked_mul(n));
        let whole = doubled.unwrap_or(self.longest_pause).min(self.longest_pause);
        let chance = RandomStream::new(text, u64::from(n_repeated)).unit();
        Some(whole.mul_f64(1.0 - 0.5 * chance))
    }
}

/// The pause that a `Retry-After` header asks for, in seconds or until a date.
pub(super) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    let asked = match header.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = httpdate::parse_http_date(header).ok()?;
            date.duration_since(now).unwrap_or_default()
        }
    };
    Some(asked.min(LONGEST_HOLD))
}

/// What every request passes through: open, held for a while, or closed for good.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<GateState>,
    closing: Condvar,
}

#[derive(Debug, Default)]
struct GateState {
    held_until: Option<Instant>,
    is_closed: bool,
}

impl Gate {
    /// Waits while the gate is held, and says whether it is open then.
    pub(super) fn pass(&self) -> bool {
        let mut state = self.state();
        loop {
            let now = Instant::now();
            match state.held_until {
                _ if state.is_closed => return false,
                Some(until) if until > now => state = self.wait(state, until - now),
                _ => return true,
            }
        }
    }

    /// Holds everyone for so long.
    pub(super) fn hold_all(&self, pause: Duration) {
        let mut state = self.state();
        state.held_until = state.held_until.max(Instant::now().checked_add(pause));
    }

    /// Waits so long, or until the gate is closed.
    pub(super) fn sleep(&self, pause: Duration) {
        let Some(end) = Instant::now().checked_add(pause) else { return };
        let mut state = self.state();
        while !state.is_closed {
            let Some(rest) = end.checked_duration_since(Instant::now()) else { return };
            if rest.is_zero() {
                return;
            }
            state = self.wait(state, rest);
        }
    }

    /// Lets nobody through any more.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.closing.notify_all();
    }

    /// Whether nobody passes any more.
    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    fn wait<'gate>(
        &self,
        state: MutexGuard<'gate, GateState>,
        pause: Duration,
    ) -> MutexGuard<'gate, GateState> {
        self.closing.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_less_a_random_part() {
        let retry = Retry { repetitions: 40, ..Retry::default() };
        for (n_repeated, whole) in [(0, 1.0), (1, 2.0), (4, 16.0), (5, 30.0), (39, 30.0)] {
            let pauses: Vec<f64> = (0..50)
                .filter_map(|text| retry.pause(n_repeated, text))
                .map(|p| p.as_secs_f64())
                .collect();
            assert_eq!(pauses.len(), 50);
            assert!(pauses.iter().all(|pause| (0.5 * whole..=whole).contains(pause)), "{pauses:?}");
            let spread = pauses.iter().copied().fold(0.0, f64::max)
                - pauses.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(spread > 0.3 * whole, "{spread}");
        }
        assert_eq!(retry.pause(40, 0), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_480);
        assert_eq!(retry_after(" 3 ", now), Some(Duration::from_secs(3)));
        // The example of RFC 9110 is half a minute before and after these.
        assert_eq!(
            retry_after("Wed, 21 Oct 2015 07:28:30 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:27:30 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("99999999999", now), Some(LONGEST_HOLD));
        assert_eq!(retry_after("soon", now), None);
    }

    #[test]
    fn closing_ends_all_waiting() {
        let gate = Gate::default();
        gate.hold_all(Duration::from_secs(60));
        let start = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(!gate.pass()));
            scope.spawn(|| gate.sleep(Duration::from_secs(60)));
            std::thread::sleep(Duration::from_millis(20));
            gate.close();
        });
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
