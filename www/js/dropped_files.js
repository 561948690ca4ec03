// What was dropped, picked or pasted, as a flat list of files with their paths.

/** The most files taken from one drop: a whole disc dropped by mistake must not freeze the page. */
export const MOST_FILES = 20000;

/**
 * @typedef {{path: string, file: Blob}} NamedFile
 */

/**
 * Returns the files of a drop. Must be called inside the event: the browser empties the drop after it.
 *
 * Asked in the order that works: file system handles (the only way to a folder on `file://` in
 * Chromium), then entries, then plain files.
 * @param {DataTransfer} transfer
 * @returns {Promise<NamedFile[]>}
 */
export function droppedFiles(transfer) {
  const plain = [...transfer.files].map((file) => ({ path: file.name, file }));
  const pending = [...transfer.items].filter((item) => item.kind === 'file').map((item) => ({
    handle: item.getAsFileSystemHandle ? item.getAsFileSystemHandle().catch(() => null) : null,
    entry: item.webkitGetAsEntry ? item.webkitGetAsEntry() : null,
    file: item.getAsFile(),
  }));
  return pending.length ? collect(pending) : Promise.resolve(plain);
}

/** Returns the files of an `<input>`, with their path where a folder was chosen. @param {FileList} list */
export function pickedFiles(list) {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Returns the files, or the text as one file, of a paste. @param {DataTransfer} transfer @returns {NamedFile[]} */
export function pastedFiles(transfer) {
  if (transfer.files.length) return [...transfer.files].map((file) => ({ path: file.name, file }));
  const text = transfer.getData('text/plain');
  return text.trim() ? [textFile(text)] : [];
}

/** Returns pasted text as a file. @param {string} text @returns {NamedFile} */
export function textFile(text) {
  return { path: 'pasted text', file: new Blob([text], { type: 'text/plain' }) };
}

/** @param {{handle: Promise<any>|null, entry: any, file: File|null}[]} pending */
async function collect(pending) {
  const files = [];
  for (const item of pending) {
    const handle = item.handle ? await item.handle : null;
    if (handle) await walkHandle(handle, '', files);
    else if (item.entry?.isDirectory) await walkEntry(item.entry, '', files);
    else if (item.file) files.push({ path: item.file.name, file: item.file });
  }
  return files;
}

/** @param {any} handle @param {string} prefix @param {NamedFile[]} files */
async function walkHandle(handle, prefix, files) {
  if (files.length >= MOST_FILES) return;
  const path = prefix + handle.name;
  if (handle.kind === 'file') {
    files.push({ path, file: await handle.getFile() });
    return;
  }
  const children = [];
  for await (const child of handle.values()) children.push(child);
  children.sort(byName);
  for (const child of children) await walkHandle(child, `${path}/`, files);
}

/** @param {any} entry @param {string} prefix @param {NamedFile[]} files */
async function walkEntry(entry, prefix, files) {
  if (files.length >= MOST_FILES) return;
  const path = prefix + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    files.push({ path, file });
    return;
  }
  const children = await allEntries(entry.createReader());
  children.sort(byName);
  for (const child of children) await walkEntry(child, `${path}/`, files);
}

/** A reader hands out entries in portions, until an empty one. @param {any} reader */
async function allEntries(reader) {
  const entries = [];
  for (;;) {
    const portion = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (portion.length === 0) return entries;
    entries.push(...portion);
  }
}

/** @param {{name: string}} one @param {{name: string}} other */
function byName(one, other) {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}
