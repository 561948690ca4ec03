// The beginning: keep the page as it came, guard against failure, start the engine twice (here to
// draw, in a worker to compute), open what a saved report holds.
import { App } from './app.js';
import { byId } from './dom.js';
import { capturePage } from './page_template.js';
import { compileEngine, startEngine } from './engine.js';
import { guardAgainstFailure, showFailure } from './failure.js';
import { readReportData, reportTheme } from './saved_report.js';
import { restoreTheme } from './theme.js';
import { showProgress } from './controls.js';
import { WorkspaceClient } from './workspace_client.js';

/** Shows the application in place of the static part. */
function showApplication() {
  byId('static').hidden = true;
  byId('intro').hidden = true;
  byId('app').hidden = false;
  byId('masthead-tools').hidden = false;
}

/** Starts the engine here and in a worker; where no worker may start, both are here. */
async function startEngines() {
  const module = await compileEngine(byId('wasm').textContent);
  const client = new WorkspaceClient(showProgress);
  const [engine, version] = await Promise.all([
    startEngine(module),
    client.start(byId('worker-source').textContent, module).catch(() => null),
  ]);
  return { engine, client, version: version ?? client.startHere(engine) };
}

async function start() {
  const page = capturePage();
  guardAgainstFailure();
  const report = readReportData();
  restoreTheme(reportTheme());
  const app = new App({ page });
  app.listen();
  showApplication();
  await app.connect(await startEngines());
  performance.mark('ready');
  if (report) await app.openReport(report);
}

start().catch(showFailure);
