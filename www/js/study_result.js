// The result of estimating again: why there is none, or shares; then what was tested, and the plots' numbers.
import { element } from './dom.js';
import { doubtList, sentence } from './doubts.js';
import { followingTable, tokensTable } from './openings_tables.js';
import { decimal, percent } from './numbers.js';
import { sharesTable } from './shares_table.js';

/** The code of the doubts that repeat why there is no answer. */
const NOT_IDENTIFIED = 'not_identified';

/** Returns what a new summary says. @param {any} summary @returns {Node[]} */
export function studyResult(summary) {
  return summary.method === 'openings' ? openingsResult(summary) : labelShiftResult(summary);
}

function labelShiftResult(summary) {
  return [
    element('h3', {}, `Shares of ${summary.unit}`),
    sharesTable(summary),
    ...unknownPart(summary),
    element('p', { class: 'section-note' }, labelShiftFacts(summary)),
    element('h3', {}, 'What was tested'),
    doubtList(summary.diagnostics),
  ];
}

function openingsResult(summary) {
  const answer = summary.identified ? [element('h3', {}, `Shares of ${summary.unit}`), sharesTable(summary)] : refusalsPart(summary);
  return [
    ...answer,
    element('p', { class: 'section-note' }, openingsFacts(summary)),
    element('h3', {}, 'What was tested'),
    doubtList(summary.diagnostics.filter((doubt) => doubt.code !== NOT_IDENTIFIED)),
    element('details', { class: 'legend', id: 'study-numbers' }, element('summary', {}, 'The numbers of the plots below'), followingTable(summary), tokensTable(summary)),
  ];
}

/** Why there is no answer, in its place. */
function refusalsPart({ refusals }) {
  return [
    element('h3', { id: 'study-refused' }, 'Not identifiable by openings'),
    element('p', { class: 'section-note' }, 'There are no shares to show, for an estimate could be far off without being noticed:'),
    element('ul', { class: 'refusals', id: 'study-refusals' }, ...refusals.map((reason) => element('li', {}, sentence(reason)))),
  ];
}

function unknownPart({ unknown }) {
  if (!unknown) return [];
  const ends = unknown.ci_lo === null ? '' : ` (interval ${decimal(unknown.ci_lo * 100, 1)} to ${percent(unknown.ci_hi)})`;
  return [element('p', { class: 'unknown-share' },
    element('strong', {}, `${percent(unknown.share)} of the texts belong to no category${ends}`),
    `, if ${sentence(unknown.assumption).replace(/^./, (first) => first.toLowerCase())}`)];
}

function labelShiftFacts({ estimator, val_metrics: metrics }) {
  const n = metrics.n_docs.reduce((sum, count) => sum + count, 0);
  return `Estimator ${estimator.name}, ${estimator.iterations} steps, at most ${estimator.certificate.toExponential(1)} from its optimum. The classifier is right on ${percent(metrics.val_acc)} of ${n} validation documents.`;
}

function openingsFacts({ estimator, n_documents: counts }) {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const half = estimator.half_learned;
  const learned = half === null ? '' : ` Of a first token with a share of ${percent(half, 2)} of all beginnings, the model has learned half.`;
  return `Estimator ${estimator.name}, ${estimator.iterations} steps, at most ${estimator.certificate.toExponential(1)} from its optimum, with ${n} reference documents.${learned}`;
}
