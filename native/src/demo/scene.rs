//! Templates with slots, filled from a topic and a cast that stay the same through a document.

use super::dice::Dice;
use super::english::{capital, identifier, inflected, plural, with_article};
use super::topics::{FIRST_TECHNICAL, TOPICS, Topic};
use super::words;

/// What one document is about and who appears in it; fills the slots of its templates.
///
/// A template is text with slots in `‹ ›`. A slot is, in this order:
/// - alternatives, `‹one|two ‹thing››`: one of them, itself filled;
/// - a number, `‹n:2-90›`, both ends included;
/// - `‹a ...›`: the filled rest behind its article; `‹snake ...›`, `‹camel ...›`, `‹pascal ...›`: the
///   filled rest as an identifier;
/// - a word of the cast, of the topic or of a list; a capital first letter makes a capital word.
pub(super) struct Scene {
    pub(super) dice: Dice,
    topic: &'static Topic,
    /// Words that stay the same through the document.
    cast: Vec<(&'static str, String)>,
    /// Words that stay the same through one filled template, if it is one that binds.
    bound: Option<Vec<(String, &'static str)>>,
    /// The last word drawn for each name, so that it is not drawn twice in a row.
    last: Vec<(String, &'static str)>,
    /// Templates that this document has used up.
    used: Vec<&'static str>,
}

/// How a share of the documents stays with technical topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaning {
    /// As they come.
    Any,
    /// Three in four are technical.
    Technical,
    /// Nine in ten are not technical.
    Worldly,
}

impl Leaning {
    /// A topic for a document of this leaning.
    pub(super) fn topic(self, dice: &mut Dice) -> &'static Topic {
        let technical = match self {
            Self::Any => return &TOPICS[dice.below(TOPICS.len())],
            Self::Technical => dice.chance(75),
            Self::Worldly => dice.chance(10),
        };
        let (from, to) =
            if technical { (FIRST_TECHNICAL, TOPICS.len()) } else { (0, FIRST_TECHNICAL) };
        &TOPICS[from + dice.below(to - from)]
    }
}

impl Scene {
    /// A scene on `topic` with a cast of its own.
    pub(super) fn new(mut dice: Dice, topic: &'static Topic) -> Self {
        let she = dice.chance(50);
        let (names, others) = if she {
            (words::HER_NAMES, words::HIS_NAMES)
        } else {
            (words::HIS_NAMES, words::HER_NAMES)
        };
        let mut fixed = |name| dice.pick(words::list(name).unwrap_or(&["somewhere"])).to_owned();
        let (surname, home) = (fixed("last"), fixed("town"));
        let born = dice.between(1820, 1899);
        let died = born + dice.between(48, 84);
        let said = |woman: &str, man: &str| if she { woman } else { man }.to_owned();
        let cast = vec![
            ("hero", dice.pick(names).to_owned()),
            ("friend", dice.pick(others).to_owned()),
            ("they", said("she", "he")),
            ("them", said("her", "him")),
            ("their", said("her", "his")),
            ("friend's", said("his", "her")),
            ("surname", surname),
            ("home", home),
            ("born", born.to_string()),
            ("died", died.to_string()),
            ("active", dice.between(born + 20, died - 4).to_string()),
            ("later", dice.between(died - 8, died).to_string()),
            ("subject", dice.pick(topic.things).to_owned()),
            ("goal", dice.pick(topic.acts).to_owned()),
            ("gauge", dice.pick(topic.measures).to_owned()),
            ("trouble", dice.pick(topic.troubles).to_owned()),
        ];
        Self { dice, topic, cast, bound: None, last: Vec::new(), used: Vec::new() }
    }

    /// One of `templates`, filled; each comes once before any comes again.
    pub(super) fn one_of(&mut self, templates: &[&'static str]) -> String {
        let mut fresh: Vec<&'static str> =
            templates.iter().copied().filter(|each| !self.used.contains(each)).collect();
        if fresh.is_empty() {
            self.used.retain(|each| !templates.contains(each));
            fresh = templates.to_vec();
        }
        let template = self.dice.pick(&fresh);
        self.used.push(template);
        self.fill(template)
    }

    /// One of `templates`, filled with the same word wherever the same name stands, as in a program.
    pub(super) fn bound_one_of(&mut self, templates: &[&'static str]) -> String {
        self.bound = Some(Vec::new());
        let filled = self.one_of(templates);
        self.bound = None;
        filled
    }

    /// `count` of `templates`, filled and joined by blanks.
    pub(super) fn sentences(&mut self, templates: &[&'static str], count: usize) -> String {
        let sentences: Vec<String> = (0..count).map(|_| self.one_of(templates)).collect();
        sentences.join(" ")
    }

    /// The template with every slot filled.
    pub(super) fn fill(&mut self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len() * 2);
        let mut rest = template;
        while let Some(start) = rest.find('‹') {
            filled.push_str(&rest[..start]);
            let inside = &rest[start + '‹'.len_utf8()..];
            let end = closing(inside);
            filled.push_str(&self.slot(&inside[..end]));
            rest = inside.get(end + '›'.len_utf8()..).unwrap_or("");
        }
        filled.push_str(rest);
        filled
    }

    fn slot(&mut self, slot: &str) -> String {
        let alternatives = split_alternatives(slot);
        if alternatives.len() > 1 {
            let chosen = alternatives[self.dice.below(alternatives.len())];
            return self.fill(chosen);
        }
        if let Some((low, high)) = slot.strip_prefix("n:").and_then(|range| range.split_once('-')) {
            let bounds = (low.parse().unwrap_or(0), high.parse().unwrap_or(9));
            return self.dice.between(bounds.0, bounds.1).to_string();
        }
        for (prefix, change) in [
            ("a ", with_article as fn(&str) -> String),
            ("A ", |word| capital(&with_article(word))),
            ("snake ", |word| identifier(word, "_", false, false)),
            ("camel ", |word| identifier(word, "", false, true)),
            ("pascal ", |word| identifier(word, "", true, true)),
        ] {
            if let Some(rest) = slot.strip_prefix(prefix) {
                return change(&self.slot(rest));
            }
        }
        if slot.starts_with(char::is_uppercase) {
            let lower = slot[..1].to_lowercase() + &slot[1..];
            return capital(&self.word(&lower));
        }
        self.word(slot)
    }

    fn word(&mut self, name: &str) -> String {
        if let Some((_, word)) = self.cast.iter().find(|(role, _)| *role == name) {
            return word.clone();
        }
        let topic = self.topic;
        match name {
            "topic" => topic.name.to_owned(),
            "thing" => self.draw(name, topic.things),
            "stuff" => self.draw(name, topic.stuff),
            "person" => self.draw(name, topic.people),
            "act" => self.draw(name, topic.acts),
            "quality" => self.draw(name, topic.qualities),
            "place" => self.draw(name, topic.places),
            "measure" => self.draw(name, topic.measures),
            "problem" => self.draw(name, topic.troubles),
            "things" => plural(&self.word("thing")),
            "subjects" => plural(&self.word("subject")),
            "people" => plural(&self.word("person")),
            "acting" => inflected(&self.word("act"), "ing"),
            "acted" => inflected(&self.word("act"), "ed"),
            "first" if self.dice.chance(50) => self.draw(name, words::HER_NAMES),
            "first" => self.draw(name, words::HIS_NAMES),
            "year" => self.dice.between(1840, 2021).to_string(),
            "date" => self.fill("‹n:1-28› ‹month› ‹n:1900-2021›"),
            // An unknown name stays visible, and the tests look for it.
            _ => {
                words::list(name).map_or_else(|| format!("‹{name}›"), |list| self.draw(name, list))
            }
        }
    }

    /// A word of `list`: the bound one, or else one that neither stood here last nor is in the cast.
    fn draw(&mut self, name: &str, list: &[&'static str]) -> String {
        let found = |words: &[(String, &'static str)]| {
            words.iter().find(|(known, _)| known == name).map(|&(_, word)| word)
        };
        if let Some(word) = self.bound.as_deref().and_then(found) {
            return word.to_owned();
        }
        let last = found(&self.last);
        let is_taken =
            |word: &str| last == Some(word) || self.cast.iter().any(|(_, cast)| cast == word);
        let free: Vec<&'static str> = list.iter().copied().filter(|each| !is_taken(each)).collect();
        let word = self.dice.pick(if free.is_empty() { list } else { &free });
        self.last.retain(|(known, _)| known != name);
        self.last.push((name.to_owned(), word));
        if let Some(bound) = &mut self.bound {
            bound.push((name.to_owned(), word));
        }
        word.to_owned()
    }
}

/// Where the slot that `inside` begins with ends: its own `›`, not one of a slot within it.
fn closing(inside: &str) -> usize {
    let mut depth = 0;
    for (position, character) in inside.char_indices() {
        match character {
            '‹' => depth += 1,
            '›' if depth == 0 => return position,
            '›' => depth -= 1,
            _ => {}
        }
    }
    inside.len()
}

fn split_alternatives(slot: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (position, character) in slot.char_indices() {
        match character {
            '‹' => depth += 1,
            '›' => depth -= 1,
            '|' if depth == 0 => {
                parts.push(&slot[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&slot[start..]);
    parts
}
