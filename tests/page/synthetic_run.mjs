// A run with verdicts, made up: what the tests of estimating again open and hand to the command line.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const CATEGORIES = ['Books', 'Web', 'Code'];

/** Numbers from 0 to 1 of a linear congruential generator: any fixed sequence would do. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Probabilities of a text of this category: mostly right, to six decimals. */
function probabilities(category, random) {
  const weights = CATEGORIES.map((_, index) => (0.15 + random()) * (index === category ? 6 : 1));
  const total = weights.reduce((sum, weight) => sum + weight);
  const rounded = weights.map((weight) => Number((weight / total).toFixed(6)));
  rounded[0] = Number((1 - rounded[1] - rounded[2]).toFixed(6));
  return rounded;
}

/**
 * Writes `predictions.jsonl` and, unless told not to, `summary.json` into a new folder and returns it.
 * @param {string} parent
 * @param {{name?: string, summary?: boolean, lengths?: boolean, snippet?: (id: number) => string, texts?: number}} [options]
 */
export function writeRun(parent, { name = 'made_up', summary = true, lengths = true, snippet = (id) => `Text number ${id}.`, texts = 160 } = {}) {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true });
  const random = randomNumbers(7);
  const lines = [];
  for (let id = 0; id < 150; id += 1) {
    const category = id % 3;
    lines.push({ kind: 'validation', id: `d${id}`, true_class: CATEGORIES[category], fold: Math.floor(id / 3) % 2, ...(id ? {} : { categories: CATEGORIES }), probabilities: probabilities(category, random) });
  }
  for (let id = 0; id < texts; id += 1) {
    const category = [0, 1, 1, 2, 1][id % 5];
    lines.push({ kind: 'generation', id: `t${id}`, prompt_id: `p${id % 40}`, snippet: snippet(id), probabilities: probabilities(category, random) });
  }
  writeFileSync(join(folder, 'predictions.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  if (summary) writeFileSync(join(folder, 'summary.json'), JSON.stringify(summaryOf(lengths)));
  return folder;
}

function summaryOf(lengths) {
  const length = (mean) => ({ n: 80, mean, sd: mean / 2 });
  return {
    schema_version: 1, method: 'labelshift', created: '2026-01-01T00:00:00Z', categories: CATEGORIES,
    config: { estimator: 'em', calibration: 'bcts', level: 0.95, n_boot: 60, seed: 5, target_model: 'made/up' },
    priors: { point: [0.2, 0.6, 0.2] },
    ...(lengths ? { document_lengths: { measure: 'tokens', categories: [length(9000), length(800), length(1500)] } } : {}),
    inputs: { generations: 'none' },
    diagnostics: [{ code: 'empty_generations', severity: 'note', message: '3 empty texts were left out of the estimate' }],
  };
}
