// Each run beside the baseline run: what the same documents say about the difference.
import { element } from './dom.js';
import { numberCell, tableFrame } from './data_table.js';
import { counted, decimal, isNumber, percent, signedPoints } from './numbers.js';

/** The most documents that are listed one by one. */
const MOST_FLIPS = 500;

/**
 * Returns the comparison with the baseline run; nothing where none was chosen.
 * @param {any} evaluation
 * @returns {HTMLElement[]}
 */
export function pairedComparison(evaluation) {
  const runs = evaluation.runs.filter((run) => run.against);
  if (runs.length === 0) return [];
  const paired = runs.filter((run) => run.against.classifiers);
  const parts = [element('h3', {}, `Compared with ${runs[0].against.baseline}`), differencesTable(runs, paired.length > 0)];
  if (paired.length === 0) {
    parts.push(element('p', { class: 'section-note' }, 'Open the predictions.jsonl of both runs, in their folders, to compare their classifiers document by document.'));
  }
  return [...parts, ...paired.map(flipsOf)];
}

function differencesTable(runs, paired) {
  const columns = ['Accuracy, points', 'Interval'];
  if (paired) columns.push('Shared documents', 'Classifier right', 'Baseline\u2019s right', 'Difference, points', '95\u202f% interval', 'Exact McNemar p', 'Gained', 'Lost');
  return tableFrame({ label: 'Differences to the baseline run', id: 'differences', tall: runs.length > 14 },
    element('thead', {}, element('tr', {},
      element('th', { scope: 'col', class: 'text' }, 'Run'), ...columns.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...runs.map((run) => differenceRow(run, paired))));
}

function differenceRow(run, paired) {
  const { overlap_accuracy_difference: difference, overlap_accuracy_difference_ci: interval } = run.against;
  return element('tr', { 'data-against': run.name },
    element('th', { scope: 'row' }, run.name),
    numberCell(signedPoints(difference), difference),
    intervalOf(interval),
    ...(paired ? classifierCells(run.against.classifiers) : []));
}

function intervalOf(interval) {
  const text = interval ? `${signedPoints(interval.lo)} to ${signedPoints(interval.hi)}` : '–';
  return element('td', { title: interval ? `${interval.lo} to ${interval.hi}` : null, class: interval ? 'interval' : 'absent' }, text);
}

function classifierCells(compared) {
  if (!compared) return Array.from({ length: 8 }, () => numberCell('–', null));
  const gained = compared.flips.filter((flip) => flip.gained).length;
  const lost = compared.flips.length - gained;
  return [
    numberCell(String(compared.n_shared), compared.n_shared, { 'data-cell': 'shared' }),
    numberCell(percent(compared.second_accuracy), compared.second_accuracy),
    numberCell(percent(compared.first_accuracy), compared.first_accuracy),
    numberCell(signedPoints(compared.difference), compared.difference, { 'data-cell': 'difference' }),
    intervalOf(compared.difference_ci),
    numberCell(probabilityText(compared.mcnemar_p), compared.mcnemar_p, { 'data-cell': 'p' }),
    numberCell(String(gained), gained, { 'data-cell': 'gained' }),
    numberCell(String(lost), lost, { 'data-cell': 'lost' }),
  ];
}

/** Small probabilities keep their first digits. */
function probabilityText(value) {
  return isNumber(value) && value > 0 && value < 0.001 ? value.toExponential(1).replace('-', '\u2212') : decimal(value, 3);
}

function flipsOf(run) {
  const { flips, n_unshared: nUnshared, bootstrap_seed: seed } = run.against.classifiers;
  const unshared = nUnshared ? ` ${counted(nUnshared, 'document')} of one run only left out.` : '';
  const list = (title, gained) => {
    const documents = flips.filter((flip) => flip.gained === gained);
    const more = documents.length > MOST_FLIPS ? `, the first ${MOST_FLIPS} listed` : '';
    return element('div', {},
      element('h4', {}, `${title}: ${documents.length}${more}`),
      element('ul', { class: 'flips' }, ...documents.slice(0, MOST_FLIPS).map(({ id, true_class: truth }) => element('li', {}, element('code', {}, id), ` ${truth}`))));
  };
  return element('details', { class: 'legend' },
    element('summary', {}, `${run.name}: ${counted(flips.length, 'document')} judged differently`),
    element('p', { class: 'section-note' }, `Interval by paired bootstrap over documents, seed ${seed}.${unshared}`),
    element('div', { class: 'flip-lists' }, list('Wrong before, right now', true), list('Right before, wrong now', false)));
}
