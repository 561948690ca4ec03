// What was run, on the page and in a saved report: core's words, safe whatever a file says.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, downloaded, drop, open, setUp } from './harness.mjs';

const world = setUp();

function writeSummary(name, more = {}) {
  const folder = join(world.folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'summary.json'), JSON.stringify({
    schema_version: 1, method: 'labelshift', unit: 'tokens', created: '2026-01-02T03:04:05Z',
    tool: { name: 'data-anatomy', version: '0.1.0', commit: 'abc1234' },
    categories: ['Web', 'GitHub', 'Wikipedia', 'Books', 'Arxiv', 'StackExchange'],
    priors: { point: [0.5, 0.1, 0.1, 0.1, 0.1, 0.1] },
    estimator: { name: 'em', calibration: { method: 'bcts' } },
    config: { target_model: 'made/up', hf_revision: 'main', classifier: 'tfidf', seed: 5, level: 0.95, n_boot: 60, changed: ['n_boot'] },
    inputs: { reference: [{ category: 'Web', n_used: 30 }, { category: 'Books', n_used: 12 }] },
    ...more,
  }));
  return folder;
}

const TRUTH = 'schema: category-mixture-v1\nname: Own\nunit: tokens\ncategories: [Web, GitHub, Wikipedia, Books, Arxiv, StackExchange]\ncategory_weights: {Web: 5, GitHub: 1, Wikipedia: 1, Books: 1, Arxiv: 1, StackExchange: 1}\n';

test('a run tells what was run, with a paragraph to paste, here and in the saved report', LIMIT, async () => {
  const page = await open(world);
  const truth = join(world.folder, 'own.yaml');
  writeFileSync(truth, TRUTH);
  await andResults(page, () => drop(page, [writeSummary('told'), truth]));
  const account = page.locator('[data-account="told"]');
  assert.ok(await account.evaluate((details) => details.open), 'the account of the only run is open');
  const facts = await account.locator('dl').innerText();
  for (const part of ['made/up, revision main', '42 in 2 categories: Web 30, Books 12', 'n_boot = 60', 'data-anatomy 0.1.0 (commit abc1234)', 'the file does not say']) assert.ok(facts.includes(part), part);
  const { runs: [run] } = JSON.parse((await downloaded(page, '#export-json')).bytes.toString());
  assert.equal(await account.locator('.methods').textContent(), run.account.methods);
  assert.match(run.account.methods, /Saerens et al\. 2002/);
  assert.equal(await account.locator('.references li').count(), run.account.references.length);
  const markdown = (await downloaded(page, '#export-markdown')).bytes.toString();
  assert.match(markdown, /### What was run[\s\S]*### Methods, for a paper/);
  const report = (await downloaded(page, '#export-report')).bytes.toString();
  assert.match(report, /<caption>What was run: told<\/caption>[\s\S]*<summary>Methods, for a paper<\/summary>/);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('what a file says of itself is shown as text', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => drop(page, [writeSummary('hostile', { config: { target_model: '<img src=x onerror="document.title=1">\u202e', changed: ['<b>'] }, created: '</script><script>' })]));
  assert.match(await page.innerText('#accounts'), /<img src=x onerror="document.title=1">\\u\{202e\}/);
  assert.equal(await page.locator('#accounts img, #accounts b, #accounts script').count(), 0);
  const report = (await downloaded(page, '#export-report')).bytes.toString();
  assert.doesNotMatch(report, /<img src=x|<\/script><script>/);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
