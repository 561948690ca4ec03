//! Paths as a browser or a terminal names them.

/// The folder that a file lies in; empty where the path names none.
pub(super) fn folder_of(path: &str) -> &str {
    path.rfind(['/', '\\']).map_or("", |end| &path[..end])
}

/// The last two components of a path: enough to name a run, and no more of somebody's disk.
pub(super) fn short_path(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    parts[parts.len().saturating_sub(2)..].join("/")
}
