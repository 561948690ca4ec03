//! The attacks: which there are, what each needs, where each was published.

use serde::{Deserialize, Serialize};

/// A rule that turns what a model says of a document into one score.
///
/// A higher score always means: more likely a member. Symbols in the definitions: the document has
/// scored tokens 1…n (the first token of a text has no context and is not scored); `ℓ_i` is the
/// log-probability in nats of token i given those before it; `L = (1/n) Σ ℓ_i`; `μ_i` and `σ_i²`
/// are mean and variance of the log-probability under the model's own distribution at place i.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attack {
    /// `L` (Yeom et al. 2018, arXiv 1709.01604, §3.3, with the sign turned).
    Loss,
    /// `L / c`: `c` bytes hold the text that was scored after zlib at its default level (Carlini et
    /// al. 2021, arXiv 2012.07805, §5.2). The numerator is the mean per token, as published, so the
    /// score compares documents of similar length.
    Zlib,
    /// `L(lower-cased text) / L(text)`: a member loses more when its capitals go (Carlini et al.
    /// 2021, arXiv 2012.07805, §5.2: the same ratio of logarithms of perplexities).
    Lowercase,
    /// `L - L_ref`: the log of the likelihood ratio per token against a reference model (Carlini
    /// et al. 2021, arXiv 2012.07805, §5.2; in this form Mattern et al. 2023, arXiv 2305.18462, §2).
    #[serde(rename = "ref")]
    Reference,
    /// The mean of the `max(1, ⌊k n⌋)` lowest `ℓ_i` (Min-K% Prob: Shi et al. 2024, arXiv
    /// 2310.16789, equation 1).
    #[serde(rename = "mink")]
    MinK,
    /// The mean of the `max(1, ⌊k n⌋)` lowest `(ℓ_i - μ_i) / σ_i` (Min-K%++: Zhang et al. 2025,
    /// arXiv 2404.02936, equations 3 and 4). `σ_i²` is at least
    /// [`VARIANCE_FLOOR`](super::scorer::VARIANCE_FLOOR).
    #[serde(rename = "minkpp")]
    MinKPlusPlus,
    /// `L(text | prefix) / L(text)` over the same tokens, the prefix being known non-members: it
    /// harms members more (ReCaLL: Xie et al. 2024, arXiv 2406.15968, §2).
    #[serde(rename = "recall")]
    ReCall,
    /// The mean over the first occurrences of distinct tokens of `min(a, p_i ln(1 / f_i))`, where
    /// `p_i = exp ℓ_i` and `f_i` is the smoothed frequency of the token in a reference corpus
    /// (DC-PDD: Zhang et al. 2024, arXiv 2409.14781, §4). First among the scored tokens.
    #[serde(rename = "dcpdd")]
    DcPdd,
    /// `L - mean of L over perturbed copies` (Mattern et al. 2023, arXiv 2305.18462, equation 2,
    /// with the sign turned).
    #[serde(rename = "neighborhood")]
    Neighbourhood,
}

/// What an attack needs beside the statistics of a document's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The compressed length of the text that was scored.
    CompressedLength,
    /// A scoring pass over the lower-cased text.
    LowercasePass,
    /// A scoring pass of a reference model.
    ReferencePass,
    /// A scoring pass with a prefix of known non-members.
    PrefixedPass,
    /// Token frequencies of a reference corpus.
    TokenFrequencies,
    /// A scoring pass over perturbed copies.
    PerturbedPass,
}

impl Attack {
    /// All attacks, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Loss,
        Self::Zlib,
        Self::Lowercase,
        Self::Reference,
        Self::MinK,
        Self::MinKPlusPlus,
        Self::ReCall,
        Self::DcPdd,
        Self::Neighbourhood,
    ];

    /// Its name on the command line and in files, as the seed study and mimir spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Zlib => "zlib",
            Self::Lowercase => "lowercase",
            Self::Reference => "ref",
            Self::MinK => "mink",
            Self::MinKPlusPlus => "minkpp",
            Self::ReCall => "recall",
            Self::DcPdd => "dcpdd",
            Self::Neighbourhood => "neighborhood",
        }
    }

    /// Its name in headings.
    pub fn title(self) -> &'static str {
        match self {
            Self::Loss => "Loss",
            Self::Zlib => "zlib ratio",
            Self::Lowercase => "Lowercase ratio",
            Self::Reference => "Reference model",
            Self::MinK => "Min-K%",
            Self::MinKPlusPlus => "Min-K%++",
            Self::ReCall => "ReCaLL",
            Self::DcPdd => "DC-PDD",
            Self::Neighbourhood => "Neighbourhood",
        }
    }

    /// The attack of this [`name`](Self::name), or of another spelling in use: case, hyphens,
    /// underscores and `%` are ignored, `++` is `pp`.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain: String = name
            .to_ascii_lowercase()
            .replace('+', "p")
            .chars()
            .filter(|character| !matches!(character, '-' | '_' | '%' | ' '))
            .collect();
        Some(match plain.as_str() {
            "minkplusplus" => Self::MinKPlusPlus,
            "minkprob" => Self::MinK,
            "reference" => Self::Reference,
            "neighbourhood" | "neighbor" | "neighbour" => Self::Neighbourhood,
            "ll" | "perplexity" | "ppl" => Self::Loss,
            _ => return Self::ALL.into_iter().find(|attack| attack.name() == plain),
        })
    }

    /// What it needs beside the statistics of the tokens, if anything.
    pub fn need(self) -> Option<Need> {
        match self {
            Self::Loss | Self::MinK | Self::MinKPlusPlus => None,
            Self::Zlib => Some(Need::CompressedLength),
            Self::Lowercase => Some(Need::LowercasePass),
            Self::Reference => Some(Need::ReferencePass),
            Self::ReCall => Some(Need::PrefixedPass),
            Self::DcPdd => Some(Need::TokenFrequencies),
            Self::Neighbourhood => Some(Need::PerturbedPass),
        }
    }

    /// Where it was published, as author, year and arXiv number.
    pub fn source(self) -> &'static str {
        match self {
            Self::Loss => "Yeom et al. 2018, arXiv 1709.01604",
            Self::Zlib | Self::Lowercase | Self::Reference => {
                "Carlini et al. 2021, arXiv 2012.07805"
            }
            Self::MinK => "Shi et al. 2024, arXiv 2310.16789",
            Self::MinKPlusPlus => "Zhang et al. 2025, arXiv 2404.02936",
            Self::ReCall => "Xie et al. 2024, arXiv 2406.15968",
            Self::DcPdd => "Zhang et al. 2024, arXiv 2409.14781",
            Self::Neighbourhood => "Mattern et al. 2023, arXiv 2305.18462",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_attack_in_files_and_on_the_command_line() {
        for attack in Attack::ALL {
            assert_eq!(Attack::from_name(attack.name()), Some(attack));
            assert_eq!(Attack::from_name(&attack.title().replace(" ratio", "")).is_some(), {
                attack != Attack::Reference
            });
            let written = serde_json::to_string(&attack).unwrap();
            assert_eq!(written, format!("\"{}\"", attack.name()));
        }
        assert_eq!(Attack::from_name("Min-K%++"), Some(Attack::MinKPlusPlus));
        assert_eq!(Attack::from_name("mink++"), Some(Attack::MinKPlusPlus));
        assert_eq!(Attack::from_name("DC-PDD"), Some(Attack::DcPdd));
        assert_eq!(Attack::from_name("gradnorm"), None);
    }
}
