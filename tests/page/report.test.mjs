// Share one file: it reads without JavaScript, restores the view with it, and carries hostile names safely.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { LIMIT, andResults, choose, downloaded, drop, golden, marked, metric, open, setUp, trySample } from './harness.mjs';

const world = setUp();

async function saved(page, name) {
  const { bytes } = await downloaded(page, '#export-report');
  const file = join(world.folder, name);
  writeFileSync(file, bytes);
  return { address: pathToFileURL(file).href, html: bytes.toString() };
}

test('a saved report shows the same numbers with JavaScript and without', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => drop(page, [join(golden, 'case-11-03')]));
  await andResults(page, () => page.fill('#tolerance', '3'));
  await andResults(page, () => page.selectOption('#baseline', 'ls7'));
  await page.click('[data-focus-key="sort-l1_distance"]');
  await page.click('#toggle-theme');
  const exported = (await downloaded(page, '#export-json')).bytes;
  const report = await saved(page, 'report.html');
  await page.context().close();

  const plain = await open(world, { address: report.address, ready: false, javaScriptEnabled: false });
  const text = await plain.innerText('#static');
  assert.match(text, /Amber/);
  for (const run of ['ls6', 'ls7', 'mink6']) assert.ok(text.includes(run), run);
  assert.equal(await plain.locator('#static svg').count(), 2);
  assert.ok(await plain.locator('#static svg').first().isVisible());
  assert.ok(!await plain.locator('#intro').isVisible());
  assert.ok(await plain.locator('noscript').first().isVisible());
  assert.deepEqual(plain.problems.filter((problem) => !/JavaScript|script/i.test(problem)), []);
  await plain.context().close();

  const again = await open(world, { address: report.address });
  await marked(again, 'result-shown');
  assert.equal(await again.inputValue('#tolerance'), '3');
  assert.equal(await again.inputValue('#baseline'), 'ls7');
  assert.equal(await again.getAttribute('th:has([data-focus-key="sort-l1_distance"])', 'aria-sort'), 'descending');
  assert.equal(await again.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal((await downloaded(again, '#export-json')).bytes.toString(), exported.toString());
  assert.deepEqual(again.requested.filter((url) => !/^(blob|data):/.test(url)), [report.address]);
  assert.deepEqual(again.problems, []);
  await again.context().close();
});

test('a report saved from a report is that report', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  const first = await saved(page, 'first.html');
  await page.context().close();
  const again = await open(world, { address: first.address });
  await marked(again, 'result-shown');
  const second = await saved(again, 'second.html');
  assert.ok(second.html === first.html, 'the two files differ');
  await andResults(again, () => again.click('#clear-files'));
  assert.ok(await again.isVisible('#welcome'));
  await again.context().close();
});

const HOSTILE = ['<img src=x onerror=alert(1)>', '</script><script>alert(2)</script>', '=HYPERLINK("http://example.invalid","x")', '--><svg onload=alert(3)>', '\u202egnp.exe', "'\"`{{csp}}<!-- script -->$&"];

test('names are text everywhere: on the page, in the report, in the CSV, in the plots', LIMIT, async () => {
  const page = await open(world);
  const folder = join(world.folder, 'hostile');
  mkdirSync(folder);
  const shares = HOSTILE.map(() => 1 / HOSTILE.length);
  const quoted = HOSTILE.map((name) => JSON.stringify(name));
  writeFileSync(join(folder, 'spec.yaml'), ['schema: category-mixture-v1', `name: ${quoted[0]}`, `notes: ${quoted[1]}`, 'categories:', ...quoted.map((name) => `  - ${name}`), 'category_weights:', ...quoted.map((name) => `  ${name}: 1`)].join('\n'));
  writeFileSync(join(folder, '<img src=x onerror=alert(4)>.json'), JSON.stringify({ categories: HOSTILE, priors: { mean: shares }, diagnostics: [{ code: 'x', severity: 'warning', message: HOSTILE[1] }] }));
  writeFileSync(join(folder, '<b onclick=alert(5)>.json'), '{');
  // Chosen, not dropped in their folder: browsers leave files of such names out of a folder's listing.
  await andResults(page, () => choose(page, readdirSync(folder).map((name) => join(folder, name))));
  const listed = await page.$$eval('#problem-list li', (lines) => lines.map((line) => line.innerText));
  assert.deepEqual(listed.map((text) => text.split('\n')[0]), ['<b onclick=alert(5)>.json'], listed.join('\n'));
  assert.equal(await page.textContent('#finding-heading'), HOSTILE[0]);
  assert.equal(await page.locator('#app img, #app script, #app b, #app svg[onload]').count(), 0);

  const csv = (await downloaded(page, '#export-csv')).bytes.toString();
  assert.ok(csv.includes(`"'=HYPERLINK(""http://example.invalid"",""x"")"`), csv);
  await page.uncheck('#csv-neutral');
  assert.ok((await downloaded(page, '#export-csv')).bytes.toString().includes(',"=HYPERLINK('));
  const svg = (await downloaded(page, 'figure [data-format="svg"]')).bytes.toString();
  assert.doesNotMatch(svg, /<img|<script/);

  const report = await saved(page, 'hostile.html');
  assert.deepEqual(page.problems, []);
  await page.context().close();
  for (const javaScriptEnabled of [true, false]) {
    const opened = await open(world, { address: report.address, ready: javaScriptEnabled, javaScriptEnabled });
    if (javaScriptEnabled) await marked(opened, 'result-shown');
    assert.equal(await opened.locator('main img, main script, main b, main svg[onload]').count(), 0);
    assert.deepEqual(opened.problems.filter((problem) => /dialog|Content Security|Error/.test(problem) && javaScriptEnabled), []);
    await opened.context().close();
  }
});

test('hostile files end in words, quickly', LIMIT, async () => {
  const page = await open(world);
  const folder = join(world.folder, 'bombs');
  mkdirSync(folder);
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)];
  writeFileSync(join(folder, 'bomb.yaml'), `schema: category-mixture-v1\n${bomb.join('\n')}\n`);
  writeFileSync(join(folder, 'deep.json'), `{"categories": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`);
  writeFileSync(join(folder, 'deep.yaml'), `schema: category-mixture-v1\nname: ${'['.repeat(10_000)}\n`);
  await trySample(page);
  const start = Date.now();
  await andResults(page, () => drop(page, [folder]));
  const took = Date.now() - start;
  assert.ok(took < 3000, `${took} ms`);
  assert.equal(await page.$$eval('#problem-list li', (lines) => lines.length), 3);
  assert.ok(!await page.isVisible('#failure'));
  assert.equal(await metric(page, 'counted', 'l1_distance') > 0, true);
  await page.context().close();
});
