// The page as a whole: files in, view changes, results on screen.
import { announce, byId, element, setText } from './dom.js';
import { categoryTables, groupTitle } from './category_table.js';
import { doubtGroups } from './doubts.js';
import { estimateTables } from './estimates.js';
import { evaluateOptions, showControls, showEvaluationErrors, showProgress, watchControls } from './controls.js';
import { exportFigure, fileStem, watchExports } from './exports.js';
import { Figure, MOST_PLOTTED_GROUPS, MOST_PLOTTED_RUNS, keepFiguresCrisp } from './figures.js';
import { filesTable } from './files_table.js';
import { reportTemplate, reportView } from './saved_report.js';
import { metricLegend, runsTable, schemeNote } from './runs_table.js';
import { counted } from './numbers.js';
import { currentTheme, forgetTheme, onSystemTheme, toggleTheme } from './theme.js';
import { defaultView, viewFromHash, writeHash } from './view_state.js';
import { pairedComparison } from './paired_table.js';
import { showFailure } from './failure.js';
import { showFinding } from './finding.js';
import { showProblems } from './problems.js';
import { groupsByScheme, sortedRuns } from './scoreboard.js';
import { specFacts } from './spec_chooser.js';
import { StudyPanel } from './study.js';
import { runAccounts } from './run_accounts.js';
import { unidentifiedRuns } from './unidentified_runs.js';
import { watchIntake } from './intake.js';
import { watchShortcuts } from './shortcuts.js';

const PLOTS = [
  { plot: 'comparison', title: 'Estimate and truth' },
  { plot: 'comparison_errors', title: 'Where the estimates err' },
];

const ESTIMATE_PLOTS = [{ plot: 'estimate', title: 'Estimate' }];

/** What stands for the answer where there is none. */
const NOTHING_TOLD = { text: null, estimates: null, finding: null, refused: [], error: null };

/** Everything on screen and what it is made from. */
export class App {
  /** @param {{page: string}} delivered the page as it was delivered */
  constructor({ page }) {
    this.page = page;
    this.view = viewFromHash(location.hash);
    this.files = [];
    this.specs = [];
    this.refused = [];
    this.text = null;
    this.evaluation = null;
    this.estimates = null;
    this.finding = null;
    this.figures = [];
    this.problems = [];
    this.asked = 0;
    this.intake = Promise.resolve();
    this.study = new StudyPanel({ client: () => this.client, engine: () => this.engine, onAdd: (file) => this.open([file]) });
    this.ready = new Promise((resolve) => { this.becomeReady = resolve; });
  }

  /** Takes up the engine: from now on files are read. */
  async connect({ client, engine, version }) {
    this.client = client;
    client.onStudyProgress = (progress) => this.study.told(progress);
    this.engine = engine;
    setText(byId('version'), version);
    client.call('rehearse').catch(showFailure);
    this.becomeReady();
  }

  /** Connects every button and key. */
  listen() {
    this.study.listen();
    watchIntake((files) => this.open(files));
    watchControls((change) => this.change(change));
    watchShortcuts({ onReset: () => this.reset() });
    watchExports({
      json: () => this.text,
      evaluation: () => this.evaluation,
      markdown: (json) => this.client.call('report_markdown', json),
      report: () => this.report(),
    });
    byId('try-sample').addEventListener('click', () => this.openSample());
    byId('cancel-loading').addEventListener('click', () => this.client.cancel());
    byId('clear-files').addEventListener('click', () => this.clear());
    byId('dismiss-problems').addEventListener('click', () => this.dismissProblems());
    byId('metric-legend').replaceChildren(...metricLegend());
    this.listenForTheme();
    window.addEventListener('popstate', () => this.showAddress());
  }

  listenForTheme() {
    const show = () => {
      setText(byId('toggle-theme'), currentTheme() === 'dark' ? 'Light' : 'Dark');
      byId('toggle-theme').setAttribute('aria-label', `Use the ${currentTheme() === 'dark' ? 'light' : 'dark'} theme`);
      this.allFigures().forEach((figure) => figure.schedule());
    };
    byId('toggle-theme').addEventListener('click', () => {
      toggleTheme();
      show();
    });
    onSystemTheme(show);
    keepFiguresCrisp(() => this.allFigures());
    this.showTheme = show;
    show();
  }

  allFigures() {
    return [...this.figures, ...this.study.figures];
  }

  /** Reads files, after those before them; a failure is shown, never swallowed. */
  open(files) {
    performance.mark('files-given');
    this.intake = this.intake.then(() => this.read(files)).catch((error) => showFailure(error));
    return this.intake;
  }

  async openSample() {
    await this.ready;
    const samples = JSON.parse(this.engine.sample_files());
    await this.open(samples.map(({ path, text }) => ({ path, file: new Blob([text]) })));
  }

  async read(given) {
    await this.ready;
    const files = await given;
    if (files.length === 0) {
      announce('No files in there.');
      return;
    }
    showProgress({ done: 0, total: files.length, path: files[0].path });
    const { outcomes, cancelled } = await this.client.call('add', files).finally(() => showProgress(null));
    this.tellOutcomes(outcomes, cancelled);
    await this.refresh();
  }

  /** Names every file that could not be used; says what was opened. */
  tellOutcomes(outcomes, cancelled) {
    const errors = outcomes.filter((outcome) => outcome.kind === 'error');
    const used = outcomes.filter((outcome) => !['error', 'ignored'].includes(outcome.kind));
    this.problems = [...this.problems, ...errors];
    showProblems(this.problems, used.length);
    const count = (kind) => used.filter((outcome) => outcome.kind === kind).length;
    const opened = `Opened ${counted(count('run') + count('unidentified'), 'run')} and ${counted(count('spec'), 'spec')}`;
    const unused = errors.length ? `; ${counted(errors.length, 'file')} could not be used` : '';
    announce(`${cancelled ? 'Cancelled. ' : ''}${opened}${unused}.`);
  }

  /** Asks for the evaluation of what is there and shows it, unless something newer was asked since. */
  async refresh() {
    this.asked += 1;
    const asked = this.asked;
    this.files = JSON.parse(await this.client.call('files'));
    const outcome = this.hasRuns() ? await this.evaluate() : NOTHING_TOLD;
    this.specs = await this.specChoices();
    if (asked !== this.asked) return;
    this.text = outcome.text;
    this.refused = outcome.refused;
    this.finding = outcome.finding;
    this.estimates = outcome.estimates;
    this.evaluation = outcome.text === null ? null : JSON.parse(outcome.text);
    this.render(outcome.error);
    await this.study.show(this.files);
    performance.mark('result-shown');
  }

  hasRuns() {
    return this.files.some((file) => ['run', 'unidentified'].includes(file.kind));
  }

  async evaluate() {
    try {
      const answer = await this.client.call('evaluate', JSON.stringify(evaluateOptions(this.view)));
      return { ...JSON.parse(answer), error: null };
    } catch (error) {
      if (error.crashed) throw error;
      return { ...NOTHING_TOLD, error };
    }
  }

  /** The ground truths to choose from; a malformed choice of the view is told by the evaluation. */
  async specChoices() {
    try {
      return JSON.parse(await this.client.call('spec_choices', JSON.stringify(evaluateOptions(this.view))));
    } catch (error) {
      if (error.crashed) throw error;
      return JSON.parse(await this.client.call('spec_choices', '{}'));
    }
  }

  /** Takes up a change of the view; only what needs new numbers asks for them. */
  change(change) {
    this.view = { ...this.view, ...change };
    writeHash(this.view);
    const numbers = ['spec', 'tolerance', 'merge', 'missingAsZero', 'baseline'].some((key) => key in change);
    if (numbers) this.intake = this.intake.then(() => this.refresh()).catch(showFailure);
    else this.render(null);
  }

  /** Shows the view that the address tells, after Back or a followed link. */
  showAddress() {
    this.view = viewFromHash(location.hash);
    if (this.hasRuns()) this.refresh().catch(showFailure);
  }

  reset() {
    this.view = defaultView();
    writeHash(this.view);
    forgetTheme();
    this.showTheme();
    this.refresh().catch(showFailure);
  }

  sortBy(key) {
    const again = this.view.sort === key;
    this.change({ sort: key, descending: again ? !this.view.descending : key !== 'name' });
  }

  async remove(file) {
    await this.client.call('remove', file.id);
    announce(`Removed ${file.path}`);
    await this.refresh();
    (byId('files-table').querySelector('button') ?? byId('pick-files')).focus();
  }

  async clear() {
    await this.client.call('clear');
    this.dismissProblems();
    announce('All files removed');
    await this.refresh();
    byId('pick-files').focus();
  }

  dismissProblems() {
    this.problems = [];
    showProblems([], 0);
  }

  /** Puts everything on screen; the focus stays where it was. */
  render(error) {
    const focused = document.activeElement?.dataset?.focusKey;
    const anything = this.files.length > 0;
    const leavesWelcome = anything && !byId('welcome').hidden;
    byId('welcome').hidden = anything;
    byId('results').hidden = !anything;
    byId('add-files').hidden = !anything;
    byId('save-report').hidden = this.evaluation === null && this.estimates === null;
    byId('files-table').replaceChildren(filesTable(this.files, (file) => this.remove(file).catch(showFailure)));
    this.renderControls(error);
    this.renderEvaluation();
    if (leavesWelcome) byId('finding-heading').focus({ preventScroll: true });
    else if (focused) document.querySelector(`[data-focus-key="${CSS.escape(focused)}"]`)?.focus();
  }

  renderControls(error) {
    showControls(this.view, {
      specs: this.specs,
      runs: this.evaluation?.runs ?? [],
      chosenSpec: this.view.spec || (this.evaluation?.spec.id ?? null),
    });
    const reasons = error ? [{ message: error.message, hint: error.hint }] : this.refused;
    const lacksRuns = !this.hasRuns() && this.files.length > 0 && !reasons.length;
    showEvaluationErrors(lacksRuns ? [{ message: 'There is no run yet to score.', hint: 'add the summary.json of a run, or its folder; predictions or openings alone can be estimated again below' }] : reasons);
  }

  renderEvaluation() {
    const shown = this.evaluation ?? this.estimates;
    const lacksMixtures = !shown?.runs.length;
    const scored = ['runs-section', 'categories-section', 'spec-details'];
    for (const id of scored) byId(id).hidden = this.evaluation === null || (lacksMixtures && shown.unidentified?.length > 0);
    for (const id of ['diagnostics-section', 'accounts-section', 'export-section']) byId(id).hidden = shown === null;
    byId('figures').hidden = lacksMixtures;
    byId('unidentified-section').hidden = !shown?.unidentified?.length;
    for (const item of document.querySelectorAll('[data-scored]')) item.hidden = this.evaluation === null;
    byId('estimates-section').hidden = this.estimates === null || lacksMixtures;
    if (shown === null) {
      setText(byId('finding-heading'), 'Not scored yet');
      setText(byId('finding-text'), '');
      byId('finding-verdicts').replaceChildren();
      return;
    }
    showFinding(this.finding);
    byId('diagnostics-list').replaceChildren(...doubtGroups(shown));
    byId('accounts').replaceChildren(...runAccounts([...shown.runs, ...(shown.unidentified ?? [])]));
    byId('unidentified-runs').replaceChildren(...unidentifiedRuns(shown));
    if (this.evaluation === null) {
      byId('estimates-tables').replaceChildren(...estimateTables(this.estimates));
      this.renderEstimateFigures();
      return;
    }
    byId('spec-facts').replaceChildren(...specFacts(this.evaluation.spec));
    byId('scheme-note').replaceChildren(...schemeNote(this.evaluation, (merge) => this.change({ merge })));
    byId('runs-table').replaceChildren(runsTable(this.evaluation, this.view, (key) => this.sortBy(key)));
    byId('paired-comparison').replaceChildren(...pairedComparison(this.evaluation));
    byId('categories-tables').replaceChildren(...categoryTables(this.evaluation, this.view));
    this.renderFigures();
  }

  /** A plot of each estimate, of as many as there are plots of groups. */
  renderEstimateFigures() {
    const runs = this.estimates.runs.slice(0, MOST_PLOTTED_GROUPS);
    this.matchFigures(runs.length, ESTIMATE_PLOTS, 'Estimates');
    for (const [index, run] of runs.entries()) this.figures[index].show(JSON.stringify(run), runs.length > 1 ? run.name : '');
  }

  /**
   * Plots show the runs in the order of the table, at most as many as can be told apart; runs compared
   * on other categories have plots of their own.
   */
  renderFigures() {
    const groups = groupsByScheme(sortedRuns(this.evaluation, this.view)).slice(0, MOST_PLOTTED_GROUPS);
    this.matchFigures(groups.length, PLOTS, 'Category by category');
    for (const [index, figure] of this.figures.entries()) {
      const group = groups[Math.floor(index / PLOTS.length)];
      const runs = group.runs.slice(0, MOST_PLOTTED_RUNS);
      figure.show(JSON.stringify({ ...this.evaluation, runs }), groups.length > 1 ? groupTitle(group) : '');
      const left = group.runs.length - runs.length;
      if (left) figure.note.append(` The plot shows the first ${runs.length} runs of the table; ${left} more are in the tables.`);
    }
  }

  /** Makes as many figures as there are groups of runs; those that are there stay. */
  matchFigures(nGroups, plots, table) {
    const wanted = nGroups * plots.length;
    const others = this.figures.length > 0 && this.figures[0].plot !== plots[0].plot;
    for (const figure of this.figures.splice(others ? 0 : wanted)) figure.close();
    while (this.figures.length < wanted) {
      const options = plots[this.figures.length % plots.length];
      const figure = new Figure(this.engine, {
        ...options, part: 1 + Math.floor(this.figures.length / plots.length), table, onExport: (one, format) => exportFigure(one, format, fileStem(this.evaluation)).catch(showFailure),
      });
      this.figures.push(figure);
      byId('figures').append(figure.node);
    }
  }

  /** Returns this page with the files and the view in it. */
  report() {
    const template = reportTemplate(this.page, this.view, document.documentElement.dataset.theme ?? null);
    return this.client.call('report_page', template, JSON.stringify(evaluateOptions(this.view)));
  }

  /** Takes up the files and the choices of a saved report. @param {import('./saved_report.js').ReportData} data */
  async openReport(data) {
    if (location.hash.length <= 1) this.view = reportView(data);
    await this.open(data.files.map(({ path, text }) => ({ path, file: new Blob([text]) })));
  }
}
