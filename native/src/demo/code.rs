//! Source code in several languages, settings and readme files.

use super::draft::Draft;

#[rustfmt::skip]
const PYTHON: &[&str] = &[
    "def ‹snake act›(‹snake things›, ‹snake measure›=‹n:1-90›):\n    \"\"\"‹Act› and return the ‹measure›.\"\"\"\n    total = 0.0\n    for item in ‹snake things›:\n        total += item.‹snake measure› * ‹snake measure›\n    return total / max(len(‹snake things›), 1)\n",
    "class ‹pascal thing›:\n    def __init__(self, name, ‹snake measure›=None):\n        self.name = name\n        self.‹snake measure› = ‹snake measure› or ‹n:1-90›\n        self._‹snake things› = []\n\n    def ‹snake act›(self):\n        if not self._‹snake things›:\n            raise ValueError(\"no ‹things›\")\n        return sorted(self._‹snake things›, key=lambda t: t.‹snake measure›)\n",
    "def load_‹snake things›(path):\n    # TODO: handle the case that ‹problem›\n    with open(path) as handle:\n        rows = [line.split(\",\") for line in handle if line.strip()]\n    return {row[0]: float(row[‹n:1-6›]) for row in rows}\n",
    "def test_‹snake act›():\n    thing = ‹pascal thing›(\"‹town›\", ‹snake measure›=‹n:1-90›)\n    assert thing.‹snake act›() == ‹n:1-90›\n",
];
#[rustfmt::skip]
const RUST: &[&str] = &[
    "/// Returns the ‹measure› of this ‹thing›.\npub fn ‹snake measure›(&self) -> f64 {\n    self.‹snake things›.iter().map(|t| t.weight).sum::<f64>() / self.‹snake things›.len() as f64\n}\n",
    "#[derive(Debug, Clone)]\npub struct ‹pascal thing› {\n    name: String,\n    ‹snake measure›: u32,\n    ‹snake things›: Vec<‹pascal thing›>,\n}\n",
    "impl ‹pascal thing› {\n    pub fn ‹snake act›(&mut self) -> Result<(), Error> {\n        if self.‹snake measure› > ‹n:5-900› {\n            return Err(Error::‹pascal problem›);\n        }\n        self.count += 1;\n        Ok(())\n    }\n}\n",
    "#[test]\nfn ‹snake act›_works() {\n    let ‹snake thing› = ‹pascal thing›::new(\"‹town›\");\n    assert_eq!(‹snake thing›.‹snake measure›(), ‹n:1-90›);\n}\n",
];
#[rustfmt::skip]
const JAVASCRIPT: &[&str] = &[
    "export function ‹camel act›(‹camel things›, options = {}) {\n  const { ‹camel measure› = ‹n:1-90› } = options;\n  return ‹camel things›\n    .filter((item) => item.‹camel measure› > ‹camel measure›)\n    .map((item) => ({ ...item, done: true }));\n}\n",
    "router.get('/‹snake things›/:id', async (req, res) => {\n  const ‹camel thing› = await db.find(req.params.id);\n  if (!‹camel thing›) {\n    return res.status(404).json({ error: '‹thing› not found' });\n  }\n  res.json(‹camel thing›);\n});\n",
    "// ‹Problem›, so we ‹act› first.\nuseEffect(() => {\n  const timer = setInterval(() => set‹pascal measure›((n) => n + 1), ‹n:1-90›00);\n  return () => clearInterval(timer);\n}, [‹camel thing›]);\n",
];
#[rustfmt::skip]
const C: &[&str] = &[
    "static int ‹snake act›(struct ‹snake thing› *self, size_t n)\n{\n    if (self == NULL || n > MAX_ITEMS)\n        return -EINVAL;\n    for (size_t i = 0; i < n; i++)\n        self->‹snake measure›[i] += ‹n:1-90›;\n    return 0;\n}\n",
    "struct ‹snake thing› {\n    char name[‹n:16-64›];\n    double ‹snake measure›;\n    struct ‹snake thing› *next;   /* ‹quality› list */\n};\n",
    "/* ‹Act› before ‹acting›; otherwise ‹problem›. */\n#define ‹pascal measure›Limit ‹n:10-900›\n#include <stdio.h>\n",
];
#[rustfmt::skip]
const SETTINGS: &[&str] = &[
    "‹snake thing›:\n  name: \"‹town›\"\n  ‹snake measure›: ‹n:1-90›\n  ‹snake things›:\n    - ‹snake thing›\n    - ‹snake stuff›\n  enabled: ‹true|false›\n",
    "CREATE TABLE ‹snake things› (\n    id INTEGER PRIMARY KEY,\n    ‹snake measure› REAL NOT NULL,\n    ‹snake stuff› TEXT DEFAULT '‹quality›'\n);\n",
    "{\n  \"name\": \"‹snake thing›-‹snake stuff›\",\n  \"version\": \"‹n:0-4›.‹n:0-20›.‹n:0-9›\",\n  \"‹camel measure›\": ‹n:1-90›\n}\n",
];
#[rustfmt::skip]
const README: &[&str] = &[
    "‹pascal subject› is a small library that helps ‹people› ‹act›.",
    "It was written because ‹problem› and no existing tool could ‹act›.",
    "The ‹measure› is computed ‹place› and does not depend on ‹stuff›.",
    "Pull requests are welcome; please ‹act› before you open one.",
    "Known issue: when ‹problem›, restart the ‹thing›.",
    "By default the ‹measure› is ‹n:2-90›; set it lower for ‹quality› ‹things›.",
    "See the examples folder for how to ‹act› and ‹act›.",
    "Version ‹n:0-4›.‹n:0-20› adds support for ‹quality› ‹things›.",
];

/// A file of source code.
pub(super) fn source(draft: &mut Draft) {
    let (mark, header, blocks): (&str, &str, &[&str]) = match draft.scene.dice.below(9) {
        0..=2 => {
            ("#", "import ‹os|sys|re|json›\nfrom ‹snake topic› import ‹pascal subject›\n", PYTHON)
        }
        3 | 4 => ("//", "use std::‹fmt|collections::BTreeMap|io::Read›;\n", RUST),
        5 | 6 => ("//", "import { ‹camel subject› } from './‹camel stuff›';\n", JAVASCRIPT),
        7 => ("//", "#include \"‹snake subject›.h\"\n", C),
        _ => ("#", "# ‹quality› settings for the ‹subject›\n", SETTINGS),
    };
    if draft.chance(25) {
        draft.add(mark);
        draft.line(" Copyright (c) ‹n:2005-2021› ‹first› ‹last›. See the LICENSE file.");
    }
    draft.line(header);
    while draft.is_short() {
        draft.block_of(blocks);
    }
}

/// A readme file.
pub(super) fn readme(draft: &mut Draft) {
    draft.line("# ‹snake subject›\n");
    draft.paragraph(README, (2, 4), "\n");
    draft.line("\n## ‹Install|Usage|Quick start›\n\n```\n‹pip install|npm install|cargo add|make› ‹snake subject›\n```\n");
    while draft.is_short() {
        draft.paragraph(README, (1, 3), "\n");
        draft.line("- `‹snake act›`: ‹act› ‹place›");
    }
}

/// The prose of a readme file without its marks.
pub(super) fn manual(draft: &mut Draft) {
    while draft.is_short() {
        draft.paragraph(README, (2, 4), "\n\n");
    }
}
