// What the tests of the page share: a browser, the page on file:// and on http, real drops, the
// command line. Each test file starts its own browser, so that each can be run alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const golden = join(root, 'tests/golden/evaluator');
/** Runs of openings, and what the program makes of them; `web/tests/openings_fixtures.rs` wrote both. */
export const openings = join(root, 'tests/fixtures/openings');
export const pageFile = process.env.DATA_ANATOMY_PAGE ?? join(root, 'www/dist/data-anatomy.html');

/** A generous limit for one test: the machine may be busy. */
export const LIMIT = { timeout: 120_000 };

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Starts a browser, a server and a scratch folder for a test file; all end with it. */
export function setUp() {
  const world = { browser: null, folder: null, addresses: null };
  let server;
  before(async () => {
    assert.ok(existsSync(pageFile), `${pageFile} is missing: run \`make page\``);
    world.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
    world.folder = mkdtempSync(join(tmpdir(), 'data-anatomy-page-'));
    server = await serve();
    world.addresses = { file: pathToFileURL(pageFile).href, http: `http://127.0.0.1:${server.address().port}/` };
  });
  after(async () => {
    await world.browser?.close();
    server?.close();
    if (world.folder) rmSync(world.folder, { recursive: true });
  });
  return world;
}

/** A server of the page and of nothing else. */
function serve() {
  const server = createServer((request, response) => {
    const known = request.url === '/' || request.url === '/index.html';
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(known ? readFileSync(pageFile) : 'not found');
  });
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server)); });
}

/**
 * Opens the page in a context of its own, and waits until it is ready unless told not to.
 * `page.problems` collects uncaught errors and violations of the policy, `page.requested` every URL.
 */
export async function open(world, { address = world.addresses.file, ready = true, hash = '', init = null, ...options } = {}) {
  const context = await world.browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.requested = [];
  page.on('request', (request) => page.requested.push(request.url()));
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') page.problems.push(message.text()); });
  page.on('dialog', (dialog) => { page.problems.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  if (init) await page.addInitScript(init);
  await page.goto(address + hash);
  if (ready) await marked(page, 'ready');
  return page;
}

/** Waits for the n-th performance mark of this name. */
export async function marked(page, name, count = 1) {
  await page.waitForFunction(([wanted, least]) => performance.getEntriesByName(wanted).length >= least, [name, count], { timeout: 20_000 });
}

/** Does something and waits until new results are on screen. */
export async function andResults(page, action) {
  const count = await page.evaluate(() => performance.getEntriesByName('result-shown').length);
  await action();
  await marked(page, 'result-shown', count + 1);
}

/** Does something and waits until a new estimate of a stored run is on screen. */
export async function andStudy(page, action) {
  const count = await page.evaluate(() => performance.getEntriesByName('study-shown').length);
  await action();
  await marked(page, 'study-shown', count + 1);
}

/** Opens the sample. */
export function trySample(page) {
  return andResults(page, () => page.click('#try-sample'));
}

/** Drops real files and folders onto the page, as the operating system would. */
export async function drop(page, paths, at = { x: 700, y: 400 }) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  }
  await session.detach();
}

/** Chooses files as through the file chooser. */
export async function choose(page, paths) {
  await page.setInputFiles('#file-input', paths);
}

/** Clicks and returns the downloaded file: its name and its bytes. */
export async function downloaded(page, selector) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Returns the rows of a table on the page as lists of cell texts. */
export function rows(page, selector) {
  return page.$$eval(`${selector} tbody tr`, (lines) => lines.map((line) => [...line.cells].map((cell) => cell.innerText.trim())));
}

/** Returns the exact value behind a cell of the runs table. */
export async function metric(page, run, key) {
  const text = await page.getAttribute(`tr[data-run="${run}"] td[data-metric="${key}"]`, 'data-value');
  return text === null ? null : Number(text);
}

/** The command line's program, or null where it is not built. */
export function program() {
  // The tests' own build first: a release build may be of another day.
  const built = ['checked', 'debug', 'release'].map((profile) => join(root, 'target', profile, 'data-anatomy'));
  const places = [process.env.DATA_ANATOMY, ...built];
  return places.find((place) => place && existsSync(place)) ?? null;
}

/** Runs the command line and returns exit code and streams. */
export function runProgram(parameters, options = {}) {
  return spawnSync(program(), parameters, { encoding: 'buffer', maxBuffer: 1 << 28, timeout: 60_000, ...options });
}
