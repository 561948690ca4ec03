// The screen of last resort: what went wrong, in which version, and something to copy. Never a blank page.
import { byId, element, setText } from './dom.js';
import { copyText } from './download.js';

/** What the engine needs, said to somebody whose browser lacks it. */
const NEEDS = 'The page needs WebAssembly and DecompressionStream: Chrome 97, Firefox 113, Safari 16.4 or newer.';

/** Shows every error that nobody caught. */
export function guardAgainstFailure() {
  window.addEventListener('error', (event) => {
    if (event.error) showFailure(event.error);
  });
  window.addEventListener('unhandledrejection', (event) => showFailure(event.reason));
  byId('copy-failure').addEventListener('click', async () => {
    const copied = await copyText(byId('failure-details').textContent);
    setText(byId('copy-failure'), copied ? 'Copied' : 'Select the text and copy it');
  });
  byId('reload-page').addEventListener('click', () => location.reload());
}

/** Shows the failure in place of everything else. @param {any} error */
export function showFailure(error) {
  const message = String(error?.message ?? error);
  setText(byId('failure-message'), message);
  setText(byId('failure-hint'), canRun() ? 'Your files are untouched. “Start again” reloads the page; if the same file brings you here again, please report it with the details below.' : NEEDS);
  byId('failure-details').replaceChildren(element('code', {}, failureDetails(error, message)));
  byId('intro').hidden = true;
  byId('app').hidden = false;
  for (const id of ['welcome', 'results', 'progress', 'masthead-tools']) byId(id).hidden = true;
  byId('failure').hidden = false;
}

/** @param {any} error @param {string} message */
function failureDetails(error, message) {
  const version = document.querySelector('meta[name="generator"]')?.getAttribute('content');
  const lines = [version, navigator.userAgent, message, globalThis.dataAnatomyPanic, error?.details ?? error?.stack];
  return lines.filter(Boolean).join('\n');
}

function canRun() {
  return typeof WebAssembly === 'object' && typeof DecompressionStream === 'function';
}
