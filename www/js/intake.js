// Every way a file comes in: dropped anywhere, chosen, a folder, pasted, typed.
import { byId } from './dom.js';
import { droppedFiles, pastedFiles, pickedFiles, textFile } from './dropped_files.js';

/**
 * Listens for files.
 * @param {(files: import('./dropped_files.js').NamedFile[] | Promise<import('./dropped_files.js').NamedFile[]>) => void} onFiles
 */
export function watchIntake(onFiles) {
  watchDrops(onFiles);
  watchPicker('file-input', ['pick-files', 'add-files', 'add-more-files'], onFiles);
  watchPicker('folder-input', ['pick-folder', 'add-folder'], onFiles);
  watchPasting(onFiles);
}

/** Opens the file chooser. */
export function openFileChooser() {
  byId('file-input').click();
}

/** On the whole window: what no handler takes, the browser would open in place of the page. */
function watchDrops(onFiles) {
  let depth = 0;
  const showVeil = (shown) => {
    byId('drop-veil').hidden = !shown;
    document.body.classList.toggle('dragging', shown);
  };
  window.addEventListener('dragenter', (event) => {
    event.preventDefault();
    depth += 1;
    showVeil(true);
  });
  window.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) showVeil(false);
  });
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    depth = 0;
    showVeil(false);
    if (event.dataTransfer) onFiles(filesOrText(event.dataTransfer));
  });
}

/** A drop of marked text is as good as a paste. @param {DataTransfer} transfer */
function filesOrText(transfer) {
  return transfer.files.length || [...transfer.items].some((item) => item.kind === 'file') ? droppedFiles(transfer) : pastedFiles(transfer);
}

function watchPicker(inputId, buttonIds, onFiles) {
  const input = byId(inputId);
  for (const id of buttonIds) byId(id).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    onFiles(pickedFiles(input.files));
    input.value = '';
  });
}

function watchPasting(onFiles) {
  const dialog = byId('paste-dialog');
  const area = byId('pasted-text');
  for (const id of ['paste-text', 'add-text']) byId(id).addEventListener('click', () => dialog.showModal());
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'add' && area.value.trim()) onFiles([textFile(area.value)]);
    dialog.returnValue = '';
    area.value = '';
  });
  window.addEventListener('paste', (event) => {
    const typing = event.target instanceof Element && event.target.closest('input, textarea');
    if (typing || !event.clipboardData) return;
    onFiles(pastedFiles(event.clipboardData));
  });
}
