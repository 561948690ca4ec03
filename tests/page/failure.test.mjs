// Never a blank page: whatever is missing or breaks, something readable stands there.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { LIMIT, andResults, drop, golden, open, pageFile, root, setUp, trySample } from './harness.mjs';

const world = setUp();
const version = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^version = "([^"]+)"/m)[1];

/** Writes the page with something changed. */
function changed(name, change) {
  const file = join(world.folder, name);
  writeFileSync(file, change(readFileSync(pageFile, 'utf8')));
  return pathToFileURL(file).href;
}

async function failureText(page) {
  await page.waitForSelector('#failure:not([hidden])', { timeout: 20_000 });
  return page.innerText('#failure');
}

test('without JavaScript the page says what it is and what it needs', LIMIT, async () => {
  const page = await open(world, { ready: false, javaScriptEnabled: false });
  const text = await page.innerText('body');
  assert.match(text, /What was this language model trained on\?/);
  assert.match(text, /needs JavaScript and WebAssembly/);
  assert.ok(!await page.locator('#app').isVisible());
  await page.context().close();
});

test('without WebAssembly the page says so, with its version', LIMIT, async () => {
  const page = await open(world, { ready: false, init: () => { delete globalThis.WebAssembly; } });
  const text = await failureText(page);
  assert.match(text, /WebAssembly/);
  assert.match(text, /Chrome 97/);
  assert.ok(text.includes(`data-anatomy ${version}`));
  await page.click('#copy-failure');
  await page.waitForFunction(() => document.getElementById('copy-failure').textContent !== 'Copy details');
  await page.context().close();
});

test('a damaged file says so', LIMIT, async () => {
  const address = changed('damaged.html', (html) => html.replace(/(id="wasm">.{2000}).{400}/, '$1'));
  const page = await open(world, { address, ready: false });
  assert.ok((await failureText(page)).includes(version));
  await page.context().close();
});

test('a data block from the future is refused in words, its tables stay', LIMIT, async () => {
  const address = changed('future.html', (html) => html
    .replace('<main id="static"></main>', '<main id="static"><h1>Tables of the future</h1></main>')
    .replace(/(<script type="application\/json" id="data">)/, '$1{"version":2,"files":[],"options":{}}'));
  const page = await open(world, { address, ready: false });
  assert.match(await failureText(page), /data version 2; this page reads version 1/);
  assert.ok(await page.isVisible('#static'));
  await page.context().close();
});

test('a crash of the engine is shown with its message', LIMIT, async () => {
  const page = await open(world);
  await trySample(page);
  await page.evaluate(() => { setTimeout(() => { globalThis.dataAnatomyPanic = 'panicked at made for the test'; throw new WebAssembly.RuntimeError('unreachable'); }); });
  const text = await failureText(page);
  assert.match(text, /unreachable/);
  assert.match(text, /panicked at made for the test/);
  await page.context().close();
});

test('a crash of the engine in the worker is shown too', LIMIT, async () => {
  const address = changed('crash.html', (html) => {
    const call = 'return this.add(parameters[0]);';
    assert.equal(html.split(call).length, 3, 'in the page and in the worker');
    const at = html.indexOf('id="worker-source"');
    return html.slice(0, at) + html.slice(at).replace(call, "throw new WebAssembly.RuntimeError('unreachable');");
  });
  const page = await open(world, { address });
  await drop(page, [join(golden, 'case-11-03/ls6')]);
  assert.match(await failureText(page), /unreachable/);
  await page.context().close();
});

test('where no worker may start, the page computes in its own thread', LIMIT, async () => {
  const page = await open(world, { init: () => { globalThis.Worker = class { constructor() { throw new Error('no workers here'); } }; } });
  await andResults(page, () => drop(page, [join(golden, 'case-11-03')]));
  assert.equal(await page.$$eval('tr[data-run]', (lines) => lines.length), 3);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('the page works inside a frame without an address', LIMIT, async () => {
  const file = join(world.folder, 'frame.html');
  writeFileSync(file, '<!doctype html><title>frame</title><iframe style="width:100%;height:800px"></iframe>');
  const page = await open(world, { address: pathToFileURL(file).href, ready: false });
  await page.$eval('iframe', (frame, html) => { frame.srcdoc = html; }, readFileSync(pageFile, 'utf8'));
  const frame = page.frameLocator('iframe');
  await frame.locator('#try-sample').click();
  await frame.locator('tr[data-run="corrected"]').waitFor({ timeout: 20_000 });
  await frame.locator('[data-focus-key="sort-l1_distance"]').click();
  assert.equal(await frame.locator('th:has([data-focus-key="sort-l1_distance"])').getAttribute('aria-sort'), 'descending');
  await page.context().close();
});

test('the version in the page is the program\'s', LIMIT, async () => {
  const page = await open(world);
  assert.equal(await page.textContent('#version'), version);
  assert.equal(await page.getAttribute('meta[name="generator"]', 'content'), `data-anatomy ${version}`);
  await page.context().close();
});
