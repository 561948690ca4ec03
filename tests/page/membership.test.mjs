// Runs of membership on the page: what is not identifiable is an answer, and is shown as one.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, downloaded, drop, marked, open, rows, setUp } from './harness.mjs';

const world = setUp();

function writeSummary(name) {
  const folder = join(world.folder, name);
  mkdirSync(folder, { recursive: true });
  const category = (of, share, lo, hi) => ({ category: of, n: 200, pi_hat: share, ci_lo: lo, ci_hi: hi, identifiable: share !== null });
  writeFileSync(join(folder, 'summary.json'), JSON.stringify({
    schema_version: 1, method: 'membership', attack: 'minkpp', categories: ['Web', 'Code'], config: { target_model: 'made/up', mink_ratio: 0.2 },
    per_category: [category('Web', 0.4, 0.3, 0.5), category('Code', null, 0, 0.9)],
    global_mixture_over_sampled_pool: null, overall_coverage_over_sampled_pool: null,
    inputs: { candidates: [{ category: 'Web', n_documents: 200 }, { category: 'Code', n_documents: 200 }] },
    diagnostics: [
      { code: 'not_identifiable', severity: 'warning', message: 'Code (0.0 to 90.0 %): the share of members is not identifiable' },
      { code: 'no_blind_baseline', severity: 'warning', message: 'there is no <b>blind</b> baseline' },
    ],
  }));
  return folder;
}

test('a run whose shares are not all identifiable shows what is known, and why there is no mixture', LIMIT, async () => {
  const page = await open(world);
  await andResults(page, () => drop(page, [writeSummary('attack')]));
  assert.equal(await page.textContent('#finding-heading'), 'No mixture found');
  assert.match(await page.textContent('#finding-text'), /not every category.s share of members is identifiable by membership/);
  assert.deepEqual(await rows(page, '#members-0'), [['Web', '40.0 %', '30.0 % – 50.0 %'], ['Code', '–', '0.0 % – 90.0 %']].map((cells) => cells.map((cell) => cell.replaceAll(' %', '\u202f%'))));
  assert.match(await page.innerText('[data-unidentified="attack"]'), /Code \(0\.0 to 90\.0 %\): the share of members is not identifiable\./);
  for (const hidden of ['#evaluation-error', '#runs-section', '#categories-section', '#figures']) assert.ok(!await page.isVisible(hidden), hidden);
  assert.match(await page.innerText('#diagnostics-list'), /There is no <b>blind<\/b> baseline/);
  assert.match(await page.innerText('#accounts'), /membership, by the attack Min-K%\+\+/);
  const saved = await downloaded(page, '#export-report');
  assert.match(saved.bytes.toString(), /<caption>Share of members in attack<\/caption>/);
  const file = join(world.folder, 'report.html');
  writeFileSync(file, saved.bytes);
  assert.deepEqual(page.problems, []);
  await page.context().close();
  const again = await open(world, { address: `file://${file}` });
  await marked(again, 'result-shown');
  assert.equal(await again.textContent('#finding-heading'), 'No mixture found');
  await again.context().close();
});
