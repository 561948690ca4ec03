// A saved report: this very page with its data block and its static part filled.

const DATA_START = '<script type="application/json" id="data">';
const DATA_END = '</script>';
const STATIC_START = '<main id="static">';
const STATIC_END = '</main>';

/**
 * @typedef {object} ReportData
 * @property {number} schema_version
 * @property {{path: string, text: string}[]} files summaries and specs, as they were read
 * @property {any} view
 * @property {string|null} theme
 */

/**
 * Returns the page filled with data and with what is read where JavaScript is off.
 * @param {string} page
 * @param {ReportData} data
 * @param {string} staticHtml markup of the engine's making, in which every name is escaped
 */
export function fillReport(page, data, staticHtml) {
  const withStatic = replaceBetween(page, STATIC_START, STATIC_END, `\n${staticHtml.trim()}\n`);
  return replaceBetween(withStatic, DATA_START, DATA_END, embeddedJson(data));
}

/** Returns the data of a saved report, or null on an empty page. @returns {ReportData|null} */
export function readReportData() {
  const text = document.getElementById('data')?.textContent.trim();
  if (!text) return null;
  const data = JSON.parse(text);
  if (!(data.schema_version <= 1)) {
    throw new Error(`this report was saved by a newer data-anatomy (schema version ${data.schema_version}); its tables are below, its controls need that version`);
  }
  return data;
}

/** JSON that can stand inside a script element: no end tag can appear in it. @param {unknown} value */
function embeddedJson(value) {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The first place is the element itself: scripts, which name it too, come last in the page. */
function replaceBetween(text, start, end, replacement) {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the page lacks \`${start}\``);
  return text.slice(0, from + start.length) + replacement + text.slice(to);
}
