//! Eight bytes looked at together in one integer, the first in its lowest byte. What holds of a byte is told
//! by its high bit.

pub(crate) const LOW_BITS: u64 = 0x0101_0101_0101_0101;
pub(crate) const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Which bytes are below `bound`, at most 128, of bytes whose high bits are not set.
#[inline(always)]
pub(crate) const fn below(bytes: u64, bound: u8) -> u64 {
    !(bytes + (0x80 - bound) as u64 * LOW_BITS) & HIGH_BITS
}

/// Which bytes equal `byte`, which is of ASCII.
#[inline(always)]
pub(crate) const fn equal(bytes: u64, byte: u8) -> u64 {
    below((bytes & !HIGH_BITS) ^ (byte as u64 * LOW_BITS), 1) & !bytes
}

/// High bits as the lowest eight bits.
#[inline(always)]
pub(crate) const fn gathered(high_bits: u64) -> u64 {
    // Bit 8i is moved to bit 56 + i; no two bits meet in between.
    (high_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_byte_is_told_apart(bytes in any::<[u8; 8]>(), byte in 0..128_u8, place in 0..8_usize) {
            let mut bytes = bytes;
            bytes[place] = byte;
            let expected = (0..8).map(|place| u64::from(bytes[place] == byte) << place).sum::<u64>();
            prop_assert_eq!(gathered(equal(u64::from_le_bytes(bytes), byte)), expected);
            let low = bytes.map(|byte| byte & 0x7f);
            let expected = (0..8).map(|place| u64::from(low[place] < byte) << place).sum::<u64>();
            prop_assert_eq!(gathered(below(u64::from_le_bytes(low), byte)), expected);
        }
    }
}
