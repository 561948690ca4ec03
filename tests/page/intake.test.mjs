// Files in: dropped, chosen, pasted; many at once, in any order, good beside bad.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, choose, drop, golden, marked, open, rows, setUp, trySample } from './harness.mjs';

const world = setUp();

/** A folder of two runs, two specs and a folder, as somebody may have lying about. */
function litter(name) {
  const folder = join(world.folder, name);
  mkdirSync(join(folder, 'nested'), { recursive: true });
  cpSync(join(golden, 'case-11-03/spec.yaml'), join(folder, 'amber.yaml'));
  cpSync(join(golden, 'case-11-04/spec.yaml'), join(folder, 'starcoder.yml'));
  cpSync(join(golden, 'case-11-03/ls6'), join(folder, 'nested/deeper/ls6'), { recursive: true });
  cpSync(join(golden, 'case-11-03/mink6/summary.json'), join(folder, 'mink6.json'));
  writeFileSync(join(folder, 'junk.json'), '{"categories": ["a", "b"], "priors": {"point": [0.5');
  return { folder, paths: ['starcoder.yml', 'mink6.json', 'junk.json', 'amber.yaml', 'nested'].map((file) => join(folder, file)) };
}

const runNames = (page) => page.$$eval('tr[data-run]', (lines) => lines.map((line) => line.dataset.run).sort());
const problems = (page) => page.$$eval('#problem-list li', (lines) => lines.map((line) => line.innerText));

for (const place of ['file', 'http']) {
  test(`one drop of files, a nested folder and junk on ${place}`, LIMIT, async () => {
    const page = await open(world, { address: world.addresses[place] });
    const before = page.url();
    await andResults(page, () => drop(page, litter(place).paths));
    assert.deepEqual(await runNames(page), ['ls6', 'mink6']);
    const opened = await page.$$eval('#spec optgroup[label="Opened"] option', (options) => options.map((option) => option.value).sort());
    assert.deepEqual(opened, ['amber', 'starcoder']);
    assert.equal(await page.inputValue('#spec'), 'amber', 'the spec that fits the runs is chosen');
    const [problem, ...others] = await problems(page);
    assert.deepEqual(others, []);
    assert.match(problem, /junk\.json/);
    assert.match(problem, /1:\d+/, 'the place is named');
    assert.equal(page.url().split('#')[0], before);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test('a folder is chosen, with its paths', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => page.setInputFiles('#folder-input', join(golden, 'case-11-03')));
  assert.deepEqual(await runNames(page), ['ls6', 'ls7', 'mink6']);
  await page.context().close();
});

test('text is pasted, by key and by the dialog', LIMIT, async () => {
  const page = await open(world);
  const summary = '{"categories": ["Web", "GitHub"], "priors": {"point": [0.75, 0.25], "mean": [0.75, 0.25]}}';
  const spec = 'schema: category-mixture-v1\nname: Pasted\ncategories: [Web, GitHub]\ncategory_weights: {Web: 1, GitHub: 1}\n';
  await andResults(page, () => page.evaluate((text) => {
    const transfer = new DataTransfer();
    transfer.setData('text/plain', text);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }));
  }, spec));
  await page.click('#add-text');
  await page.fill('#pasted-text', summary);
  await andResults(page, () => page.click('#paste-dialog button[value="add"]'));
  assert.equal(await page.textContent('#finding-heading'), 'Pasted');
  assert.deepEqual(await rows(page, '#categories-0').then((lines) => lines.map(([name]) => name)), ['Web', 'GitHub']);
  await page.context().close();
});

test('bad files are named with the reason and the next step, and hide no good one', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  const folder = join(world.folder, 'bad');
  mkdirSync(folder);
  const bad = {
    'empty.json': '',
    'nan.json': '{"categories": ["a", "b"], "priors": {"point": [NaN, 1], "mean": [NaN, 1]}}',
    'negative.json': '{"categories": ["a", "b"], "priors": {"mean": [-0.5, 1.5]}}',
    'sum.json': '{"categories": ["a", "b"], "priors": {"mean": [0.5, 0.1]}}',
    'count.json': '{"categories": ["a", "b", "c"], "priors": {"mean": [0.5, 0.5]}}',
    'newer.json': '{"schema_version": 99, "categories": ["a"], "priors": {"point": [1]}}',
    'tab.yaml': 'schema: category-mixture-v1\nname: x\ncategories:\n\t- a\ncategory_weights:\n\ta: 1\n',
    'twice.yaml': 'schema: category-mixture-v1\nname: x\ncategories: [a, a]\ncategory_weights: {a: 1}\n',
    'utf16.json': Buffer.from('\ufeff{"categories": []}', 'utf16le'),
    'picture.json': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  };
  for (const [name, content] of Object.entries(bad)) writeFileSync(join(folder, name), content);
  await andResults(page, () => choose(page, Object.keys(bad).map((name) => join(folder, name))));
  const listed = await problems(page);
  assert.equal(listed.length, Object.keys(bad).length);
  for (const [index, name] of Object.keys(bad).entries()) {
    assert.ok(listed[index].startsWith(name), listed[index]);
    assert.ok(listed[index].includes('→'), `no next step: ${listed[index]}`);
  }
  assert.deepEqual(await runNames(page), ['corrected', 'counted']);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a file of 600 MB is refused in words before it is read', LIMIT, async () => {
  const page = await open(world);
  const file = join(world.folder, 'huge.json');
  writeFileSync(file, '');
  truncateSync(file, 600_000_000);
  await andResults(page, () => drop(page, [file, join(golden, 'case-11-03/ls6')]));
  const [problem] = await problems(page);
  assert.match(problem, /^huge\.json\nthis file is 600 MB; the page reads files up to 268 MB\n→ run `data-anatomy evaluate/);
  assert.deepEqual(await page.$$eval('#estimates-tables h3', (heads) => heads.map((head) => head.firstChild.textContent)), ['ls6']);
  await page.context().close();
});

test('reading can be cancelled, and what was read stays', LIMIT, async () => {
  const page = await open(world);
  const folder = join(world.folder, 'many');
  mkdirSync(folder);
  const summary = JSON.stringify({ categories: ['Web', 'GitHub'], priors: { mean: [0.5, 0.5] }, padding: 'x'.repeat(4_000_000) });
  for (let index = 0; index < 40; index += 1) writeFileSync(join(folder, `run-${String(index).padStart(2, '0')}.json`), summary);
  await andResults(page, async () => {
    await drop(page, [folder]);
    await page.waitForFunction(() => /Reading [3-9] of 40/.test(document.getElementById('progress-text').textContent));
    await page.click('#cancel-loading');
  });
  const count = await page.$$eval('#files tbody tr', (lines) => lines.length);
  assert.ok(count >= 2 && count < 40, `${count} files were read`);
  assert.match(await page.textContent('#status'), /^Cancelled\. Opened \d+ runs/);
  await page.context().close();
});

test('many megabytes do not stop the page from reacting', LIMIT, async () => {
  const page = await open(world);
  const folder = join(world.folder, 'large');
  mkdirSync(folder);
  const summary = JSON.stringify({ categories: ['Web', 'GitHub'], priors: { mean: [0.5, 0.5] }, padding: 'x'.repeat(20_000_000) });
  for (let index = 0; index < 10; index += 1) writeFileSync(join(folder, `run-${index}.json`), summary);
  await page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration); }).observe({ type: 'longtask' });
  });
  await andResults(page, () => drop(page, [folder]));
  assert.equal(await page.$$eval('#files tbody tr', (lines) => lines.length), 10);
  const longest = await page.evaluate(() => window.longest);
  console.log(`longest task of the main thread while 10 files of 20 MB were read: ${Math.round(longest)} ms`);
  assert.ok(longest <= 400, `${longest} ms; 200 ms is the aim, twice that the limit`);
  await page.context().close();
});

test('files are removed one by one and all at once, and the focus stays on the page', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  await andResults(page, () => page.click('button[aria-label="Remove counted/summary.json"]'));
  assert.deepEqual(await runNames(page), ['corrected']);
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'BODY');
  await andResults(page, () => page.click('#clear-files'));
  assert.ok(await page.isVisible('#welcome'));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'pick-files');
  await page.context().close();
});

test('files given before the page is ready are opened when it is', LIMIT, async () => {
  const page = await open(world, { ready: false });
  await page.setInputFiles('#folder-input', join(golden, 'case-11-03'));
  await marked(page, 'result-shown');
  assert.deepEqual(await runNames(page), ['ls6', 'ls7', 'mink6']);
  await page.context().close();
});
