// The shares of a new summary in each unit, with their intervals.
import { element } from './dom.js';
import { numberCell, tableFrame } from './data_table.js';
import { decimal, percent, percentRange } from './numbers.js';

/** What the table is called, where plots point to it. */
export const SHARES_TABLE = 'Estimated again';

/** Returns the table of shares. @param {any} summary */
export function sharesTable(summary) {
  const { documents, tokens } = summary.shares;
  const units = tokens ? [['documents', documents], ['tokens', tokens]] : [['documents', documents]];
  const level = summary.priors.level ? `${decimal(summary.priors.level * 100, 1)}\u202f% interval` : null;
  const head = units.flatMap(([name]) => [`Share of ${name}`, level].filter(Boolean));
  return tableFrame({ label: SHARES_TABLE, id: 'study-shares', tall: summary.categories.length > 20 },
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'text' }, 'Category'), ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...summary.categories.map((category, position) => element('tr', { 'data-category': category },
      element('th', { scope: 'row' }, category),
      ...units.flatMap(([name, shares]) => shareCells(name, shares, position))))));
}

function shareCells(unit, shares, position) {
  const cells = [numberCell(percent(shares.point[position]), shares.point[position], { 'data-unit': unit })];
  if (shares.ci_lo) cells.push(shareIntervalCell(shares.ci_lo[position], shares.ci_hi[position]));
  return cells;
}

function shareIntervalCell(lo, hi) {
  return element('td', { class: 'interval', title: `${lo} to ${hi}` }, percentRange(lo, hi));
}
