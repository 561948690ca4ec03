//! Narrative prose with dialogue, in the third and in the first person.

use super::draft::Draft;

#[rustfmt::skip]
const NARRATION: &[&str] = &[
    "‹hero› stood ‹place› and listened, but there was nothing to hear except the wind.",
    "It was late in ‹month› when ‹hero› came back to ‹home›, carrying nothing but ‹a quality› ‹thing›.",
    "‹hero› had ‹acted› since childhood and could have done it blind.",
    "The ‹thing› lay where ‹they› had left it, ‹quality› and cold.",
    "For a long moment nobody moved.",
    "‹friend› turned away from the window and looked at the ‹thing› as though it had spoken.",
    "Old ‹last›, the ‹person›, had warned them; but who listened to old ‹last› in those days?",
    "There was a smell of ‹stuff› in the room, and under it something older.",
    "‹They› thought of ‹their› father, who had ‹acted› every ‹season› until the year he did not come home.",
    "Outside, the lamps of ‹home› were going out one after another.",
    "‹hero› put the ‹thing› down ‹mood› and wiped ‹their› hands.",
    "That night ‹they› dreamt of ‹things›, hundreds of them, ‹quality› as bone.",
    "The road to ‹town› was empty, and ‹they› walked it ‹mood›.",
    "In the morning there was no trace of ‹friend›, only the ‹quality› ‹thing› and a note with ‹few› words.",
    "‹They› knew then that the ‹person› had lied about the ‹thing›.",
    "‹friend› had the hands of ‹a person›, broad and scarred, and they were never still.",
    "The clock struck ‹few›, and still ‹they› sat ‹place›, waiting.",
    "Nothing in ‹their› life had prepared ‹them› for ‹stuff›.",
];
#[rustfmt::skip]
const DIALOGUE: &[&str] = &[
    "\"You should not have come,\" said ‹friend› ‹mood›.",
    "\"And if ‹problem›?\" ‹hero› asked. \"What then?\"",
    "\"Then we ‹act›,\" ‹friend› said, \"as we have always done.\"",
    "\"Where is the ‹thing›?\" ‹hero› said ‹mood›. \"‹last› had it, and ‹last› is dead.\"",
    "\"My mother was ‹a person›,\" said ‹friend›. \"She never spoke of ‹home›.\"",
    "\"You talk like ‹a person›,\" said ‹hero›, and almost smiled.",
    "\"It is only ‹stuff›,\" ‹friend› answered. \"Only that, and the dark.\"",
    "\"Tell me about ‹town›,\" ‹they› said. ‹friend› shook ‹friend's› head.",
    "\"No,\" said ‹hero›. \"Not until you ‹act›.\"",
    "\"Listen,\" whispered ‹friend›. \"Somebody is ‹acting›.\"",
];
#[rustfmt::skip]
const MEMOIR: &[&str] = &[
    "I was ‹n:8-19› years old when my uncle first let me ‹act›.",
    "We lived ‹place› then, my mother and I, in a house that smelled of ‹stuff›.",
    "Of all the ‹people› I have known, ‹hero› ‹surname› was the strangest.",
    "I remember ‹a quality› ‹thing› and the sound it made when nobody was in the room.",
    "‹hero› said nothing, and I did not ask.",
    "Years later, in ‹town›, I understood what ‹they› had meant.",
    "That was the ‹season› of the great storm, when ‹problem› and the whole street came out to look.",
    "I have ‹acted› in ‹few› countries since, and never without thinking of ‹home›.",
    "My grandfather ‹acting› by the light of one lamp: that is the picture that stays.",
];

/// A chapter in the third person.
pub(super) fn chapter(draft: &mut Draft) {
    if draft.chance(30) {
        draft.line("CHAPTER ‹II|IV|VII|IX|XI|XIV|XVI|XX|THREE|NINE›\n");
    }
    while draft.is_short() {
        draft.paragraph(NARRATION, (2, 5), "\n\n");
        while draft.chance(60) {
            draft.paragraph(DIALOGUE, (1, 1), "\n\n");
        }
    }
}

/// Pages of a memoir.
pub(super) fn memoir(draft: &mut Draft) {
    while draft.is_short() {
        draft.paragraph(MEMOIR, (3, 6), "\n\n");
        if draft.chance(30) {
            draft.paragraph(DIALOGUE, (1, 2), "\n\n");
        }
    }
}
