// A table in a frame that scrolls sideways, reachable by keyboard.
import { element } from './dom.js';

/**
 * Returns the frame with its table. Wide tables scroll inside the frame, so it takes the focus.
 * @param {{label: string, id?: string, tall?: boolean}} options
 * @param {...Node} parts head and bodies
 */
export function tableFrame({ label, id, tall = false }, ...parts) {
  return element('div', { class: tall ? 'table-frame tall' : 'table-frame', role: 'region', 'aria-label': label, tabindex: '0' },
    element('table', { id }, element('caption', { class: 'visually-hidden' }, label), ...parts));
}

/** Returns a cell of a number: shown short, told exactly by its title and `data-value`. */
export function numberCell(shown, exact, attributes = {}) {
  const absent = exact === null || exact === undefined;
  return element('td', {
    title: absent ? null : String(exact),
    'data-value': absent ? null : String(exact),
    ...attributes,
    class: [absent ? 'absent' : '', attributes.class ?? ''].join(' ').trim() || null,
  }, shown);
}

/**
 * Returns a column head that sorts.
 * @param {{name: string, key: string, hint?: string, text?: boolean, rowspan?: number, sorted: string|null, descending: boolean, onSort: (key: string) => void}} column
 */
export function sortHead({ name, key, hint, text, rowspan, sorted, descending, onSort }) {
  const order = sorted === key ? (descending ? 'descending' : 'ascending') : 'none';
  return element('th', { scope: 'col', class: text ? 'text' : null, rowspan, 'aria-sort': order },
    element('button', { type: 'button', class: 'sort', 'data-focus-key': `sort-${key}`, click: () => onSort(key) }, name),
    hint ? element('span', { class: 'direction' }, hint) : null);
}
