// What was run: facts of every run, and a paragraph for the methods section of a paper. The words are core's.
import { announce, element } from './dom.js';
import { copyText } from './download.js';

/** Returns the account of every run. @param {any[]} runs @returns {HTMLElement[]} */
export function runAccounts(runs) {
  return runs.map((run) => element('details', { class: 'account', open: runs.length === 1, 'data-account': run.name },
    element('summary', {}, run.name),
    element('dl', {}, ...run.account.facts.flatMap(({ name, value }) => [element('dt', {}, name), element('dd', {}, value)])),
    ...(run.account.methods ? methodsPart(run.account) : [])));
}

function methodsPart({ methods, references }) {
  const copy = async () => announce((await copyText([methods, ...references].join('\n'))) ? 'Paragraph copied' : 'The paragraph could not be copied; select it instead');
  return [
    element('h3', {}, 'Methods, for a paper'),
    element('p', { class: 'methods' }, methods),
    ...(references.length ? [element('ul', { class: 'references' }, ...references.map((reference) => element('li', {}, reference)))] : []),
    element('p', { class: 'button-row' }, element('button', { type: 'button', class: 'quiet', click: copy }, 'Copy the paragraph')),
  ];
}
