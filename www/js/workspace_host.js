// Serves requests on a workspace: in the worker, or in the page itself where no worker may start.
import { ReadingError, readBytes } from './file_bytes.js';

/**
 * @typedef {object} FileOutcome
 * @property {'run'|'spec'|'predictions'|'ignored'|'error'} kind
 * @property {string} path
 * @property {string} [id]
 * @property {string} [name]
 * @property {string} [message]
 * @property {string} [hint]
 */

/** One workspace and the files it was given. */
export class WorkspaceHost {
  /**
   * @param {any} engine doors of the WebAssembly module
   * @param {(progress: {done: number, total: number, path: string}) => void} onProgress
   */
  constructor(engine, onProgress) {
    this.workspace = new engine.Workspace();
    this.engine = engine;
    this.onProgress = onProgress;
    this.cancelled = false;
  }

  /** Stops reading after the slice at hand. */
  cancel() {
    this.cancelled = true;
  }

  /** Returns the answer to a request. @param {string} method @param {any[]} parameters */
  async answer(method, parameters) {
    if (method === 'add') return this.add(parameters[0]);
    return this.workspace[method](...parameters);
  }

  /** Adds files one after the other and returns an outcome for each. @param {{path: string, file: Blob}[]} files */
  async add(files) {
    this.cancelled = false;
    const outcomes = [];
    for (const [done, { path, file }] of files.entries()) {
      if (this.cancelled) break;
      this.onProgress({ done, total: files.length, path });
      outcomes.push(await this.addOne(path, file));
    }
    return { outcomes, cancelled: this.cancelled };
  }

  /** @param {string} path @param {Blob} file @returns {Promise<FileOutcome>} */
  async addOne(path, file) {
    try {
      const bytes = await readBytes(file, { stopped: () => this.cancelled });
      return JSON.parse(this.workspace.add(path, bytes));
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
