// One core, one number: the page's exports against the command line's, and against the golden files.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, downloaded, drop, golden, metric, open, program, runProgram, setUp, trySample } from './harness.mjs';

const world = setUp();
const cases = readdirSync(golden).filter((name) => name.startsWith('case-')).sort();
const skip = program() ? false : 'the command line is not built: `cargo build -p data-anatomy`';

/** Metrics of a golden file by their names in ours. */
const METRICS = ['l1_distance', 'l2_distance', 'kl_divergence', 'max_absolute_error', 'mean_absolute_error', 'overlap_accuracy', 'within_tolerance_rate'];

function runsOf(name) {
  return readdirSync(join(golden, name), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
}

async function openCase(page, name) {
  await andResults(page, () => drop(page, [join(golden, name)]));
  const { tol } = JSON.parse(readFileSync(join(golden, name, 'expected.json'), 'utf8'));
  if (await page.inputValue('#spec') !== 'spec') await andResults(page, () => page.selectOption('#spec', 'spec'));
  if (Number(await page.inputValue('#tolerance')) !== tol * 100) await andResults(page, () => page.fill('#tolerance', String(tol * 100)));
  return tol;
}

test('the exported JSON is the command line\'s, byte for byte, in every golden case', { ...LIMIT, skip }, async () => {
  const page = await open(world);
  for (const name of cases) {
    const tolerance = await openCase(page, name);
    const folders = runsOf(name).map((run) => join(golden, name, run));
    const told = runProgram(['evaluate', '--compare', ...folders, '--ground-truth', join(golden, name, 'spec.yaml'), '--tol', String(tolerance), '--json']);
    assert.equal(told.status, 0, told.stderr.toString());
    const { bytes } = await downloaded(page, '#export-json');
    assert.ok(bytes.equals(told.stdout), `${name}: the page's JSON differs from the command line's`);
    await andResults(page, () => page.click('#clear-files'));
  }
  console.log(`${cases.length} golden cases equal to the byte`);
  await page.context().close();
});

test('merges, a baseline run and a missing category give the command line\'s bytes too', { ...LIMIT, skip }, async () => {
  const page = await open(world);
  await openCase(page, 'case-11-03');
  await page.click('#more-settings summary');
  await andResults(page, async () => {
    await page.fill('#merge', 'CommonCrawl+C4=Web, Arxiv+Books=Long texts');
    await page.press('#merge', 'Enter');
  });
  await andResults(page, () => page.check('#missing-as-zero'));
  await andResults(page, () => page.selectOption('#baseline', 'ls6'));
  const folders = runsOf('case-11-03').map((run) => join(golden, 'case-11-03', run));
  const told = runProgram(['evaluate', '--compare', ...folders, '--ground-truth', join(golden, 'case-11-03/spec.yaml'), '--merge', 'CommonCrawl+C4=Web', '--merge', 'Arxiv+Books=Long texts', '--missing-as-zero', '--baseline', 'ls6', '--json']);
  assert.equal(told.status, 0, told.stderr.toString());
  assert.equal((await downloaded(page, '#export-json')).bytes.toString(), told.stdout.toString());
  await page.context().close();
});

test('the table shows the numbers of the golden files', LIMIT, async () => {
  const page = await open(world);
  let compared = 0;
  for (const name of cases) {
    await openCase(page, name);
    const expected = JSON.parse(readFileSync(join(golden, name, 'expected.json'), 'utf8'));
    for (const [run, values] of Object.entries(expected.runs)) {
      const scheme = JSON.parse((await downloaded(page, '#export-json')).bytes).runs.find((one) => one.name === run).scheme;
      if (scheme.categories.length !== expected.categories.length) continue;
      for (const key of METRICS) {
        const shown = await metric(page, run, key);
        assert.ok(Math.abs(shown - values[key]) <= 1e-12 * Math.max(1, Math.abs(values[key])), `${name} ${run} ${key}: ${shown}, golden ${values[key]}`);
        compared += 1;
      }
    }
    await andResults(page, () => page.click('#clear-files'));
  }
  assert.ok(compared >= 90, `only ${compared} values were compared`);
  await page.context().close();
});

test('CSV holds every run, category and metric, and a spreadsheet runs none of it', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  const evaluation = JSON.parse((await downloaded(page, '#export-json')).bytes);
  const { name, bytes } = await downloaded(page, '#export-csv');
  assert.equal(name, 'data-anatomy-planted-sample.csv');
  const lines = bytes.toString().split('\r\n');
  assert.equal(lines.pop(), '', 'the last line ends too');
  const [head, ...body] = lines.map((line) => line.split(','));
  const run = evaluation.runs[0];
  assert.equal(body.length, evaluation.runs.length * (run.scheme.categories.length + 10 + 3));
  const cell = (line, column) => line[head.indexOf(column)];
  for (const [position, category] of run.scheme.categories.entries()) {
    const line = body.find((one) => cell(one, 'run') === run.name && cell(one, 'kind') === 'category' && cell(one, 'name') === category);
    assert.equal(Number(cell(line, 'value')), run.estimate[position]);
    assert.equal(Number(cell(line, 'ci_hi')), run.intervals[position].hi);
  }
  const skill = body.find((line) => cell(line, 'run') === run.name && cell(line, 'name') === 'skill');
  assert.equal(Number(cell(skill, 'value')), run.metrics.skill);
  await page.context().close();
});

test('Markdown and plots are saved under stable names', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  const markdown = await downloaded(page, '#export-markdown');
  assert.equal(markdown.name, 'data-anatomy-planted-sample.md');
  assert.match(markdown.bytes.toString(), /^# [\s\S]*corrected[\s\S]*counted/);
  for (const plot of ['comparison', 'comparison_errors']) {
    const figure = `figure:has([data-plot="${plot}"])`;
    const svg = await downloaded(page, `${figure} [data-format="svg"]`);
    assert.equal(svg.name, `data-anatomy-planted-sample-${plot}.svg`);
    assert.match(svg.bytes.toString(), /^<svg [^>]*role="img"[\s\S]*<title>[^<]*Planted sample(, shares of documents)?<\/title>[\s\S]*<\/svg>\s*$/);
    const png = await downloaded(page, `${figure} [data-format="png"]`);
    assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
    assert.equal(png.bytes.readUInt32BE(16), 1920, 'twice the width of the SVG');
  }
  await page.context().close();
});

/** Returns what a report holds beyond the page: its data and its readable part. */
function filling(html) {
  return [/<script type="application\/json" id="data">([\s\S]*?)<\/script>/, /<main id="static">([\s\S]*?)<\/main>/].map((slot) => html.match(slot)?.[1]);
}

test('a report saved by the page holds, byte for byte, what the command line\'s holds', { ...LIMIT, skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'data-anatomy-report-'));
  const runs = runsOf('case-11-03').map((run) => join(golden, 'case-11-03', run));
  const told = runProgram(['report', ...runs, '--ground-truth', join(golden, 'case-11-03/spec.yaml'), '--output', join(folder, 'report.html')]);
  assert.equal(told.status, 0, told.stderr.toString());
  const written = readFileSync(join(folder, 'report.html'), 'utf8');
  const page = await open(world);
  await andResults(page, () => drop(page, [join(golden, 'case-11-03')]));
  await page.selectOption('#spec', 'spec');
  const saved = (await downloaded(page, '#export-report')).bytes.toString();
  assert.ok(filling(saved)[1] === filling(written)[1], 'the readable parts differ');
  if (filling(written)[0] === undefined) {
    context.diagnostic('this build of the command line carries no page: data not compared');
  } else {
    assert.equal(filling(saved)[0], filling(written)[0]);
    await page.goto(`file://${join(folder, 'report.html')}`);
    await page.waitForSelector('tr[data-run="ls6"]');
    assert.ok(Math.abs(await metric(page, 'ls6', 'l1_distance') - 1.2745673130061657) < 1e-12);
  }
  rmSync(folder, { recursive: true });
  await page.context().close();
});
