// Rules of the page's source that no browser checks.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './harness.mjs';

const folder = join(root, 'www/js');
const sources = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

test('nothing in the page parses markup or code from text', () => {
  assert.ok(sources.length > 20);
  const forbidden = /\b(?:innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|eval|new Function)\b/;
  for (const [name, text] of sources) {
    const found = text.split('\n').findIndex((line) => forbidden.test(line));
    assert.equal(found, -1, `${name}:${found + 1}`);
  }
});

test('every element that a module asks for by id is in the page', () => {
  const html = readFileSync(join(root, 'www/index.html'), 'utf8');
  const promised = new Set([...html.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]).concat(['data', 'wasm', 'worker-source']));
  for (const [name, text] of sources) {
    for (const [, id] of text.matchAll(/byId\('([^']+)'\)/g)) assert.ok(promised.has(id), `${name}: \`${id}\``);
  }
});

test('functions are short and files hold one thing', () => {
  for (const [name, text] of sources) {
    const lines = text.split('\n');
    assert.ok(lines.length <= 400, `${name} has ${lines.length} lines`);
    let start = -1;
    for (const [index, line] of lines.entries()) {
      if (/^(?:export )?(?:async )?function /.test(line) || /^ {2}(?:async )?[a-zA-Z]+\(.*\) \{$/.test(line)) start = index;
      if (start >= 0 && /^(?: {2})?\}$/.test(line)) {
        assert.ok(index - start < 40, `${name}:${start + 1} has ${index - start + 1} lines`);
        start = -1;
      }
    }
  }
});
