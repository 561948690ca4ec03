// Estimating a run again from what it stored: choices, progress, result, and what a classifier saw.
import { announce, byId, setText } from './dom.js';
import { download } from './download.js';
import { counted } from './numbers.js';
import { inspectionView } from './inspection.js';
import { readChoices, showChoices, showMethod, showStudyRuns, watchStudyControls } from './study_controls.js';
import { showFailure } from './failure.js';
import { showStudyFigures } from './study_figures.js';
import { stemOf } from './exports.js';
import { studyResult } from './study_result.js';

/** Kinds of files that a run is estimated again from. */
const BASES = ['predictions', 'openings'];

/** The section of the page that estimates again. */
export class StudyPanel {
  /** @param {{client: () => import('./workspace_client.js').WorkspaceClient, engine: () => any, onAdd: (file: {path: string, file: Blob}) => Promise<void>}} world */
  constructor({ client, engine, onAdd }) {
    this.client = client;
    this.engine = engine;
    this.onAdd = onAdd;
    this.files = [];
    this.chosen = null;
    this.source = null;
    this.choices = new Map();
    this.result = null;
    this.figures = [];
    this.asked = 0;
  }

  /** Connects every control. */
  listen() {
    watchStudyControls({
      onChoice: () => this.estimate(),
      onRun: (id) => this.choose(id).catch(showFailure),
      onSubmit: () => this.estimate(),
    });
    byId('study-cancel').addEventListener('click', () => this.cancel());
    byId('study-save').addEventListener('click', () => download(`${this.fileStem()}-summary.json`, this.result.json, 'application/json'));
    byId('study-save-csv').addEventListener('click', () => download(`${this.fileStem()}-summary.csv`, this.result.csv, 'text/csv;charset=utf-8'));
    byId('study-add').addEventListener('click', () => this.add().catch(showFailure));
  }

  /** Takes up the open files. @param {any[]} files */
  async show(files) {
    this.files = files.filter((file) => BASES.includes(file.kind));
    const ids = this.files.map((file) => file.id);
    byId('study-section').hidden = this.files.length === 0;
    byId('inspection-section').hidden = this.files.length === 0;
    for (const id of [...this.choices.keys()]) if (!ids.includes(id)) this.choices.delete(id);
    if (!this.files.length) this.forget();
    else await this.choose(ids.includes(this.chosen) ? this.chosen : ids[0]);
  }

  forget() {
    this.cancel();
    this.chosen = null;
    this.source = null;
    this.showResult(null);
  }

  /** Turns to another run, or to the same with other files beside it. @param {number} id */
  async choose(id) {
    const another = id !== this.chosen;
    if (another) this.forget();
    this.chosen = id;
    showStudyRuns(this.files, id);
    try {
      const source = JSON.parse(await this.client().call('study_source', id));
      const inspected = source.method === 'labelshift';
      const inspection = inspected ? JSON.parse(await this.client().call('inspect', id)) : null;
      if (id !== this.chosen) return;
      const stayed = !another && JSON.stringify(source) === JSON.stringify(this.source);
      this.source = source;
      showMethod(source.method);
      if (!stayed) showChoices(this.choices.get(id) ?? source.choices, source);
      setText(byId('study-facts'), sourceFacts(source));
      byId('inspection-section').hidden = !inspected;
      byId('inspection').replaceChildren(...(inspected ? inspectionView(inspection) : []));
      this.showError(null);
    } catch (error) {
      if (error.crashed) throw error;
      this.source = null;
      byId('inspection').replaceChildren();
      this.showError(error);
    }
  }

  /** Begins anew with the choices in the fields; what is under way ends. */
  estimate() {
    if (!this.source) return;
    const choices = readChoices(this.source);
    if (!choices) return;
    this.choices.set(this.chosen, choices);
    this.run(choices).catch(showFailure);
  }

  /** @param {import('./study_controls.js').Choices} choices */
  async run(choices) {
    this.asked += 1;
    const asked = this.asked;
    this.client().cancelStudy();
    this.showError(null);
    this.showProgress({ done: 0, total: 1 });
    try {
      const result = await this.client().call('study', this.chosen, JSON.stringify(choices));
      if (asked !== this.asked || result === null) return;
      this.showProgress(null);
      this.showResult(result);
      announce('Estimated again.');
      performance.mark('study-shown');
    } catch (error) {
      if (error.crashed) throw error;
      if (asked !== this.asked) return;
      this.showProgress(null);
      this.showResult(null);
      this.showError(error);
      performance.mark('study-shown');
    }
  }

  /** Stops what is under way; the last result stays. */
  cancel() {
    this.asked += 1;
    this.client()?.cancelStudy();
    this.showProgress(null);
  }

  /** @param {{done: number, total: number}|null} progress */
  showProgress(progress) {
    byId('study-progress').hidden = progress === null;
    byId('study-result').classList.toggle('stale', progress !== null);
    if (!progress) return;
    const share = progress.total ? Math.floor(100 * progress.done / progress.total) : 0;
    setText(byId('study-progress-text'), progress.done ? `Resampling: ${share} %` : 'Estimating …');
    byId('study-progress-bar').max = progress.total;
    byId('study-progress-bar').value = progress.done;
  }

  /** Progress as the worker tells it. */
  told(progress) {
    if (!byId('study-progress').hidden) this.showProgress(progress);
  }

  /** @param {{json: string, csv: string}|null} result null: none */
  showResult(result) {
    this.result = result;
    const summary = result && JSON.parse(result.json);
    byId('study-actions').hidden = result === null;
    byId('study-add').hidden = !summary?.priors;
    byId('study-result').replaceChildren(...(summary ? studyResult(summary) : []));
    this.figures = showStudyFigures(this.figures, this.engine(), summary && { run: this.source.name, summary });
  }

  showError(error) {
    byId('study-error').hidden = error === null;
    setText(byId('study-error-message'), error?.message ?? '');
    setText(byId('study-error-hint'), error?.hint ? `→ ${error.hint}` : '');
  }

  /** Puts the result among the runs, under a name of its own. */
  async add() {
    await this.onAdd({ path: `${this.source.name} again/summary.json`, file: new Blob([this.result.json]) });
  }

  fileStem() {
    return stemOf(this.source?.name ?? 'run');
  }
}

/** How much a run has to estimate from. */
function sourceFacts(source) {
  const categories = counted(source.categories.length, 'category', 'categories');
  if (source.method === 'openings') {
    return `The model was asked after ${counted(source.n_leads, 'lead-in')}, beside ${counted(source.n_documents, 'reference document')} in ${categories}.`;
  }
  return `${counted(source.n_texts, 'text')} of the model and ${counted(source.n_documents, 'validation document')} in ${categories}.`;
}
