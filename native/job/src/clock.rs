//! The time of day, as files record it.

/// The time now, to the second, as RFC 3339 has it.
pub fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}
