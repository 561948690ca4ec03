//! One ES module: what it imports, exports and declares, and its text without these words.

use std::collections::BTreeMap;
use std::ops::Range;

use anyhow::{Result, bail};

use crate::tokens::{Kind, Token, tokenise};

/// A module, taken apart. Only plain modules are understood; anything else is refused.
#[derive(Debug, PartialEq)]
pub(crate) struct Module {
    /// Imports in the order of the source.
    pub(crate) imports: Vec<Import>,
    /// Exported names with their lines.
    pub(crate) exports: BTreeMap<String, usize>,
    /// All names declared at the top level, with their lines.
    pub(crate) declared: BTreeMap<String, usize>,
    /// The source without its import and export words.
    pub(crate) body: String,
}

/// `import {names} from './file'`.
#[derive(Debug, PartialEq)]
pub(crate) struct Import {
    /// File name beside this module, as `plot.js`.
    pub(crate) file: String,
    pub(crate) names: Vec<String>,
    pub(crate) line: usize,
}

/// Returns the module whose text is `source`; `file` is only named in errors.
///
/// # Errors
/// Whatever cannot be joined into one script safely: default exports, renaming, dynamic imports,
/// `import.meta`, `var`, `eval`, destructuring at the top level; each with file and line.
pub(crate) fn parse(file: &str, source: &str) -> Result<Module> {
    let mut tokens = tokenise(file, source)?;
    tokens.retain(|token| token.kind != Kind::Comment);
    let mut parser = Parser {
        file,
        tokens,
        at: 0,
        cuts: Vec::new(),
        imports: Vec::new(),
        exports: BTreeMap::new(),
        declared: BTreeMap::new(),
    };
    parser.read_all()?;
    let body = without(source, &parser.cuts);
    let Parser { imports, exports, declared, .. } = parser;
    Ok(Module { imports, exports, declared, body })
}

fn without(source: &str, cuts: &[Range<usize>]) -> String {
    let mut body = String::with_capacity(source.len());
    let mut kept_to = 0;
    for cut in cuts {
        body.push_str(&source[kept_to..cut.start]);
        kept_to = cut.end;
    }
    body.push_str(&source[kept_to..]);
    body
}

struct Parser<'source, 'file> {
    file: &'file str,
    tokens: Vec<Token<'source>>,
    at: usize,
    cuts: Vec<Range<usize>>,
    imports: Vec<Import>,
    exports: BTreeMap<String, usize>,
    declared: BTreeMap<String, usize>,
}

impl<'source> Parser<'source, '_> {
    fn peek(&self, ahead: usize) -> Option<Token<'source>> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn peek_is(&self, ahead: usize, text: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.is(text))
    }

    fn read_all(&mut self) -> Result<()> {
        while let Some(token) = self.peek(0) {
            let after_dot = self.at > 0 && self.tokens[self.at - 1].is(".");
            let key = self.peek_is(1, ":") && token.depth > 0;
            if after_dot || key || token.kind != Kind::Word {
                self.at += 1;
            } else {
                self.refuse_unsafe(token)?;
                self.read_word(token)?;
            }
        }
        Ok(())
    }

    /// Refuses what the page's content security policy or joining into one scope would break.
    fn refuse_unsafe(&self, token: Token<'source>) -> Result<()> {
        let line = token.line;
        let called = self.peek_is(1, "(");
        match token.text {
            "import" if called => self.refuse(line, "dynamic import() is not supported"),
            "import" if self.peek_is(1, ".") => {
                self.refuse(line, "import.meta does not exist in a single file")
            }
            "eval" | "Function" if called => {
                self.refuse(line, "the page's policy forbids code made from text")
            }
            "var" => self.refuse(line, "`var` may collide across modules: use `const` or `let`"),
            _ => Ok(()),
        }
    }

    fn read_word(&mut self, token: Token<'source>) -> Result<()> {
        match token.text {
            "import" if token.depth == 0 => self.import(),
            "export" if token.depth == 0 => self.export(),
            _ if self.at_statement() && starts_declaration(token.text) => {
                self.declaration().map(drop)
            }
            _ => {
                self.at += 1;
                Ok(())
            }
        }
    }

    /// Whether a top-level statement may start here, rather than an expression go on.
    fn at_statement(&self) -> bool {
        let Some(before) = self.at.checked_sub(1).map(|at| self.tokens[at]) else { return true };
        let operator = before.kind == Kind::Punct && !matches!(before.text, ";" | "}" | ")" | "]");
        self.tokens[self.at].depth == 0 && !operator && !before.is("async")
    }

    /// `import './a.js'` or `import {a, b} from './a.js'`.
    fn import(&mut self) -> Result<()> {
        let start = self.at;
        let line = self.tokens[start].line;
        self.at += 1;
        let mut names = Vec::new();
        if self.peek_is(0, "{") {
            names = self.name_list("import")?;
            if !self.peek_is(0, "from") {
                return self.refuse(line, "expected `from` after the imported names");
            }
            self.at += 1;
        }
        let Some(source) = self.peek(0).filter(|token| token.kind == Kind::Text) else {
            return self.refuse(line, "only `import {a, b} from './file.js'` is supported");
        };
        self.at += 1;
        let path = &source.text[1..source.text.len() - 1];
        let Some(name) = path.strip_prefix("./").filter(|name| !name.contains('/')) else {
            return self
                .refuse(line, &format!("modules lie side by side: `./file.js`, not `{path}`"));
        };
        self.imports.push(Import { file: name.to_owned(), names, line });
        self.cut_statement(start);
        Ok(())
    }

    fn export(&mut self) -> Result<()> {
        let start = self.at;
        let line = self.tokens[start].line;
        self.at += 1;
        let next = self.peek(0).map_or("", |token| token.text);
        if next == "{" {
            for name in self.name_list("export")? {
                self.exports.insert(name, line);
            }
            if self.peek_is(0, "from") {
                return self.refuse(line, "`export … from` is not supported: import, then use");
            }
            self.cut_statement(start);
        } else if starts_declaration(next) {
            self.cuts.push(self.tokens[start].start..self.tokens[self.at].start);
            for name in self.declaration()? {
                self.exports.insert(name, line);
            }
        } else {
            return self.refuse(
                line,
                &format!(
                    "`export {next}` is not supported: only named functions, classes, constants"
                ),
            );
        }
        Ok(())
    }

    /// Reads `{a, b}`, the parser standing on the brace.
    fn name_list(&mut self, statement: &str) -> Result<Vec<String>> {
        let line = self.tokens[self.at].line;
        let mut names = Vec::new();
        self.at += 1;
        while let Some(token) = self.peek(0) {
            self.at += 1;
            if token.is("}") {
                return Ok(names);
            }
            if self.peek_is(0, "as") {
                return self.refuse(
                    token.line,
                    &format!("renaming with `{statement} … as` is not supported"),
                );
            }
            let separated = self.peek_is(0, ",") || self.peek_is(0, "}");
            if token.kind != Kind::Word || !separated {
                return self.refuse(token.line, &format!("`{}` is no plain name", token.text));
            }
            names.push(token.text.to_owned());
            if self.peek_is(0, ",") {
                self.at += 1;
            }
        }
        self.refuse(line, &format!("the list of the {statement} is never closed"))
    }

    /// Reads the names of a declaration, the parser standing on its first word. What follows
    /// the names is left to `read_all`.
    fn declaration(&mut self) -> Result<Vec<String>> {
        let mut word = self.tokens[self.at];
        if word.text == "async" {
            if !self.peek_is(1, "function") {
                self.at += 1;
                return Ok(Vec::new());
            }
            self.at += 1;
            word = self.tokens[self.at];
        }
        self.at += 1;
        if self.peek_is(0, "*") {
            self.at += 1;
        }
        let mut names = vec![self.declare(word)?];
        if matches!(word.text, "const" | "let") {
            names.extend(self.more_declarators(word)?);
        }
        Ok(names)
    }

    fn declare(&mut self, word: Token<'source>) -> Result<String> {
        let name = self.peek(0).filter(|token| token.kind == Kind::Word);
        let Some(name) = name else {
            let what = format!("`{}` at the top level needs a plain name", word.text);
            return self.refuse(word.line, &what);
        };
        self.at += 1;
        if let Some(line) = self.declared.insert(name.text.to_owned(), name.line) {
            let what = format!("`{}` is already declared in line {line}", name.text);
            return self.refuse(name.line, &what);
        }
        Ok(name.text.to_owned())
    }

    /// Names after a comma of the same `const` or `let`. The initialisers are only looked at, not
    /// consumed, so that `read_all` still checks them.
    fn more_declarators(&mut self, word: Token<'source>) -> Result<Vec<String>> {
        let resume = self.at;
        let mut names = Vec::new();
        while let Some(token) = self.peek(0) {
            let next_statement = is_statement(token.text) && self.at_statement();
            if token.depth == 0 && (token.is(";") || next_statement) {
                break;
            }
            self.at += 1;
            if token.depth == 0 && token.is(",") {
                names.push(self.declare(word)?);
            }
        }
        self.at = resume;
        Ok(names)
    }

    /// Drops the tokens from `start` to here, with a semicolon if one follows.
    fn cut_statement(&mut self, start: usize) {
        if self.peek_is(0, ";") {
            self.at += 1;
        }
        self.cuts.push(self.tokens[start].start..self.tokens[self.at - 1].end());
    }

    fn refuse<T>(&self, line: usize, what: &str) -> Result<T> {
        bail!("{}:{line}: {what}", self.file)
    }
}

fn starts_declaration(word: &str) -> bool {
    matches!(word, "const" | "let" | "function" | "class" | "async")
}

/// Words that start a new statement where a semicolon was left out.
fn is_statement(word: &str) -> bool {
    starts_declaration(word)
        || matches!(word, "import" | "export" | "if" | "for" | "while" | "do" | "switch" | "try")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(source: &str) -> String {
        parse("a.js", source).unwrap_err().to_string()
    }

    fn keys(names: &BTreeMap<String, usize>) -> Vec<&str> {
        names.keys().map(String::as_str).collect()
    }

    #[test]
    fn takes_imports_and_exports_out_of_the_text() {
        let source = "import {a,\n b,} from './b.js';\nimport \"./c.js\"\n\
                      export const x = a, y = [b, 1];\nexport async function* f() {}\n\
                      class Inner { f() { return x.import(); } }\nexport {Inner};\n";
        let module = parse("a.js", source).unwrap();
        assert_eq!(
            module.imports,
            [
                Import { file: "b.js".into(), names: vec!["a".into(), "b".into()], line: 1 },
                Import { file: "c.js".into(), names: vec![], line: 3 },
            ]
        );
        assert_eq!(keys(&module.exports), ["Inner", "f", "x", "y"]);
        assert_eq!(keys(&module.declared), ["Inner", "f", "x", "y"]);
        assert_eq!(
            module.body,
            "\n\nconst x = a, y = [b, 1];\nasync function* f() {}\n\
             class Inner { f() { return x.import(); } }\n\n"
        );
    }

    #[test]
    fn names_inside_blocks_text_and_comments_are_not_top_level() {
        let source = "function f() { const inner = 1; let g; }\n// const c = 1\n`const d = 1`;\n\
                      const list = [1, 2], sum = list.reduce((a, b) => a + b, 0)\nlet last;\n\
                      const g = async function named() {}, h = class {}, i = async () => 1;";
        let module = parse("a.js", source).unwrap();
        assert_eq!(keys(&module.declared), ["f", "g", "h", "i", "last", "list", "sum"]);
    }

    #[test]
    fn words_used_as_property_names_are_left_alone() {
        let module = parse("a.js", "x.import(1); y = {export: 1, var: 2}; z.eval();").unwrap();
        assert_eq!(module.body, "x.import(1); y = {export: 1, var: 2}; z.eval();");
    }

    #[test]
    fn refuses_what_it_does_not_understand_with_file_and_line() {
        for (source, message) in [
            (
                "\nexport default 1;",
                "a.js:2: `export default` is not supported: only named functions, classes, constants",
            ),
            (
                "import x from './b.js'",
                "a.js:1: only `import {a, b} from './file.js'` is supported",
            ),
            (
                "import * as x from './b.js'",
                "a.js:1: only `import {a, b} from './file.js'` is supported",
            ),
            (
                "import {a as b} from './b.js'",
                "a.js:1: renaming with `import … as` is not supported",
            ),
            ("import {a} from 'b'", "a.js:1: modules lie side by side: `./file.js`, not `b`"),
            ("function f() { import('./b.js'); }", "a.js:1: dynamic import() is not supported"),
            ("x = import.meta.url", "a.js:1: import.meta does not exist in a single file"),
            (
                "export {a} from './b.js'",
                "a.js:1: `export … from` is not supported: import, then use",
            ),
            ("const {a} = b", "a.js:1: `const` at the top level needs a plain name"),
            ("{ var a = 1 }", "a.js:1: `var` may collide across modules: use `const` or `let`"),
            ("x = eval('1')", "a.js:1: the page's policy forbids code made from text"),
            ("const a = 1;\nfunction a() {}", "a.js:2: `a` is already declared in line 1"),
        ] {
            assert_eq!(refusal(source), message);
        }
    }
}
