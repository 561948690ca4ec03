use data_anatomy_core::numeric::rng::RandomStream;
use proptest::prelude::*;

use super::*;
use crate::sampling::uniform;

/// Exact probabilities in double precision, from a sort of all tokens: what is defined, told naively.
/// `margin` is how near the cut came to falling elsewhere.
struct Reference {
    probabilities: Vec<f64>,
    margin: f64,
}

fn reference(logits: &[f32], temperature: f64, top_k: usize, top_p: f64) -> Reference {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].partial_cmp(&logits[a]).unwrap().then(a.cmp(&b)));
    let largest = f64::from(logits[order[0]]);
    let weight = |token: usize| ((f64::from(logits[token]) - largest) / temperature).exp();
    if top_k > 0 && top_k < order.len() {
        let smallest = logits[order[top_k - 1]];
        order.retain(|&token| logits[token] >= smallest);
    }
    let total: f64 = order.iter().map(|&token| weight(token)).sum();
    let (mut before, mut margin) = (0.0, f64::INFINITY);
    let mut kept = Vec::new();
    for &token in &order {
        if top_p < 1.0 {
            margin = margin.min((before / total - top_p).abs());
        }
        if top_p < 1.0 && before / total >= top_p {
            break;
        }
        kept.push(token);
        before += weight(token);
    }
    let mut probabilities = vec![0.0; logits.len()];
    for &token in &kept {
        probabilities[token] = weight(token) / before;
    }
    Reference { probabilities, margin }
}

#[expect(clippy::cast_possible_truncation, reason = "any number will do")]
fn narrow(number: f64) -> f32 {
    number as f32
}

/// Logits with the spread of a language model's.
fn logits_like_a_model(n_tokens: usize, seed: u64) -> Vec<f32> {
    let mut stream = RandomStream::new(seed, 0);
    (0..n_tokens).map(|_| narrow(stream.normal() * 3.0)).collect()
}

fn settings() -> impl Strategy<Value = (Vec<f32>, f64, usize, f64)> {
    let free = prop::collection::vec(-12.0..12.0_f32, 1..700);
    // Few distinct values: many ties, at the cut too.
    let tied = prop::collection::vec((-4..4_i8).prop_map(|step| f32::from(step) * 0.5), 1..700);
    let top_p = prop_oneof![Just(1.0), 0.01..1.0_f64, Just(0.9)];
    (prop_oneof![free, tied], 0.3..3.0_f64, 0..40_usize, top_p)
}

proptest! {
    #[test]
    fn kept_set_equals_the_sorted_reference((logits, temperature, top_k, top_p) in settings()) {
        let expected = reference(&logits, temperature, top_k, top_p);
        // A cut nearer to the bound than weights are exact may fall to either side.
        prop_assume!(expected.margin > 1e-5);
        let sampling = Sampling::new(temperature, top_k, top_p).unwrap();
        prop_assume!(sampling.top_k > 0 || sampling.top_p < 1.0);
        let mut scratch = Scratch::default();
        weigh(&logits, largest(&logits).unwrap(), sampling.temperature, &mut scratch.weights);
        truncate(&logits, &sampling, &mut scratch);
        let has_weight = |token: &usize| scratch.weights[*token] > 0.0;
        let kept: Vec<usize> = (0..logits.len()).filter(has_weight).collect();
        let positive = |token: &usize| expected.probabilities[*token] > 0.0;
        let wanted: Vec<usize> = (0..logits.len()).filter(positive).collect();
        prop_assert_eq!(kept, wanted);
    }

    #[test]
    fn token_is_where_the_exact_distribution_function_passes(
        (logits, temperature, top_k, top_p) in settings(),
        uniform in 0.0..1.0_f64,
    ) {
        let expected = reference(&logits, temperature, top_k, top_p);
        prop_assume!(expected.margin > 1e-5);
        let sampling = Sampling::new(temperature, top_k, top_p).unwrap();
        let token = draw(&logits, &sampling, uniform, &mut Scratch::default()).unwrap() as usize;
        let below: f64 = expected.probabilities[..token].iter().sum();
        let upto = below + expected.probabilities[token];
        prop_assert!(expected.probabilities[token] > 0.0);
        prop_assert!(below - 1e-5 <= uniform && uniform <= upto + 1e-5, "{below} {uniform} {upto}");
    }

    #[test]
    fn greedy_takes_the_first_of_the_largest(logits in prop::collection::vec(-3..3_i8, 1..300)) {
        let logits: Vec<f32> = logits.into_iter().map(f32::from).collect();
        let greedy = Sampling::new(0.0, 5, 0.5).unwrap();
        let token = draw(&logits, &greedy, 0.99, &mut Scratch::default()).unwrap() as usize;
        prop_assert!(logits.iter().all(|&logit| logit <= logits[token]));
        prop_assert!(logits[..token].iter().all(|&logit| logit < logits[token]));
    }
}

/// Draws of the chi-squared tests.
const N_DRAWS: u64 = 100_000;

/// The chi-squared distance of drawn tokens from exact probabilities, tokens expected fewer than ten
/// times joined into one, and the bound it passes once in a million tests (Wilson & Hilferty 1931).
fn chi_squared(logits: &[f32], temperature: f64, top_k: usize, top_p: f64) -> (f64, f64) {
    let expected = reference(logits, temperature, top_k, top_p).probabilities;
    let sampling = Sampling::new(temperature, top_k, top_p).unwrap();
    let mut scratch = Scratch::default();
    let mut counts = vec![0.0; logits.len()];
    for step in 0..N_DRAWS {
        let uniform = uniform(7, step % 100, step / 100);
        counts[draw(logits, &sampling, uniform, &mut scratch).unwrap() as usize] += 1.0;
    }
    let (mut distance, mut n_cells, mut rare) = (0.0, 0.0_f64, (0.0, 0.0));
    let mut add = |count: f64, wanted: f64| {
        distance += (count - wanted) * (count - wanted) / wanted;
        n_cells += 1.0;
    };
    for (&count, probability) in counts.iter().zip(&expected) {
        let wanted = probability * N_DRAWS as f64;
        if wanted >= 10.0 {
            add(count, wanted);
        } else {
            rare = (rare.0 + count, rare.1 + wanted);
        }
    }
    if rare.1 > 0.0 {
        add(rare.0, rare.1);
    }
    let degrees = (n_cells - 1.0).max(1.0);
    let spread = 2.0 / (9.0 * degrees);
    let bound = degrees * (1.0 - spread + 4.753 * spread.sqrt()).powi(3);
    (distance, bound)
}

#[test]
fn draws_follow_the_exact_probabilities() {
    let logits = logits_like_a_model(500, 1);
    for (temperature, top_k, top_p) in
        [(1.0, 0, 1.0), (0.8, 0, 0.9), (1.5, 40, 1.0), (0.7, 50, 0.6)]
    {
        let (distance, bound) = chi_squared(&logits, temperature, top_k, top_p);
        assert!(distance < bound, "{temperature} {top_k} {top_p}: {distance} {bound}");
    }
}

#[test]
fn numbers_that_are_none_are_refused() {
    for (position, found) in [(3, f32::NAN), (40, f32::INFINITY), (17, f32::NEG_INFINITY)] {
        let mut logits = logits_like_a_model(41, 2);
        logits[position] = found;
        for sampling in [Sampling::default(), Sampling::new(0.0, 0, 1.0).unwrap()] {
            let error = draw(&logits, &sampling, 0.5, &mut Scratch::default()).unwrap_err();
            let SamplingError::NotFinite { token, found: told } = error else { panic!("{error}") };
            assert_eq!((token, told.to_bits()), (position, found.to_bits()));
        }
    }
    let nothing = draw(&[], &Sampling::default(), 0.5, &mut Scratch::default());
    assert_eq!(nothing, Err(SamplingError::NoLogits));
}

#[test]
fn settings_out_of_range_are_refused() {
    for temperature in [-1.0, f64::INFINITY, 1e39] {
        let refused = Sampling::new(temperature, 0, 1.0);
        assert_eq!(refused, Err(SamplingError::Temperature { found: temperature }));
    }
    assert!(Sampling::new(f64::NAN, 0, 1.0).is_err());
    for top_p in [0.0, -0.1, 1.1] {
        assert_eq!(Sampling::new(1.0, 0, top_p), Err(SamplingError::TopP { found: top_p }));
    }
    assert!(Sampling::new(1.0, 0, f64::NAN).is_err());
}

#[test]
fn extreme_temperatures_are_their_limits() {
    let logits = [1.0, 3.0, 3.0, -2.0];
    let mut scratch = Scratch::default();
    let coldest = Sampling::new(1e-42, 0, 1.0).unwrap();
    assert_eq!(draw(&logits, &coldest, 0.25, &mut scratch), Ok(1));
    assert_eq!(draw(&logits, &coldest, 0.75, &mut scratch), Ok(2));
    let hottest = Sampling::new(1e30, 0, 1.0).unwrap();
    for token in 0..4 {
        let uniform = (f64::from(token) + 0.5) / 4.0;
        assert_eq!(draw(&logits, &hottest, uniform, &mut scratch), Ok(token));
    }
}

#[test]
fn largest_uniform_reaches_the_last_token_of_positive_weight() {
    let mut logits = vec![0.0_f32; 1000];
    logits[999] = -200.0;
    let last = 1.0 - f64::EPSILON / 2.0;
    let token = draw(&logits, &Sampling::default(), last, &mut Scratch::default());
    assert_eq!(token, Ok(998));
}

/// Pins one value per way of drawing: a change of any changes every text that was generated.
#[test]
fn draws_keep_their_values() {
    let logits = logits_like_a_model(50_304, 3);
    let mut scratch = Scratch::default();
    let mut tokens = |temperature, top_k, top_p| {
        let sampling = Sampling::new(temperature, top_k, top_p).unwrap();
        [0, 1, 2, 3]
            .map(|step| draw(&logits, &sampling, uniform(1, 2, step), &mut scratch).unwrap())
    };
    assert_eq!(tokens(1.0, 0, 1.0), [22865, 26986, 41132, 6523]);
    assert_eq!(tokens(0.8, 0, 0.9), [31532, 31532, 37584, 15256]);
    assert_eq!(tokens(1.0, 50, 1.0), [31058, 31532, 39906, 9833]);
    assert_eq!(tokens(0.0, 0, 1.0), [31532; 4]);
}
