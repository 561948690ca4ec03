//! A document in the making.

use super::scene::Scene;

/// The text so far, what it is about, and how long it is meant to become.
pub(super) struct Draft {
    pub(super) scene: Scene,
    text: String,
    target: usize,
}

/// No document is longer, in characters.
pub(super) const LONGEST: usize = 2_000;
/// No document is shorter, in characters.
pub(super) const SHORTEST: usize = 300;

impl Draft {
    /// An empty document. Lengths lean to the short side: the smaller of two draws.
    pub(super) fn new(mut scene: Scene) -> Self {
        let (one, other) = (scene.dice.between(450, 1_850), scene.dice.between(450, 1_850));
        Self { scene, text: String::new(), target: one.min(other) }
    }

    /// Whether the text is still shorter than it is meant to become.
    pub(super) fn is_short(&self) -> bool {
        self.text.len() < self.target
    }

    /// Whether the text has less than `percent` of the length it is meant to reach.
    pub(super) fn is_below(&self, percent: usize) -> bool {
        self.text.len() * 100 < self.target * percent
    }

    /// Adds the filled template as it stands.
    pub(super) fn add(&mut self, template: &str) {
        let filled = self.scene.fill(template);
        self.text.push_str(&filled);
    }

    /// Adds the filled template and a line break.
    pub(super) fn line(&mut self, template: &str) {
        self.add(template);
        self.text.push('\n');
    }

    /// Adds one of the templates, filled, and a line break.
    pub(super) fn line_of(&mut self, templates: &[&'static str]) {
        let line = self.scene.one_of(templates);
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// Adds one of the templates, filled with one word per name, and a line break.
    pub(super) fn block_of(&mut self, templates: &[&'static str]) {
        let block = self.scene.bound_one_of(templates);
        self.text.push_str(&block);
        self.text.push('\n');
    }

    /// Adds `low..=high` sentences and `end`.
    pub(super) fn paragraph(
        &mut self,
        templates: &[&'static str],
        (low, high): (usize, usize),
        end: &str,
    ) {
        let count = self.scene.dice.between(low, high);
        let sentences = self.scene.sentences(templates, count);
        self.text.push_str(&sentences);
        self.text.push_str(end);
    }

    /// Whether this happens, in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.scene.dice.chance(percent)
    }

    /// The document: no longer than [`LONGEST`], cut at the end of a line or sentence.
    pub(super) fn finish(self) -> String {
        let text = self.text.trim_end();
        let Some((limit, _)) = text.char_indices().nth(LONGEST) else {
            return text.to_owned();
        };
        let head = &text[..limit];
        let cut = head.rfind(['\n']).max(head.rfind(". ").map(|position| position + 1));
        head[..cut.filter(|&position| position > SHORTEST).unwrap_or(limit)].trim_end().to_owned()
    }
}
