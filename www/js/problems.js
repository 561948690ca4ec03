// Files that could not be used: each with its name, what is wrong and the next step.
import { byId, element, setText } from './dom.js';
import { counted } from './numbers.js';

/**
 * Shows the outcomes that are errors; hides the panel where there are none.
 * @param {{path: string, message: string, hint?: string}[]} errors
 * @param {number} used how many files were used all the same
 */
export function showProblems(errors, used) {
  const panel = byId('problems');
  panel.hidden = errors.length === 0;
  const rest = used ? `; ${counted(used, 'other file')} ${used === 1 ? 'was' : 'were'} opened` : '';
  setText(byId('problems-heading'), `${counted(errors.length, 'file')} could not be used${rest}`);
  byId('problem-list').replaceChildren(...errors.map(problemItem));
}

/** Returns the lines of one problem. @param {{path: string, message: string, hint?: string}} problem */
export function problemItem({ path, message, hint }) {
  return element('li', { 'data-path': path },
    element('span', { class: 'problem-name' }, path),
    element('span', { class: 'problem-message' }, withoutPath(message, path)),
    element('span', { class: 'problem-hint' }, `→ ${hint ?? 'mend the file there and add it again; the other files stay'}`));
}

/** Returns a message without the path that it begins with, where that stands above it already. */
export function withoutPath(message, path) {
  return message.startsWith(`${path}:`) ? message.slice(path.length + 1).trimStart() : message;
}
