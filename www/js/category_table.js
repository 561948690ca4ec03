// Category by category: the truth, and each run's estimate, interval and error.
import { element } from './dom.js';
import { numberCell, tableFrame } from './data_table.js';
import { membersTable } from './members_table.js';
import { decimal, percent, percentRange, signedPoints } from './numbers.js';
import { groupsByScheme } from './scoreboard.js';

/**
 * Returns one table for each set of runs compared on the same categories.
 * @param {any} evaluation
 * @param {any} view
 * @returns {HTMLElement[]}
 */
export function categoryTables(evaluation, view) {
  const groups = groupsByScheme(evaluation.runs);
  const tables = groups.map((group, index) => {
    const heading = groups.length > 1 ? element('h3', {}, groupTitle(group)) : null;
    const rows = shownCategories(group, view);
    return element('div', { class: 'table-group' }, heading, mergedNote(group), groupTable(group, rows, { evaluation, index }), hiddenNote(group, rows));
  });
  return [...tables, ...evaluation.runs.filter((run) => run.member_shares?.length).map(memberTable)];
}

/** Returns the share of members in each category of a membership run. */
export function memberTable(run, index) {
  return element('div', { class: 'table-group' }, element('h3', {}, `Share of members in ${run.name}`), membersTable(run, index));
}

/** Returns how a group of runs is called, where there are several. */
export function groupTitle(group) {
  const names = group.runs.slice(0, 3).map((run) => run.name).join(', ');
  const more = group.runs.length > 3 ? ` and ${group.runs.length - 3} more` : '';
  return `${group.categories.length} categories: ${names}${more}`;
}

/** Says what was joined to make estimate and truth comparable. */
function mergedNote(group) {
  const texts = group.runs.flatMap((run) => run.scheme.merged.map(({ from, into, side }) => (
    `${from.join(' + ')} = ${into} (${side === 'ground_truth' ? 'in the ground truth' : 'in the estimate'})`)));
  const distinct = [...new Set(texts)];
  return distinct.length ? element('p', { class: 'section-note' }, `Joined: ${distinct.join('; ')}.`) : null;
}

function hiddenNote(group, rows) {
  const hidden = group.categories.length - rows.length;
  return hidden ? element('p', { class: 'section-note' }, `${hidden} on which all runs agree are hidden.`) : null;
}

/** Positions of the categories to show: all, or only those where the runs differ. */
function shownCategories(group, view) {
  const all = group.categories.map((_, position) => position);
  if (!view.onlyDifferences || group.runs.length < 2) return all;
  return all.filter((position) => group.runs.some((run) => run.estimate[position] !== group.runs[0].estimate[position]));
}

function groupTable(group, rows, { evaluation, index }) {
  const label = 'Truth, estimate, interval and error of every category';
  return tableFrame({ label: index ? `${label}, part ${index + 1}` : label, id: `categories-${index}`, tall: rows.length > 20 },
    groupHead(group, evaluation.spec.unit ? `shares of ${evaluation.spec.unit}` : 'unit not stated'),
    element('tbody', {}, ...rows.map((position) => categoryRow(group, position, evaluation.tolerance))));
}

function groupHead(group, truthUnit) {
  const parts = group.runs.map(runColumns);
  return element('thead', {},
    element('tr', {},
      element('th', { scope: 'col', class: 'text', rowspan: 2 }, 'Category'),
      element('th', { scope: 'col', rowspan: 2 }, 'Truth', truthUnit ? element('span', { class: 'under-name' }, truthUnit) : null),
      ...group.runs.map((run, index) => element('th', { scope: 'colgroup', colspan: parts[index].length }, run.name, element('span', { class: 'under-name' }, run.unit ? `shares of ${run.unit}` : 'unit not stated')))),
    element('tr', {}, ...parts.flat().map((name) => element('th', { scope: 'col' }, name))));
}

function runColumns(run) {
  const level = run.level ? `${decimal(run.level * 100, 0)}\u202f% interval` : 'Interval';
  return run.intervals ? ['Estimate', level, 'Error, points'] : ['Estimate', 'Error, points'];
}

function categoryRow(group, position, tolerance) {
  const truth = group.truth[position];
  return element('tr', {},
    element('th', { scope: 'row' }, group.categories[position]),
    numberCell(percent(truth), truth),
    ...group.runs.flatMap((run) => runCells(run, position, { truth, tolerance })));
}

function runCells(run, position, { truth, tolerance }) {
  const estimate = run.estimate[position];
  const error = estimate - truth;
  const cells = [numberCell(percent(estimate), estimate)];
  const interval = run.intervals?.[position];
  if (run.intervals) cells.push(intervalCell(interval, truth));
  const outside = Math.abs(error) > tolerance;
  cells.push(numberCell(signedPoints(error), error, { class: outside ? 'outside' : '' }));
  return cells;
}

function intervalCell(interval, truth) {
  if (!interval) return numberCell('–', null);
  const missed = truth < interval.lo || truth > interval.hi;
  return element('td', { class: missed ? 'interval outside' : 'interval', title: `${interval.lo} to ${interval.hi}${missed ? ': misses the truth' : ''}` }, percentRange(interval.lo, interval.hi));
}
