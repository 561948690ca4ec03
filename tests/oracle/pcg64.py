"""First outputs of the random streams, from the published recurrences of PCG XSL RR 128/64
(O'Neill 2014) and SplitMix64 (Steele, Lea & Flood 2014) in exact integers. Python 3 alone.

Run by hand; the printed numbers stand in core/src/numeric/rng_tests.rs."""

MASK64, MASK128 = (1 << 64) - 1, (1 << 128) - 1
MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645


def scramble(value):
    value = (value + 0x9E3779B97F4A7C15) & MASK64
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK64
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK64
    return value ^ (value >> 31)


def first_output(seed, index):
    seed_high = scramble(seed)
    seed_low = scramble(seed_high ^ scramble(index))
    stream_high = scramble(index ^ 0x5BF03635D1ACC5B7)
    stream_low = scramble(stream_high ^ seed_high)
    increment = (((stream_high << 64 | stream_low) << 1) | 1) & MASK128
    state = ((seed_high << 64 | seed_low) + increment) & MASK128
    for _ in range(2):  # once when seeded, once before the first output
        state = (state * MULTIPLIER + increment) & MASK128
    rotation, folded = state >> 122, ((state >> 64) ^ state) & MASK64
    return ((folded >> rotation) | (folded << (-rotation & 63))) & MASK64


if __name__ == "__main__":
    for index in (7, 8):
        print(index, first_output(42, index))
