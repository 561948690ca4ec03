// Estimates that nothing is compared with: one table for each run.
import { element } from './dom.js';
import { memberTable } from './category_table.js';
import { numberCell, tableFrame } from './data_table.js';
import { decimal, percent, percentRange } from './numbers.js';

/** Returns the tables of all runs. @param {any} estimates @returns {HTMLElement[]} */
export function estimateTables({ runs }) {
  return [...runs.map(estimateTable), ...runs.filter((run) => run.member_shares?.length).map(memberTable)];
}

function estimateTable(run, index) {
  const share = run.unit ? `Share of ${run.unit}` : 'Share, unit not stated';
  const level = run.level ? `${decimal(run.level * 100, 1)}\u202f% interval` : 'Interval';
  const heads = run.intervals ? [share, level] : [share];
  return element('div', { class: 'table-group' },
    element('h3', {}, run.name, element('span', { class: 'under-name' }, [run.method, share.toLowerCase()].filter(Boolean).join(' · '))),
    tableFrame({ label: `Estimate of ${run.name}`, id: `estimate-${index}`, tall: run.categories.length > 20 },
      element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'text' }, 'Category'), ...heads.map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...run.categories.map((category, position) => element('tr', {},
        element('th', { scope: 'row' }, category),
        numberCell(percent(run.estimate[position]), run.estimate[position]),
        ...intervalCells(run, position))))));
}

function intervalCells({ intervals }, position) {
  if (!intervals) return [];
  const { lo, hi } = intervals[position];
  return [element('td', { class: 'interval', title: `${lo} to ${hi}` }, percentRange(lo, hi))];
}
