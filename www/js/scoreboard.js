// What an evaluation says, asked in the ways the views need. Nothing here computes a metric.
import { METRICS } from './metrics.js';
import { isNumber } from './numbers.js';

/** @typedef {any} Evaluation the parsed text of `evaluate --json` */

/** Returns the runs in the order of the view. @param {Evaluation} evaluation @param {any} view */
export function sortedRuns(evaluation, view) {
  const runs = [...evaluation.runs];
  if (!view.sort) return runs;
  const value = view.sort === 'name' ? null : (run) => run.metrics[view.sort] ?? run.baselines[view.sort];
  const direction = view.descending ? -1 : 1;
  return runs.sort((one, other) => (value
    ? compareNumbers(value(one), value(other), direction)
    : direction * (one.name < other.name ? -1 : Number(one.name > other.name))));
}

/** Missing numbers stand last, whichever way is sorted. */
function compareNumbers(one, other, direction) {
  if (!isNumber(one) || !isNumber(other)) return Number(!isNumber(one)) - Number(!isNumber(other));
  return direction * (one - other);
}

/** Returns the metrics shown: all, or only those in which the runs differ. */
export function shownMetrics(evaluation, view) {
  const known = METRICS.filter((metric) => evaluation.runs.some((run) => isNumber(run.metrics[metric.key])));
  if (!view.onlyDifferences || evaluation.runs.length < 2) return known;
  return known.filter((metric) => differ(evaluation.runs.map((run) => run.metrics[metric.key] ?? null)));
}

/** Returns whether the values are not all the same. @param {unknown[]} values */
export function differ(values) {
  return values.some((value) => value !== values[0]);
}

/** Returns the run that the others are compared with, if any. */
export function baselineRun(evaluation, view) {
  return evaluation.runs.find((run) => run.name === view.baseline) ?? null;
}

/**
 * Returns groups of runs that are compared on the same categories with the same truth.
 * @param {any[]} runs
 * @returns {{categories: string[], truth: number[], runs: any[]}[]}
 */
export function groupsByScheme(runs) {
  const groups = new Map();
  for (const run of runs) {
    const key = JSON.stringify([run.scheme.categories, run.ground_truth]);
    if (!groups.has(key)) groups.set(key, { categories: run.scheme.categories, truth: run.ground_truth, runs: [] });
    groups.get(key).runs.push(run);
  }
  return [...groups.values()];
}

/** Returns the best value of a metric among the runs, or none where it is not a contest. */
export function bestValue(evaluation, metric) {
  const values = evaluation.runs.map((run) => run.metrics[metric.key]).filter(isNumber);
  const noContest = metric.better === 'neither' || groupsByScheme(evaluation.runs).length > 1;
  if (values.length < 2 || noContest || !differ(values)) return null;
  return metric.better === 'higher' ? Math.max(...values) : Math.min(...values);
}

/**
 * Returns the merges that put all runs on the same categories, as far as the runs themselves show
 * them: what was joined in the ground truth for one run is joined for all.
 */
export function mergesOf(evaluation) {
  const merges = evaluation.runs.flatMap((run) => run.scheme.merged
    .filter(({ side }) => side === 'ground_truth').map(({ from, into }) => `${from.join('+')}=${into}`));
  return [...new Set(merges)].join(', ');
}
