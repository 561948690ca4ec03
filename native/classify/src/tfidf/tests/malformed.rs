//! Files that no version of the program wrote: one error each, and no panic.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::super::file::{checked_payload, decode, encode, seal};
use super::super::{Options, load};
use super::{fit, silent};
use crate::Classifier;

/// A sound file.
fn sound() -> Vec<u8> {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    let documents = ["red apples", "green apples", "blue whales", "grey whales"];
    SOUND.get_or_init(|| encode(&fit(&documents, &[0, 0, 1, 1], &Options::default()))).clone()
}

/// The chain of errors that this file gives, without the file's name.
fn error(bytes: &[u8]) -> String {
    format!("{:#}", decode(bytes).unwrap_err())
}

/// The error of a file whose payload was changed, and whose checksum was made to fit.
fn resealed(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut payload = checked_payload(&sound()).unwrap().to_vec();
    change(&mut payload);
    error(&seal(&payload))
}

/// The error where the first occurrence of `from` in the payload is replaced.
#[track_caller]
fn replaced(from: &[u8], to: &[u8]) -> String {
    assert_eq!(from.len(), to.len());
    resealed(|payload| {
        let place = payload.windows(from.len()).position(|window| window == from).unwrap();
        payload[place..place + to.len()].copy_from_slice(to);
    })
}

/// A term as it stands in a payload.
fn term(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap();
    [&length.to_le_bytes(), text.as_bytes()].concat()
}

/// Where, after the categories `class 0` and `class 1`, the options begin.
const OPTIONS: usize = 4 + 2 * (4 + 7);

/// How many bytes at the end the fingerprints of the four documents take, with their number.
const FINGERPRINTS: usize = 4 + 4 * 8;

#[test]
fn other_files_are_named_as_such() {
    for bytes in [&b""[..], b"{\"text\": 1}", b"data-anatomy tfidf"] {
        assert_eq!(error(bytes), "not a tfidf classifier: it does not begin like one");
    }
}

#[test]
fn other_versions_are_refused() {
    let mut bytes = sound();
    bytes[19] = 2;
    let expected = "written in version `2` of the format; this program reads version 1";
    assert_eq!(error(&bytes), expected);
}

#[test]
fn every_shorter_file_is_refused() {
    let bytes = sound();
    for length in 0..bytes.len() {
        let found = error(&bytes[..length]);
        assert!(found.contains("cut short") || found.starts_with("not a"), "{length}: {found}");
    }
}

#[test]
fn longer_files_are_refused() {
    let mut bytes = sound();
    let payload_length = bytes.len() - 19 - 4 - 8 - 32;
    bytes.push(0);
    let expected = format!(
        "cut short or damaged: the header promises `{payload_length}` bytes, there are `{}`",
        payload_length + 1
    );
    assert_eq!(error(&bytes), expected);
}

#[test]
fn absurd_payload_length_is_refused() {
    let mut bytes = sound();
    bytes[23..31].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(
        error(&bytes)
            .starts_with("cut short or damaged: the header promises `18446744073709551615`")
    );
}

#[test]
fn one_flipped_bit_anywhere_is_found() {
    let sound = sound();
    for place in 31..sound.len() {
        let mut bytes = sound.clone();
        bytes[place] ^= 1 << (place % 8);
        assert_eq!(error(&bytes), "damaged: its checksum does not match", "byte {place}");
    }
}

#[test]
fn absurd_lengths_within_are_refused_before_memory_is_reserved() {
    let found = resealed(|payload| payload[..4].copy_from_slice(&u32::MAX.to_le_bytes()));
    assert_eq!(found, "malformed: an absurd length: `4294967295` texts");
    let found = resealed(|payload| payload[4..8].copy_from_slice(&u32::MAX.to_le_bytes()));
    assert!(found.starts_with("malformed: `4294967295` bytes are wanted where"), "{found}");
}

#[test]
fn no_categories_are_refused() {
    let found = resealed(|payload| {
        payload.drain(4..OPTIONS);
        payload[0] = 0;
    });
    assert_eq!(found, "malformed: no categories");
}

#[test]
fn a_category_twice_is_refused() {
    let found = replaced(b"class 1", b"class 0");
    assert_eq!(found, "malformed: two names for one category: `class 0` and `class 0`");
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    let found = replaced(b"class 1", b"class \xff");
    assert!(found.starts_with("malformed: a text that is not UTF-8"), "{found}");
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    let nan = f64::NAN.to_le_bytes();
    let found = resealed(|payload| payload[OPTIONS + 16..OPTIONS + 24].copy_from_slice(&nan));
    assert_eq!(found, "malformed: a number that is not finite: `NaN`");
    let found = resealed(|payload| {
        let end = payload.len() - FINGERPRINTS;
        payload[end - 4..end].copy_from_slice(&f32::INFINITY.to_le_bytes());
    });
    assert_eq!(found, "malformed: a weight that is not finite");
}

#[test]
fn fingerprints_that_do_not_ascend_are_refused() {
    let found = resealed(|payload| {
        let end = payload.len();
        payload[end - 8..].copy_from_slice(&0_u64.to_le_bytes());
    });
    assert_eq!(found, "malformed: fingerprints that do not ascend");
}

#[test]
fn an_unknown_reason_to_stop_is_refused() {
    let found = resealed(|payload| payload[OPTIONS + 32] = 9);
    assert_eq!(found, "malformed: no such reason to stop: `9`");
}

#[test]
fn terms_that_are_no_terms_or_stand_twice_are_refused() {
    let expected = "malformed: terms that are no vocabulary of kind `Word`";
    assert_eq!(replaced(&term("green"), &term("gr-en")), expected);
    assert_eq!(replaced(&term("grey"), &term("blue")), expected);
    let expected = "malformed: terms that are no vocabulary of kind `Char`";
    assert_eq!(replaced(&term("ppl"), &term("ale")), expected);
}

#[test]
fn a_term_in_more_documents_than_there_are_is_refused() {
    // The number of documents stands before the words, after the two intercepts.
    let documents = OPTIONS + 64 + 16;
    let found = resealed(|payload| payload[documents] = 1);
    assert_eq!(found, "malformed: a term in `2` of 1 documents");
}

#[test]
fn bytes_too_many_are_refused() {
    let found = resealed(|payload| payload.extend([0; 3]));
    assert_eq!(found, "malformed: `3` bytes too many");
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none");
    let prefix = format!("cannot load the classifier `{}`", path.display());
    assert_eq!(load(&path).unwrap_err().to_string(), prefix);
    std::fs::write(&path, "text").unwrap();
    let found = format!("{:#}", load(&path).unwrap_err());
    assert_eq!(found, format!("{prefix}: not a tfidf classifier: it does not begin like one"));
    assert!(load(folder.path()).is_err());
}

#[test]
fn a_failed_save_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let model = decode(&sound()).unwrap();
    let occupied = folder.path().join("folder");
    std::fs::create_dir(&occupied).unwrap();
    std::fs::write(occupied.join("inside"), "kept").unwrap();
    assert!(model.save(&occupied).is_err());
    assert!(model.save(&folder.path().join("no such folder/model")).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(std::fs::read(occupied.join("inside")).unwrap(), b"kept");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_changed_payload_is_read_or_refused_without_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut payload = checked_payload(&sound()).unwrap().to_vec();
        for (place, value) in changes {
            let place = place.index(payload.len());
            payload[place] = value;
        }
        if cut.index(4) == 0 {
            payload.truncate(cut.index(payload.len()));
        }
        if let Ok(model) = decode(&seal(&payload)) {
            let found = model.log_probabilities(&["red whales"], &silent).unwrap();
            prop_assert_eq!(found.len(), model.categories().len());
        }
    }
}
