// The page's side of the worker: each request is a promise.
import { WorkspaceHost, describeError } from './workspace_host.js';

/** An error told by the workspace, with the next step and whether the engine crashed. */
export class WorkspaceError extends Error {
  /** @param {{message: string, hint: string|null, crashed: boolean, details: string}} told */
  constructor(told) {
    super(told.message);
    this.name = 'WorkspaceError';
    this.hint = told.hint;
    this.crashed = told.crashed;
    this.details = told.details;
  }
}

/** Requests to a workspace in a worker. */
export class WorkspaceClient {
  /** @param {(progress: {done: number, total: number, path: string}) => void} onProgress */
  constructor(onProgress) {
    this.onProgress = onProgress;
    this.onStudyProgress = () => {};
    this.waiting = new Map();
    this.lastId = 0;
    this.worker = null;
    this.host = null;
  }

  /**
   * Starts the worker from its source text and returns the engine's version.
   * @param {string} source
   * @param {WebAssembly.Module} module
   * @returns {Promise<string>}
   */
  async start(source, module) {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    this.worker = new Worker(url);
    this.worker.addEventListener('message', ({ data }) => this.receive(data));
    this.worker.addEventListener('error', (event) => this.fail(event.message));
    this.worker.addEventListener('messageerror', () => this.fail('a message could not be read'));
    const version = await this.call('start', module);
    URL.revokeObjectURL(url);
    return version;
  }

  /** Uses this thread instead: slower to react, the same numbers. @param {any} engine */
  startHere(engine) {
    this.stop();
    this.host = new WorkspaceHost(engine, this.onProgress, (progress) => this.onStudyProgress(progress));
    return engine.version();
  }

  /** Returns what the workspace answers. @param {string} method @param {...any} parameters */
  call(method, ...parameters) {
    if (this.host) return this.callHere(method, parameters);
    if (!this.worker) return Promise.reject(new Error('the workspace is not running'));
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, method, parameters });
    });
  }

  /** @param {string} method @param {any[]} parameters */
  async callHere(method, parameters) {
    try {
      return await this.host.answer(method, parameters);
    } catch (error) {
      throw new WorkspaceError(describeError(error));
    }
  }

  /** Stops reading files as soon as possible; what was read stays. */
  cancel() {
    this.host?.cancel();
    this.worker?.postMessage({ cancel: true });
  }

  /** Stops the study under way, if any; its answer is null. */
  cancelStudy() {
    this.host?.cancelStudy();
    this.worker?.postMessage({ cancelStudy: true });
  }

  /** Ends the worker; waiting requests fail. */
  stop() {
    this.worker?.terminate();
    this.worker = null;
    this.fail('the workspace was stopped');
  }

  /** @param {any} data */
  receive({ id, result, error, progress, studyProgress }) {
    if (studyProgress) {
      this.onStudyProgress(studyProgress);
      return;
    }
    if (progress) {
      this.onProgress(progress);
      return;
    }
    const request = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) request?.reject(new WorkspaceError(error));
    else request?.resolve(result);
  }

  /** @param {string} message */
  fail(message) {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}
