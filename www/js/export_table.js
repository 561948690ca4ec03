// An evaluation as one long table: a row for each run and category, metric and baseline.
import { BASELINES, METRICS } from './metrics.js';

const HEAD = ['spec', 'run', 'sha256', 'kind', 'name', 'value', 'ground_truth', 'ci_lo', 'ci_hi', 'error', 'unit'];

/** Returns the rows, head first. @param {any} evaluation @returns {(string|number|null)[][]} */
export function exportRows(evaluation) {
  return [HEAD, ...evaluation.runs.flatMap((run) => runRows(evaluation.spec.id, run))];
}

function runRows(spec, run) {
  const key = [spec, run.name, run.sha256];
  const single = (kind, name, value) => [...key, kind, name, value ?? null, null, null, null, null, null];
  const shares = run.scheme.categories.map((category, position) => {
    const [estimate, truth, interval] = [run.estimate[position], run.ground_truth[position], run.intervals?.[position]];
    return [...key, 'category', category, estimate, truth, interval?.lo ?? null, interval?.hi ?? null, estimate - truth, run.unit ?? null];
  });
  return [
    ...shares,
    ...METRICS.map((metric) => single('metric', metric.key, run.metrics[metric.key])),
    ...BASELINES.map((guess) => single('baseline', guess.key, run.baselines[guess.key])),
  ];
}
