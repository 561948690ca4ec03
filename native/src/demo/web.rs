//! Web pages: the cleaned prose that a filter leaves, and the pages it came from.

use super::draft::Draft;

#[rustfmt::skip] // One line per sentence, here and in the other lists of templates.
const ADVICE: &[&str] = &[
    "If you have never tried to ‹act›, start with ‹a thing› and a free ‹afternoon|weekend|evening›.",
    "Most people ‹forget|overlook|underestimate› how much ‹stuff› matters ‹place›.",
    "‹A quality› ‹thing› will ‹last for years|save you hours|pay for itself within a season›, while a cheap one ‹often› does.",
    "There are ‹few› things to check before you ‹act›: the ‹thing›, the ‹measure› and the ‹measure›.",
    "The good news is that you do not need ‹a quality› ‹thing› to get going; ‹a thing› ‹place› is enough.",
    "‹First› ‹last›, ‹a person› from ‹town›, says that ‹acting› is ‹very› easy once the ‹thing› is in order.",
    "When ‹problem›, the cause is ‹often› the ‹thing› and not the ‹stuff›.",
    "Keep an eye on the ‹measure›, especially in ‹season›, and write it down every ‹few› days.",
    "You can ‹act› at any time of year, but ‹season› is the best moment to ‹act›.",
    "Do not be afraid to ‹act› again if the first attempt looks ‹bad›.",
    "Here is what we learned after ‹few› years of ‹acting› ‹place›.",
    "Many ‹people› keep a spare ‹thing› for the day when ‹problem›.",
    "The price of ‹a thing› has gone up by ‹n:4-38› percent since ‹n:2005-2019›, so it is worth asking around for ‹a quality› one.",
    "A local ‹person› will ‹often› help you ‹act› for a small fee.",
    "It took us ‹few› tries to ‹act› properly, and the difference in ‹measure› was obvious.",
    "Remember: ‹stuff› and ‹stuff› do not mix well, whatever the label says.",
    "Ask three ‹people› about ‹stuff› and you will get four answers.",
    "A little ‹stuff› goes a long way, and too much of it ruins ‹the ‹thing›|everything|your ‹season››.",
    "Whether you ‹act› or ‹act›, take your time and enjoy it.",
    "For beginners we recommend ‹a quality› ‹thing›; you can always move on to ‹a quality› one later.",
];
#[rustfmt::skip]
const NEWS: &[&str] = &[
    "The ‹home› ‹council|society|association› announced on ‹weekday› that it will ‹act› ‹place› from ‹month›.",
    "About ‹n:40-900› visitors came to ‹home› at the weekend to see the ‹quality› ‹things›.",
    "\"We wanted to ‹act› without losing the ‹thing›,\" said ‹first› ‹last›, ‹a person› who has lived in ‹home› since ‹n:1968-2012›.",
    "The project is expected to cost ‹n:12-95›,000 ‹euros|dollars|pounds› and will run until ‹month› ‹n:2009-2021›.",
    "Volunteers have been ‹acting› since ‹month›, and ‹acting› is next.",
    "Critics point out that ‹problem› and that nobody has checked the ‹measure› for years.",
    "A spokeswoman for the ‹people› of ‹country› said the ‹measure› had risen by ‹n:2-30› percent.",
    "The old ‹thing› ‹place› will be open to the public every ‹weekday›.",
    "According to the organisers, ‹few› ‹people› from ‹country› have signed up so far.",
    "Tickets are available at the town hall in ‹home› and from ‹a person› near you.",
];
#[rustfmt::skip]
const DIARY: &[&str] = &[
    "I spent most of ‹weekday› ‹acting›, and my back is still telling me about it.",
    "My ‹cousin|neighbour|old friend› ‹first› gave me ‹a quality› ‹thing› last ‹season›, and I finally found the time to try it.",
    "It rained all morning, so instead of ‹acting› I sat ‹place› and thought about ‹stuff›.",
    "I had forgotten how ‹quality› ‹a thing› can be.",
    "The first thing I noticed was the ‹thing› ‹place›, ‹quality› and ‹quality›, as if it had waited for me.",
    "We drove to ‹town› to see ‹a person› about ‹a thing›, and came back with ‹few›.",
    "I know, I know: ‹problem›, and I should have asked ‹a person› first.",
    "Then ‹first› laughed and said that nobody ‹acted› like that any more.",
    "I remember my grandfather ‹acting› every ‹season›, never in a hurry.",
    "Tomorrow I will ‹act› and see what happens.",
    "By evening the ‹thing› was done, more or less, and we ate outside.",
    "I never planned to become ‹a person›, but here we are.",
];
#[rustfmt::skip]
const OFFERS: &[&str] = &[
    "‹Quality› ‹Thing› - only $‹n:5-240›.99 - Add to cart",
    "FREE SHIPPING on all orders over $‹n:25-90›! Use code ‹SAVE|DEAL|SPRING›‹n:5-40›",
    "Customers who bought this ‹thing› also bought: ‹thing›, ‹thing›, ‹stuff›",
    "In stock | Ships in ‹n:1-9› days | ‹n:3-480› reviews",
    "Subscribe to our newsletter and never miss ‹a thing› again!",
    "Click here to download your free ‹topic› guide (PDF)",
    "‹n:2-19› ‹people› are looking at this ‹thing› right now",
    "Sponsored: Compare ‹thing› prices in ‹town›",
    "Call us today on 0‹n:200-999› ‹n:100000-999999› for a free quote",
];
#[rustfmt::skip]
const COMMENTS: &[&str] = &[
    "‹user› says: great post, I also ‹acted› last ‹season› and ‹problem›. Any ideas? Reply",
    "‹user› wrote on ‹n:1-28› ‹month›: Thanks for sharing!! My ‹thing› is ‹quality› too.",
    "Posted by ‹user› at ‹n:1-12›:‹n:10-59› pm: does this work with ‹stuff›?",
    "Anonymous: the ‹measure› in the second photo can't be right",
    "‹user›: first time ‹acting›, wish me luck :) Like (‹n:0-40›) Report",
];
#[rustfmt::skip]
const CRUMBS: &[&str] = &[
    "Home > ‹Topic› > ‹Things› > ‹Quality› ‹Things›",
    "Home | About | ‹Things› | Gallery | Contact | Log in",
    "Skip to content  Menu  Search  Cart (‹n:0-4›)",
    "You are here: Home » Blog » ‹Topic›",
    "‹Weekday›, ‹month› ‹n:1-28›, ‹n:2006-2021› | Register | Forum | RSS",
    "« Previous post | Next post »   Category: ‹Topic›",
    "Toggle navigation  ‹Home› ‹Topic› Club  News  Events  Members",
];
#[rustfmt::skip]
const TITLES: &[&str] = &[
    "How to ‹act› (and when not to)", "‹n:5-15› tips for ‹acting›", "Why your ‹thing› needs ‹stuff›",
    "‹Quality› ‹things›: a buyer's guide", "‹Home›: ‹people› and their ‹things›", "What to do when ‹problem›",
    "Everything about ‹stuff›", "A visit to ‹a person› in ‹home›",
];
#[rustfmt::skip]
const FOOTERS: &[&str] = &[
    "© ‹n:2004-2021› ‹Home› ‹Topic› - All rights reserved. Privacy | Terms | Sitemap",
    "Share this: Facebook Twitter Pinterest Email   Tags: ‹thing›, ‹stuff›, ‹thing›",
    "Related posts: ‹Acting› | The ‹quality› ‹thing› | ‹Acting›   Powered by WordPress",
    "Page 1 of ‹n:2-44›  1 2 3 ... Next   Report abuse   Mobile version",
    "This site uses cookies. By continuing you agree to our cookie policy. OK",
];

fn prose(draft: &mut Draft, templates: &[&'static str], percent: usize) {
    while draft.is_below(percent) {
        draft.paragraph(templates, (2, 5), "\n");
    }
}

/// Advice, as a filter leaves it: whole sentences, no furniture.
pub(super) fn article(draft: &mut Draft) {
    if draft.chance(40) {
        draft.line_of(TITLES);
    }
    prose(draft, ADVICE, 100);
}

/// A report from a local paper.
pub(super) fn news(draft: &mut Draft) {
    if draft.chance(30) {
        draft.add("‹‹Home›|‹Town›› - ");
    }
    while draft.is_short() {
        draft.paragraph(NEWS, (2, 4), "\n");
        if draft.chance(30) {
            draft.paragraph(ADVICE, (1, 2), "\n");
        }
    }
}

/// A page of somebody's web log.
pub(super) fn diary(draft: &mut Draft) {
    while draft.is_short() {
        draft.paragraph(DIARY, (2, 5), "\n");
        if draft.chance(35) {
            draft.paragraph(ADVICE, (1, 2), "\n");
        }
    }
}

/// A page with its furniture: crumbs, offers, comments, footer around some prose.
pub(super) fn page(draft: &mut Draft) {
    draft.line_of(CRUMBS);
    draft.line_of(TITLES);
    if draft.chance(60) {
        draft.line("‹Posted|Written|Published› by ‹‹first› ‹last›|admin|‹user›› on ‹month› ‹n:1-28›, ‹n:2006-2021› | ‹n:0-63› comments");
    }
    while draft.is_below(80) {
        let templates = if draft.chance(65) { ADVICE } else { DIARY };
        draft.paragraph(templates, (2, 4), "\n");
        if draft.chance(45) {
            draft.line_of(OFFERS);
        }
    }
    while draft.is_short() {
        draft.line_of(COMMENTS);
    }
    draft.line_of(FOOTERS);
}

/// A page with one or two pieces of furniture left.
pub(super) fn untidy_article(draft: &mut Draft) {
    let before = draft.chance(50);
    if before {
        draft.line_of(CRUMBS);
    }
    let templates = if draft.chance(60) { ADVICE } else { NEWS };
    prose(draft, templates, 90);
    if !before || draft.chance(30) {
        let furniture = if draft.chance(50) { FOOTERS } else { OFFERS };
        draft.line_of(furniture);
    }
}

/// A page of a shop.
pub(super) fn shop(draft: &mut Draft) {
    draft.line_of(CRUMBS);
    draft.line("‹Quality› ‹Thing› ‹XL|Pro|Classic|No. ‹n:2-90›| ‹Home› Edition›");
    draft.line("★★★★‹★|☆› (‹n:3-900›)  ‹$|€|£›‹n:4-400›.‹99|95|50|00›  SKU ‹n:10000-99999›");
    while draft.is_short() {
        draft.paragraph(ADVICE, (1, 2), "\n");
        draft.line("- ‹Quality› and ‹quality›, made for ‹people›");
        draft.line_of(OFFERS);
    }
}

/// A thread of a web forum.
pub(super) fn forum(draft: &mut Draft) {
    draft.line("‹Topic› Forum >> ‹Things› >> Help: ‹trouble›!!");
    while draft.is_short() {
        draft.line("‹user› » ‹Weekday› ‹month› ‹n:1-28›, ‹n:2004-2016› ‹n:1-12›:‹n:10-59› ‹am|pm›   Posts: ‹n:1-4000›");
        let templates = if draft.chance(50) { DIARY } else { ADVICE };
        draft.paragraph(templates, (1, 3), "\n");
        draft.line("‹Quote|Reply|Top|Report this post›");
    }
}
