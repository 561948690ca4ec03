// The choices of an estimate from what a run stored: fields to choices, choices to fields, by method.
import { byId, element } from './dom.js';

/** Most replicates that the page makes: more are for the command line. */
const MOST_REPLICATES = 5000;

/**
 * @typedef {object} Choices named as the flags of `data-anatomy reestimate`; those of all methods
 * @property {string[]} merge
 * @property {string} unit
 * @property {number} level
 * @property {number} n_boot
 * @property {number} seed
 */

/** What only runs of one method can choose: how it is shown, and how it is read. */
const OWN_CHOICES = {
  labelshift: {
    show(choices) {
      byId('study-estimator').value = choices.estimator;
      byId('study-calibration').value = choices.calibration;
      byId('study-unknown').checked = choices.unknown;
      byId('study-threshold').value = choices.unknown_threshold ?? '';
    },
    read: () => ({
      estimator: byId('study-estimator').value,
      calibration: byId('study-calibration').value,
      unknown: byId('study-unknown').checked,
      unknown_threshold: number('study-threshold', (value) => value > 0 && value <= 1, true),
    }),
  },
  openings: {
    show(choices) {
      byId('study-smoothing').value = choices.smoothing;
      byId('study-nuisances').checked = choices.nuisances;
      byId('study-learning').checked = choices.learning;
      showLearning();
    },
    read: () => ({
      smoothing: number('study-smoothing', (value) => value > 0 && value <= 1e6),
      nuisances: byId('study-nuisances').checked,
      learning: byId('study-learning').checked,
    }),
  },
};

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
    showLearning();
    if (event.target.id === 'study-run') onRun(Number(event.target.value));
    else onChoice();
  });
}

/** What is not learned is made up for only where what begins no document is set aside. */
function showLearning() {
  byId('study-learning').disabled = !byId('study-nuisances').checked;
}

/** Fills the list of runs. @param {{id: number, path: string, name: string}[]} files @param {number|null} chosen */
export function showStudyRuns(files, chosen) {
  const repeated = (name) => files.filter((file) => file.name === name).length > 1;
  byId('study-run').replaceChildren(...files.map((file) => element('option', { value: file.id, selected: file.id === chosen }, repeated(file.name) ? file.path : file.name)));
}

/** Shows what belongs to this method, and hides what belongs to another. @param {string} method */
export function showMethod(method) {
  for (const part of byId('study-section').querySelectorAll('[data-method]')) part.hidden = part.dataset.method !== method;
}

/** Shows choices in the fields. @param {Choices} choices @param {{method: string, knows_lengths: boolean}} source whose they are */
export function showChoices(choices, { method, knows_lengths: knowsLengths }) {
  OWN_CHOICES[method].show(choices);
  byId('study-merge').value = choices.merge.join(', ');
  byId('study-unit').value = knowsLengths ? choices.unit : 'documents';
  byId('study-unit').disabled = !knowsLengths;
  byId('study-unit-note').hidden = knowsLengths;
  byId('study-level').value = Number((choices.level * 100).toPrecision(12));
  byId('study-replicates').value = choices.n_boot;
  byId('study-seed').value = choices.seed;
}

/**
 * Returns the choices in the fields, or null where one is no number in its range; that field is marked.
 * @param {{method: string, choices: Choices}} source whose they are: its unit stays where it cannot be chosen
 * @returns {Choices|null}
 */
export function readChoices({ method, choices: own }) {
  const unit = byId('study-unit');
  const level = number('study-level', (value) => value > 0 && value < 100);
  const choices = {
    ...OWN_CHOICES[method].read(),
    merge: byId('study-merge').value.split(',').map((rule) => rule.trim()).filter(Boolean),
    unit: unit.disabled ? own.unit : unit.value,
    level: level === undefined ? undefined : Number((level / 100).toPrecision(12)),
    n_boot: number('study-replicates', (value) => Number.isInteger(value) && value >= 0 && value !== 1 && value <= MOST_REPLICATES),
    seed: number('study-seed', (value) => Number.isSafeInteger(value) && value >= 0),
  };
  return Object.values(choices).includes(undefined) ? null : choices;
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
