// The worker: parses and evaluates off the main thread. Requests are answered in their order;
// `cancel` overtakes them, and a study, which takes long, keeps none of them waiting.
import { startEngine } from './engine.js';
import { WorkspaceHost, describeError } from './workspace_host.js';

let host = null;
let queue = Promise.resolve();

self.addEventListener('message', ({ data }) => {
  if (data.cancel) host?.cancel();
  else if (data.cancelStudy) host?.cancelStudy();
  else if (data.method === 'study') queue.then(() => serve(data));
  else queue = queue.then(() => serve(data));
});

/** Answers one request. @param {{id: number, method: string, parameters: any[]}} request */
async function serve({ id, method, parameters }) {
  try {
    self.postMessage({ id, result: await perform(method, parameters) });
  } catch (error) {
    self.postMessage({ id, error: describeError(error) });
  }
}

/** @param {string} method @param {any[]} parameters */
async function perform(method, parameters) {
  if (method !== 'start') return host.answer(method, parameters);
  const engine = await startEngine(parameters[0]);
  host = new WorkspaceHost(engine, (progress) => self.postMessage({ progress }), (studyProgress) => self.postMessage({ studyProgress }));
  return engine.version();
}
