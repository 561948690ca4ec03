// A saved report: this very page with its data block and its readable part filled. The engine fills
// them, so that page and command line write the same; here the page is made ready to be filled.
import { defaultView, viewFromHash, viewToHash } from './view_state.js';

const SLOTS = [
  { start: '<main id="static">', end: '</main>' },
  { start: '<script type="application/json" id="data">', end: '</script>' },
];

/**
 * @typedef {object} ReportData
 * @property {number} version
 * @property {{path: string, text: string}[]} files summaries and specs, as they were read
 * @property {{spec: string|null, tolerance: number, merge: string[], missing_as_zero: boolean, baseline: string|null}} options
 */

/**
 * Returns the page with its slots emptied, in case it was a report itself, and with what the data do
 * not tell of the view: how the tables are sorted and filtered, and the theme.
 * @param {string} page
 * @param {import('./view_state.js').ViewState} view
 * @param {string|null} theme
 */
export function reportTemplate(page, view, theme) {
  const empty = SLOTS.reduce(emptySlot, page);
  const { sort, descending, onlyDifferences } = view;
  const looked = viewToHash({ ...defaultView(), sort, descending, onlyDifferences });
  const attributes = `data-view="${escapeAttribute(looked)}"${theme ? ` data-report-theme="${theme}"` : ''}`;
  return empty.replace(/<body[^>]*>/, () => `<body ${attributes}>`);
}

/** Returns the data of a saved report, or null on an empty page. @returns {ReportData|null} */
export function readReportData() {
  const text = document.getElementById('data')?.textContent.trim();
  if (!text) return null;
  const data = JSON.parse(text);
  if (data.version === 1) return data;
  throw new Error(`this report has the data version ${data.version}; this page reads version 1`);
}

/** Returns the view to restore: the report's choices, and how it was looked at. @param {ReportData} data */
export function reportView({ options }) {
  const looked = viewFromHash(document.body.dataset.view ?? '');
  const { sort, descending, onlyDifferences } = looked;
  return {
    ...defaultView(), sort, descending, onlyDifferences,
    spec: options.spec, tolerance: options.tolerance, merge: options.merge.join(', '),
    missingAsZero: options.missing_as_zero, baseline: options.baseline,
  };
}

/** Returns the theme a report was saved in, if one was chosen. */
export function reportTheme() {
  return document.body.dataset.reportTheme ?? null;
}

/** The first place is the element itself: scripts, which name it too, come last in the page. */
function emptySlot(text, { start, end }) {
  const from = text.indexOf(start) + start.length;
  const to = text.indexOf(end, from);
  if (from < start.length || to < 0) throw new Error(`the page lacks ${start}`);
  return text.slice(0, from) + text.slice(to);
}

/** @param {string} text */
function escapeAttribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
