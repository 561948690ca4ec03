//! Where each parameter stands: its place in the list of parameters, its shape, its names in a checkpoint.

use super::architecture::{Architecture, Family};

/// The weight, `[n_in, n_out]`, and bias, `[1, n_out]`, of a linear map, as places in the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Linear {
    pub(super) weight: usize,
    pub(super) bias: usize,
}

/// The factors and terms of a layer norm, both `[1, n]`, as places in the list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm {
    pub(super) weight: usize,
    pub(super) bias: usize,
}

/// A layer's parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer {
    /// Queries, keys and values side by side: one product in place of three.
    pub(super) qkv: Linear,
    pub(super) output: Linear,
    pub(super) attention_norm: Norm,
    pub(super) up: Linear,
    pub(super) down: Linear,
    pub(super) output_norm: Norm,
}

/// Every parameter's place in the list.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) words: usize,
    pub(super) positions: usize,
    pub(super) types: Option<usize>,
    pub(super) norm: Norm,
    pub(super) layers: Vec<Layer>,
    /// The head's first layer: DistilBERT's `pre_classifier`, BERT's pooler.
    pub(super) dense: Linear,
    pub(super) classifier: Linear,
    /// What stands at each place.
    pub(super) specs: Vec<Spec>,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Rows by number, stored as they are.
    Table,
    /// A linear map, stored the other way round: `[n_out, n_in]`.
    Matrix,
    /// Added after a linear map or within a norm.
    Bias,
    /// Multiplied within a norm.
    Factor,
}

/// One parameter.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    pub(super) role: Role,
    /// Rows and columns as computed with.
    pub(super) shape: [usize; 2],
    /// The tensors of a checkpoint that stand side by side in it.
    pub(super) names: Vec<String>,
    /// Whether it belongs to the head, which a checkpoint of a bare encoder lacks.
    pub(super) in_head: bool,
}

impl Role {
    /// Whether weight decay shrinks it: as the Trainer of `transformers`, neither biases nor norms.
    pub(super) fn decays(self) -> bool {
        matches!(self, Self::Table | Self::Matrix)
    }
}

/// Collects parameters.
struct Builder {
    specs: Vec<Spec>,
    in_head: bool,
}

impl Builder {
    fn add(&mut self, role: Role, shape: [usize; 2], names: Vec<String>) -> usize {
        self.specs.push(Spec { role, shape, names, in_head: self.in_head });
        self.specs.len() - 1
    }

    fn linear(&mut self, names: &[String], n_in: usize, n_out: usize) -> Linear {
        let ending = |ending: &str| names.iter().map(|name| format!("{name}.{ending}")).collect();
        Linear {
            weight: self.add(Role::Matrix, [n_in, n_out], ending("weight")),
            bias: self.add(Role::Bias, [1, n_out], ending("bias")),
        }
    }

    fn norm(&mut self, name: &str, n: usize) -> Norm {
        Norm {
            weight: self.add(Role::Factor, [1, n], vec![format!("{name}.weight")]),
            bias: self.add(Role::Bias, [1, n], vec![format!("{name}.bias")]),
        }
    }
}

/// What a family calls the parts of a layer.
struct LayerNames {
    qkv: [&'static str; 3],
    output: &'static str,
    attention_norm: &'static str,
    up: &'static str,
    down: &'static str,
    output_norm: &'static str,
}

const DISTILBERT: LayerNames = LayerNames {
    qkv: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
    output: "attention.out_lin",
    attention_norm: "sa_layer_norm",
    up: "ffn.lin1",
    down: "ffn.lin2",
    output_norm: "output_layer_norm",
};

const BERT: LayerNames = LayerNames {
    qkv: ["attention.self.query", "attention.self.key", "attention.self.value"],
    output: "attention.output.dense",
    attention_norm: "attention.output.LayerNorm",
    up: "intermediate.dense",
    down: "output.dense",
    output_norm: "output.LayerNorm",
};

impl Family {
    /// What stands before the names of an encoder that has a head.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Distilbert => "distilbert.",
            Self::Bert => "bert.",
        }
    }

    fn layers(self) -> (&'static str, LayerNames) {
        match self {
            Self::Distilbert => ("transformer.layer", DISTILBERT),
            Self::Bert => ("encoder.layer", BERT),
        }
    }

    fn dense(self) -> String {
        match self {
            Self::Distilbert => "pre_classifier".to_owned(),
            Self::Bert => "bert.pooler.dense".to_owned(),
        }
    }
}

impl Places {
    /// The parameters of this encoder with a head for so many classes.
    pub(super) fn new(architecture: &Architecture, n_classes: usize) -> Self {
        let Architecture { family, hidden, .. } = *architecture;
        let mut builder = Builder { specs: Vec::new(), in_head: false };
        let prefix = family.prefix();
        let mut table = |name: &str, n_rows: usize| {
            let name = format!("{prefix}embeddings.{name}.weight");
            builder.add(Role::Table, [n_rows, hidden], vec![name])
        };
        let words = table("word_embeddings", architecture.n_vocab);
        let positions = table("position_embeddings", architecture.n_positions);
        let types = (architecture.n_types > 0)
            .then(|| table("token_type_embeddings", architecture.n_types));
        let norm = builder.norm(&format!("{prefix}embeddings.LayerNorm"), hidden);
        let layers =
            (0..architecture.n_layers).map(|layer| builder.layer(architecture, layer)).collect();
        builder.in_head = true;
        let dense = builder.linear(&[family.dense()], hidden, hidden);
        let classifier = builder.linear(&["classifier".to_owned()], hidden, n_classes);
        let specs = builder.specs;
        Self { words, positions, types, norm, layers, dense, classifier, specs }
    }
}

impl Builder {
    fn layer(&mut self, architecture: &Architecture, layer: usize) -> Layer {
        let Architecture { family, hidden, intermediate, .. } = *architecture;
        let (list, names) = family.layers();
        let full = |name: &str| format!("{}{list}.{layer}.{name}", family.prefix());
        Layer {
            qkv: self.linear(&names.qkv.map(full), hidden, 3 * hidden),
            output: self.linear(&[full(names.output)], hidden, hidden),
            attention_norm: self.norm(&full(names.attention_norm), hidden),
            up: self.linear(&[full(names.up)], hidden, intermediate),
            down: self.linear(&[full(names.down)], intermediate, hidden),
            output_norm: self.norm(&full(names.output_norm), hidden),
        }
    }
}
