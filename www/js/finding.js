// The result in a sentence or two, above all tables, as core words it.
import { byId, setText } from './dom.js';

/** Writes the heading and the sentences. @param {{heading: string, text: string}|null} finding */
export function showFinding(finding) {
  setText(byId('finding-heading'), finding?.heading ?? 'No mixture found');
  setText(byId('finding-text'), finding?.text ?? '');
}
