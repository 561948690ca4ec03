// How the reader looks at the results: kept in the address behind `#`, never the data itself.

/** The longest address part that is written. */
export const LONGEST_HASH = 500;

/**
 * @typedef {object} ViewState
 * @property {string|null} spec      id of the chosen spec; empty: none; null: the one that was opened, if only one fits
 * @property {number} tolerance      share of 1
 * @property {string|null} baseline  name of the run the others are compared with
 * @property {string|null} sort      metric by which runs are sorted; null: as loaded
 * @property {boolean} descending
 * @property {boolean} onlyDifferences
 * @property {string} merge
 * @property {boolean} missingAsZero
 */

/** Returns the view a fresh page shows. @returns {ViewState} */
export function defaultView() {
  return {
    spec: null, tolerance: 0.02, baseline: null, sort: null, descending: true,
    onlyDifferences: false, merge: '', missingAsZero: false,
  };
}

/** Returns the view as the text behind `#`; values that are the default are left out. @param {ViewState} view */
export function viewToHash(view) {
  const start = defaultView();
  const fields = new URLSearchParams();
  if (view.spec !== null) fields.set('spec', view.spec);
  if (view.tolerance !== start.tolerance) fields.set('tol', String(view.tolerance));
  if (view.baseline) fields.set('baseline', view.baseline);
  if (view.sort) fields.set('sort', view.descending ? view.sort : `-${view.sort}`);
  if (view.onlyDifferences) fields.set('differences', '1');
  if (view.merge) fields.set('merge', view.merge);
  if (view.missingAsZero) fields.set('zero', '1');
  for (const optional of ['merge', 'baseline', 'spec']) {
    if (fields.toString().length > LONGEST_HASH) fields.delete(optional);
  }
  return fields.toString();
}

/** Returns the view that the text behind `#` tells; what it does not tell is the default. @param {string} hash */
export function viewFromHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, '').slice(0, LONGEST_HASH));
  const view = defaultView();
  const tolerance = Number(fields.get('tol'));
  if (fields.has('tol') && tolerance >= 0 && tolerance <= 1) view.tolerance = tolerance;
  const sort = fields.get('sort');
  if (sort) {
    view.sort = sort.replace(/^-/, '');
    view.descending = !sort.startsWith('-');
  }
  view.spec = fields.get('spec');
  view.baseline = fields.get('baseline');
  view.onlyDifferences = fields.get('differences') === '1';
  view.merge = fields.get('merge') ?? '';
  view.missingAsZero = fields.get('zero') === '1';
  return view;
}

/** Writes the view into the address, as a step that Back undoes. @param {ViewState} view */
export function writeHash(view) {
  const hash = viewToHash(view);
  if (location.hash.replace(/^#/, '') === hash) return;
  try {
    history.pushState(null, '', `#${hash}`);
  } catch { /* Inside a frame without an address there is nowhere to write. */ }
}
