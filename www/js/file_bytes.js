// Reading a file as bytes, in slices, and refusing in words what is too large or cannot be read.

/** The largest file that is read: above it a browser tab is the wrong place. */
export const LARGEST_FILE_BYTES = 256 * 1024 * 1024;

const SLICE_BYTES = 8 * 1024 * 1024;

/** Why a file was not read; `hint` is the next step. */
export class ReadingError extends Error {
  /** @param {string} message @param {string} hint */
  constructor(message, hint) {
    super(message);
    this.name = 'ReadingError';
    this.hint = hint;
  }
}

/** Returns a size in words, such as `600 MB`. @param {number} bytes */
export function sizeInWords(bytes) {
  const steps = [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
  const [unit, name] = steps.find(([step]) => bytes >= step) ?? [1, bytes === 1 ? 'byte' : 'bytes'];
  const scaled = bytes / unit;
  return `${scaled >= 100 || unit === 1 ? Math.round(scaled) : Number(scaled.toFixed(1))} ${name}`;
}

/**
 * Returns the bytes of a file; `stopped` is asked between slices, `onBytes` hears how many are read.
 * @param {Blob} file
 * @param {{stopped?: () => boolean, onBytes?: (bytes: number) => void}} watch
 * @returns {Promise<Uint8Array>}
 */
export async function readBytes(file, watch = {}) {
  refuseTooLarge(file.size);
  const bytes = new Uint8Array(file.size);
  let filled = 0;
  while (filled < file.size) {
    if (watch.stopped?.()) throw new ReadingError('reading was cancelled', 'add the file again');
    const part = await readSlice(file, filled);
    bytes.set(part, filled);
    filled += part.length;
    watch.onBytes?.(filled);
  }
  return bytes;
}

/** @param {number} size */
function refuseTooLarge(size) {
  if (size <= LARGEST_FILE_BYTES) return;
  throw new ReadingError(
    `this file is ${sizeInWords(size)}; the page reads files up to ${sizeInWords(LARGEST_FILE_BYTES)}`,
    'run `data-anatomy evaluate --compare RUN… --ground-truth SPEC` instead, and open the report it writes',
  );
}

/** @param {Blob} file @param {number} start */
async function readSlice(file, start) {
  const end = Math.min(start + SLICE_BYTES, file.size);
  let buffer;
  try {
    buffer = await file.slice(start, end).arrayBuffer();
  } catch (error) {
    throw new ReadingError(`the browser could not read it: ${error.name}`, 'it may have moved or changed since it was chosen; choose it again');
  }
  // Some browsers hand out nothing, without an error, for a file they cannot hold.
  if (buffer.byteLength !== end - start) {
    throw new ReadingError(`the browser handed out ${buffer.byteLength} of ${end - start} bytes`, 'choose the file again, or use the command line');
  }
  return new Uint8Array(buffer);
}
