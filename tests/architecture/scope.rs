//! What a path means where it stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::module::ModuleId;
use crate::modules::Modules;
use crate::named_path::NamedPath;

/// Modules with the names that can be looked up in them.
pub(crate) struct Scope<'a> {
    modules: &'a Modules,
    /// Files by a type (its name and the file that defines it) and a function of it.
    members: BTreeMap<(String, String, String), BTreeSet<String>>,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Module(ModuleId),
    Item { name: String, files: BTreeSet<String> },
}

/// Names that are being looked up, so that imports in a ring come to an end.
type Trail = Vec<(ModuleId, String, bool)>;

impl<'a> Scope<'a> {
    pub(crate) fn of(modules: &'a Modules) -> Scope<'a> {
        let mut scope = Scope { modules, members: BTreeMap::new() };
        for (id, module) in modules.all.iter().enumerate() {
            for member in &module.members {
                let Some(Place::Item { name, files }) = scope.find(id, &member.of) else {
                    continue;
                };
                for file in files {
                    let key = (name.clone(), file, member.name.clone());
                    scope.members.entry(key).or_default().insert(member.file.clone());
                }
            }
        }
        scope
    }

    /// The module or item that a path means in a module; none outside the workspace.
    pub(crate) fn find(&self, from: ModuleId, path: &NamedPath) -> Option<Place> {
        Some(self.walk(from, path, false, &mut Trail::new())?.0)
    }

    /// The files that define the function behind a type, if it is one of its own.
    pub(crate) fn find_member(
        &self,
        from: ModuleId,
        path: &NamedPath,
    ) -> Option<&BTreeSet<String>> {
        let (place, used) = self.walk(from, path, false, &mut Trail::new())?;
        let Place::Item { name, files } = place else { return None };
        let member = path.segments.get(used)?;
        files.into_iter().find_map(|file| self.members.get(&(name.clone(), file, member.clone())))
    }

    /// Goes along a path to its end or to the first item, and counts the segments it took.
    ///
    /// `leads_on` says whether more is looked up in what the path means.
    fn walk(
        &self,
        from: ModuleId,
        path: &NamedPath,
        leads_on: bool,
        trail: &mut Trail,
    ) -> Option<(Place, usize)> {
        let modules = &self.modules.all;
        let n = path.segments.len();
        let first = path.segments.first()?;
        let mut place = match first.as_str() {
            _ if path.of_crate => Place::Module(*self.modules.libraries.get(first)?),
            "crate" => Place::Module(modules[from].root),
            "self" => Place::Module(from),
            "super" => Place::Module(modules[from].parent?),
            _ => match self.member(from, first, leads_on || n > 1, trail) {
                Some(place) => place,
                None => Place::Module(*self.modules.libraries.get(first)?),
            },
        };
        for (at, segment) in path.segments.iter().enumerate().skip(1) {
            let Place::Module(module) = place else { return Some((place, at)) };
            if segment == "super" {
                place = Place::Module(modules[module].parent?);
                continue;
            }
            let found = self.member(module, segment, leads_on || at + 1 < n, trail);
            // What is not found was made by a macro, or is handed on from outside the workspace.
            place = found.unwrap_or_else(|| item(segment, &modules[module].files));
        }
        Some((place, n))
    }

    /// What a name means in a module. A module and an item may share one: `leads_on` says which is meant.
    fn member(&self, id: ModuleId, name: &str, leads_on: bool, trail: &mut Trail) -> Option<Place> {
        let looked_up = (id, name.to_owned(), leads_on);
        if trail.contains(&looked_up) {
            return None;
        }
        trail.push(looked_up);
        let module = &self.modules.all[id];
        let mut places: Vec<Place> = Vec::new();
        places.extend(module.items.get(name).map(|files| item(name, files)));
        places.extend(module.children.get(name).map(|child| Place::Module(*child)));
        for import in module.imports.iter().filter(|one| one.name.as_deref() == Some(name)) {
            places.extend(self.walk(id, &import.path, leads_on, trail).map(|(place, _)| place));
        }
        for import in module.imports.iter().filter(|one| one.name.is_none()) {
            if let Some((Place::Module(opened), _)) = self.walk(id, &import.path, true, trail) {
                places.extend(self.member(opened, name, leads_on, trail));
            }
        }
        trail.pop();
        let is_meant = |place: &&Place| matches!(place, Place::Module(_)) == leads_on;
        places.iter().find(is_meant).or(places.first()).cloned()
    }
}

fn item(name: &str, files: &BTreeSet<String>) -> Place {
    Place::Item { name: name.to_owned(), files: files.clone() }
}
