// Estimating again on the page: the command line's bytes, without a stall, and hostile texts as text.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, andStudy, choose, downloaded, drop, marked, open, program, runProgram, setUp } from './harness.mjs';
import { CATEGORIES, writeRun } from './synthetic_run.mjs';

const world = setUp();
const skip = program() ? false : 'the command line is not built: `cargo build -p data-anatomy`';

async function openRun(page, folder) {
  await andResults(page, () => drop(page, [folder]));
}

/** The summary that the page saves, and the one that the command line prints. */
async function bothSummaries(page, run, flags) {
  const saved = (await downloaded(page, '#study-save')).bytes.toString();
  const told = runProgram(['reestimate', run, '--quiet', '--json', ...flags]);
  assert.equal(told.status, 0, told.stderr.toString());
  return [saved, told.stdout.toString()];
}

test('every choice gives the command line\'s summary, byte for byte', { ...LIMIT, skip }, async () => {
  const folder = writeRun(world.folder);
  const page = await open(world);
  await openRun(page, folder);
  await andStudy(page, () => page.click('#study-begin'));
  let [page1, line1] = await bothSummaries(page, folder, []);
  assert.equal(page1, line1);
  await andStudy(page, () => page.selectOption('#study-estimator', 'pacc'));
  await andStudy(page, () => page.selectOption('#study-calibration', 'temperature'));
  await andStudy(page, () => page.selectOption('#study-unit', 'documents'));
  await andStudy(page, async () => { await page.fill('#study-level', '80'); await page.press('#study-level', 'Tab'); });
  await andStudy(page, () => page.check('#study-unknown'));
  [page1, line1] = await bothSummaries(page, folder, ['--estimator', 'pacc', '--calibration', 'temperature', '--unit', 'documents', '--level', '0.8', '--unknown']);
  assert.equal(page1, line1);
  await page.click('#study-controls details summary');
  await andStudy(page, async () => { await page.fill('#study-merge', 'Books+Web=Prose'); await page.press('#study-merge', 'Tab'); });
  [page1, line1] = await bothSummaries(page, folder, ['--estimator', 'pacc', '--calibration', 'temperature', '--unit', 'documents', '--level', '0.8', '--unknown', '--merge', 'Books+Web=Prose']);
  assert.equal(page1, line1);
  assert.deepEqual(JSON.parse(page1).categories, ['Prose', 'Code']);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('verdicts alone are estimated again, and the page says that lengths are not known', { ...LIMIT, skip }, async () => {
  const folder = writeRun(world.folder, { name: 'alone', summary: false });
  const page = await open(world);
  await andResults(page, () => choose(page, [join(folder, 'predictions.jsonl')]));
  assert.ok(await page.isVisible('#study-unit-note'));
  assert.ok(await page.isDisabled('#study-unit'));
  await page.click('#study-controls details summary');
  await andStudy(page, async () => { await page.fill('#study-replicates', '40'); await page.press('#study-replicates', 'Tab'); });
  const [saved, told] = await bothSummaries(page, join(folder, 'predictions.jsonl'), ['--n-boot', '40']);
  assert.equal(saved, told);
  await page.context().close();
});

test('a changed choice ends what is under way, and the page never stalls', LIMIT, async () => {
  const folder = writeRun(world.folder, { name: 'long', texts: 1500 });
  const page = await open(world);
  await openRun(page, folder);
  await page.click('#study-controls details summary');
  await page.fill('#study-replicates', '5000');
  await page.evaluate(() => {
    window.longest = 0;
    let last = performance.now();
    const tick = () => { const now = performance.now(); window.longest = Math.max(window.longest, now - last); last = now; window.ticking = setTimeout(tick, 5); };
    tick();
  });
  await page.click('#study-begin');
  await page.waitForFunction(() => Number(document.getElementById('study-progress-bar').value) > 0);
  await page.fill('#study-replicates', '20');
  await andStudy(page, () => page.selectOption('#study-estimator', 'acc'));
  const longest = await page.evaluate(() => { clearTimeout(window.ticking); return window.longest; });
  assert.ok(longest < 1000, `the page stood still for ${longest} ms`);
  const summary = JSON.parse((await downloaded(page, '#study-save')).bytes);
  assert.equal(summary.estimator.name, 'acc');
  assert.equal(summary.config.n_boot, 20);
  await page.fill('#study-replicates', '5000');
  await page.click('#study-begin');
  await page.waitForSelector('#study-progress:not([hidden])');
  await page.click('#study-cancel');
  await page.waitForSelector('#study-progress', { state: 'hidden' });
  assert.equal(JSON.parse((await downloaded(page, '#study-save')).bytes).config.n_boot, 20, 'the last result stays');
  await page.context().close();
});

test('the result is scored beside the runs when that is asked for', LIMIT, async () => {
  const folder = writeRun(world.folder, { name: 'scored' });
  const page = await open(world);
  await openRun(page, folder);
  await andStudy(page, () => page.selectOption('#study-estimator', 'counting'));
  assert.equal(await page.getAttribute('#study-shares tr[data-category="Web"] td[data-unit="tokens"]', 'data-value') !== null, true);
  await andResults(page, () => page.click('#study-add'));
  const files = await page.$$eval('#files tbody th', (cells) => cells.map((cell) => cell.textContent));
  assert.ok(files.includes('scored again/summary.json'), files.join(', '));
  await page.context().close();
});

test('choices that cannot be are said where they are made', LIMIT, async () => {
  const folder = writeRun(world.folder, { name: 'refused' });
  const page = await open(world);
  await openRun(page, folder);
  await page.fill('#study-level', '140');
  await page.press('#study-level', 'Tab');
  assert.equal(await page.getAttribute('#study-level', 'aria-invalid'), 'true');
  // Mended, it is estimated at once: what is awaited below must not be this result.
  await andStudy(page, async () => { await page.fill('#study-level', '95'); await page.press('#study-level', 'Tab'); });
  await page.click('#study-controls details summary');
  await andStudy(page, async () => { await page.fill('#study-merge', 'Books+Opera=X'); await page.press('#study-merge', 'Tab'); });
  assert.match(await page.innerText('#study-error'), /no category is named `Opera`[\s\S]*there are: Books, Web, Code/);
  await page.context().close();
});

test('texts are shown as text, whatever they hold', LIMIT, async () => {
  const hostile = '<img src=x onerror="document.title=\'owned\'"></script><script>document.title="owned"</script>\u001b[2J \u202egnp';
  const folder = writeRun(world.folder, { name: 'hostile', snippet: () => hostile + 'x'.repeat(4000) });
  const page = await open(world);
  await openRun(page, folder);
  for (const name of CATEGORIES) await page.click(`.seen-texts[data-category="${name}"] summary`);
  const shown = await page.$$eval('.snippet', (all) => all.map((one) => one.textContent));
  assert.ok(shown.length >= 9, `only ${shown.length} texts`);
  for (const text of shown) {
    assert.ok(text.startsWith('<img src=x') && text.includes('\\u{1b}[2J') && text.includes('\\u{202e}'), text.slice(0, 120));
    assert.ok(text.length < 400 && text.endsWith('…'), `${text.length}`);
  }
  assert.equal(await page.title().then((title) => title.includes('owned')), false);
  assert.equal(await page.$$eval('#inspection img, #inspection script', (all) => all.length), 0);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a saved report can be estimated again', { ...LIMIT }, async () => {
  const folder = writeRun(world.folder, { name: 'kept' });
  const other = join(world.folder, 'spec');
  mkdirSync(other, { recursive: true });
  const page = await open(world);
  await openRun(page, folder);
  // A truth of these very categories, so that the run is scored and a report can be saved.
  await andResults(page, () => page.evaluate((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'truth.yaml'));
    const input = document.getElementById('file-input');
    input.files = transfer.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, 'schema: category-mixture-v1\nname: Made up\nunit: tokens\ncategories: [Books, Web, Code]\ncategory_weights: {Books: 1, Web: 2, Code: 1}\n'));
  if (await page.inputValue('#spec') !== 'truth') await andResults(page, () => page.selectOption('#spec', 'truth'));
  const saved = await downloaded(page, '#export-report');
  assert.match(saved.bytes.toString(), /What the classifier saw<\/summary>[\s\S]*Text number/);
  const file = join(other, 'report.html');
  writeFileSync(file, saved.bytes);
  const again = await open(world, { address: `file://${file}` });
  await marked(again, 'result-shown');
  await andStudy(again, () => again.selectOption('#study-estimator', 'pacc'));
  assert.equal(await again.innerText('#study-result h3'), 'Shares of tokens');
  await again.context().close();
  await page.context().close();
});
