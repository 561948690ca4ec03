//! The encoder with its head: the way from tokens to logits, and the way of derivatives back.
//!
//! Both families norm after each residual sum. What the way back needs is kept layer by layer in a
//! [`Trace`]; without one, a layer's intermediate results are dropped with it.

use burn_tensor::IndexingUpdateOp;
use burn_tensor::activation::relu;

use super::architecture::{Activation, Architecture, Family};
use super::attention::{AttentionTrace, Heads};
use super::batch::Batch;
use super::dropout::{self, Dropout};
use super::places::{self, Places};
use super::tensors::{
    Floats, LinearGradients, NormTrace, integers, layer_norm, layer_norm_backward, linear,
    linear_backward,
};

/// An encoder with its parameters on a device.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) architecture: Architecture,
    pub(super) places: Places,
    /// By place.
    pub(super) parameters: Vec<Floats<2>>,
}

/// What the way back needs of the way forth.
#[derive(Debug)]
pub(super) struct Trace {
    embedding: NormTrace,
    embedding_mask: Option<Floats<2>>,
    layers: Vec<LayerTrace>,
    head: HeadTrace,
}

#[derive(Debug)]
struct LayerTrace {
    x: Floats<2>,
    attention: AttentionTrace,
    context: Floats<2>,
    attended_mask: Option<Floats<2>>,
    attention_norm: NormTrace,
    normed: Floats<2>,
    feed_forward: FeedForwardTrace,
    output_mask: Option<Floats<2>>,
    output_norm: NormTrace,
}

/// The inner sums `u` and what they are multiplied with: `Φ(u)`, or 1 above 0 and else 0.
#[derive(Debug)]
struct FeedForwardTrace {
    inner: Floats<2>,
    gate: Floats<2>,
}

#[derive(Debug)]
struct HeadTrace {
    /// The first token's state, `[n_rows, hidden]`.
    first: Floats<2>,
    activated: Floats<2>,
    mask: Option<Floats<2>>,
}

/// Sums of derivatives, by place.
#[derive(Debug)]
pub(super) struct Gradients(pub(super) Vec<Option<Floats<2>>>);

impl Gradients {
    fn none(n: usize) -> Self {
        Self(vec![None; n])
    }

    fn add(&mut self, place: usize, gradient: Floats<2>) {
        let sum = match self.0[place].take() {
            Some(before) => before + gradient,
            None => gradient,
        };
        self.0[place] = Some(sum);
    }

    /// Adds the gradients of another batch.
    pub(super) fn merge(&mut self, other: Self) {
        for (place, gradient) in other.0.into_iter().enumerate() {
            if let Some(gradient) = gradient {
                self.add(place, gradient);
            }
        }
    }

    fn add_norm(&mut self, norm: places::Norm, gradients: LinearGradients) -> Floats<2> {
        self.add(norm.weight, gradients.weight);
        self.add(norm.bias, gradients.bias);
        gradients.x
    }

    fn add_linear(&mut self, linear: places::Linear, gradients: LinearGradients) -> Floats<2> {
        self.add(linear.weight, gradients.weight);
        self.add(linear.bias, gradients.bias);
        gradients.x
    }
}

impl Model {
    /// The states of all tokens after the last layer, `[n_tokens, hidden]`.
    pub(super) fn states(&self, batch: &Batch) -> Floats<2> {
        let mut off = Dropout::off();
        let (mut x, _, _) = self.embed(batch, &mut off);
        for layer in &self.places.layers {
            x = self.layer(*layer, x, batch, &mut off).0;
        }
        x
    }

    /// Logits of the categories, `[n_rows, n_classes]`.
    pub(super) fn logits(&self, batch: &Batch) -> Floats<2> {
        self.head(self.states(batch), batch, &mut Dropout::off()).0
    }

    /// Logits, `[n_rows, n_classes]`, and what the way back needs.
    pub(super) fn logits_with_trace(
        &self,
        batch: &Batch,
        dropout: &mut Dropout,
    ) -> (Floats<2>, Trace) {
        let (mut x, embedding, embedding_mask) = self.embed(batch, dropout);
        let mut layers = Vec::with_capacity(self.places.layers.len());
        for layer in &self.places.layers {
            let (y, trace) = self.layer(*layer, x, batch, dropout);
            layers.push(trace);
            x = y;
        }
        let (logits, head) = self.head(x, batch, dropout);
        (logits, Trace { embedding, embedding_mask, layers, head })
    }

    /// Derivatives by all parameters, from those by the logits, `[n_rows, n_classes]`.
    pub(super) fn backward(&self, trace: Trace, gradient: Floats<2>, batch: &Batch) -> Gradients {
        let mut gradients = Gradients::none(self.parameters.len());
        let mut by_states = self.head_backward(trace.head, gradient, batch, &mut gradients);
        for (layer, trace) in self.places.layers.iter().zip(trace.layers).rev() {
            by_states = self.layer_backward(*layer, trace, by_states, batch, &mut gradients);
        }
        let by_sum = self.norm_backward(
            self.places.norm,
            trace.embedding,
            dropout::apply(by_states, trace.embedding_mask.as_ref()),
            &mut gradients,
        );
        self.embed_backward(by_sum, batch, &mut gradients);
        gradients
    }

    fn parameter(&self, place: usize) -> &Floats<2> {
        &self.parameters[place]
    }

    fn linear(&self, x: Floats<2>, place: places::Linear) -> Floats<2> {
        linear(x, self.parameter(place.weight), self.parameter(place.bias))
    }

    fn linear_backward(
        &self,
        place: places::Linear,
        x: Floats<2>,
        gradient: Floats<2>,
        gradients: &mut Gradients,
    ) -> Floats<2> {
        gradients.add_linear(place, linear_backward(x, self.parameter(place.weight), gradient))
    }

    fn norm(&self, x: Floats<2>, place: places::Norm) -> (Floats<2>, NormTrace) {
        let (weight, bias) = (self.parameter(place.weight), self.parameter(place.bias));
        layer_norm(x, weight, bias, self.architecture.epsilon)
    }

    fn norm_backward(
        &self,
        place: places::Norm,
        trace: NormTrace,
        gradient: Floats<2>,
        gradients: &mut Gradients,
    ) -> Floats<2> {
        let found = layer_norm_backward(trace, self.parameter(place.weight), gradient);
        gradients.add_norm(place, found)
    }

    fn heads(&self) -> Heads {
        Heads {
            n_heads: self.architecture.n_heads,
            head_dim: self.architecture.head_dim(),
            dropout: self.architecture.dropout.attention,
        }
    }

    fn hidden_mask(&self, batch: &Batch, dropout: &mut Dropout) -> Option<Floats<2>> {
        let shape = [batch.n_rows * batch.length, self.architecture.hidden];
        let device = self.parameters[self.places.words].device();
        dropout.mask(self.architecture.dropout.hidden, shape, &device)
    }

    fn embed(
        &self,
        batch: &Batch,
        dropout: &mut Dropout,
    ) -> (Floats<2>, NormTrace, Option<Floats<2>>) {
        let hidden = self.architecture.hidden;
        let words = self.parameter(self.places.words).clone().select(0, batch.ids.clone());
        let positions = self.parameter(self.places.positions).clone().slice_dim(0, 0..batch.length);
        let mut sum = words.reshape([batch.n_rows, batch.length, hidden]) + positions.unsqueeze();
        if let Some(types) = self.places.types {
            // A single text is all of the first type.
            sum = sum + self.parameter(types).clone().slice_dim(0, 0..1).unsqueeze();
        }
        let flat = sum.reshape([batch.n_rows * batch.length, hidden]);
        let (x, trace) = self.norm(flat, self.places.norm);
        let mask = self.hidden_mask(batch, dropout);
        (dropout::apply(x, mask.as_ref()), trace, mask)
    }

    fn embed_backward(&self, gradient: Floats<2>, batch: &Batch, gradients: &mut Gradients) {
        let hidden = self.architecture.hidden;
        let table = |place: usize| self.parameter(place).zeros_like();
        let words = table(self.places.words).select_assign(
            0,
            batch.ids.clone(),
            gradient.clone(),
            IndexingUpdateOp::Add,
        );
        gradients.add(self.places.words, words);
        let by_position = gradient.reshape([batch.n_rows, batch.length, hidden]).sum_dim(0);
        let by_position: Floats<2> = by_position.reshape([batch.length, hidden]);
        let first_rows = |place: usize, rows: Floats<2>| {
            let [n_rows, _] = rows.dims();
            let numbers = (0..n_rows).map(|row| i32::try_from(row).unwrap_or(i32::MAX)).collect();
            let numbers = integers(numbers, &rows.device());
            table(place).select_assign(0, numbers, rows, IndexingUpdateOp::Add)
        };
        if let Some(types) = self.places.types {
            gradients.add(types, first_rows(types, by_position.clone().sum_dim(0)));
        }
        gradients.add(self.places.positions, first_rows(self.places.positions, by_position));
    }

    fn layer(
        &self,
        place: places::Layer,
        x: Floats<2>,
        batch: &Batch,
        dropout: &mut Dropout,
    ) -> (Floats<2>, LayerTrace) {
        let qkv = self.linear(x.clone(), place.qkv);
        let (context, attention) = self.heads().attend(&qkv, batch, dropout);
        let attended = self.linear(context.clone(), place.output);
        let attended_mask = match self.architecture.family {
            Family::Bert => self.hidden_mask(batch, dropout),
            Family::Distilbert => None,
        };
        let attended = dropout::apply(attended, attended_mask.as_ref());
        let (normed, attention_norm) = self.norm(attended + x.clone(), place.attention_norm);
        let (output, feed_forward) = self.feed_forward(normed.clone(), place);
        let output_mask = self.hidden_mask(batch, dropout);
        let output = dropout::apply(output, output_mask.as_ref());
        let (y, output_norm) = self.norm(output + normed.clone(), place.output_norm);
        let trace = LayerTrace {
            x,
            attention,
            context,
            attended_mask,
            attention_norm,
            normed,
            feed_forward,
            output_mask,
            output_norm,
        };
        (y, trace)
    }

    fn layer_backward(
        &self,
        place: places::Layer,
        trace: LayerTrace,
        gradient: Floats<2>,
        batch: &Batch,
        gradients: &mut Gradients,
    ) -> Floats<2> {
        let by_sum = self.norm_backward(place.output_norm, trace.output_norm, gradient, gradients);
        let by_output = dropout::apply(by_sum.clone(), trace.output_mask.as_ref());
        let by_normed = by_sum
            + self.feed_forward_backward(
                place,
                trace.feed_forward,
                trace.normed,
                by_output,
                gradients,
            );
        let by_sum =
            self.norm_backward(place.attention_norm, trace.attention_norm, by_normed, gradients);
        let by_attended = dropout::apply(by_sum.clone(), trace.attended_mask.as_ref());
        let by_context = self.linear_backward(place.output, trace.context, by_attended, gradients);
        let by_qkv = self.heads().backward(trace.attention, by_context, batch);
        let weight = self.parameter(place.qkv.weight);
        let mut by_inputs = linear_backward(trace.x, weight, by_qkv);
        by_inputs.bias = self.without_key_bias(&by_inputs.bias);
        by_sum + gradients.add_linear(place.qkv, by_inputs)
    }

    /// The derivatives by the biases of queries, keys and values, `[1, 3 * hidden]`, with 0 for keys: what
    /// shifts all keys alike changes no probability, and AdamW would make steps of the rounding errors.
    fn without_key_bias(&self, by_bias: &Floats<2>) -> Floats<2> {
        let hidden = self.architecture.hidden;
        let part =
            |number: usize| by_bias.clone().slice_dim(1, number * hidden..(number + 1) * hidden);
        Floats::cat(vec![part(0), part(1).zeros_like(), part(2)], 1)
    }

    fn feed_forward(&self, x: Floats<2>, place: places::Layer) -> (Floats<2>, FeedForwardTrace) {
        let inner = self.linear(x, place.up);
        let gate = match self.architecture.activation {
            Activation::Gelu => {
                ((inner.clone() * std::f32::consts::FRAC_1_SQRT_2).erf() + 1.0) * 0.5
            }
            Activation::Relu => inner.clone().greater_elem(0.0).float(),
        };
        let output = self.linear(inner.clone() * gate.clone(), place.down);
        (output, FeedForwardTrace { inner, gate })
    }

    fn feed_forward_backward(
        &self,
        place: places::Layer,
        trace: FeedForwardTrace,
        x: Floats<2>,
        gradient: Floats<2>,
        gradients: &mut Gradients,
    ) -> Floats<2> {
        let FeedForwardTrace { inner, gate } = trace;
        let activated = inner.clone() * gate.clone();
        let by_activated = self.linear_backward(place.down, activated, gradient, gradients);
        let slope = match self.architecture.activation {
            Activation::Gelu => {
                // Φ(u) + u φ(u), with the density φ of the normal distribution.
                let density = (inner.clone().square() * -0.5).exp() * DENSITY_AT_ZERO;
                inner * density + gate
            }
            Activation::Relu => gate,
        };
        self.linear_backward(place.up, x, by_activated * slope, gradients)
    }

    fn head(
        &self,
        states: Floats<2>,
        batch: &Batch,
        dropout: &mut Dropout,
    ) -> (Floats<2>, HeadTrace) {
        let hidden = self.architecture.hidden;
        let by_row = states.reshape([batch.n_rows, batch.length, hidden]);
        let first: Floats<2> = by_row.slice_dim(1, 0..1).reshape([batch.n_rows, hidden]);
        let dense = self.linear(first.clone(), self.places.dense);
        let activated = match self.architecture.family {
            Family::Distilbert => relu(dense),
            Family::Bert => dense.tanh(),
        };
        let rate = self.architecture.dropout.head;
        let mask = dropout.mask(rate, activated.dims(), &activated.device());
        let dropped = dropout::apply(activated.clone(), mask.as_ref());
        let logits = self.linear(dropped, self.places.classifier);
        (logits, HeadTrace { first, activated, mask })
    }

    fn head_backward(
        &self,
        trace: HeadTrace,
        gradient: Floats<2>,
        batch: &Batch,
        gradients: &mut Gradients,
    ) -> Floats<2> {
        let HeadTrace { first, activated, mask } = trace;
        let dropped = dropout::apply(activated.clone(), mask.as_ref());
        let by_dropped = self.linear_backward(self.places.classifier, dropped, gradient, gradients);
        let by_activated = dropout::apply(by_dropped, mask.as_ref());
        let slope = match self.architecture.family {
            Family::Distilbert => activated.greater_elem(0.0).float(),
            Family::Bert => activated.square().neg() + 1.0,
        };
        let by_first =
            self.linear_backward(self.places.dense, first, by_activated * slope, gradients);
        let hidden = self.architecture.hidden;
        let by_first = by_first.reshape([batch.n_rows, 1, hidden]);
        // The head looks at the first token alone.
        let by_row = if batch.length > 1 {
            let rest = Floats::zeros([batch.n_rows, batch.length - 1, hidden], &by_first.device());
            Floats::cat(vec![by_first, rest], 1)
        } else {
            by_first
        };
        by_row.reshape([batch.n_rows * batch.length, hidden])
    }
}

/// `1 / √(2π)`.
const DENSITY_AT_ZERO: f32 = 0.398_942_3;
