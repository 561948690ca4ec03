// How numbers are shown. The exact value stays in the exports and in each cell's title.

const MINUS = '\u2212';

/** Returns a number with this many decimals and a true minus sign; `–` where there is none. */
export function decimal(value, places) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(places);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** Returns a share of 1 as percent, such as `12.3 %`. */
export function percent(share, places = 1) {
  return isNumber(share) ? `${decimal(share * 100, places)}\u202f%` : '–';
}

/** Returns a difference of shares in points, signed, such as `+1.2`. */
export function signedPoints(difference, places = 1) {
  if (!isNumber(difference)) return '–';
  return signed(difference * 100, places);
}

/** Returns a number with its sign, `0.0` without one. */
export function signed(value, places) {
  if (!isNumber(value)) return '–';
  const text = decimal(value, places);
  return value > 0 && Number(value.toFixed(places)) !== 0 ? `+${text}` : text;
}

/** Returns whether a value is a finite number. @returns {value is number} */
export function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Returns `1 run`, `2 runs`. */
export function counted(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`;
}

/** Returns an interval of shares, in percent. @param {number} lo @param {number} hi @returns {string} */
export function percentRange(lo, hi) {
  return `${decimal(lo * 100, 1)} – ${decimal(hi * 100, 1)}`;
}
