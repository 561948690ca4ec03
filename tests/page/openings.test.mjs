// Runs of openings on the page: the program's bytes, reasons where there is no answer, tokens as text.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, andStudy, choose, downloaded, drop, marked, open, openings, rows, setUp } from './harness.mjs';

const world = setUp();

const fixture = (name) => readFileSync(join(openings, name), 'utf8');
const evidence = (name = 'known') => join(openings, name, 'openings.jsonl');
const openRun = (page, name) => andResults(page, () => drop(page, [join(openings, name)]));
const savedText = async (page, selector) => (await downloaded(page, selector)).bytes.toString();

/** Types into a field and leaves it. */
async function put(page, selector, text) {
  await andStudy(page, async () => { await page.fill(selector, text); await page.press(selector, 'Tab'); });
}

test('a run of openings is estimated again, byte for byte what the program writes', LIMIT, async () => {
  const page = await open(world);
  await openRun(page, 'known');
  const kinds = await rows(page, '#files').then((lines) => lines.map(([path, kind]) => [path, kind]));
  assert.deepEqual(kinds, [['known/openings.jsonl', 'Openings'], ['known/summary.json', 'Run']]);
  assert.match(await page.innerText('#study-facts'), /after 800 lead-ins, beside 8000 reference documents in 4 categories/);
  assert.ok(!await page.isVisible('#study-estimator') && !await page.isVisible('#inspection-section'));
  await andStudy(page, () => page.click('#study-begin'));
  assert.equal(await page.innerText('#study-result h3'), 'Shares of tokens');
  assert.equal(await savedText(page, '#study-save'), fixture('known/summary.json'));
  assert.equal(await savedText(page, '#study-save-csv'), fixture('known/summary.csv'));
  const point = JSON.parse(fixture('known/summary.json')).priors.point[0];
  assert.equal(Number(await page.getAttribute('#study-shares tr[data-category="a"] td[data-unit="tokens"]', 'data-value')), point);

  await put(page, '#study-smoothing', '2.5');
  await andStudy(page, () => page.uncheck('#study-learning'));
  await andStudy(page, () => page.selectOption('#study-unit', 'documents'));
  await put(page, '#study-level', '80');
  await page.click('#study-controls details summary');
  await put(page, '#study-merge', 'c+d=rest');
  await put(page, '#study-replicates', '40');
  await put(page, '#study-seed', '7');
  assert.equal(await savedText(page, '#study-save'), fixture('known_otherwise.json'));
  assert.equal(await savedText(page, '#study-save-csv'), fixture('known_otherwise.csv'));
  assert.equal(await page.innerText('#study-result h3'), 'Shares of documents');
  await andStudy(page, () => page.uncheck('#study-nuisances'));
  assert.ok(await page.isDisabled('#study-learning'), 'nothing to make up for where nothing is set aside');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('plots show shares, what follows what and first tokens, and are saved', LIMIT, async () => {
  const page = await open(world);
  await openRun(page, 'known');
  await andStudy(page, () => page.click('#study-begin'));
  const plots = await page.$$eval('#study-figures canvas', (all) => all.map((one) => one.dataset.plot));
  assert.deepEqual(plots, ['shares', 'following', 'tokens']);
  const labels = await page.$$eval('#study-figures canvas', (all) => all.map((one) => one.getAttribute('aria-label')));
  for (const [index, table] of ['Estimated again', 'What follows what', 'First tokens'].entries()) {
    assert.ok(labels[index].includes(table), labels[index]);
    assert.equal(await page.locator(`#study-section [role="region"][aria-label="${table}"]`).count(), 1, table);
  }
  for (const plot of plots) {
    const figure = `#study-figures figure:has([data-plot="${plot}"])`;
    const svg = await downloaded(page, `${figure} [data-format="svg"]`);
    assert.equal(svg.name, `data-anatomy-known-${plot}.svg`);
    assert.match(svg.bytes.toString(), /^<svg [\s\S]*<\/svg>\s*$/);
    assert.doesNotMatch(svg.bytes.toString(), /<img|<\/script|\u202e/);
    const png = await downloaded(page, `${figure} [data-format="png"]`);
    assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
  }
  const kept = await page.$('#study-figures canvas');
  await andStudy(page, () => page.selectOption('#study-unit', 'documents'));
  assert.ok(await kept.evaluate((canvas) => canvas.isConnected), 'plots stay in place');
  await andResults(page, () => page.click('button[aria-label="Remove known/openings.jsonl"]'));
  assert.equal(await page.locator('#study-figures figure').count(), 0);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a run without an answer gives its reasons in words, before and after it is estimated again', LIMIT, async () => {
  const page = await open(world);
  await openRun(page, 'refused');
  const { refusals } = JSON.parse(fixture('refused/summary.json'));
  assert.equal(await page.textContent('#finding-heading'), 'No mixture found');
  assert.ok(!await page.isVisible('#evaluation-error') && !await page.isVisible('#runs-section'), 'an answer is no error');
  const told = await page.innerText('[data-unidentified="refused"]');
  assert.match(told, /^refused\s+No mixture was found: its shares are not identifiable by openings\./);
  assert.ok(told.includes(refusals[0]) && told.includes('→'), told);
  assert.deepEqual(await page.$$eval('#problem-list li', (lines) => lines.length), 0);
  assert.deepEqual(await rows(page, '#files').then((lines) => lines.map((line) => line[1])), ['Openings', 'Run without shares']);
  await andStudy(page, () => page.click('#study-begin'));
  assert.equal(await page.innerText('#study-result > :first-child'), 'Not identifiable by openings');
  const shown = await page.$$eval('#study-refusals li', (lines) => lines.map((line) => line.textContent));
  assert.equal(shown.length, refusals.length);
  assert.equal(await page.locator('#study-shares').count(), 0, 'no shares are shown');
  assert.ok(!await page.isVisible('#study-add'), 'there is nothing to score');
  assert.deepEqual(await page.$$eval('#study-figures canvas', (all) => all.map((one) => one.dataset.plot)), ['following', 'tokens']);
  assert.equal(await savedText(page, '#study-save'), fixture('refused/summary.json'));
  assert.equal(await savedText(page, '#study-save-csv'), fixture('refused/summary.csv'));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('openings alone, under another name: told by their content, and lengths are not known', LIMIT, async () => {
  const page = await open(world);
  const folder = join(world.folder, 'renamed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'predictions.jsonl'), readFileSync(evidence()));
  await andResults(page, () => choose(page, [join(folder, 'predictions.jsonl')]));
  assert.deepEqual(await rows(page, '#files').then((lines) => lines.map((line) => line[1])), ['Openings']);
  assert.ok(await page.isVisible('#study-unit-note'));
  assert.ok(await page.isDisabled('#study-unit'));
  await page.click('#study-controls details summary');
  await put(page, '#study-replicates', '20');
  assert.equal(await page.innerText('#study-result h3'), 'Shares of documents');
  await page.context().close();
});

test('tokens are shown as text, whatever they hold', LIMIT, async () => {
  const page = await open(world);
  await openRun(page, 'known');
  await andStudy(page, () => page.click('#study-begin'));
  await page.click('#study-numbers summary');
  const tokens = await page.$$eval('#study-tokens .token', (all) => all.map((one) => one.textContent));
  assert.deepEqual(tokens.slice(0, 4), ['“<img src=x onerror="document.title=\'owned\'">”', '“</script>\\n”', '“\\u{202e}gnp”', '“ the”']);
  assert.equal(await page.locator('#study-section img, #study-section script').count(), 0);
  assert.ok(!(await page.title()).includes('owned'));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('what is under way is stopped, and the last result stays', LIMIT, async () => {
  const page = await open(world);
  await openRun(page, 'known');
  await andStudy(page, () => page.click('#study-begin'));
  await page.click('#study-controls details summary');
  await page.fill('#study-replicates', '5000');
  await page.click('#study-begin');
  await page.waitForFunction(() => Number(document.getElementById('study-progress-bar').value) > 0);
  await page.click('#study-cancel');
  await page.waitForSelector('#study-progress', { state: 'hidden' });
  assert.equal(JSON.parse(await savedText(page, '#study-save')).config.n_boot, 60);
  await page.context().close();
});

test('malformed openings are refused in one line with the place, and hide no good file', LIMIT, async () => {
  const page = await open(world);
  await openRun(page, 'known');
  const folder = join(world.folder, 'broken');
  const text = fixture('known/openings.jsonl');
  const [first, second] = text.split('\n');
  const line = 1 + text.split('\n').findIndex((one) => one.includes('"n_leads"'));
  const broken = {
    'a/openings.jsonl': [first.slice(0, 200), /^1:\d+: /],
    'b/openings.jsonl': [second, /^1:1: expected one line of `cells`, before all others$/],
    'c/openings.jsonl': [text.replace('"n_leads":20.0', '"n_leads":-1'), new RegExp(`^${line}:1: expected one lead-in or more, found -1$`)],
    'd/openings.jsonl': [text.replace('"category":"a"', '"category":"<img src=x>\\u202e"'), /expected/],
    'e/openings.jsonl': [`${first}\n{"kind":"expectation","after":"${'x'.repeat(100_000)}"}\n`, /^2:\d+: /],
  };
  for (const [name, [content]] of Object.entries(broken)) {
    mkdirSync(join(folder, name[0]), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  await andResults(page, () => drop(page, Object.keys(broken).map((name) => join(folder, name[0]))));
  const told = await page.$$eval('#problem-list .problem-message', (all) => all.map((one) => one.textContent));
  assert.equal(told.length, 5, told.join('\n'));
  for (const [index, [name, [, message]]] of Object.entries(broken).entries()) {
    assert.match(told[index], message, name);
    assert.ok(!told[index].includes('\n') && told[index].length <= 2_000, name);
  }
  assert.equal(await page.locator('#problem-list img').count(), 0);
  await andStudy(page, () => page.click('#study-begin'));
  assert.equal(await savedText(page, '#study-save'), fixture('known/summary.json'));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

const TRUTH = 'schema: category-mixture-v1\nname: Made up\nunit: tokens\ncategories: [a, b, c, d]\ncategory_weights: {a: 5, b: 3, c: 1.5, d: 0.5}\n';

test('two methods on one model are told apart, and a saved report is estimated again', LIMIT, async () => {
  const page = await open(world);
  const folder = join(world.folder, 'one model');
  mkdirSync(join(folder, 'verdicts'), { recursive: true });
  writeFileSync(join(folder, 'truth.yaml'), TRUTH);
  writeFileSync(join(folder, 'verdicts/summary.json'), JSON.stringify({ schema_version: 1, method: 'labelshift', unit: 'documents', categories: ['a', 'b', 'c', 'd'], priors: { point: [0.4, 0.3, 0.2, 0.1] }, shares: { tokens: { point: [0.1, 0.2, 0.3, 0.4] } } }));
  await andResults(page, () => drop(page, [join(folder, 'truth.yaml'), join(folder, 'verdicts'), join(openings, 'known'), join(openings, 'refused')]));
  if (await page.inputValue('#spec') !== 'truth') await andResults(page, () => page.selectOption('#spec', 'truth'));
  const facts = await page.$$eval('tr[data-run] .under-name', (all) => all.map((one) => one.textContent));
  assert.match(facts.find((text) => text.startsWith('labelshift')), /^labelshift · shares of tokens · 4 categories/);
  assert.match(facts.find((text) => text.startsWith('openings')), /^openings · shares of tokens · 4 categories/);
  assert.match(await page.innerText('#unidentified-section'), /Runs that found no mixture[\s\S]*refused/);
  const saved = await downloaded(page, '#export-report');
  assert.match(saved.bytes.toString(), /<h2>known<\/h2><p>method: openings; shares of tokens<\/p>/);
  const file = join(folder, 'report.html');
  writeFileSync(file, saved.bytes);
  await page.context().close();
  const again = await open(world, { address: `file://${file}` });
  await marked(again, 'result-shown');
  assert.match(await again.innerText('#unidentified-section'), /not identifiable by openings/);
  await andStudy(again, () => again.click('#study-begin'));
  assert.equal(await savedText(again, '#study-save'), fixture('known/summary.json'));
  await andResults(again, () => again.click('#study-add'));
  assert.ok((await rows(again, '#files')).some(([path]) => path === 'known again/summary.json'));
  assert.deepEqual(again.problems, []);
  await again.context().close();
});
