//! Small trees in memory, to test with.

use crate::tree::{Crate, Tree};

/// A tree of these files; each folder with a `src/lib.rs` or `src/main.rs` is a crate.
///
/// Its library is called `house_` and the folder, with `_` for `/`.
pub(crate) fn sketched(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree { root: "/".into(), crates: Vec::new(), texts: Default::default() };
    for (path, text) in files {
        tree.texts.insert((*path).to_owned(), (*text).to_owned());
        let folder = path.strip_suffix("/src/lib.rs").or(path.strip_suffix("/src/main.rs"));
        let Some(folder) = folder else { continue };
        let library =
            path.ends_with("lib.rs").then(|| format!("house_{}", folder.replace('/', "_")));
        let roots = vec![(*path).to_owned()];
        tree.crates.push(Crate { folder: folder.to_owned(), library, roots, ..Crate::default() });
    }
    tree
}
