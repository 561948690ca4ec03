// Estimates without a ground truth, ground truths that do not fit, and files of one name.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, choose, downloaded, drop, golden, open, rows, setUp } from './harness.mjs';

const world = setUp();

const summary = (point, unit = 'tokens') => JSON.stringify({ schema_version: 1, method: 'labelshift', unit, categories: ['Web', 'GitHub'], priors: { point, ci_lo: point.map((share) => share - 0.1), ci_hi: point.map((share) => share + 0.1), level: 0.9 } });

/** A folder with one summary.json in it. */
function mailed(name, text) {
  const folder = join(world.folder, name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'summary.json');
  writeFileSync(path, text);
  return path;
}

test('a run alone shows its estimate, with its unit, and is scored against nothing', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => choose(page, [mailed('one', summary([0.7, 0.3]))]));
  assert.equal(await page.inputValue('#spec'), '');
  assert.equal(await page.textContent('#finding-heading'), 'Estimated training mixture');
  const text = await page.textContent('#finding-text');
  assert.match(text, /puts most in Web: 70\.0 % of tokens \(60\.0 to 80\.0 %\)/);
  assert.match(text, /nothing is scored/);
  assert.deepEqual((await rows(page, '#estimate-0')).map(([name]) => name), ['Web', 'GitHub']);
  assert.match(await page.textContent('#estimates-tables'), /Share of tokens/);
  assert.equal(await page.isVisible('#runs-section'), false);
  assert.equal(await page.isVisible('canvas[data-plot="estimate"]'), true);
  const { name, bytes } = await downloaded(page, '#export-report');
  assert.equal(name, 'data-anatomy-estimate.html');
  const saved = join(world.folder, 'saved.html');
  writeFileSync(saved, bytes);
  const again = await open(world, { address: `file://${saved}` });
  await again.waitForSelector('#estimate-0');
  assert.equal(await again.textContent('#finding-text'), text);
  assert.deepEqual([page.problems, again.problems], [[], []]);
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'no-truth.png'), fullPage: true });
  await again.context().close();
  await page.context().close();
});

test('a truth that does not fit is greyed out with the reason; one that is opened is chosen, and can be left', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => choose(page, [mailed('two', summary([0.7, 0.3]))]));
  const option = (id) => page.$eval(`#spec option[value="${id}"]`, ({ disabled, textContent }) => ({ disabled, textContent }));
  const amber = await option('amber');
  assert.equal(amber.disabled, true);
  assert.match(amber.textContent, /the run lacks /);
  const truth = join(world.folder, 'own.yaml');
  writeFileSync(truth, 'schema: category-mixture-v1\nname: Own\nunit: tokens\ncategories: [Web, GitHub]\ncategory_weights: {Web: 1, GitHub: 1}\n');
  await andResults(page, () => choose(page, [truth]));
  assert.equal(await page.inputValue('#spec'), 'own');
  assert.equal((await option('own')).disabled, false);
  assert.match(await page.textContent('#finding-text'), /Shares are counted in tokens\./);
  await andResults(page, () => page.selectOption('#spec', ''));
  assert.equal(await page.textContent('#finding-heading'), 'Estimated training mixture');
  await andResults(page, () => page.goBack());
  assert.equal(await page.inputValue('#spec'), 'own');
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('three mailed summaries stand side by side', LIMIT, async () => {
  const page = await open(world);
  for (const [index, share] of [0.7, 0.6, 0.5].entries()) {
    await andResults(page, () => drop(page, [mailed(`mail-${index}`, summary([share, 1 - share]))]));
  }
  const names = () => page.$$eval('#estimates-tables h3', (heads) => heads.map((head) => head.firstChild.textContent));
  assert.deepEqual(await names(), ['summary', 'summary 2', 'summary 3']);
  await andResults(page, () => drop(page, [join(world.folder, 'mail-1/summary.json')]));
  assert.deepEqual(await names(), ['summary', 'summary 2', 'summary 3'], 'the same file is opened once');
  assert.equal(await page.locator('#files-table tbody tr').count(), 3);
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'three.png'), fullPage: true });
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('no run is called closest without a paired test', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => page.setInputFiles('#folder-input', join(golden, 'case-11-03')));
  const text = await page.textContent('#finding-text');
  assert.match(text, /no clear difference/);
  assert.doesNotMatch(text, /closest/);
  if (process.env.PICTURES) await page.screenshot({ path: join(process.env.PICTURES, 'scored.png'), fullPage: true });
  await page.context().close();
});
