// The choices of an estimate from stored verdicts: fields to choices, choices to fields.
import { byId, element } from './dom.js';

/** Most replicates that the page makes: more are for the command line. */
const MOST_REPLICATES = 5000;

/**
 * @typedef {object} Choices named as the flags of `data-anatomy reestimate`
 * @property {string} estimator
 * @property {string} calibration
 * @property {string[]} merge
 * @property {string} unit
 * @property {boolean} unknown
 * @property {number|null} unknown_threshold
 * @property {number} level
 * @property {number} n_boot
 * @property {number} seed
 */

/**
 * Calls back with every change of a choice, and with another run.
 * @param {{onChoice: () => void, onRun: (id: number) => void, onSubmit: () => void}} calls
 */
export function watchStudyControls({ onChoice, onRun, onSubmit }) {
  byId('study-controls').addEventListener('submit', (event) => {
    event.preventDefault();
    onSubmit();
  });
  byId('study-controls').addEventListener('change', (event) => {
    if (event.target.id === 'study-run') onRun(Number(event.target.value));
    else onChoice();
  });
}

/** Fills the list of runs. @param {{id: number, path: string, name: string}[]} files @param {number|null} chosen */
export function showStudyRuns(files, chosen) {
  const repeated = (name) => files.filter((file) => file.name === name).length > 1;
  byId('study-run').replaceChildren(...files.map((file) => element('option', { value: file.id, selected: file.id === chosen }, repeated(file.name) ? file.path : file.name)));
}

/** Shows choices in the fields. @param {Choices} choices @param {boolean} knowsLengths */
export function showChoices(choices, knowsLengths) {
  byId('study-estimator').value = choices.estimator;
  byId('study-calibration').value = choices.calibration;
  byId('study-merge').value = choices.merge.join(', ');
  byId('study-unit').value = knowsLengths ? choices.unit : 'documents';
  byId('study-unit').disabled = !knowsLengths;
  byId('study-unit-note').hidden = knowsLengths;
  byId('study-unknown').checked = choices.unknown;
  byId('study-threshold').value = choices.unknown_threshold ?? '';
  byId('study-level').value = Number((choices.level * 100).toPrecision(12));
  byId('study-replicates').value = choices.n_boot;
  byId('study-seed').value = choices.seed;
}

/**
 * Returns the choices in the fields, or null where one is no number in its range; that field is marked.
 * @param {Choices} own what the run itself has: the unit stays where it cannot be chosen
 * @returns {Choices|null}
 */
export function readChoices(own) {
  const unit = byId('study-unit');
  const level = number('study-level', (value) => value > 0 && value < 100);
  const replicates = number('study-replicates', (value) => Number.isInteger(value) && value >= 0 && value !== 1 && value <= MOST_REPLICATES);
  const seed = number('study-seed', (value) => Number.isSafeInteger(value) && value >= 0);
  const threshold = number('study-threshold', (value) => value > 0 && value <= 1, true);
  if ([level, replicates, seed, threshold].includes(undefined)) return null;
  return {
    estimator: byId('study-estimator').value,
    calibration: byId('study-calibration').value,
    merge: byId('study-merge').value.split(',').map((rule) => rule.trim()).filter(Boolean),
    unit: unit.disabled ? own.unit : unit.value,
    unknown: byId('study-unknown').checked,
    unknown_threshold: threshold,
    level: Number((level / 100).toPrecision(12)),
    n_boot: replicates,
    seed,
  };
}

/** Returns the number in a field, undefined where it is none that fits; an empty one may be null. */
function number(id, fits, optional = false) {
  const text = byId(id).value.trim().replace(',', '.');
  const value = Number(text);
  const empty = optional && text === '';
  const good = empty || (text !== '' && fits(value));
  byId(id).setAttribute('aria-invalid', String(!good));
  if (!good) return undefined;
  return empty ? null : value;
}
