// The settings of the comparison, two-way: fields to view, view to fields.
import { byId, element, setText } from './dom.js';
import { counted } from './numbers.js';
import { fillSpecChooser } from './spec_chooser.js';

/**
 * Calls back with the part of the view that a field changed.
 * @param {(change: Partial<import('./view_state.js').ViewState>) => void} onChange
 */
export function watchControls(onChange) {
  byId('controls').addEventListener('submit', (event) => event.preventDefault());
  byId('spec').addEventListener('change', (event) => onChange({ spec: event.target.value }));
  byId('baseline').addEventListener('change', (event) => onChange({ baseline: event.target.value || null }));
  byId('only-differences').addEventListener('change', (event) => onChange({ onlyDifferences: event.target.checked }));
  byId('missing-as-zero').addEventListener('change', (event) => onChange({ missingAsZero: event.target.checked }));
  byId('merge').addEventListener('change', (event) => onChange({ merge: event.target.value.trim() }));
  byId('tolerance').addEventListener('input', (event) => {
    const tolerance = toleranceOf(event.target.value);
    event.target.setAttribute('aria-invalid', String(tolerance === null));
    if (tolerance !== null) onChange({ tolerance });
  });
}

/** Returns points, as typed, as a share; null where that is no tolerance. @param {string} typed */
export function toleranceOf(typed) {
  const text = typed.trim().replace(',', '.');
  const points = Number(text);
  // Through decimal text, so that 0.7 points are the share 0.007 and not 0.006999….
  return text && points >= 0 && points <= 100 ? Number((points / 100).toPrecision(12)) : null;
}

/** Shows the view in the fields. */
export function showControls(view, { specs, runs, chosenSpec }) {
  fillSpecChooser(byId('spec'), specs, chosenSpec);
  fillBaselines(byId('baseline'), runs, view.baseline);
  const tolerance = byId('tolerance');
  if (toleranceOf(tolerance.value) !== view.tolerance) tolerance.value = String(Number((view.tolerance * 100).toPrecision(12)));
  tolerance.setAttribute('aria-invalid', 'false');
  byId('only-differences').checked = view.onlyDifferences;
  byId('only-differences').disabled = runs.length < 2;
  byId('missing-as-zero').checked = view.missingAsZero;
  if (byId('merge').value.trim() !== view.merge) byId('merge').value = view.merge;
  if (view.merge || view.missingAsZero) byId('more-settings').open = true;
}

function fillBaselines(select, runs, chosen) {
  const option = (run) => element('option', { value: run.name, selected: run.name === chosen }, run.name);
  select.replaceChildren(element('option', { value: '' }, 'no other run'), ...runs.map(option));
  select.disabled = runs.length < 2;
}

/**
 * Shows why something could not be scored, where the choices are; hides it where there is no reason.
 * @param {{name?: string, message: string, hint?: string|null}[]} reasons
 */
export function showEvaluationErrors(reasons) {
  const panel = byId('evaluation-error');
  panel.hidden = reasons.length === 0;
  const heading = reasons.some(({ name }) => name) ? [element('h2', {}, `${counted(reasons.length, 'run')} could not be scored`)] : [];
  panel.replaceChildren(...heading, element('ul', {}, ...reasons.map(({ name, message, hint }) => element('li', {},
    name ? element('span', { class: 'problem-name' }, name) : null,
    element('span', { class: 'problem-message' }, message),
    hint ? element('span', { class: 'problem-hint' }, `→ ${hint}`) : null))));
}

/** Returns the options of `evaluate` that a view asks for. @param {import('./view_state.js').ViewState} view */
export function evaluateOptions(view) {
  return {
    spec: view.spec,
    tolerance: view.tolerance,
    merge: view.merge.split(',').map((rule) => rule.trim()).filter(Boolean),
    missing_as_zero: view.missingAsZero,
    baseline: view.baseline,
  };
}

/** Shows how far reading is. @param {{done: number, total: number, path: string}|null} progress null when done */
export function showProgress(progress) {
  byId('progress').hidden = progress === null;
  if (!progress) return;
  setText(byId('progress-text'), `Reading ${progress.done + 1} of ${progress.total}: ${progress.path}`);
  byId('progress-bar').max = progress.total;
  byId('progress-bar').value = progress.done;
}
