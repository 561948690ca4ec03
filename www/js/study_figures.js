// The plots of a result of estimating again.
import { byId } from './dom.js';
import { exportFigure, stemOf } from './exports.js';
import { Figure } from './figures.js';
import { FOLLOWING_TABLE, TOKENS_TABLE } from './openings_tables.js';
import { SHARES_TABLE } from './shares_table.js';
import { showFailure } from './failure.js';

/** How each plot is called, and which table holds its numbers. */
const STUDY_PLOTS = {
  shares: { title: 'The shares and their intervals', table: SHARES_TABLE },
  following: { title: 'What the model expects after what', table: FOLLOWING_TABLE },
  tokens: { title: 'What the model expects first', table: TOKENS_TABLE },
};

/**
 * Shows the plots of a result; those that are there already stay where they are.
 * @param {Figure[]} shown
 * @param {any} engine
 * @param {{run: string, summary: any}|null} result null: none
 * @returns {Figure[]} what is shown now
 */
export function showStudyFigures(shown, engine, result) {
  const data = JSON.stringify(result);
  const plots = result ? engine.study_plots(data) : [];
  const kept = shown.filter((figure) => plots.includes(figure.plot));
  for (const figure of shown) if (!kept.includes(figure)) figure.close();
  const figures = plots.map((plot) => kept.find((figure) => figure.plot === plot) ?? newFigure(engine, plot));
  byId('study-figures').append(...figures.map((figure) => figure.node));
  for (const figure of figures) {
    figure.run = result.run;
    figure.show(data);
  }
  return figures;
}

function newFigure(engine, plot) {
  const onExport = (figure, format) => exportFigure(figure, format, stemOf(figure.run)).catch(showFailure);
  return new Figure(engine, { ...STUDY_PLOTS[plot], plot, heading: 'h3', onExport });
}
