//! What the bytes of a JSON string are, 64 at a time, a bit for each.

use crate::swar;

/// Bytes that are looked at together.
pub(super) const BLOCK: usize = 64;

/// For each byte of a block a bit, the first byte's lowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ByteMasks {
    pub(super) backslash: u64,
    pub(super) quote: u64,
    /// Control characters, which JSON allows in a string only as escapes.
    pub(super) control: u64,
    /// Bytes that begin a character.
    pub(super) start: u64,
    /// Bytes that stand for one character behind a backslash.
    pub(super) simple_escape: u64,
}

/// What stands for one character behind a backslash in JSON, besides quote and backslash.
const SIMPLE_ESCAPES: [u8; 6] = *b"ntr/bf";
/// Lower ones are control characters.
const FIRST_PRINTABLE: u8 = 0x20;
/// Bytes from 0x80 to here continue a character.
const LAST_CONTINUING: u8 = 0xbf;

/// A way to look at bytes.
pub(super) trait Classify: Copy {
    /// What the bytes of a block are.
    fn masks(self, block: &[u8; BLOCK]) -> ByteMasks;
}

/// On any processor.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Classify for Portable {
    #[inline(always)]
    fn masks(self, block: &[u8; BLOCK]) -> ByteMasks {
        let mut masks = ByteMasks::default();
        for (place, bytes) in block.as_chunks::<8>().0.iter().enumerate() {
            let bytes = u64::from_le_bytes(*bytes);
            let bits = |high_bits| swar::gathered(high_bits) << (8 * place);
            let backslash = bits(swar::equal(bytes, b'\\'));
            let quote = bits(swar::equal(bytes, b'"'));
            masks.backslash |= backslash;
            masks.quote |= quote;
            masks.control |= bits(swar::below(bytes & !swar::HIGH_BITS, FIRST_PRINTABLE) & !bytes);
            // The bit below the high bit is set in bytes that begin a longer character.
            masks.start |= bits((!bytes | (bytes << 1)) & swar::HIGH_BITS);
            let mut simple = 0;
            for byte in SIMPLE_ESCAPES {
                simple |= swar::equal(bytes, byte);
            }
            masks.simple_escape |= bits(simple) | quote | backslash;
        }
        masks
    }
}

/// With AVX2.
#[cfg(target_arch = "x86_64")]
pub(super) mod avx2 {
    use std::arch::x86_64::__m256i;

    use pulp::x86::V3;

    use super::{BLOCK, ByteMasks, Classify, FIRST_PRINTABLE, LAST_CONTINUING, SIMPLE_ESCAPES};

    /// With AVX2, if it is there. No closures here: the compiler may leave them outside of what is compiled for
    /// it.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx2(pub(in super::super) V3);

    impl Classify for Avx2 {
        #[inline(always)]
        fn masks(self, block: &[u8; BLOCK]) -> ByteMasks {
            let halves: [__m256i; 2] = pulp::bytemuck::cast(*block);
            let (low, high) = (self.masks_of_half(halves[0]), self.masks_of_half(halves[1]));
            ByteMasks {
                backslash: low.backslash | high.backslash << 32,
                quote: low.quote | high.quote << 32,
                control: low.control | high.control << 32,
                start: low.start | high.start << 32,
                simple_escape: low.simple_escape | high.simple_escape << 32,
            }
        }
    }

    impl Avx2 {
        #[inline(always)]
        fn masks_of_half(self, bytes: __m256i) -> ByteMasks {
            let simd = self.0.avx2;
            let (backslash, quote) = (self.equal(bytes, b'\\'), self.equal(bytes, b'"'));
            let mut simple = simd._mm256_or_si256(backslash, quote);
            for byte in SIMPLE_ESCAPES {
                simple = simd._mm256_or_si256(simple, self.equal(bytes, byte));
            }
            let highest = self.all(FIRST_PRINTABLE - 1);
            let control = simd._mm256_cmpeq_epi8(simd._mm256_max_epu8(bytes, highest), highest);
            // As signed numbers those that continue a character are the lowest.
            let start = simd._mm256_cmpgt_epi8(bytes, self.all(LAST_CONTINUING));
            ByteMasks {
                backslash: self.bits(backslash),
                quote: self.bits(quote),
                control: self.bits(control),
                start: self.bits(start),
                simple_escape: self.bits(simple),
            }
        }

        #[inline(always)]
        fn all(self, byte: u8) -> __m256i {
            self.0.avx._mm256_set1_epi8(byte.cast_signed())
        }

        #[inline(always)]
        fn equal(self, bytes: __m256i, byte: u8) -> __m256i {
            self.0.avx2._mm256_cmpeq_epi8(bytes, self.all(byte))
        }

        #[inline(always)]
        fn bits(self, bytes: __m256i) -> u64 {
            u64::from(self.0.avx2._mm256_movemask_epi8(bytes).cast_unsigned())
        }
    }
}

/// With AVX-512.
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512 {
    use std::arch::x86_64::__m512i;

    use pulp::x86::V4;

    use super::{BLOCK, ByteMasks, Classify, FIRST_PRINTABLE, LAST_CONTINUING, SIMPLE_ESCAPES};

    /// With AVX-512, if it is there.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx512(pub(in super::super) V4);

    impl Classify for Avx512 {
        #[inline(always)]
        fn masks(self, block: &[u8; BLOCK]) -> ByteMasks {
            let simd = self.0.avx512bw;
            let bytes: __m512i = pulp::bytemuck::cast(*block);
            let (backslash, quote) = (self.equal(bytes, b'\\'), self.equal(bytes, b'"'));
            let mut simple_escape = backslash | quote;
            for byte in SIMPLE_ESCAPES {
                simple_escape |= self.equal(bytes, byte);
            }
            ByteMasks {
                backslash,
                quote,
                control: simd._mm512_cmplt_epu8_mask(bytes, self.all(FIRST_PRINTABLE)),
                // As signed numbers those that continue a character are the lowest.
                start: simd._mm512_cmpgt_epi8_mask(bytes, self.all(LAST_CONTINUING)),
                simple_escape,
            }
        }
    }

    impl Avx512 {
        #[inline(always)]
        fn all(self, byte: u8) -> __m512i {
            self.0.avx512f._mm512_set1_epi8(byte.cast_signed())
        }

        #[inline(always)]
        fn equal(self, bytes: __m512i, byte: u8) -> u64 {
            self.0.avx512bw._mm512_cmpeq_epi8_mask(bytes, self.all(byte))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reference(block: &[u8; BLOCK]) -> ByteMasks {
        let mask = |is: &dyn Fn(u8) -> bool| {
            block.iter().enumerate().map(|(place, &byte)| u64::from(is(byte)) << place).sum()
        };
        ByteMasks {
            backslash: mask(&|byte| byte == b'\\'),
            quote: mask(&|byte| byte == b'"'),
            control: mask(&|byte| byte < 0x20),
            start: mask(&|byte| !(0x80..0xc0).contains(&byte)),
            simple_escape: mask(&|byte| b"\"\\/bfnrt".contains(&byte)),
        }
    }

    proptest! {
        #[test]
        fn all_ways_agree_with_looking_at_each_byte(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\"\\/bfnrtu".to_vec())], BLOCK)
        ) {
            let block: [u8; BLOCK] = bytes.try_into().unwrap();
            prop_assert_eq!(Portable.masks(&block), reference(&block));
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V3::try_new() {
                prop_assert_eq!(avx2::Avx2(simd).masks(&block), reference(&block));
            }
            #[cfg(target_arch = "x86_64")]
            if let Some(simd) = pulp::x86::V4::try_new() {
                prop_assert_eq!(avx512::Avx512(simd).masks(&block), reference(&block));
            }
        }
    }
}
