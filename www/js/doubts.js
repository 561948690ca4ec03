// The diagnostics of every run: what a reader must know before relying on a number.
import { element } from './dom.js';

/**
 * Returns the doubts, those shared by all runs first and once.
 * @param {any} evaluation
 * @returns {HTMLElement[]}
 */
export function doubtGroups(evaluation) {
  const { runs, unidentified = [] } = evaluation;
  const shared = runs.length > 1 ? runs[0].diagnostics.filter((doubt) => runs.every((run) => run.diagnostics.some((other) => sameDoubt(doubt, other)))) : [];
  const groups = [];
  if (shared.length) groups.push(doubtGroup('All runs', shared));
  for (const run of [...runs, ...unidentified]) {
    const own = run.diagnostics.filter((doubt) => !shared.some((other) => sameDoubt(doubt, other)));
    if (own.length) groups.push(doubtGroup(run.name, own));
  }
  return groups.length ? groups : [element('p', { class: 'muted' }, 'None recorded by the runs, none found in the comparison.')];
}

function sameDoubt(one, other) {
  return one.code === other.code && one.message === other.message;
}

function doubtGroup(title, doubts) {
  return element('div', { class: 'doubt-group' }, element('h3', {}, title), doubtList(doubts));
}

const SEVERITIES = {
  warning: { rank: 0, mark: 'severe', spoken: 'Warning: ' },
  note: { rank: 1, mark: 'note', spoken: 'Note: ' },
  passed: { rank: 2, mark: 'passed', spoken: 'Tested, and holds: ' },
};

/** Returns doubts as a list, warnings first and what holds last. @param {any[]} doubts */
export function doubtList(doubts) {
  const of = (doubt) => SEVERITIES[doubt.severity] ?? SEVERITIES.warning;
  const order = [...doubts].sort((one, other) => of(one).rank - of(other).rank);
  return element('ul', { class: 'doubts' }, ...order.map((doubt) => element('li', { class: of(doubt).mark, 'data-code': doubt.code },
    element('span', { class: 'visually-hidden' }, of(doubt).spoken),
    sentence(doubt.message))));
}

/** Returns a message as a sentence: messages start small and end without a stop. */
export function sentence(message) {
  const text = message.trim();
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
