// What the reader takes away: report, JSON, CSV, Markdown, pictures.
import { announce, byId } from './dom.js';
import { copyText, download } from './download.js';
import { csvText } from './csv.js';
import { exportRows } from './export_table.js';

/**
 * @typedef {object} Source
 * @property {() => string|null} json     exact text of the evaluation on screen
 * @property {() => any} evaluation
 * @property {(json: string) => Promise<string>} markdown
 * @property {() => Promise<string>} report
 */

/** Connects the buttons. @param {Source} source */
export function watchExports(source) {
  const on = (id, action) => byId(id).addEventListener('click', () => perform(source, action));
  on('export-json', (name) => download(`${name}.json`, source.json(), 'application/json'));
  on('copy-json', () => copied(source.json(), 'JSON'));
  on('export-csv', (name) => download(`${name}.csv`, csvText(exportRows(source.evaluation()), { neutral: byId('csv-neutral').checked }), 'text/csv;charset=utf-8'));
  on('export-markdown', async (name) => download(`${name}.md`, await source.markdown(source.json()), 'text/markdown;charset=utf-8'));
  on('copy-markdown', async () => copied(await source.markdown(source.json()), 'Markdown'));
  const saveReport = async (name) => download(`${name}.html`, await source.report(), 'text/html;charset=utf-8');
  on('save-report', saveReport);
  on('export-report', saveReport);
}

/** Saves a plot. @param {import('./figures.js').Figure} figure @param {'svg'|'png'} format @param {string} stem how its file's name begins */
export async function exportFigure(figure, format, stem) {
  const name = `${stem}-${figure.fileName}.${format}`;
  if (format === 'svg') download(name, figure.svg(), 'image/svg+xml');
  else download(name, await figure.png(), 'image/png');
  announce(`Saved ${name}`);
}

async function perform(source, action) {
  const said = await action(fileStem(source.evaluation()));
  announce(said ?? 'Saved');
}

async function copied(text, what) {
  return (await copyText(text)) ? `${what} copied` : `${what} could not be copied; save it instead`;
}

/** Returns how the files of an evaluation are called. @param {any} evaluation */
export function fileStem(evaluation) {
  return stemOf(evaluation?.spec.id ?? 'estimate');
}

/** Returns a stable beginning of a file's name that every system accepts. @param {string} name */
export function stemOf(name) {
  return `data-anatomy-${name.replace(/[^A-Za-z0-9._-]+/g, '-')}`;
}
