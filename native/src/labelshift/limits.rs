//! Where texts are stopped, as far as the texts tell.

/// Limits in some measure of length, and how often each is the one.
///
/// A text that was stopped tells where its limit lay; one that its author ended is a whole document and tells only
/// that the limit lay no nearer. So limits are seen as lifetimes in a study that some leave early, and shares
/// are Kaplan and Meier's (1958).
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Rising limits, each with the share of limits that lie no further.
    steps: Vec<(f64, f64)>,
}

impl Limits {
    /// The limits of texts of these lengths, each with whether it was stopped; nothing where none was.
    pub fn of(mut lengths: Vec<(f64, bool)>) -> Option<Self> {
        // A text that ended at its very limit was at risk there.
        lengths
            .sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(&left.1)));
        let mut steps: Vec<(f64, f64)> = Vec::new();
        let mut share_beyond = 1.0;
        for (rank, &(length, is_stopped)) in lengths.iter().enumerate() {
            if is_stopped {
                share_beyond *= 1.0 - 1.0 / precise(lengths.len() - rank);
                steps.push((length, 1.0 - share_beyond));
            }
        }
        (!steps.is_empty()).then_some(Self { steps })
    }

    /// The limit below which this share of limits lies, from 0 to 1; none where it is beyond all that was seen.
    pub fn at(&self, share: f64) -> Option<f64> {
        let step = self.steps.partition_point(|&(_, up_to)| up_to <= share);
        self.steps.get(step).map(|&(limit, _)| limit)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of texts")]
fn precise(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use data_anatomy_core::numeric::rng::RandomStream;

    use super::*;

    #[test]
    fn shares_are_those_of_kaplan_and_meier() {
        // Remission of 21 leukaemia patients under 6-MP (Freireich et al. 1963), as in every textbook: S(6) = .857,
        // S(7) = .807, S(10) = .753, S(13) = .690, S(16) = .627, S(22) = .538, S(23) = .448.
        let left =
            [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|week| (f64::from(week), false));
        let relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|week| (f64::from(week), true));
        let limits = Limits::of([left.as_slice(), &relapsed].concat()).unwrap();
        let table = [
            (6, 0.857),
            (7, 0.807),
            (10, 0.753),
            (13, 0.690),
            (16, 0.627),
            (22, 0.538),
            (23, 0.448),
        ];
        for (week, beyond) in table {
            let up_to = limits.steps.iter().rfind(|step| step.0 <= f64::from(week)).unwrap().1;
            assert!((1.0 - up_to - beyond).abs() < 5e-4, "{week}: {up_to}");
        }
        assert_eq!(limits.at(0.0), Some(6.0));
        assert_eq!(limits.at(0.15), Some(7.0));
        assert_eq!(limits.at(0.56), None, "nobody saw the rest relapse");
    }

    #[test]
    fn where_every_text_was_stopped_each_length_counts_alike() {
        let limits =
            Limits::of([30.0, 10.0, 20.0, 40.0].map(|length| (length, true)).to_vec()).unwrap();
        let at = [0.0, 0.24, 0.26, 0.51, 0.76, 0.999_999].map(|share| limits.at(share).unwrap());
        assert_eq!(at, [10.0, 10.0, 20.0, 30.0, 40.0, 40.0]);
    }

    #[test]
    fn limits_are_found_behind_ends() {
        // Documents of 0 to 99 characters, limits of 20, 50 or 80 alike often.
        let mut stream = RandomStream::new(1, 0);
        let lengths = (0..30_000).map(|_| {
            let (document, limit) = (100.0 * stream.unit(), [20.0, 50.0, 80.0][stream.index(3)]);
            (document.min(limit), document > limit)
        });
        let limits = Limits::of(lengths.collect()).unwrap();
        for (limit, share) in [(20, 1.0 / 3.0), (50, 2.0 / 3.0), (80, 1.0)] {
            let up_to = limits.steps.iter().rfind(|step| step.0 <= f64::from(limit)).unwrap().1;
            // Standard errors are below .004; counted without those that ended, .33 would be .44.
            assert!((up_to - share).abs() < 0.02, "{limit}: {up_to}");
        }
    }

    #[test]
    fn without_a_text_that_was_stopped_there_is_no_limit() {
        assert_eq!(Limits::of(vec![(5.0, false), (7.0, false)]), None);
        assert_eq!(Limits::of(Vec::new()), None);
    }
}
