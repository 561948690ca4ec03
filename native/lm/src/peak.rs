//! How near a run came to what its GPU can do.

/// Cards by a part of their name, the more exact first, and their dense bf16 (for those that lack it, f16)
/// matrix rate in TFLOP/s, from NVIDIA's and AMD's data sheets.
const KNOWN: [(&str, f64); 15] = [
    ("H100 PCIe", 756.0),
    ("H100 NVL", 835.0),
    ("H100", 989.0),
    ("H200", 989.0),
    ("B200", 2250.0),
    ("A100", 312.0),
    ("L40S", 362.0),
    ("L40", 181.0),
    ("A10G", 70.0),
    ("A10", 125.0),
    ("V100", 125.0),
    ("RTX 4090", 165.0),
    ("RTX 3090", 71.0),
    ("MI300X", 1307.0),
    ("MI250X", 383.0),
];

/// The share of the card's matrix rate that so many tokens per second come to, in words; nothing for a card
/// that is not known.
///
/// Counted are the products with weight matrices, two operations per weight and token; attention is not.
pub fn share(card: &str, flops_per_token: u64, tokens_per_second: f64) -> Option<String> {
    let (name, teraflops) = KNOWN.iter().find(|(name, _)| card.contains(name))?;
    #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
    let share = flops_per_token as f64 * tokens_per_second / (teraflops * 1e12);
    Some(format!("{:.1} % of the {teraflops:.0} TFLOP/s of {name}", 100.0 * share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_card_has_a_share_and_another_none() {
        // 1.4e9 weights, 2.8e9 operations per token; 141,286 tokens/s are 395.6 TFLOP/s.
        let found = share("NVIDIA H100 80GB HBM3", 2_800_000_000, 141_286.0).unwrap();
        assert_eq!(found, "40.0 % of the 989 TFLOP/s of H100");
        assert!(share("NVIDIA H100 PCIe", 1, 1.0).unwrap().contains("756"));
        assert_eq!(share("llvmpipe (LLVM 15.0.6, 256 bits)", 1, 1.0), None);
    }
}
