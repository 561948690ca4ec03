//! Question and answer threads.

use super::draft::Draft;

#[rustfmt::skip]
const ASKING: &[&str] = &[
    "I am trying to ‹goal›, but ‹trouble›.",
    "I have already ‹acted› and checked the ‹gauge›, without success.",
    "What is the correct way to ‹goal› when the ‹thing› is ‹quality›?",
    "The documentation only says to ‹act›, which does not help ‹place›.",
    "Is this expected, or am I missing something about ‹stuff›?",
    "My ‹thing› is ‹n:1-30› years old, if that matters.",
    "I read that ‹people› ‹act› first. Is there a reason for this?",
    "It works with ‹a quality› ‹thing› but not with mine.",
    "The ‹gauge› is about ‹n:2-900›, which seems too high.",
];
#[rustfmt::skip]
const ANSWERING: &[&str] = &[
    "The short answer: ‹act› before you ‹goal›.",
    "You are most likely seeing this because ‹problem›.",
    "First, check the ‹gauge›; anything above ‹n:5-90› is ‹a bad› sign.",
    "I had the same problem with ‹a quality› ‹thing› and solved it by ‹acting›.",
    "Note that ‹stuff› and ‹stuff› behave differently ‹place›.",
    "As ‹user› said in the comments, you can also ‹act›.",
    "There is no need to ‹act›; the ‹thing› does it for you.",
    "Do not ‹act› ‹place› unless you know why.",
    "If the ‹measure› does not change after you ‹act›, the ‹thing› itself is at fault.",
    "This is a known limitation of ‹quality› ‹things›.",
];
#[rustfmt::skip]
const SNIPPETS: &[&str] = &[
    "    SELECT ‹snake measure›, COUNT(*) FROM ‹snake things› GROUP BY ‹snake measure›;",
    "    for ‹snake thing› in ‹snake things›:\n        print(‹snake thing›.‹snake measure›)",
    "    $ ‹snake act› --‹snake thing›=‹n:1-90› --verbose",
    "    Error: ‹snake thing› has no attribute '‹snake measure›'",
];

fn tags(draft: &mut Draft) {
    if draft.chance(60) {
        draft.line("[‹snake thing›] [‹snake stuff›] [‹snake measure›]");
    }
}

/// A question, its answers and comments.
pub(super) fn thread(draft: &mut Draft) {
    draft.line(
        "Q: ‹How do I ‹goal›|Why does it happen that ‹trouble›|‹Trouble›|Best way to ‹goal››?\n",
    );
    draft.paragraph(ASKING, (2, 4), "\n");
    let has_code = draft.chance(35);
    if has_code {
        draft.block_of(SNIPPETS);
    }
    tags(draft);
    while draft.is_short() {
        draft.add("\nA: ");
        draft.paragraph(ANSWERING, (2, 4), "\n");
        if has_code && draft.chance(50) {
            draft.block_of(SNIPPETS);
        }
        if draft.chance(35) {
            draft.line("‹user›: ‹Thanks, this worked.|Are you sure about the ‹measure›?|+1, same with ‹a quality› ‹thing›.|See also the question on ‹stuff›.› – ‹Jan|Mar|Jun|Oct› ‹n:1-28› '‹n:10-21› at ‹n:1-23›:‹n:10-59›");
        }
    }
}

/// An answer on its own, without the marks of a thread.
pub(super) fn bare_answer(draft: &mut Draft) {
    while draft.is_short() {
        let templates = if draft.chance(75) { ANSWERING } else { ASKING };
        draft.paragraph(templates, (2, 4), "\n\n");
    }
}
