// The result in a sentence or two, above all tables.
import { byId, setText } from './dom.js';
import { counted, isNumber, percent } from './numbers.js';
import { bestRun } from './scoreboard.js';

/** Writes the heading and the sentence. @param {any} evaluation */
export function showFinding(evaluation) {
  const { runs, spec } = evaluation;
  setText(byId('finding-heading'), spec.name);
  setText(byId('finding-text'), runs.length ? findingText(evaluation, bestRun(evaluation)) : 'No run could be scored against this ground truth.');
}

function findingText(evaluation, best) {
  const { runs, spec } = evaluation;
  const subject = runs.length === 1 ? `\u201c${best.name}\u201d places` : `Of ${counted(runs.length, 'run')}, \u201c${best.name}\u201d is closest: it places`;
  const accuracy = `${percent(best.metrics.overlap_accuracy)} of the mixture rightly`;
  const unit = spec.unit ? ` Shares are counted in ${spec.unit}.` : '';
  return `${subject} ${accuracy}${intervalText(best)}; ${guessText(best)}.${unit}`;
}

function intervalText(run) {
  const interval = run.overlap_accuracy_ci;
  return interval ? ` (${percent(interval.lo)} to ${percent(interval.hi)})` : '';
}

/** How that compares with the best guess that never saw the model. */
function guessText({ baselines, metrics }) {
  const guesses = [baselines.uniform, baselines.largest_category, baselines.mean_of_other_specs].filter(isNumber);
  const guess = Math.max(...guesses);
  const verdict = metrics.overlap_accuracy > guess ? 'the best blind guess reaches' : 'a blind guess does as well or better, with';
  return `${verdict} ${percent(guess)}`;
}
