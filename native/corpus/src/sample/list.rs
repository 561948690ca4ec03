//! The items of a JSON list, found without reading the list whole.

use std::io::{self, BufRead};

use super::lines::{Line, MAX_LINE_BYTES};

/// Splits a stream that holds one JSON list into its items. What an item is worth is for its reader to
/// say; here only strings and brackets are followed.
#[derive(Debug)]
pub struct Items<R> {
    stream: R,
    item: Vec<u8>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the opening bracket.
    Before,
    Within,
    After,
}

/// Where the scan of an item stands.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Bytes from the first that is no white space on.
    n_bytes: usize,
}

/// What a byte means for the list.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Inside,
    ItemEnds,
    ListEnds,
}

impl<R: BufRead> Items<R> {
    /// The items of the list in `stream`.
    pub fn new(stream: R) -> Self {
        Self { stream, item: Vec::new(), state: State::Before }
    }

    /// The next item; none after the last.
    ///
    /// # Errors
    /// If the stream cannot be read further, ends within the list, or goes on behind it.
    pub fn next_item(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut scan = Scan::default();
        self.item.clear();
        loop {
            let block = self.stream.fill_buf()?;
            if block.is_empty() {
                return match self.state {
                    State::After => Ok(None),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
            let mut n_used = 0;
            let mut step = Step::Inside;
            for &byte in block {
                n_used += 1;
                let was_within = self.state == State::Within;
                step = self.state.take(byte, &mut scan)?;
                if step != Step::Inside {
                    break;
                }
                if was_within && (scan.n_bytes > 0 || !byte.is_ascii_whitespace()) {
                    scan.n_bytes += 1;
                    if scan.n_bytes <= MAX_LINE_BYTES {
                        self.item.push(byte);
                    }
                }
            }
            self.stream.consume(n_used);
            match step {
                Step::Inside => {}
                // The list's end, with nothing before it but perhaps a comma.
                Step::ListEnds if scan.n_bytes == 0 => {}
                Step::ItemEnds | Step::ListEnds if scan.n_bytes > MAX_LINE_BYTES => {
                    return Ok(Some(Line::TooLong));
                }
                Step::ItemEnds | Step::ListEnds => return Ok(Some(Line::Whole(&self.item))),
            }
        }
    }
}

impl State {
    /// Follows the list over one more byte.
    fn take(&mut self, byte: u8, scan: &mut Scan) -> io::Result<Step> {
        match (*self, byte) {
            (State::Before | State::After, byte) if byte.is_ascii_whitespace() => {}
            (State::Before, b'[') => *self = State::Within,
            (State::Before, _) => return Err(io::Error::other("expected a list")),
            (State::After, _) => {
                return Err(io::Error::other("something follows the end of the list"));
            }
            (State::Within, _) => {
                let step = scan.take(byte);
                if step == Step::ListEnds {
                    *self = State::After;
                }
                return Ok(step);
            }
        }
        Ok(Step::Inside)
    }
}

impl Scan {
    fn take(&mut self, byte: u8) -> Step {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return Step::Inside;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b',' if self.depth == 0 => return Step::ItemEnds,
            b']' if self.depth == 0 => return Step::ListEnds,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Step::Inside
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn items(list: &[u8]) -> io::Result<Vec<String>> {
        let mut items = Items::new(list);
        let mut found = Vec::new();
        while let Some(Line::Whole(item)) = items.next_item()? {
            found.push(String::from_utf8_lossy(item).trim().to_owned());
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn items_are_those_of_the_list(texts in prop::collection::vec("[a\\[\\]{},\"\\\\ é]{0,12}", 0..6), pretty in any::<bool>()) {
            let list: Vec<Value> = texts.iter().map(|text| json!({"text": text, "more": [[1], {}]})).collect();
            let written = if pretty { serde_json::to_string_pretty(&list) } else { serde_json::to_string(&list) };
            let found: Vec<Value> = items(written.unwrap().as_bytes())
                .unwrap()
                .iter()
                .map(|item| serde_json::from_str(item).unwrap())
                .collect();
            prop_assert_eq!(found, list);
        }
    }

    #[test]
    fn a_list_that_is_cut_off_or_followed_by_more_is_an_error_behind_its_items() {
        let cut = items(b"[{\"text\": \"a\"}, {\"te").unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
        assert!(items(b"[1] 2").unwrap_err().to_string().contains("follows the end"));
        assert_eq!(items(b" [ ] ").unwrap(), Vec::<String>::new());
        let mut blank = vec![b' '; 100 << 20];
        blank[0] = b'[';
        blank.extend(b"1 ]");
        assert_eq!(items(&blank).unwrap(), ["1"]);
    }
}
