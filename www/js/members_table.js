// The share of members in each category of a membership run.
import { element } from './dom.js';
import { numberCell, tableFrame } from './data_table.js';
import { percent } from './numbers.js';

/** Returns the table; a dash where a share is not known. @param {any} run @param {number} index tells tables apart */
export function membersTable(run, index) {
  const heads = [['Category', 'text'], ['Share of members', null], ['Interval', null]];
  const rows = run.member_shares.map(({ category, share, interval }) => element('tr', {},
    element('th', { scope: 'row' }, category),
    numberCell(share === null ? '–' : percent(share), share),
    element('td', {}, interval ? `${percent(interval.lo)} – ${percent(interval.hi)}` : '–')));
  return tableFrame({ label: `Share of members in each category of ${run.name}`, id: `members-${index}`, tall: rows.length > 20 },
    element('thead', {}, element('tr', {}, ...heads.map(([name, kind]) => element('th', { scope: 'col', class: kind }, name)))),
    element('tbody', {}, ...rows));
}
