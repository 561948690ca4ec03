//! The ways in which a model's weights lie in a folder.

use super::weight_file::Format;

/// One way: a file of a known name that holds the weights, or lists the files that do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WeightLayout {
    file: &'static str,
    format: Format,
    is_index: bool,
}

impl WeightLayout {
    /// All of them, in the order in which they are looked for.
    pub(crate) const ALL: [Self; 4] = [
        Self { file: "model.safetensors", format: Format::Safetensors, is_index: false },
        Self { file: "model.safetensors.index.json", format: Format::Safetensors, is_index: true },
        Self { file: "pytorch_model.bin", format: Format::Pytorch, is_index: false },
        Self { file: "pytorch_model.bin.index.json", format: Format::Pytorch, is_index: true },
    ];

    /// The names of the files that are looked for, for a message.
    pub(crate) fn list() -> String {
        Self::ALL.map(|layout| layout.file).join(", ")
    }

    /// The name of the file.
    pub(crate) fn file(self) -> &'static str {
        self.file
    }

    /// Whether it lists files instead of holding weights.
    pub(crate) fn is_index(self) -> bool {
        self.is_index
    }

    /// How the weights are written.
    pub(super) fn format(self) -> Format {
        self.format
    }
}
