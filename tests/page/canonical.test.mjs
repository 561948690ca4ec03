// The page's file is spelled as a browser spells it, so that a page can save a copy of itself:
// `'<!doctype html>' + document.documentElement.outerHTML` at load is the file, byte for byte.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const pageFile = fileURLToPath(new URL('../../www/dist/data-anatomy.html', import.meta.url));
const chromiumFile = process.env.CHROMIUM ?? '/usr/bin/chromium';
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let browser;
let folder;

before(async () => {
  assert.ok(existsSync(pageFile), `${pageFile} is missing: run \`make page\``);
  browser = await chromium.launch({ executablePath: chromiumFile, args: flags });
  folder = mkdtempSync(join(tmpdir(), 'canonical-'));
});

after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** Returns the page with a policy that no longer admits its own script, which so stays asleep. */
function asleep(html) {
  const hash = /script-src 'sha256-[^']+'/;
  assert.match(html, hash);
  return html.replace(hash, `script-src 'sha256-${'A'.repeat(43)}='`);
}

/** Returns `html` as the browser writes it after parsing it from a file. */
async function respelled(html) {
  const file = join(folder, 'page.html');
  writeFileSync(file, html);
  const page = await browser.newPage();
  await page.goto(pathToFileURL(file).href);
  const spelling = await page.evaluate(() => `<!doctype html>${document.documentElement.outerHTML}`);
  await page.close();
  return spelling;
}

/** Tells where two texts differ first, and what stands there. */
function firstDifference(actual, expected) {
  let at = 0;
  while (at < expected.length && actual[at] === expected[at]) at += 1;
  const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 40), at + 60));
  return `character ${at}: the browser writes ${around(actual)}, the file has ${around(expected)}`;
}

test('the file is what the browser writes at load', { timeout: 60_000 }, async () => {
  const expected = asleep(readFileSync(pageFile, 'utf8'));
  const actual = await respelled(expected);
  assert.ok(actual === expected, firstDifference(actual, expected));
});

test('a file spelled by hand is told apart', { timeout: 60_000 }, async () => {
  const page = asleep(readFileSync(pageFile, 'utf8'));
  const byHand = page.replace('<body>', '<body><table><tr></tr></table>');
  assert.notEqual(await respelled(byHand), byHand);
});

test('the script is the last element, so that it sees the whole page', () => {
  assert.match(readFileSync(pageFile, 'utf8'), /\}\)\(\);\n<\/script><\/body><\/html>$/);
});
