// What a run of openings says beside its shares, in numbers: what follows what, and the first tokens.
import { element } from './dom.js';
import { numberCell, tableFrame } from './data_table.js';
import { percent } from './numbers.js';

/** What the tables are called, where plots point to them. */
export const FOLLOWING_TABLE = 'What follows what';
export const TOKENS_TABLE = 'First tokens';

/** Returns which category the model expects after which; one row where no document was before. @param {any} summary */
export function followingTable({ categories, next_from_last: rows, nuisance_shares: nuisances }) {
  const name = (index) => (rows.length === categories.length ? `After ${categories[index]}` : 'At the very beginning');
  return tableFrame({ label: FOLLOWING_TABLE, id: 'study-following', tall: rows.length > 20 },
    head([FOLLOWING_TABLE, ...categories, 'Set aside']),
    element('tbody', {}, ...rows.map((row, index) => element('tr', {},
      element('th', { scope: 'row' }, name(index)),
      ...row.map((share) => numberCell(percent(share), share)),
      numberCell(percent(nuisances[index]), nuisances[index])))));
}

/** Returns the first tokens that the model expects most. @param {any} summary */
export function tokensTable({ tokens }) {
  return tableFrame({ label: TOKENS_TABLE, id: 'study-tokens' },
    head(['First token', 'The model expects', 'The mixture explains']),
    element('tbody', {}, ...tokens.map(({ token, expected, explained }) => element('tr', {},
      element('th', { scope: 'row' }, element('bdi', { class: 'token' }, quotedToken(token))),
      numberCell(percent(expected, 2), expected),
      numberCell(percent(explained, 2), explained)))));
}

function head([first, ...others]) {
  return element('thead', {}, element('tr', {},
    element('th', { scope: 'col', class: 'text' }, first),
    ...others.map((name) => element('th', { scope: 'col' }, name))));
}

/** Marks which turn the direction of writing, or hide. */
const HIDDEN_MARKS = /[\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\u007f-\u009f]/g;

/** A token between quotes, for it may be blank; line ends, control characters and hidden marks as codes. */
function quotedToken(token) {
  const escaped = JSON.stringify(token).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\');
  const code = (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`;
  return `“${escaped.replace(HIDDEN_MARKS, code)}”`;
}
