// Comma-separated text as RFC 4180 has it, safe to open in a spreadsheet.

const NEUTRALISED = /^[=+\-@\t\r]/;

/**
 * Returns rows of cells as CSV, lines ended by CR LF. With `neutral`, text that a spreadsheet would
 * run as a formula gets an apostrophe in front; numbers are left alone.
 * @param {(string|number|null)[][]} rows
 * @param {{neutral: boolean}} options
 */
export function csvText(rows, { neutral }) {
  return rows.map((row) => row.map((cell) => csvCell(cell, neutral)).join(',')).join('\r\n') + '\r\n';
}

/** @param {string|number|null} cell @param {boolean} neutral */
function csvCell(cell, neutral) {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = neutral && NEUTRALISED.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
