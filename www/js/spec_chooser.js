// Which published mixture the runs are scored against.
import { element } from './dom.js';
import { counted, percent } from './numbers.js';

/**
 * Fills the chooser with the loaded and the bundled specs.
 * @param {HTMLSelectElement} select
 * @param {{loaded: any[], bundled: any[], chosen: string|null}} specs
 */
export function fillSpecChooser(select, { loaded, bundled, chosen }) {
  const option = (spec) => element('option', { value: spec.id, selected: spec.id === chosen }, specLabel(spec));
  const group = (label, specs) => (specs.length ? element('optgroup', { label }, ...specs.map(option)) : null);
  select.replaceChildren(...[group('Opened', loaded), group('Published, built in', bundled)].filter(Boolean));
}

function specLabel({ name, id, n_categories: count }) {
  const variant = id.includes('@') ? ` (${id.split('@')[1]})` : '';
  return `${name}${variant}${count ? ` · ${counted(count, 'category', 'categories')}` : ''}`;
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
