// The files of the workspace, what each is, and a way to remove it.
import { element } from './dom.js';
import { tableFrame } from './data_table.js';

const KINDS = { run: 'Run', unidentified: 'Run without shares', spec: 'Spec', predictions: 'Predictions', openings: 'Openings', ignored: 'Not needed', error: 'Not usable' };

/**
 * Returns the table of files.
 * @param {any[]} files outcomes as told by the workspace
 * @param {(file: any) => void} onRemove
 */
export function filesTable(files, onRemove) {
  return tableFrame({ label: 'Files', id: 'files', tall: files.length > 14 },
    element('thead', {}, element('tr', {},
      ...['File', 'What it is', 'Name', 'SHA-256', ''].map((name, index) => element('th', { scope: 'col', class: 'text' }, name || element('span', { class: 'visually-hidden' }, `Remove ${index ? '' : ''}`.trim()))))),
    element('tbody', {}, ...files.map((file) => fileRow(file, onRemove))));
}

function fileRow(file, onRemove) {
  return element('tr', { 'data-kind': file.kind },
    element('th', { scope: 'row' }, file.path),
    element('td', { class: 'text' }, KINDS[file.kind] ?? file.kind),
    element('td', { class: 'text wrap' }, file.name ?? file.message ?? ''),
    element('td', { class: 'text', title: file.sha256 ?? null }, element('code', {}, (file.sha256 ?? '').slice(0, 12))),
    element('td', { class: 'text' }, element('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${file.path}`, click: () => onRemove(file) }, 'Remove')));
}
