// Quick to start and quick to answer: medians of five, failing at twice the budget.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, drop, open, setUp } from './harness.mjs';

const world = setUp();
const ROUNDS = 5;
const READY_BUDGET = 500;
const RESULT_BUDGET = 300;

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** Five summaries of 1 MB. */
function fiveFiles() {
  const folder = join(world.folder, 'five');
  mkdirSync(folder);
  const categories = ['Web', 'GitHub', 'Wikipedia', 'Books', 'Arxiv', 'StackExchange'];
  return Array.from({ length: 5 }, (_, index) => {
    const file = join(folder, `run-${index}.json`);
    writeFileSync(file, JSON.stringify({ categories, priors: { mean: [0.5, 0.1, 0.1, 0.1, 0.1, 0.1] }, padding: 'x'.repeat(1_000_000) }));
    return file;
  });
}

test(`ready within ${READY_BUDGET} ms, and ${RESULT_BUDGET} ms from five dropped files to the result`, { timeout: 180_000 }, async () => {
  const files = fiveFiles();
  const [ready, result] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await open(world);
    await andResults(page, () => drop(page, files));
    const marks = await page.evaluate(() => {
      const at = (name) => performance.getEntriesByName(name).at(-1).startTime;
      return { ready: at('ready'), result: at('result-shown') - at('files-given') };
    });
    ready.push(marks.ready);
    result.push(marks.result);
    await page.context().close();
  }
  const rounded = (values) => values.map((value) => Math.round(value)).join(', ');
  console.log(`ready: ${rounded(ready)} ms, median ${Math.round(median(ready))}; result: ${rounded(result)} ms, median ${Math.round(median(result))}`);
  assert.ok(median(ready) <= 2 * READY_BUDGET, `ready after ${median(ready)} ms`);
  assert.ok(median(result) <= 2 * RESULT_BUDGET, `result after ${median(result)} ms`);
});
