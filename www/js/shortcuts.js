// Keys, and the dialog that lists them.
import { byId } from './dom.js';
import { openFileChooser } from './intake.js';

/** Listens for keys. @param {{onReset: () => void}} actions */
export function watchShortcuts({ onReset }) {
  const help = byId('help-dialog');
  byId('show-help').addEventListener('click', () => help.showModal());
  byId('reset-view').addEventListener('click', () => {
    help.close();
    onReset();
  });
  window.addEventListener('keydown', (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'o') {
      event.preventDefault();
      openFileChooser();
    } else if (event.key === '?' && byId('single-key').checked && !isTyping(event.target) && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      help.showModal();
    }
  });
}

/** Keys without Ctrl are text while somebody is typing. */
function isTyping(target) {
  return target instanceof Element && target.closest('input:not([type="checkbox"]), textarea, select') !== null;
}
