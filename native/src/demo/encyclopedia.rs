//! Encyclopedic entries: persons, places, objects and techniques.

use super::draft::Draft;

#[rustfmt::skip]
const OBJECT: &[&str] = &[
    "The ‹subject› is a type of ‹quality› ‹thing› used by ‹people› in ‹country› and ‹country›.",
    "It is ‹often› associated with ‹stuff›, although the two are distinct.",
    "The earliest known ‹subject› dates from ‹year› and is held by the museum of ‹town›.",
    "In ‹country›, the ‹measure› is regulated by a law of ‹year›.",
    "Modern ‹subjects› differ from the ‹quality› form in their ‹measure› and ‹measure›.",
    "Traditionally, ‹people› ‹acted› in ‹season›; since the ‹n:18-20›th century this has become less common.",
    "The term was introduced by ‹first› ‹last› in ‹year›, who ‹acted› ‹place›.",
    "Several ‹quality› variants exist, of which the ‹home› ‹subject› is the best known.",
    "By ‹year›, about ‹n:20-900› ‹subjects› were in use in ‹town› alone.",
    "The ‹measure› of ‹a subject› is typically between ‹n:2-30› and ‹n:31-120› units, depending on the ‹stuff›.",
    "A second method, ‹acting›, was described by ‹last› (‹year›) and is ‹often› preferred where ‹stuff› is scarce.",
    "Critics have argued that ‹problem› as a consequence of ‹acting›.",
];
#[rustfmt::skip]
const PERSON: &[&str] = &[
    "After an apprenticeship in ‹town›, ‹surname› moved to ‹home› and worked as ‹a person›.",
    "In ‹active› ‹they› was appointed head of the ‹Topic› Society of ‹country›, a post ‹they› held for ‹few› years.",
    "‹surname›'s treatise on ‹stuff› went through ‹few› editions and was translated in ‹later›.",
    "‹They› is credited with the first ‹quality› ‹thing› in ‹country›.",
    "Together with ‹first› ‹last›, ‹they› ‹acted› and published on ‹measure›.",
    "A street in ‹home› and ‹a thing› in ‹town› are named after ‹them›.",
    "‹Their› papers are kept by the municipal archive of ‹town›.",
    "Contemporaries described ‹surname› as ‹a good› ‹person› with little patience for ‹stuff›.",
    "‹They› ‹acted› until ‹their› retirement and died in ‹home› in ‹died›.",
    "During the war ‹they› ‹acted› for the ministry in ‹town›.",
];
#[rustfmt::skip]
const PLACE: &[&str] = &[
    "‹Home› had a population of ‹n:1-90›,‹n:100-999› at the ‹n:1950-2015› census.",
    "The town lies ‹n:3-90› kilometres ‹north|south|east|west› of ‹town›, on the left bank of the river ‹Tarn|Alder|Vale|Merrow›.",
    "It is known for its ‹quality› ‹things› and for a festival held every ‹month›.",
    "The parish church, built in ‹n:1120-1790›, contains ‹a quality› ‹thing›.",
    "The railway reached ‹home› in ‹n:1839-1911›, after which trade in ‹stuff› grew rapidly.",
    "Historically the economy depended on ‹stuff› and on the work of ‹people›.",
    "The municipality was merged with ‹town› in ‹year›.",
    "Since ‹n:1960-2010› ‹people› have ‹acted› ‹place›, and the site is now protected.",
    "Notable residents include the ‹person› ‹first› ‹last› and the ‹person› ‹first› ‹last›.",
];
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "‹last›, ‹first›. ‹A|The› History of ‹Stuff›. ‹Town›: ‹last› & Sons, ‹year›, pp. ‹n:3-90›-‹n:91-400›.",
    "\"‹Acting› in ‹country›\". The ‹Town› Gazette. ‹date›. Retrieved ‹n:1-28› ‹month› ‹n:2008-2021›.",
    "National Register of ‹Things›, no. ‹n:1000-9999›.",
];

fn sections(draft: &mut Draft, templates: &[&'static str], headings: &[&'static str]) {
    while draft.is_below(85) {
        if draft.chance(55) {
            draft.line("");
            draft.line_of(headings);
        }
        draft.paragraph(templates, (2, 5), "\n");
    }
    if draft.chance(65) {
        draft.line("\n‹References|See also|External links|Notes›");
        while draft.is_short() {
            draft.line_of(REFERENCES);
        }
        if draft.chance(50) {
            draft.line("Category: ‹Things› | Category: ‹Topic› in ‹country›");
        }
    }
}

/// An entry on an object or a technique.
pub(super) fn object(draft: &mut Draft) {
    draft.line(
        "‹A subject› (also ‹quality› ‹subject›) is ‹a thing› used ‹in ‹topic›|for ‹acting››.",
    );
    sections(draft, OBJECT, &["History", "Description", "Use", "Design", "Variants", "Reception"]);
}

/// A life in a page.
pub(super) fn person(draft: &mut Draft) {
    draft.line("‹hero› ‹surname› (‹n:1-28› ‹month› ‹born› – ‹n:1-28› ‹month› ‹died›) was ‹a person› from ‹country›, best known for ‹their› work on ‹stuff›.");
    sections(draft, PERSON, &["Early life", "Career", "Legacy", "Works", "Later years"]);
}

/// A town.
pub(super) fn place(draft: &mut Draft) {
    draft.line("‹home› is a ‹town|village|municipality› in ‹north|south|east|west›ern ‹country›.");
    sections(draft, PLACE, &["Geography", "History", "Economy", "Demographics", "Culture"]);
}

/// Encyclopedic sentences without headings or references, as they are quoted all over the web.
pub(super) fn plain_summary(draft: &mut Draft) {
    while draft.is_short() {
        let templates = if draft.chance(60) { OBJECT } else { PLACE };
        draft.paragraph(templates, (2, 4), "\n");
    }
}
