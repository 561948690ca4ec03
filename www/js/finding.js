// The result in a sentence or two, above all tables, as core words it.
import { byId, element, setText } from './dom.js';

/** Writes the verdicts, the heading and the sentences. @param {{verdicts: any[], heading: string, text: string}|null} finding */
export function showFinding(finding) {
  byId('finding-verdicts').replaceChildren(...verdictItems(finding?.verdicts ?? []));
  setText(byId('finding-heading'), finding?.heading ?? 'No mixture found');
  setText(byId('finding-text'), finding?.text ?? '');
}

function verdictItems(verdicts) {
  return verdicts.map(({ run, usability, text }) => element('li', { class: usability ?? 'unknown' },
    ...(verdicts.length > 1 ? [element('span', { class: 'verdict-run' }, run)] : []),
    `${text}.`));
}
