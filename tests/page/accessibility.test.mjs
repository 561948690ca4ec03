// Everybody can use it: axe-core without exceptions, in both themes and all states; keyboard alone.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, choose, golden, marked, open, openings, setUp, trySample } from './harness.mjs';
import { writeRun } from './synthetic_run.mjs';

const world = setUp();
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page) {
  // In the page's isolated world the policy of the page does not bind the test's own script.
  await page.evaluate(axeSource);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: 'tag', values: tags } }), TAGS);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any.map((check) => check.message).join(' ')}`).join(' | ')}`);
}

async function openingsAgain(page, name) {
  await andResults(page, () => page.setInputFiles('#folder-input', join(openings, name)));
  await page.click('#study-begin');
  await marked(page, 'study-shown');
  for (const summary of await page.$$('#results section:not([hidden]) details:not([open]) > summary:visible')) await summary.click();
}

const STATES = {
  empty: async () => {},
  loaded: async (page) => {
    await trySample(page);
    await andResults(page, () => page.selectOption('#baseline', 'counted'));
    for (const summary of await page.$$('#results section:not([hidden]) details > summary')) await summary.click();
  },
  'three runs, two schemes': (page) => andResults(page, () => page.setInputFiles('#folder-input', join(golden, 'case-11-03'))),
  error: async (page) => {
    const file = join(world.folder, 'bad.json');
    writeFileSync(file, '{"categories": [');
    await trySample(page);
    await andResults(page, () => choose(page, [file]));
    await andResults(page, () => page.evaluate(() => { location.hash = 'spec=starcoder'; }));
  },
  'estimated again': async (page) => {
    await andResults(page, () => page.setInputFiles('#folder-input', writeRun(world.folder)));
    await page.check('#study-unknown');
    await marked(page, 'study-shown');
    for (const summary of await page.$$('#results section:not([hidden]) details:not([open]) > summary:visible')) await summary.click();
  },
  'openings estimated again': (page) => openingsAgain(page, 'known'),
  'openings without an answer': (page) => openingsAgain(page, 'refused'),
  failure: (page) => page.evaluate(() => { setTimeout(() => { throw new Error('made for the test'); }); }).then(() => page.waitForSelector('#failure:not([hidden])')),
  'help open': (page) => page.keyboard.press('?'),
  'paste open': (page) => page.click('#paste-text'),
};

for (const colorScheme of ['light', 'dark']) {
  for (const [state, reach] of Object.entries(STATES)) {
    test(`axe-core finds nothing: ${state}, ${colorScheme}`, LIMIT, async () => {
      const page = await open(world, { colorScheme, bypassCSP: false });
      await reach(page);
      assert.deepEqual(await violations(page), []);
      await page.context().close();
    });
  }
}

test('axe-core finds nothing on a narrow screen', LIMIT, async () => {
  const page = await open(world, { viewport: { width: 320, height: 700 } });
  await trySample(page);
  assert.deepEqual(await violations(page), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page itself scrolls sideways');
  await page.context().close();
});

/** Presses Tab until the focus is on the element, as somebody without a mouse does. */
async function tabTo(page, selector, limit = 80) {
  for (let press = 0; press < limit; press += 1) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never reached ${selector}`);
}

test('the sample, a sort, a tolerance and an export by keyboard alone', LIMIT, async () => {
  const page = await open(world);
  await tabTo(page, '#try-sample');
  await andResults(page, () => page.keyboard.press('Enter'));
  assert.ok(await page.evaluate(() => document.activeElement !== document.body), 'the focus is lost after loading');
  await tabTo(page, '#tolerance');
  await andResults(page, () => page.keyboard.type('0'));
  await tabTo(page, '[data-focus-key="sort-kl_divergence"]');
  await page.keyboard.press('Enter');
  assert.equal(await page.getAttribute('th:has([data-focus-key="sort-kl_divergence"])', 'aria-sort'), 'descending');
  assert.equal(await page.evaluate(() => document.activeElement.dataset.focusKey), 'sort-kl_divergence');
  await tabTo(page, '#export-json');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  assert.equal(download.suggestedFilename(), 'data-anatomy-planted-sample.json');
  await page.context().close();
});

test('keys: ? helps, Esc closes, Ctrl+O chooses, and letters are text while typing', LIMIT, async () => {
  const page = await open(world);
  // Asked for long before: a browser takes a while until it tells of file choosers.
  const chosen = page.waitForEvent('filechooser');
  await page.keyboard.press('?');
  assert.ok(await page.isVisible('#help-dialog'));
  await page.uncheck('#single-key');
  await page.keyboard.press('Escape');
  assert.ok(!await page.isVisible('#help-dialog'));
  await page.keyboard.press('?');
  assert.ok(!await page.isVisible('#help-dialog'), 'the key can be switched off');
  await page.evaluate(() => { document.getElementById('single-key').checked = true; });
  await page.click('#paste-text');
  await page.keyboard.type('?');
  assert.equal(await page.inputValue('#pasted-text'), '?');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+o');
  const chooser = await chosen;
  await andResults(page, () => chooser.setFiles([join(golden, 'case-11-03/ls6/summary.json')]));
  await page.context().close();
});

test('figures have a finding as their name, and the status is announced', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  const labels = await page.$$eval('canvas[role="img"]', (canvases) => canvases.map((canvas) => canvas.getAttribute('aria-label')));
  assert.equal(labels.length, 2);
  for (const label of labels) assert.match(label, /\d.*The numbers are in the table “Category by category” on this page\./);
  assert.equal(await page.getAttribute('#status', 'aria-live'), 'polite');
  assert.match(await page.textContent('#status'), /^Opened 2 runs and 1 spec\.$/);
  const clickedThere = await page.evaluate(() => {
    const { left, top, width, height } = document.getElementById('status').getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2).id;
  });
  assert.notEqual(clickedThere, 'status', 'the message stands in the way of a click');
  await marked(page, 'ready');
  await page.context().close();
});
