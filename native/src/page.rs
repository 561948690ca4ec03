//! The page that this program carries, if it was built with it.

/// How to get a report that computes.
pub const HOW_TO_GET_IT: &str = "this build carries no page, so the report shows tables and plots \
    but computes nothing; `make page` followed by a new build adds it";

/// The page's HTML, or none where this program was built without it.
pub fn html() -> Option<&'static str> {
    let page = include_str!(concat!(env!("OUT_DIR"), "/page.html"));
    (!page.is_empty()).then_some(page)
}
