//! Where labelled texts come from: reference documents, or the model's continuations of them.

/// Where labelled texts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourceKind {
    /// What the rest of the settings makes possible.
    #[default]
    Auto,
    /// Reference documents.
    Real,
    /// The model's continuations of reference documents.
    Echo,
    /// One and the other.
    Both,
}

impl SourceKind {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Real => "real",
            Self::Echo => "echo",
            Self::Both => "both",
        }
    }

    /// Whether reference documents are among them.
    pub fn has_real(self) -> bool {
        matches!(self, Self::Real | Self::Both)
    }

    /// Whether continuations are among them.
    pub fn has_echoes(self) -> bool {
        matches!(self, Self::Echo | Self::Both)
    }
}

/// What trains and what calibrates, decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// What trains.
    pub training: SourceKind,
    /// What calibrates and measures.
    pub calibration: SourceKind,
}

impl Sources {
    /// Whether the model has to write echoes.
    pub fn need_echoes(self) -> bool {
        self.training.has_echoes() || self.calibration.has_echoes()
    }
}
