// Which published mixture the runs are scored against.
import { element } from './dom.js';
import { counted, percent } from './numbers.js';

/**
 * Fills the chooser with the opened and the bundled specs.
 * @param {HTMLSelectElement} select
 * @param {any[]} specs as told by the workspace
 * @param {string|null} chosen id
 */
export function fillSpecChooser(select, specs, chosen) {
  const option = (spec) => element('option', { value: spec.id, selected: spec.id === chosen, disabled: Boolean(spec.unfit) && spec.id !== chosen, title: spec.unfit ?? null }, specLabel(spec));
  const none = element('option', { value: '', selected: chosen === null }, 'none: the estimate by itself');
  const group = (label, members) => (members.length ? element('optgroup', { label }, ...members.map(option)) : null);
  const opened = specs.filter((spec) => !spec.bundled);
  // Where an opened spec has the id of a bundled one, the id means the opened one.
  const bundled = specs.filter((spec) => spec.bundled && !opened.some(({ id }) => id === spec.id));
  select.replaceChildren(none, ...[group('Opened', opened), group('Published, built in', bundled)].filter(Boolean));
}

function specLabel({ name, id, n_categories: count, unfit }) {
  const variant = id.includes('@') ? ` (${id.split('@')[1]})` : '';
  return `${name}${variant}${count ? ` · ${counted(count, 'category', 'categories')}` : ''}${unfit ? ` — ${unfit}` : ''}`;
}

/** Returns the facts about a ground truth, for a `<dl>`. @param {any} spec of an evaluation */
export function specFacts(spec) {
  const { source } = spec;
  const facts = [
    ['Source', source ? [source.title, source.table].filter(Boolean).join(', ') : null],
    ['Address', source?.url],
    ['Counted in', spec.unit],
    ['Not covered', spec.not_covered ? `${percent(spec.not_covered)} of the training data lies outside these categories` : null],
    ['Version', spec.version],
    ['Notes', spec.notes],
    ['SHA-256', spec.sha256],
  ];
  return facts.filter(([, value]) => value).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, String(value))]);
}
