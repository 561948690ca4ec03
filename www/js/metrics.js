// The columns of the runs table: how each metric is called, shown and read.
import { decimal, percent, signed, signedPoints } from './numbers.js';

/**
 * @typedef {object} Metric
 * @property {string} key
 * @property {string} name
 * @property {'higher'|'lower'|'neither'} better
 * @property {'share'|'number'} scale
 * @property {number} places
 * @property {string} meaning
 */

/** Every metric of an evaluation, in the order of the columns. @type {Metric[]} */
export const METRICS = [
  { key: 'overlap_accuracy', name: 'Accuracy', better: 'higher', scale: 'share', places: 1, meaning: '1 − ½ Σ |estimate − truth|: the part of the mixture that lies in the right category.' },
  { key: 'skill', name: 'Skill', better: 'higher', scale: 'number', places: 2, meaning: 'Accuracy on a scale where the best trivial guess is 0 and perfect is 1. Below 0: worse than a guess that never saw the model.' },
  { key: 'l1_distance', name: 'L1', better: 'lower', scale: 'number', places: 3, meaning: 'Σ |estimate − truth|, from 0 to 2.' },
  { key: 'l2_distance', name: 'L2', better: 'lower', scale: 'number', places: 3, meaning: '√Σ (estimate − truth)².' },
  { key: 'kl_divergence', name: 'KL', better: 'lower', scale: 'number', places: 3, meaning: 'Σ truth · ln(truth / estimate) in nats, with 10⁻¹⁰ added to both; a category missed altogether dominates it.' },
  { key: 'max_absolute_error', name: 'Largest error', better: 'lower', scale: 'share', places: 1, meaning: 'The largest |estimate − truth| of any category.' },
  { key: 'mean_absolute_error', name: 'Mean error', better: 'lower', scale: 'share', places: 1, meaning: 'The mean |estimate − truth| over the categories.' },
  { key: 'within_tolerance_rate', name: 'In tolerance', better: 'higher', scale: 'share', places: 0, meaning: 'The share of categories whose error is at most the tolerance; rewards zeros where most shares are small.' },
  { key: 'ci_coverage_rate', name: 'Coverage', better: 'neither', scale: 'share', places: 0, meaning: 'The share of categories whose interval contains the truth; close to the nominal level is right.' },
  { key: 'mean_ci_width', name: 'Interval width', better: 'neither', scale: 'share', places: 1, meaning: 'The mean width of the intervals; narrow is good only where the coverage holds.' },
];

/** The trivial guesses whose accuracy stands beside each run's. */
export const BASELINES = [
  { key: 'uniform', name: 'Uniform', meaning: 'equal shares for all categories' },
  { key: 'largest_category', name: 'Largest', meaning: 'everything in the category that is largest in truth' },
  { key: 'mean_of_other_specs', name: 'Other specs', meaning: 'the mean of the published mixtures of other model families' },
];

/** Returns a metric's value as shown. @param {Metric} metric @param {number|null} value */
export function metricText(metric, value) {
  return metric.scale === 'share' ? percent(value, metric.places) : decimal(value, metric.places);
}

/** Returns a metric's difference as shown, shares in points. @param {Metric} metric @param {number} difference */
export function deltaText(metric, difference) {
  return metric.scale === 'share' ? signedPoints(difference, metric.places) : signed(difference, metric.places);
}

/** Returns whether a difference is for the better: 1, for the worse: -1, or neither: 0. */
export function judgement(metric, difference) {
  if (metric.better === 'neither' || difference === 0) return 0;
  return (difference > 0) === (metric.better === 'higher') ? 1 : -1;
}
