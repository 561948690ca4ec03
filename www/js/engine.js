// The WebAssembly carried by the page: unpacked once, compiled once, shared with the worker.
/* global wasm_bindgen */

/**
 * Returns the bytes of base64 text, quickly also where `Uint8Array.fromBase64` is missing.
 * @param {string} text
 * @returns {Uint8Array}
 */
export function bytesFromBase64(text) {
  if (typeof Uint8Array.fromBase64 === 'function') return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/**
 * Returns the compiled module from the gzipped base64 text that the page carries.
 * @param {string} packed
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compileEngine(packed) {
  if (typeof WebAssembly !== 'object') throw new Error('this browser runs no WebAssembly');
  const zipped = bytesFromBase64(packed.trim());
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}

/**
 * Starts the module in this thread and returns its doors.
 * @param {WebAssembly.Module} module
 * @returns {Promise<any>}
 */
export async function startEngine(module) {
  await wasm_bindgen({ module_or_path: module });
  return wasm_bindgen;
}
