use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn fields(category: &[&str]) -> Fields {
    Fields {
        text: vec!["text".to_owned(), "content".to_owned()],
        category: category.iter().map(|&name| name.to_owned()).collect(),
    }
}

type Found = Result<(String, Size, Option<String>), Fault>;

/// What a reader makes of a line: the same as the first of a shard and behind lines like it and unlike it.
fn read(line: &[u8], category: &[&str]) -> Found {
    let fields = fields(category);
    let mut reader = LineReader::new(&fields);
    let mut read = |line: &[u8]| -> Found {
        reader.read(line).map(|document| {
            let text = document.text.unpacked().unwrap().into_owned();
            (text, document.size, document.category.map(Cow::into_owned))
        })
    };
    let found = read(line);
    let long = "x".repeat(80);
    for before in
        [String::from_utf8_lossy(line).as_ref(), &format!(r#"{{"text": "{long}", "a": "b"}}"#)]
    {
        let _ = read(before.as_bytes());
        assert_eq!(read(line), found, "{}", String::from_utf8_lossy(line));
    }
    found
}

/// What `serde_json` alone makes of a line.
fn reference(line: &[u8]) -> Option<(String, Option<String>)> {
    let value: Value = serde_json::from_slice(line).ok()?;
    let object = value.as_object()?;
    let text = object.get("text").or_else(|| object.get("content"))?.as_str()?.to_owned();
    let set = object.get("meta").and_then(|meta| meta.get("set")).and_then(Value::as_str);
    Some((text, set.map(str::to_owned)))
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_what_it_wrote(
        text in "(?s:.{0,300})",
        other in "(?s:.{0,100})",
        set in "[A-Za-z\"\\\\ é]{0,80}",
        first in any::<bool>(),
    ) {
        let meta = json!({"n": [1, 2.5e3, {"text": other}], "set": set, "x": other});
        let line = if first {
            format!(r#" {{"other":{}, "text" : {}, "meta":{meta}}} "#, json!(other), json!(text))
        } else {
            format!(r#"{{"meta":{meta},"content":{},"a":null}}"#, json!(text))
        };
        let (found, size, category) = read(line.as_bytes(), &["meta", "set"]).unwrap();
        prop_assert_eq!(size, escaped::plain_size(&text));
        prop_assert_eq!(found, text);
        prop_assert_eq!(category, Some(set));
    }

    #[test]
    fn agrees_with_serde_json_on_damaged_lines(
        text in "[a-z\\\\\"\n é\u{1}]{0,150}",
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in 0..10_usize,
    ) {
        let mut line = json!({"text": text, "meta": {"set": text}}).to_string().into_bytes();
        for (place, byte) in damage {
            let place = place.index(line.len());
            line[place] = byte;
        }
        line.truncate(line.len() - cut.min(1) * cut);
        let found = read(&line, &["meta", "set"]);
        let expected = reference(&line);
        match (&found, &expected) {
            (Ok((text, _, set)), Some((wanted, wanted_set))) => {
                prop_assert_eq!((text, set), (wanted, wanted_set));
            }
            (Ok(_), None) => prop_assert!(false, "accepted {}", String::from_utf8_lossy(&line)),
            // What it takes of a damaged line it may also refuse: for a category that is none.
            (Err(fault), Some((_, set))) => prop_assert!(
                set.is_none() && fault.kind == FaultKind::Category,
                "{fault:?} {}", String::from_utf8_lossy(&line)
            ),
            (Err(_), None) => {}
        }
    }
}

proptest! {
    #[test]
    fn a_line_is_read_alike_whatever_came_before(
        lines in prop::collection::vec(
            (0..4_usize, "[a-z\"\\\\ é\n]{0,120}", prop_oneof![0..3_u32, 0..40_u32]),
            1..40,
        )
    ) {
        let fields = fields(&["meta", "set"]);
        let mut reader = LineReader::new(&fields);
        for (kind, text, set) in lines {
            let (text, meta) = (json!(text), json!({"set": set.to_string()}));
            let line = match kind {
                0 => format!(r#"{{"text": {text}, "meta": {meta}}}"#),
                1 => format!(r#"{{"meta": {meta}, "text": {text}}}"#),
                2 => format!(r#"{{"meta": {meta}, {text}: "a", "text": "b"}}"#),
                _ => format!(r#"{{"meta": {{"set": {text}}}, "text": {text}}}"#),
            };
            let alone = LineReader::new(&fields).read(line.as_bytes()).unwrap();
            prop_assert_eq!(reader.read(line.as_bytes()).unwrap(), alone, "{}", line);
        }
    }
}

#[test]
fn a_name_is_no_text_where_a_text_was_before() {
    let fields = fields(&[]);
    let mut reader = LineReader::new(&fields);
    let long = format!(r#"{{"{}": "a"}}"#, "x".repeat(80));
    assert_eq!(reader.read(long.as_bytes()).unwrap_err().kind, FaultKind::Text);
    let document = reader.read(br#"{"text": "a"}"#).unwrap();
    assert_eq!(document.text, Text::Escaped("a"));
}

#[test]
fn faults_say_what_was_found() {
    let long = "x".repeat(100);
    let cases: [(Vec<u8>, FaultKind, &str); 9] = [
        (b"{\"text\": \"a\xff\"}".to_vec(), FaultKind::InvalidUtf8, "byte 12 of the line"),
        (
            b"{\"text\": \"a\"".to_vec(),
            FaultKind::Syntax,
            "EOF while parsing an object at column 12",
        ),
        (format!("{{\"text\": \"{long}\\q\"}}").into_bytes(), FaultKind::Syntax, "invalid escape"),
        (
            format!("{{\"text\": \"{long}\u{1}\"}}").into_bytes(),
            FaultKind::Syntax,
            "control character",
        ),
        (b"[\"text\"]".to_vec(), FaultKind::Syntax, "expected an object"),
        (b"{\"body\": \"a\"}".to_vec(), FaultKind::Text, "a field `text` or `content`, found none"),
        (b"{\"text\": 17}".to_vec(), FaultKind::Text, "found `17`"),
        (b"{\"text\": \"\\ud800\"}".to_vec(), FaultKind::Text, "half a surrogate pair"),
        (
            b"{\"text\": \"a\", \"meta\": \"b\"}".to_vec(),
            FaultKind::Category,
            "in `meta.set`, found none",
        ),
    ];
    for (line, kind, message) in cases {
        let fault = read(&line, &["meta", "set"]).unwrap_err();
        assert_eq!(fault.kind, kind, "{fault:?}");
        assert!(fault.detail.contains(message), "{fault:?}");
    }
    let long_half = format!("{{\"text\": \"{long}\\udc00\", \"meta\": {{\"set\": \"x\"}}}}");
    assert_eq!(read(long_half.as_bytes(), &["meta", "set"]).unwrap_err().kind, FaultKind::Text);
}

#[test]
fn a_text_of_the_first_name_counts() {
    let line = br#"{"content": "second", "text": "first"}"#;
    assert_eq!(read(line, &[]).unwrap().0, "first");
}
