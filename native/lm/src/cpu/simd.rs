//! One door to the processor's vector instructions, and the few functions that need them.
//!
//! Kernels are plain loops over arrays of [`LANES`] numbers, and name instructions only where most time is
//! spent; `pulp` compiles them once per instruction set and picks at run time. Every result is the same
//! however many rows or threads share the work, since each number is summed in one fixed order; other
//! instruction sets may round otherwise.

use pulp::{Arch, Simd, WithSimd};

/// Numbers that kernels treat at a time: one vector of AVX-512, two of AVX2, four of NEON.
pub(super) const LANES: usize = 16;

/// So many numbers.
pub(super) type Lanes = [f32; LANES];

/// A loop to be compiled for each instruction set.
pub(super) trait Kernel {
    /// What it returns.
    type Output;

    /// Runs it. `WIDTH` is the number of floats in the machine's vectors, 1 where there are none, and `simd`
    /// has their instructions by name; `run` and all it calls must be inlined.
    fn run<S: Simd, const WIDTH: usize>(self, simd: S) -> Self::Output;
}

/// Runs the kernel with the best instructions that this processor has.
pub(super) fn run<K: Kernel>(kernel: K) -> K::Output {
    Arch::new().dispatch(Adapter(kernel))
}

struct Adapter<K>(K);

impl<K: Kernel> WithSimd for Adapter<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> K::Output {
        match S::F32_LANES {
            1 => self.0.run::<S, 1>(simd),
            4 => self.0.run::<S, 4>(simd),
            16 => self.0.run::<S, 16>(simd),
            _ => self.0.run::<S, 8>(simd),
        }
    }
}

/// `a · b + c`, rounded once where the processor has an instruction for that.
#[inline(always)]
pub(super) fn multiply_add<const WIDTH: usize>(a: f32, b: f32, c: f32) -> f32 {
    if WIDTH > 1 { a.mul_add(b, c) } else { a * b + c }
}

/// Adds `scale · values` to `sums`.
#[inline(always)]
pub(super) fn add_scaled<const WIDTH: usize>(sums: &mut Lanes, scale: f32, values: &Lanes) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum = multiply_add::<WIDTH>(scale, *value, *sum);
    }
}

/// `e^x` to 2 units in the last place; 0 below -87, where single precision ends.
///
/// Cody and Waite's reduction with the polynomial of the Cephes library (Moshier 1989).
#[inline(always)]
pub(super) fn exp<const WIDTH: usize>(x: f32) -> f32 {
    /// Adding and subtracting it rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts; the first has so few bits that its products with whole numbers are exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let within = x.clamp(-87.0, 88.0);
    let shifted = multiply_add::<WIDTH>(within, std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let rest = multiply_add::<WIDTH>(whole, -LN_2_HIGH, within);
    let rest = multiply_add::<WIDTH>(whole, -LN_2_LOW, rest);
    let coefficients = [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1];
    let mut polynomial = 1.987_569_2e-4;
    for coefficient in coefficients {
        polynomial = multiply_add::<WIDTH>(polynomial, rest, coefficient);
    }
    let fraction = multiply_add::<WIDTH>(polynomial, rest * rest, rest) + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127);
    let value = fraction * f32::from_bits(exponent << 23);
    if x < -87.0 { 0.0 } else { value }
}

/// The sum of the numbers, in one fixed order.
#[inline(always)]
pub(super) fn sum(lanes: &Lanes) -> f32 {
    let mut half = [0.0; LANES / 2];
    for (index, sum) in half.iter_mut().enumerate() {
        *sum = lanes[index] + lanes[index + LANES / 2];
    }
    let quarter: [f32; 4] = std::array::from_fn(|index| half[index] + half[index + 4]);
    (quarter[0] + quarter[2]) + (quarter[1] + quarter[3])
}

/// The sum of `map` of all values, in one fixed order.
#[inline(always)]
pub(super) fn sum_of(values: &[f32], map: impl Fn(f32) -> f32) -> f32 {
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for lanes in whole {
        for (sum, value) in sums.iter_mut().zip(lanes) {
            *sum += map(*value);
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum += map(*value);
    }
    sum(&sums)
}

/// The largest value; minus infinity where there is none.
#[inline(always)]
pub(super) fn maximum(values: &[f32]) -> f32 {
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut largest = [f32::NEG_INFINITY; LANES];
    for lanes in whole {
        for (largest, value) in largest.iter_mut().zip(lanes) {
            // A comparison, not `f32::max`: that one has a rule for NaN that costs time.
            *largest = if *value > *largest { *value } else { *largest };
        }
    }
    let rest = rest.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    largest.into_iter().fold(rest, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct ExpOf<'a>(&'a [f32]);

    impl Kernel for ExpOf<'_> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn run<S: Simd, const WIDTH: usize>(self, _simd: S) -> Vec<f32> {
            self.0.iter().map(|x| exp::<WIDTH>(*x)).collect()
        }
    }

    #[test]
    fn exp_is_within_two_units_in_the_last_place() {
        let points: Vec<f32> = (-870_000..=880_000_i32).map(|i| i as f32 * 1e-4).collect();
        for (x, found) in points.iter().zip(run(ExpOf(&points))) {
            let exact = f64::from(*x).exp();
            let error = (f64::from(found) - exact).abs() / exact;
            assert!(error <= 2.0 * f64::from(f32::EPSILON), "exp({x}) = {found}, not {exact}");
        }
        assert_eq!(run(ExpOf(&[-88.0, f32::NEG_INFINITY, 0.0])), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn sums_and_maxima_take_every_value() {
        let values: Vec<f32> = (0..53_u8).map(|i| f32::from(i) - 20.0).collect();
        assert_eq!(sum_of(&values, |value| value), 318.0);
        assert_eq!(maximum(&values), 32.0);
        assert_eq!(maximum(&[]), f32::NEG_INFINITY);
    }
}
