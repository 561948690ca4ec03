//! Words of no particular topic: names, places, dates, and the small change of language.

/// The list that a slot of this name draws from; none if no such list is known.
pub(super) fn list(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "her name" => HER_NAMES,
        "his name" => HIS_NAMES,
        "last" => LAST_NAMES,
        "town" => TOWNS,
        "country" => COUNTRIES,
        "month" => MONTHS,
        "weekday" => WEEKDAYS,
        "season" => &["spring", "summer", "autumn", "winter"],
        "user" => USERS,
        "few" => &["two", "three", "four", "five", "six", "seven", "a dozen"],
        "very" => &["rather", "quite", "very", "surprisingly", "fairly", "hardly"],
        "often" => &["often", "usually", "sometimes", "rarely", "nearly always", "seldom"],
        "good" => &["useful", "reliable", "solid", "sensible", "careful", "simple", "honest"],
        "bad" => &["poor", "expensive", "clumsy", "fragile", "slow", "disappointing"],
        "mood" => {
            &["quietly", "at last", "without a word", "slowly", "with a sigh", "in a low voice"]
        }
        "letter" => &["y", "k", "r", "u", "v", "w", "z"],
        "greek" => &["\\alpha", "\\beta", "\\lambda", "\\theta", "\\sigma", "\\mu", "\\epsilon"],
        _ => return None,
    })
}

#[rustfmt::skip]
pub(super) const HER_NAMES: &[&str] = &["Anna", "Clara", "Edith", "Greta", "Hanna", "Ines", "Judith", "Lena", "Marta", "Nora", "Ruth", "Sophie", "Teresa", "Vera", "Maud", "Elsa"];
#[rustfmt::skip]
pub(super) const HIS_NAMES: &[&str] = &["Adam", "Bernard", "Conrad", "Daniel", "Emil", "Felix", "George", "Hugo", "Jonas", "Karl", "Leo", "Martin", "Oscar", "Paul", "Samuel", "Tobias"];
#[rustfmt::skip]
const LAST_NAMES: &[&str] = &["Albrecht", "Barlow", "Castellan", "Dunmore", "Ekberg", "Fairley", "Grantham", "Hollis", "Ivers", "Jessop", "Kettering", "Lindqvist", "Marlow", "Norwood", "Okafor", "Pettersen", "Quill", "Ravenel", "Strand", "Thackeray", "Ueda", "Varga", "Whitcombe", "Yarrow", "Zeller"];
#[rustfmt::skip]
const TOWNS: &[&str] = &["Alderby", "Brackwater", "Castle Merrow", "Dunhaven", "Eastmoor", "Fennbridge", "Greyport", "Harrowgate Mills", "Inverlow", "Kestrel Bay", "Lindenau", "Marshfield", "Northwick", "Oldenbrück", "Port Salem", "Quarry Hill", "Rosenthal", "Saint Aubin", "Tarnbeck", "Upper Wells", "Vallery", "Westering"];
#[rustfmt::skip]
const COUNTRIES: &[&str] = &["England", "Norway", "Germany", "Portugal", "Canada", "Japan", "Scotland", "Austria", "Chile", "Finland", "France", "Poland"];
#[rustfmt::skip]
const MONTHS: &[&str] = &["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
#[rustfmt::skip]
const WEEKDAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
#[rustfmt::skip]
const USERS: &[&str] = &["mossy_oak", "tinkerer77", "j_barlow", "quietlantern", "northwind", "pebble", "old_hand", "marta_k", "rusty.nail", "sevenoaks", "driftwood", "nullpointer", "halfmoon", "kettle42", "longshot", "brine"];
