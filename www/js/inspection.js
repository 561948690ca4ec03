// What the classifier made of the texts: examples of every category, and confusions. Texts come from a
// file and reach the page as text only.
import { element } from './dom.js';
import { numberCell, tableFrame } from './data_table.js';
import { counted, percent } from './numbers.js';

/** Returns the view of an inspection. @param {any} inspection @returns {Node[]} */
export function inspectionView({ categories, confusions }) {
  const seen = categories.filter((category) => category.n_texts > 0);
  const unseen = categories.filter((category) => category.n_texts === 0);
  return [
    ...(confusions.length ? [element('h3', {}, 'What is taken for what'), confusionsTable(confusions)] : []),
    element('h3', {}, 'Texts of the model, by what they are taken for'),
    ...seen.map(categoryPart),
    ...(unseen.length ? [element('p', { class: 'section-note' }, `No text is taken for ${unseen.map(({ name }) => name).join(', ')}.`)] : []),
  ];
}

function confusionsTable(confusions) {
  return tableFrame({ label: 'Validation documents that are taken for another category', id: 'confusions' },
    element('thead', {}, element('tr', {},
      ...['Documents of', 'Taken for'].map((name) => element('th', { scope: 'col', class: 'text' }, name)),
      ...['Documents', 'Share'].map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...confusions.map(({ truth, predicted, n_docs: count, share }) => element('tr', {},
      element('th', { scope: 'row' }, truth),
      element('td', { class: 'text' }, predicted),
      numberCell(String(count), count),
      numberCell(percent(share), share)))));
}

function categoryPart(category) {
  return element('details', { class: 'seen-texts', 'data-category': category.name },
    element('summary', {}, `${category.name}: ${counted(category.n_texts, 'text')}`),
    element('h4', {}, 'Most certain'),
    textList(category.most_certain),
    ...(category.least_certain.length ? [element('h4', {}, 'Least certain'), textList(category.least_certain)] : []));
}

function textList(texts) {
  return element('ul', { class: 'texts' }, ...texts.map((text) => element('li', {},
    element('p', { class: 'muted' }, `${percent(text.probability)}${text.runner_up ? `, then ${text.runner_up}` : ''} · ${text.id}${text.prompt_id ? ` · prompt ${text.prompt_id}` : ''}`),
    element('p', { class: 'snippet' }, text.snippet ?? 'The file holds no text for it.'))));
}
