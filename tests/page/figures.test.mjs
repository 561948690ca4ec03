// Plots are crisp and whole: one canvas pixel to one device pixel at any ratio, width and theme.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMIT, andResults, drop, open, setUp, trySample } from './harness.mjs';

const world = setUp();

/** Returns each canvas's size in its own and in CSS pixels, and how many colours are on it. */
function canvases(page) {
  return page.evaluate(async () => {
    await new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); });
    return [...document.querySelectorAll('canvas[data-plot]')].map((canvas) => {
      const box = canvas.getBoundingClientRect();
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      const colours = new Set();
      for (let at = 0; at < pixels.length; at += 4) colours.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
      const ground = (pixels[0] << 16) | (pixels[1] << 8) | pixels[2];
      return { width: canvas.width, height: canvas.height, cssWidth: box.width, cssHeight: box.height, colours: colours.size, ground, fits: box.right <= innerWidth + 1 };
    });
  });
}

for (const deviceScaleFactor of [1, 1.25, 2, 3]) {
  test(`device pixel ratio ${deviceScaleFactor}, at 320, 768 and 1440 pixels`, LIMIT, async () => {
    const page = await open(world, { deviceScaleFactor, viewport: { width: 1440, height: 900 } });
    await trySample(page);
    for (const width of [1440, 768, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(150);
      const drawn = await canvases(page);
      assert.equal(drawn.length, 2);
      for (const canvas of drawn) {
        assert.equal(canvas.width, Math.round(canvas.cssWidth * deviceScaleFactor), `width at ${width}`);
        assert.equal(canvas.height, Math.round(canvas.cssHeight * deviceScaleFactor), `height at ${width}`);
        assert.ok(canvas.colours > 10, 'the canvas is blank');
        assert.ok(canvas.fits, `the plot is wider than the screen at ${width}`);
      }
    }
    await page.context().close();
  });
}

test('plots follow the theme, and paper is always light', LIMIT, async () => {
  const page = await open(world, { colorScheme: 'light' });
  await trySample(page);
  const [light] = await canvases(page);
  assert.equal(light.ground, 0xffffff);
  await page.click('#toggle-theme');
  const [dark] = await canvases(page);
  assert.ok(dark.ground < 0x303030, `the ground is ${dark.ground.toString(16)}`);
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  const ground = await page.$eval('canvas', (canvas) => canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0]);
  assert.equal(ground, 255);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(252, 251, 248)');
  await page.context().close();
});

test('twenty runs with long names and 87 categories are drawn within every browser\'s limits', LIMIT, async () => {
  const page = await open(world, { deviceScaleFactor: 3 });
  const folder = join(world.folder, 'twenty');
  mkdirSync(folder);
  const categories = Array.from({ length: 87 }, (_, index) => `language number ${index + 1}`);
  const shares = (shift) => {
    const raw = categories.map((_, index) => 1 + ((index * 7 + shift) % 23));
    const sum = raw.reduce((total, value) => total + value, 0);
    return raw.map((value) => value / sum);
  };
  const spec = ['schema: category-mixture-v1', 'name: Many languages', 'categories:', ...categories.map((name) => `  - ${name}`), 'category_weights:', ...categories.map((name, index) => `  ${name}: ${shares(0)[index]}`)];
  writeFileSync(join(folder, 'many.yaml'), spec.join('\n'));
  for (let run = 0; run < 20; run += 1) {
    const name = `a-run-with-a-name-of-sixty-characters-that-somebody-chose-${String(run).padStart(2, '0')}`;
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ categories, priors: { mean: shares(run + 1) } }));
  }
  await andResults(page, () => drop(page, [folder]));
  assert.equal(await page.$$eval('tr[data-run]', (lines) => lines.length), 20);
  for (const canvas of await canvases(page)) {
    assert.ok(Math.max(canvas.width, canvas.height) <= 16384, `${canvas.width} × ${canvas.height}`);
    assert.ok(canvas.colours > 10, 'the canvas is blank');
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
});
