//! AdamW (Loshchilov and Hutter 2019, algorithm 2) with the gradient's norm limited, as PyTorch's
//! `AdamW` and `clip_grad_norm_` compute them.

use super::model::{Gradients, Model};
use super::tensors::Floats;

/// Decay rates of the moments.
const BETAS: [f64; 2] = [0.9, 0.999];
/// What the root of the second moment is raised by.
const EPSILON: f64 = 1e-8;
/// What the gradient's norm is raised by before it divides.
const NORM_EPSILON: f64 = 1e-6;

/// The state of an optimisation.
#[derive(Debug)]
pub(super) struct AdamW {
    weight_decay: f64,
    max_gradient_norm: f64,
    n_steps: i32,
    /// First and second moment of each parameter, once it had a gradient.
    moments: Vec<Option<[Floats<2>; 2]>>,
}

impl AdamW {
    /// An optimisation that has not begun, of a model's parameters.
    pub(super) fn new(model: &Model, weight_decay: f64, max_gradient_norm: f64) -> Self {
        let moments = vec![None; model.parameters.len()];
        Self { weight_decay, max_gradient_norm, n_steps: 0, moments }
    }

    /// Moves the parameters by one step at this learning rate.
    pub(super) fn step(&mut self, model: &mut Model, gradients: Gradients, learning_rate: f64) {
        self.n_steps += 1;
        let Some(factor) = clip_factor(&gradients, self.max_gradient_norm) else { return };
        let corrections = BETAS.map(|beta| 1.0 - beta.powi(self.n_steps));
        let specs = model.places.specs.iter().map(|spec| spec.role);
        let parameters = model.parameters.iter_mut().zip(specs).zip(&mut self.moments);
        for (((parameter, role), moments), gradient) in parameters.zip(gradients.0) {
            let Some(gradient) = gradient else { continue };
            let gradient = gradient * factor.clone();
            let [first, second] =
                moments.take().unwrap_or_else(|| [parameter.zeros_like(), parameter.zeros_like()]);
            let first = first * BETAS[0] + gradient.clone() * (1.0 - BETAS[0]);
            let second = second * BETAS[1] + gradient.square() * (1.0 - BETAS[1]);
            let deviation = second.clone().sqrt() / corrections[1].sqrt() + EPSILON;
            let step = first.clone() / deviation * (learning_rate / corrections[0]);
            let decay = if role.decays() { learning_rate * self.weight_decay } else { 0.0 };
            *parameter = parameter.clone() * (1.0 - decay) - step;
            *moments = Some([first, second]);
        }
    }
}

/// What gradients are multiplied with so that their norm over all parameters is at most this, `[1, 1]`;
/// none where there are none.
fn clip_factor(gradients: &Gradients, max_norm: f64) -> Option<Floats<2>> {
    let squares: Vec<Floats<2>> = gradients
        .0
        .iter()
        .flatten()
        .map(|gradient| gradient.clone().square().sum().reshape([1, 1]))
        .collect();
    if squares.is_empty() {
        return None;
    }
    let norm = Floats::cat(squares, 1).sum_dim(1).sqrt();
    Some((norm + NORM_EPSILON).recip().mul_scalar(max_norm).clamp_max(1.0))
}

/// The share of the highest learning rate at step number `step` of `n_steps`, counted from 0: rising over
/// `n_warmup` steps, then falling to 0 (the linear schedule of `transformers`).
#[expect(clippy::cast_precision_loss, reason = "steps are few")]
pub(super) fn schedule(step: usize, n_warmup: usize, n_steps: usize) -> f64 {
    if step < n_warmup {
        return step as f64 / n_warmup.max(1) as f64;
    }
    n_steps.saturating_sub(step) as f64 / n_steps.saturating_sub(n_warmup).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::schedule;

    #[test]
    fn rises_to_one_and_falls_to_zero() {
        let found: Vec<f64> = (0..=6).map(|step| schedule(step, 2, 6)).collect();
        assert_eq!(found, [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]);
        assert_eq!(schedule(0, 0, 4), 1.0);
    }
}
