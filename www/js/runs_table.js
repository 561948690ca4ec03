// Runs × metrics, with the trivial guesses beside each run's accuracy.
import { element } from './dom.js';
import { numberCell, sortHead, tableFrame } from './data_table.js';
import { BASELINES, METRICS, deltaText, judgement, metricText } from './metrics.js';
import { counted, decimal, isNumber, percent } from './numbers.js';
import { baselineRun, bestValue, groupsByScheme, mergesOf, shownMetrics, sortedRuns } from './scoreboard.js';

const DIRECTIONS = { higher: '↑ better', lower: '↓ better', neither: '' };

/**
 * Returns the table of all runs.
 * @param {any} evaluation
 * @param {any} view
 * @param {(key: string) => void} onSort
 */
export function runsTable(evaluation, view, onSort) {
  const metrics = shownMetrics(evaluation, view);
  const guesses = BASELINES.filter(({ key }) => evaluation.runs.some((run) => isNumber(run.baselines[key])));
  const runs = sortedRuns(evaluation, view);
  return tableFrame({ label: 'Runs and their metrics', id: 'runs', tall: runs.length > 14 },
    runsHead(metrics, guesses, { sorted: view.sort, descending: view.descending, onSort }),
    element('tbody', {}, ...runs.map((run) => runRow(run, { evaluation, view, metrics, guesses }))));
}

function runsHead(metrics, guesses, sorting) {
  const column = (metric) => sortHead({ ...metric, hint: DIRECTIONS[metric.better], ...sorting });
  return element('thead', {},
    element('tr', {},
      sortHead({ name: 'Run', key: 'name', text: true, rowspan: 2, ...sorting }),
      metrics.length ? element('th', { scope: 'colgroup', colspan: metrics.length }, 'Against the ground truth') : null,
      guesses.length ? element('th', { scope: 'colgroup', colspan: guesses.length }, 'Accuracy of a blind guess') : null),
    element('tr', {},
      ...metrics.map(column),
      ...guesses.map(({ name, key }) => sortHead({ name, key, ...sorting }))));
}

function runRow(run, { evaluation, view, metrics, guesses }) {
  const baseline = baselineRun(evaluation, view);
  const isBaseline = baseline === run;
  return element('tr', { class: isBaseline ? 'is-baseline' : null, 'data-run': run.name },
    runHead(run, isBaseline),
    ...metrics.map((metric) => metricCell(run, metric, { baseline: isBaseline ? null : baseline, best: bestValue(evaluation, metric) })),
    ...guesses.map(({ key }) => numberCell(percent(run.baselines[key]), run.baselines[key])));
}

/** Returns how many warnings and notes a run has; what was tested and holds is neither. */
function doubtCount({ diagnostics }) {
  const kinds = ['warning', 'note'].map((kind) => [diagnostics.filter(({ severity }) => severity === kind).length, kind]);
  return kinds.filter(([n]) => n > 0).map(([n, kind]) => counted(n, kind)).join(', ') || null;
}

function runHead(run, isBaseline) {
  const facts = [
    run.method,
    run.unit ? `shares of ${run.unit}` : null,
    counted(run.scheme.categories.length, 'category', 'categories'),
    doubtCount(run),
    isBaseline ? 'compared with' : null,
  ];
  return element('th', { scope: 'row' }, run.name,
    element('span', { class: 'under-name' }, facts.filter(Boolean).join(' · ')));
}

function metricCell(run, metric, { baseline, best }) {
  const value = run.metrics[metric.key];
  const cell = numberCell(metricText(metric, value), value, {
    'data-metric': metric.key,
    class: best !== null && value === best ? 'best' : '',
  });
  const interval = metric.key === 'overlap_accuracy' ? run.overlap_accuracy_ci : null;
  if (interval) cell.append(element('span', { class: 'delta' }, `${decimal(interval.lo * 100, 1)} – ${decimal(interval.hi * 100, 1)}`));
  if (baseline) cell.append(deltaLine(metric, value, baseline.metrics[metric.key]));
  return cell;
}

/** The difference to the run compared with, in words for those who do not see colour. */
function deltaLine(metric, value, reference) {
  if (!isNumber(value) || !isNumber(reference)) return '';
  const difference = value - reference;
  const verdict = judgement(metric, difference);
  const word = verdict > 0 ? 'better' : verdict < 0 ? 'worse' : '';
  return element('span', { class: `delta ${word}`.trim(), 'data-delta': String(difference) },
    deltaText(metric, difference),
    word ? element('span', { class: 'visually-hidden' }, ` ${word}`) : null);
}

/** Returns the terms and meanings of all columns, for a `<dl>`. */
export function metricLegend() {
  const terms = METRICS.map(({ name, meaning }) => [name, meaning]);
  terms.push(...BASELINES.map(({ name, meaning }) => [`Blind guess: ${name.toLowerCase()}`, `Its accuracy: ${meaning}.`]));
  return terms.flatMap(([name, meaning]) => [element('dt', {}, name), element('dd', {}, meaning)]);
}

/**
 * Returns a note that the runs are scored on different categories, with a way to the same ones where
 * there is one; nothing where they are not.
 * @param {any} evaluation
 * @param {(merge: string) => void} onMerge
 */
export function schemeNote(evaluation, onMerge) {
  if (groupsByScheme(evaluation.runs).length < 2) return [];
  const merge = mergesOf(evaluation);
  const button = merge ? element('button', { type: 'button', class: 'quiet', id: 'merge-all', click: () => onMerge(merge) }, `Merge ${merge} for all`) : '';
  return [element('p', { class: 'section-note' }, 'The runs are scored on different categories, so their numbers do not compare directly. ', button)];
}
