// The result of estimating again: shares, the unknown, checks.
import { element } from './dom.js';
import { doubtList, sentence } from './doubts.js';
import { numberCell, tableFrame } from './data_table.js';
import { decimal, percent } from './numbers.js';

/** Returns what a new summary says. @param {any} summary @returns {Node[]} */
export function studyResult(summary) {
  return [
    element('h3', {}, `Shares of ${summary.unit}`),
    sharesTable(summary),
    ...unknownPart(summary),
    element('p', { class: 'section-note' }, facts(summary)),
    element('h3', {}, 'What was tested'),
    doubtList(summary.diagnostics),
  ];
}

function sharesTable(summary) {
  const { documents, tokens } = summary.shares;
  const units = tokens ? [['documents', documents], ['tokens', tokens]] : [['documents', documents]];
  const level = summary.priors.level ? `${decimal(summary.priors.level * 100, 1)}\u202f% interval` : null;
  const head = units.flatMap(([name]) => [`Share of ${name}`, level].filter(Boolean));
  return tableFrame({ label: 'Estimated again', id: 'study-shares', tall: summary.categories.length > 20 },
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'text' }, 'Category'), ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...summary.categories.map((category, position) => element('tr', { 'data-category': category },
      element('th', { scope: 'row' }, category),
      ...units.flatMap(([name, shares]) => shareCells(name, shares, position))))));
}

function shareCells(unit, shares, position) {
  const cells = [numberCell(percent(shares.point[position]), shares.point[position], { 'data-unit': unit })];
  if (shares.ci_lo) cells.push(endsCell(shares.ci_lo[position], shares.ci_hi[position]));
  return cells;
}

function endsCell(lo, hi) {
  return element('td', { class: 'interval', title: `${lo} to ${hi}` }, `${decimal(lo * 100, 1)} – ${decimal(hi * 100, 1)}`);
}

function unknownPart({ unknown }) {
  if (!unknown) return [];
  const ends = unknown.ci_lo === null ? '' : ` (interval ${decimal(unknown.ci_lo * 100, 1)} to ${percent(unknown.ci_hi)})`;
  return [element('p', { class: 'unknown-share' },
    element('strong', {}, `${percent(unknown.share)} of the texts belong to no category${ends}`),
    `, if ${sentence(unknown.assumption).replace(/^./, (first) => first.toLowerCase())}`)];
}

function facts({ estimator, val_metrics: metrics }) {
  const n = metrics.n_docs.reduce((sum, count) => sum + count, 0);
  return `Estimator ${estimator.name}, ${estimator.iterations} steps, at most ${estimator.certificate.toExponential(1)} from its optimum. The classifier is right on ${percent(metrics.val_acc)} of ${n} validation documents.`;
}
