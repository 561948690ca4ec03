// Estimating a run again from its verdicts: choices, progress, result, and what the classifier saw.
import { announce, byId, setText } from './dom.js';
import { download } from './download.js';
import { counted } from './numbers.js';
import { inspectionView } from './inspection.js';
import { readChoices, showChoices, showStudyRuns, watchStudyControls } from './study_controls.js';
import { showFailure } from './failure.js';
import { studyResult } from './study_result.js';

/** The section of the page that estimates again. */
export class StudyPanel {
  /** @param {{client: () => import('./workspace_client.js').WorkspaceClient, onAdd: (file: {path: string, file: Blob}) => Promise<void>}} world */
  constructor({ client, onAdd }) {
    this.client = client;
    this.onAdd = onAdd;
    this.files = [];
    this.chosen = null;
    this.source = null;
    this.choices = new Map();
    this.text = null;
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
    byId('study-save').addEventListener('click', () => download(`data-anatomy-${this.fileStem()}-summary.json`, this.text, 'application/json'));
    byId('study-add').addEventListener('click', () => this.add().catch(showFailure));
  }

  /** Takes up the open files. @param {any[]} files */
  async show(files) {
    this.files = files.filter((file) => file.kind === 'predictions');
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
    this.showText(null);
  }

  /** Turns to another run, or to the same with other files beside it. @param {number} id */
  async choose(id) {
    const another = id !== this.chosen;
    if (another) this.forget();
    this.chosen = id;
    showStudyRuns(this.files, id);
    try {
      const source = JSON.parse(await this.client().call('study_source', id));
      const inspection = JSON.parse(await this.client().call('inspect', id));
      if (id !== this.chosen) return;
      const stayed = !another && JSON.stringify(source) === JSON.stringify(this.source);
      this.source = source;
      if (!stayed) showChoices(this.choices.get(id) ?? source.choices, source.knows_lengths);
      setText(byId('study-facts'), `${counted(source.n_texts, 'text')} of the model and ${counted(source.n_documents, 'validation document')} in ${counted(source.categories.length, 'category', 'categories')}.`);
      byId('inspection').replaceChildren(...inspectionView(inspection));
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
    const choices = readChoices(this.source.choices);
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
      const text = await this.client().call('study', this.chosen, JSON.stringify(choices));
      if (asked !== this.asked || text === null) return;
      this.showProgress(null);
      this.showText(text);
      announce('Estimated again.');
      performance.mark('study-shown');
    } catch (error) {
      if (error.crashed) throw error;
      if (asked !== this.asked) return;
      this.showProgress(null);
      this.showText(null);
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
    setText(byId('study-progress-text'), `Resampling: ${share} %`);
    byId('study-progress-bar').max = progress.total;
    byId('study-progress-bar').value = progress.done;
  }

  /** Progress as the worker tells it. */
  told(progress) {
    if (!byId('study-progress').hidden) this.showProgress(progress);
  }

  showText(text) {
    this.text = text;
    byId('study-actions').hidden = text === null;
    byId('study-result').replaceChildren(...(text === null ? [] : studyResult(JSON.parse(text))));
  }

  showError(error) {
    byId('study-error').hidden = error === null;
    setText(byId('study-error-message'), error?.message ?? '');
    setText(byId('study-error-hint'), error?.hint ? `→ ${error.hint}` : '');
  }

  /** Puts the result among the runs, under a name of its own. */
  async add() {
    await this.onAdd({ path: `${this.source.name} again/summary.json`, file: new Blob([this.text]) });
  }

  fileStem() {
    return (this.source?.name ?? 'run').replace(/[^A-Za-z0-9._-]+/g, '-');
  }
}
