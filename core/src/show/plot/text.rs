//! Text on a plot: how wide it is, and how it is made to fit.
//!
//! Widths come from a table of DejaVu Sans, which is wider than the sans-serif fonts of today's
//! browsers, so text that fits by the table fits everywhere, and every back end gets the same
//! layout without measuring anything.

use std::collections::BTreeSet;

use super::advances::{ADVANCES, FIRST, UNITS_PER_EM};

/// What stands for characters left out.
const ELLIPSIS: char = '…';

/// The width of `text` in pixels at a font size of `size` pixels per em.
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(em_width).sum::<f64>() * size
}

/// The text as one line that can be drawn anywhere: white space becomes a blank; control
/// characters, characters that turn the direction of text, and non-characters become U+FFFD.
pub(super) fn one_line(text: &str) -> String {
    text.trim().chars().map(printable).collect()
}

/// The text cut in its middle so that it is at most `room` pixels wide; the ends of long names tell
/// them apart, so both stay. Empty if not even the ellipsis fits.
pub(super) fn cut_to(text: &str, size: f64, room: f64) -> String {
    cut_at(text, size, room, Place::Middle)
}

/// The names as single lines, cut to at most `room` pixels where most of them stay different: in
/// the middle, at the end, within what they do not all end in, or at the start.
pub(super) fn cut_names<S: AsRef<str>>(
    names: impl IntoIterator<Item = S>,
    size: f64,
    room: f64,
) -> Vec<String> {
    let names: Vec<String> = names.into_iter().map(|name| one_line(name.as_ref())).collect();
    let cut = |place| names.iter().map(|name| cut_at(name, size, room, place)).collect();
    let candidates: [Vec<String>; 4] =
        [cut(Place::Middle), cut(Place::End), cut_stems(&names, size, room), cut(Place::Start)];
    let mut best = Vec::new();
    let mut most_different = 0;
    for candidate in candidates {
        let n_different = candidate.iter().collect::<BTreeSet<_>>().len();
        if n_different > most_different {
            (best, most_different) = (candidate, n_different);
        }
    }
    best
}

/// Names that are too long, without the letters that all names end in.
fn cut_stems(names: &[String], size: f64, room: f64) -> Vec<String> {
    let n_shared = shared_ending(names);
    let ellipsis = em_width(ELLIPSIS) * size;
    let cut = |name: &String| {
        if text_width(name, size) <= room || ellipsis > room {
            return cut_to(name, size, room);
        }
        let n_kept = name.chars().count() - n_shared;
        let stem: String = name.chars().take(n_kept).collect();
        let stem = cut_to(stem.trim_end(), size, room - ellipsis);
        format!("{}{ELLIPSIS}", stem.trim_end_matches(ELLIPSIS))
    };
    names.iter().map(cut).collect()
}

/// How many letters all names end in.
fn shared_ending(names: &[String]) -> usize {
    let Some((first, others)) = names.split_first() else { return 0 };
    let shared = |other: &String| {
        let pairs = first.chars().rev().zip(other.chars().rev());
        pairs.take_while(|(one, two)| one == two).count()
    };
    others.iter().map(shared).min().unwrap_or(0)
}

/// Where a text that is too long is cut.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Start,
    Middle,
    End,
}

fn cut_at(text: &str, size: f64, room: f64, place: Place) -> String {
    if text_width(text, size) <= room {
        return text.to_owned();
    }
    let letters: Vec<char> = text.chars().collect();
    let mut left = room - em_width(ELLIPSIS) * size;
    if left.is_nan() || left < 0.0 {
        return String::new();
    }
    let (mut n_head, mut n_tail) = (0, 0);
    while n_head + n_tail < letters.len() {
        let from_head = place == Place::End || (place == Place::Middle && n_head <= n_tail);
        let letter = if from_head { letters[n_head] } else { letters[letters.len() - 1 - n_tail] };
        left -= em_width(letter) * size;
        if left < 0.0 {
            break;
        }
        if from_head { n_head += 1 } else { n_tail += 1 }
    }
    let head = letters[..n_head].iter().collect::<String>();
    let tail = letters[letters.len() - n_tail..].iter().collect::<String>();
    format!("{}{ELLIPSIS}{}", head.trim_end(), tail.trim_start())
}

/// The text broken at blanks into at most `n_lines` lines of at most `room` pixels; what is still
/// too long is cut.
pub(super) fn wrap(text: &str, size: f64, room: f64, n_lines: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.last().is_none_or(|line| {
            text_width(line, size) + text_width(" ", size) + text_width(word, size) > room
        });
        if full && lines.len() < n_lines {
            lines.push(word.to_owned());
        } else if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.iter().map(|line| cut_to(line, size, room)).filter(|line| !line.is_empty()).collect()
}

fn em_width(letter: char) -> f64 {
    let code = u32::from(letter);
    let tabled = code.checked_sub(FIRST).and_then(|index| ADVANCES.get(index as usize));
    match (tabled, code) {
        (Some(&advance), _) => f64::from(advance) / UNITS_PER_EM,
        // Zero-width joiners and variation selectors.
        (None, 0x200B..=0x200F | 0xFE00..=0xFE0F) => 0.0,
        // Emoji are wider than an em in most fonts.
        (None, 0x1F000..) => 1.4,
        // Everything else, ideographs among it, is taken to fill its em square.
        (None, _) => 1.0,
    }
}

fn printable(letter: char) -> char {
    match letter {
        letter if letter.is_whitespace() => ' ',
        letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        '\u{FFFE}' | '\u{FFFF}' => char::REPLACEMENT_CHARACTER,
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::texts;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn width_matches_the_font_tables() {
        // `H` 1540, `x` 1212, blank 651 units of 2048, read from the font with fontTools.
        assert_eq!(text_width("Hx ", 2048.0), 1540.0 + 1212.0 + 651.0);
        assert_eq!(text_width("", 12.0), 0.0);
    }

    #[test]
    fn long_names_keep_both_ends() {
        let cut = cut_to("pythia-1.4b-deduped_labelshift_tfidf_seed17", 11.0, 120.0);
        assert!(cut.starts_with("pythia") && cut.ends_with("seed17"), "{cut}");
    }

    #[test]
    fn names_are_cut_where_they_stay_different() {
        let names = ["web / part 1 of a large thing", "web / part 2 of a large thing"];
        assert_eq!(cut_names(names, 10.0, 80.0), ["web / part 1 o…", "web / part 2 o…"]);
        let names = [1, 2, 3].map(|part| format!("StackExchange / part {part} of a large thing"));
        assert!(cut_names(&names, 10.0, 110.0)[1].ends_with(" 2…"));
        let names = ["a large thing / web / part 1", "a large thing / web / part 2"];
        assert!(cut_names(names, 10.0, 80.0)[0].ends_with("part 1"));
    }

    #[test]
    fn hostile_characters_are_replaced() {
        assert_eq!(one_line(" a\tb\u{202E}c\u{0}\u{FFFF} "), "a b\u{FFFD}c\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn wrapped_text_loses_no_word_when_there_is_room() {
        let lines = wrap("Estimated shares against the published mixture", 14.0, 200.0, 3);
        assert_eq!(lines.join(" "), "Estimated shares against the published mixture");
        assert!(lines.len() > 1);
    }

    proptest! {
        #[test]
        fn cut_text_fits_its_room(text in texts(80), size in 4.0..40.0f64, room in -5.0..500.0f64) {
            let cut = cut_to(&one_line(&text), size, room);
            prop_assert!(text_width(&cut, size) <= room.max(0.0) + 1e-9);
        }

        #[test]
        fn cut_names_fit_and_keep_their_order(names in prop::collection::vec(texts(30), 0..6), room in 0.0..200.0f64) {
            let cut = cut_names(&names, 12.0, room);
            prop_assert_eq!(cut.len(), names.len());
            for (short, name) in cut.iter().zip(&names) {
                prop_assert!(text_width(short, 12.0) <= room + 1e-9, "`{}`", short);
                prop_assert!(short.contains(ELLIPSIS) || short.is_empty() || *short == one_line(name));
            }
        }

        #[test]
        fn wrapped_text_fits_its_room(text in texts(80), room in 0.0..300.0f64, n in 1usize..4) {
            let lines = wrap(&text, 12.0, room, n);
            prop_assert!(lines.len() <= n);
            for line in lines {
                prop_assert!(text_width(&line, 12.0) <= room + 1e-9);
            }
        }
    }
}
