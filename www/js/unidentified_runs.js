// Runs that found no mixture: an answer too. What it is, why, and the shares of members where there are some.
import { element } from './dom.js';
import { membersTable } from './members_table.js';
import { sentence } from './doubts.js';

/** Returns a part for each such run. @param {any} evaluation @returns {HTMLElement[]} */
export function unidentifiedRuns({ runs, unidentified = [] }) {
  return unidentified.map((run, index) => element('div', { class: 'table-group', 'data-unidentified': run.name },
    element('h3', {}, run.name),
    element('p', {}, sentence(run.finding)),
    element('ul', { class: 'refusals' }, ...run.reasons.map((reason) => element('li', {}, sentence(reason)))),
    run.remedy ? element('p', { class: 'problem-hint' }, `→ ${run.remedy}`) : null,
    run.member_shares?.length ? membersTable(run, runs.length + index) : null));
}
