// One file, no network: the sample in one click, and a policy that lets nothing out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LIMIT, metric, open, pageFile, rows, setUp, trySample } from './harness.mjs';

const world = setUp();

/**
 * Golden values of the sample, by hand from its files: spec 56, 14, 6, 9, 10, 5 %;
 * `corrected` .583296 .146207 .050884 .073862 .10146 .044291; Σ|e − g| = .061926.
 */
const CORRECTED_L1 = 0.023296 + 0.006207 + 0.009116 + 0.016138 + 0.00146 + 0.005709;

/** URLs asked of a network or a disk; what the page makes itself (blob:, data:) is not. */
function loaded(page) {
  return page.requested.filter((url) => !url.startsWith('blob:') && !url.startsWith('data:'));
}

for (const place of ['file', 'http']) {
  test(`the sample is one click away on ${place}, offline`, LIMIT, async () => {
    const page = await open(world, { address: world.addresses[place] });
    await page.context().setOffline(true);
    await trySample(page);
    assert.deepEqual(await page.$$eval('tr[data-run]', (lines) => lines.map((line) => line.dataset.run)), ['corrected', 'counted']);
    const l1 = await metric(page, 'corrected', 'l1_distance');
    assert.ok(Math.abs(l1 - CORRECTED_L1) < 1e-12, `L1 is ${l1}, by hand ${CORRECTED_L1}`);
    assert.ok(Math.abs(await metric(page, 'corrected', 'overlap_accuracy') - (1 - CORRECTED_L1 / 2)) < 1e-12);
    assert.deepEqual((await rows(page, '#categories-0')).map(([name, truth]) => [name, truth.replace(/\s/g, ' ')]), [
      ['Web', '56.0 %'], ['GitHub', '14.0 %'], ['Wikipedia', '6.0 %'], ['Books', '9.0 %'], ['Arxiv', '10.0 %'], ['StackExchange', '5.0 %']]);
    assert.deepEqual(loaded(page), [world.addresses[place]]);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test('the policy stops every way out', LIMIT, async () => {
  const page = await open(world, { address: world.addresses.http });
  const address = 'https://example.invalid/';
  const stopped = await page.evaluate(async (url) => {
    const violated = [];
    document.addEventListener('securitypolicyviolation', (event) => violated.push(event.effectiveDirective));
    const seen = (attempt) => new Promise((resolve) => {
      const before = violated.length;
      attempt();
      setTimeout(() => resolve(violated.slice(before)), 300);
    });
    return {
      fetch: await seen(() => fetch(url).catch(() => {})),
      xhr: await seen(() => { const request = new XMLHttpRequest(); request.open('GET', url); request.send(); }),
      beacon: await seen(() => navigator.sendBeacon(url, 'x')),
      socket: await seen(() => { try { new WebSocket('wss://example.invalid/'); } catch { /* refused at once */ } }),
      image: await seen(() => { new Image().src = url; }),
      script: await seen(() => document.head.append(Object.assign(document.createElement('script'), { src: url }))),
      inline: await seen(() => document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))),
      eval: await seen(() => { try { (0, window['ev' + 'al'])('window.ran = 1'); } catch { /* refused */ } }),
    };
  }, address);
  for (const [way, directives] of Object.entries(stopped)) assert.ok(directives.length > 0, `${way} went through`);
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.deepEqual(loaded(page).filter((url) => !url.startsWith(world.addresses.http) && !url.startsWith(address)), []);
  await page.context().close();
});

test('the file asks for nothing and allows no eval', () => {
  const html = readFileSync(pageFile, 'utf8');
  const markup = html.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
  assert.doesNotMatch(markup, /\s(?:src|href|srcset|action|poster|data)=["']?\s*(?:https?:)?\/\//i);
  assert.doesNotMatch(html.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)[1], /unsafe-eval'(?<!wasm-unsafe-eval')|https?:/);
  assert.ok(html.length <= 1_500_000, `${html.length} bytes`);
});
