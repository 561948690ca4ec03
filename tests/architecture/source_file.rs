//! One file, read: what its modules define, bring in and mention, code of tests left out.

use syn::buffer::TokenBuffer;
use syn::ext::IdentExt as _;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, ExprMethodCall, ImplItem, Item, ItemImpl, ItemMod, ItemUse, Macro,
    Meta, Stmt, TraitItem, Type, Visibility,
};

use crate::module::{Import, Member, Mention, Module, ModuleId};
use crate::named_path::NamedPath;
use crate::path_attribute;
use crate::test_only::{self, is_test_only};
use crate::use_tree::{self, Leaf};

/// A `mod name;`, whose file is still to be found.
pub(crate) struct Declared {
    pub(crate) module: ModuleId,
    /// The modules in braces around it, outermost first, and its own name.
    pub(crate) names: Vec<String>,
    /// Files named by `#[path = …]`; several where features choose.
    pub(crate) paths: Vec<String>,
}

/// Reads `syntax` into `modules`, at `here`, and returns the modules it declares.
pub(crate) fn read(
    file: &str,
    syntax: &syn::File,
    here: ModuleId,
    modules: &mut Vec<Module>,
) -> Vec<Declared> {
    let mut reader = Reader {
        file,
        here,
        modules,
        inline: Vec::new(),
        bodies: 0,
        self_type: None,
        declared: Vec::new(),
    };
    if !is_test_only(&syntax.attrs) {
        reader.visit_file(syntax);
    }
    reader.declared
}

/// Whether a file defines nothing, and only names its modules and hands their items on.
pub(crate) fn is_face(items: &[Item]) -> bool {
    items.iter().filter(|item| !is_test_only(test_only::of_item(item))).all(|item| match item {
        Item::Use(_) | Item::ExternCrate(_) => true,
        Item::Mod(module) => module.content.as_ref().is_none_or(|(_, items)| is_face(items)),
        _ => false,
    })
}

struct Reader<'a> {
    file: &'a str,
    here: ModuleId,
    modules: &'a mut Vec<Module>,
    inline: Vec<String>,
    /// How many blocks of code are open: what is defined in one is nobody else's.
    bodies: usize,
    /// The type of the `impl` around.
    self_type: Option<NamedPath>,
    declared: Vec<Declared>,
}

impl Reader<'_> {
    fn define(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => &item.ident,
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::TraitAlias(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) => match &item.ident {
                Some(ident) => ident,
                None => return,
            },
            _ => return,
        };
        let items = &mut self.modules[self.here].items;
        items.entry(name.unraw().to_string()).or_default().insert(self.file.to_owned());
    }

    fn mention(&mut self, mut path: NamedPath) {
        if path.segments[0] == "Self" {
            let Some(own) = &self.self_type else { return };
            let rest = path.segments.split_off(1);
            path = NamedPath {
                of_crate: own.of_crate,
                segments: own.segments.iter().cloned().chain(rest).collect(),
            };
        }
        self.modules[self.here].mentions.push(Mention { file: self.file.to_owned(), path });
    }

    fn mention_all(&mut self, tokens: &TokenBuffer, texts_too: bool) {
        for path in NamedPath::all_in(tokens, texts_too) {
            self.mention(path);
        }
    }

    fn keep_members(&mut self, item: &ItemImpl, of: &NamedPath) {
        for member in &item.items {
            let name = match member {
                ImplItem::Fn(member) => &member.sig.ident,
                ImplItem::Const(member) => &member.ident,
                _ => continue,
            };
            let (file, name) = (self.file.to_owned(), name.unraw().to_string());
            self.modules[self.here].members.push(Member { file, of: of.clone(), name });
        }
    }

    fn enter(&mut self, item: &ItemMod, items: &[Item]) {
        let name = item.ident.unraw().to_string();
        let (outside, root) = (self.here, self.modules[self.here].root);
        self.here = self.modules.len();
        self.modules.push(Module {
            root,
            parent: Some(outside),
            files: [self.file.to_owned()].into(),
            ..Module::default()
        });
        self.modules[outside].children.insert(name.clone(), self.here);
        self.inline.push(name);
        items.iter().for_each(|item| self.visit_item(item));
        self.inline.pop();
        self.here = outside;
    }
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        if is_test_only(test_only::of_item(item)) {
            return;
        }
        if self.bodies == 0 {
            self.define(item);
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &ImplItem) {
        if !is_test_only(test_only::of_impl_item(item)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &TraitItem) {
        if !is_test_only(test_only::of_trait_item(item)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_stmt(&mut self, statement: &Stmt) {
        if !is_test_only(test_only::of_statement(statement)) {
            visit::visit_stmt(self, statement);
        }
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        if let Some((_, items)) = &item.content {
            return self.enter(item, items);
        }
        let mut names = self.inline.clone();
        names.push(item.ident.unraw().to_string());
        let paths = item.attrs.iter().filter_map(path_attribute::file_of).collect();
        self.declared.push(Declared { module: self.here, names, paths });
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        let is_handed_on = !matches!(item.vis, Visibility::Inherited);
        for Leaf { path, name } in use_tree::leaves(item) {
            let file = self.file.to_owned();
            self.modules[self.here].imports.push(Import { file, path, name, is_handed_on });
        }
    }

    fn visit_item_impl(&mut self, item: &ItemImpl) {
        let outside = self.self_type.take();
        if let Type::Path(path) = &*item.self_ty {
            let of = NamedPath::of(&path.path);
            if item.trait_.is_none() {
                self.keep_members(item, &of);
            }
            self.self_type = Some(of);
        }
        visit::visit_item_impl(self, item);
        self.self_type = outside;
    }

    fn visit_block(&mut self, block: &Block) {
        self.bodies += 1;
        visit::visit_block(self, block);
        self.bodies -= 1;
    }

    fn visit_path(&mut self, path: &syn::Path) {
        self.mention(NamedPath::of(path));
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &ExprMethodCall) {
        if matches!(&*call.receiver, Expr::Path(receiver) if receiver.path.is_ident("self")) {
            let segments = vec!["Self".to_owned(), call.method.unraw().to_string()];
            self.mention(NamedPath { of_crate: false, segments });
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &Macro) {
        self.mention(NamedPath::of(&call.path));
        self.mention_all(&TokenBuffer::new2(call.tokens.clone()), false);
    }

    fn visit_attribute(&mut self, attribute: &Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.mention_all(&TokenBuffer::new2(list.tokens.clone()), true);
        }
    }
}
