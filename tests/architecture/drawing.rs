//! A drawing of rooms, as a fenced block of a Markdown file holds it.
//!
//! The block's info string is `rooms` and what is drawn: `crates`, or the folder of a crate, whose rooms
//! are its top modules. A line is a room, an arrow and the rooms it takes from; a line that begins with a
//! space goes on with the one above. Behind a crate, brackets may name the only rooms of it that are used:
//!
//! ```text
//! numeric  ->
//! mixture  -> numeric
//! native   -> core(numeric mixture) web
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::graph::Graph;

/// What one block draws.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Drawing {
    /// `crates`, or the folder of a crate.
    pub(crate) of: String,
    pub(crate) rooms: BTreeMap<String, Targets>,
}

/// Rooms that one takes from; of a crate, the only rooms of it, if any are named.
pub(crate) type Targets = BTreeMap<String, Option<BTreeSet<String>>>;

impl Drawing {
    /// The drawings of a Markdown file; an error says which line cannot be read.
    pub(crate) fn all_in(markdown: &str) -> Result<Vec<Drawing>, String> {
        let mut drawings = Vec::new();
        let mut lines = markdown.lines();
        while let Some(line) = lines.next() {
            if let Some(of) = line.strip_prefix("```rooms") {
                let block: Vec<&str> =
                    lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
                drawings.push(Drawing { of: of.trim().to_owned(), rooms: rooms_of(&block)? });
            }
        }
        Ok(drawings)
    }

    /// Every arrow that is drawn.
    pub(crate) fn arrows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rooms.iter().flat_map(|(room, targets)| {
            targets.keys().map(move |target| (room.as_str(), target.as_str()))
        })
    }
}

fn rooms_of(block: &[&str]) -> Result<BTreeMap<String, Targets>, String> {
    let mut joined: Vec<String> = Vec::new();
    for line in block.iter().filter(|line| !line.trim().is_empty()) {
        match joined.last_mut() {
            Some(above) if line.starts_with(' ') => above.push_str(line),
            _ => joined.push((*line).to_owned()),
        }
    }
    let mut rooms = BTreeMap::new();
    for line in joined {
        let (room, targets) = room_of(&line).ok_or_else(|| {
            format!("`{line}` is no line of rooms: write `room -> other another(room room)`")
        })?;
        if rooms.insert(room, targets).is_some() {
            return Err(format!("`{line}`: this room has two lines"));
        }
    }
    Ok(rooms)
}

fn room_of(line: &str) -> Option<(String, Targets)> {
    let (room, targets) = line.split_once("->")?;
    let room = room.trim();
    let mut drawn = Targets::new();
    let mut rest = targets.trim();
    while !rest.is_empty() {
        let end = rest.find([' ', '(']).unwrap_or(rest.len());
        let (target, after) = rest.split_at(end);
        let (only, after) = match after.trim_start().strip_prefix('(') {
            None => (None, after),
            Some(inside) => {
                let (inside, after) = inside.split_once(')')?;
                (Some(inside.split_whitespace().map(str::to_owned).collect()), after)
            }
        };
        let is_new = drawn.insert(target.to_owned(), only).is_none();
        if !is_new || !is_name(target) || target == room {
            return None;
        }
        rest = after.trim_start();
    }
    is_name(room).then(|| (room.to_owned(), drawn))
}

fn is_name(word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-/".contains(c);
    !word.is_empty() && word.chars().all(is_part)
}

/// The block that would be true of a graph, what others rest on first.
pub(crate) fn true_block(of: &str, graph: &Graph) -> String {
    let width = graph.nodes.iter().map(String::len).max().unwrap_or(0);
    let mut block = format!("```rooms {of}\n");
    let mut open: Vec<&String> = graph.nodes.iter().collect();
    while !open.is_empty() {
        let takes =
            |from: &str, to: &str| graph.arrows.contains_key(&(from.to_owned(), to.to_owned()));
        let rests = |room: &&String| !open.iter().any(|other| takes(room, other));
        let next = open.iter().copied().find(rests).unwrap_or(open[0]);
        let targets: Vec<&str> =
            graph.nodes.iter().map(String::as_str).filter(|to| takes(next, to)).collect();
        let line = format!("{next:width$} -> {}", targets.join(" "));
        let _ = writeln!(block, "{}", line.trim_end());
        open.retain(|room| *room != next);
    }
    block + "```\n"
}
