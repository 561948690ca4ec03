// Serves requests on a workspace: in the worker, or in the page itself where no worker may start.
import { ReadingError, readBytes } from './file_bytes.js';

/**
 * @typedef {object} FileOutcome
 * @property {'run'|'unidentified'|'spec'|'predictions'|'openings'|'ignored'|'error'} kind
 * @property {string} path
 * @property {string} [id]
 * @property {string} [name]
 * @property {string} [message]
 * @property {string} [hint]
 */

/** How long a study computes before it listens. */
const SLICE_MILLISECONDS = 40;

/** One workspace and the files it was given. */
export class WorkspaceHost {
  /**
   * @param {any} engine doors of the WebAssembly module
   * @param {(progress: {done: number, total: number, path: string}) => void} onProgress
   * @param {(progress: {done: number, total: number}) => void} onStudyProgress
   */
  constructor(engine, onProgress, onStudyProgress) {
    this.workspace = new engine.Workspace();
    this.engine = engine;
    this.onProgress = onProgress;
    this.onStudyProgress = onStudyProgress;
    this.cancelled = false;
    this.studies = 0;
  }

  /** Ends the study under way after the step at hand. */
  cancelStudy() {
    this.studies += 1;
  }

  /** Stops reading after the slice at hand. */
  cancel() {
    this.cancelled = true;
  }

  /** Returns the answer to a request. @param {string} method @param {any[]} parameters */
  async answer(method, parameters) {
    if (method === 'add') return this.add(parameters[0]);
    if (method === 'rehearse') return this.rehearse();
    if (method === 'study') return this.study(...parameters);
    return this.workspace[method](...parameters);
  }

  /**
   * Does with the sample what files will ask for, and forgets it: a browser compiles a function when
   * it first runs, and the bundled specs are parsed when they are first needed.
   */
  rehearse() {
    const workspace = new this.engine.Workspace();
    const encoder = new TextEncoder();
    for (const { path, text } of JSON.parse(this.engine.sample_files())) workspace.add(path, encoder.encode(text));
    workspace.spec_choices('{}');
    workspace.evaluate('{}');
    workspace.free();
  }

  /**
   * Estimates a run again, some steps at a time so that a change of mind is heard, and returns the texts of
   * its summary.json and summary.csv; null if it was cancelled. @param {number} id @param {string} choices
   * @returns {Promise<{json: string, csv: string}|null>}
   */
  async study(id, choices) {
    this.studies += 1;
    const own = this.studies;
    const run = this.workspace.begin_study(id, choices);
    try {
      const total = run.n_steps();
      for (let done = 0; done < total;) {
        const end = performance.now() + SLICE_MILLISECONDS;
        do {
          run.step();
          done += 1;
        } while (done < total && performance.now() < end);
        this.onStudyProgress({ done, total });
        await new Promise((resolve) => { setTimeout(resolve); });
        if (own !== this.studies) return null;
      }
      const [json, csv] = run.files();
      return { json, csv };
    } finally {
      run.free();
    }
  }

  /**
   * Adds files one after the other, reading the next while one is parsed, and returns an outcome for
   * each. @param {{path: string, file: Blob}[]} files
   */
  async add(files) {
    this.cancelled = false;
    const outcomes = [];
    let coming = this.read(files[0]);
    for (const [done, { path }] of files.entries()) {
      if (this.cancelled) break;
      this.onProgress({ done, total: files.length, path });
      const read = coming;
      coming = this.read(files[done + 1]);
      outcomes.push(await this.addOne(path, read));
    }
    return { outcomes, cancelled: this.cancelled };
  }

  /** Begins to read a file, if there is one. A failure is for whoever waits for the bytes. @param {{file: Blob}} [next] */
  read(next) {
    const bytes = next ? readBytes(next.file, { stopped: () => this.cancelled }) : Promise.resolve(null);
    bytes.catch(() => {});
    return bytes;
  }

  /** @param {string} path @param {Promise<Uint8Array>} read @returns {Promise<FileOutcome>} */
  async addOne(path, read) {
    try {
      return JSON.parse(this.workspace.add(path, await read));
    } catch (error) {
      if (!(error instanceof ReadingError)) {
        error.message = `${path}: ${error.message}`;
        throw error;
      }
      return { kind: 'error', path, message: error.message, hint: error.hint };
    }
  }
}

/** Returns an error as plain data that can be sent. @param {any} error */
export function describeError(error) {
  return {
    message: String(error?.message ?? error),
    hint: error?.hint ?? null,
    crashed: typeof WebAssembly === 'object' && error instanceof WebAssembly.RuntimeError,
    details: [globalThis.dataAnatomyPanic, error?.stack].filter(Boolean).join('\n'),
  };
}
