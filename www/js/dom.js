// Building and finding elements. Text reaches the document as text only; nothing here parses markup.

/**
 * Returns a new element. Attributes that are `null` or `false` are left out, `true` is written empty,
 * functions become listeners of the event they are named after.
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node|string|null)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * Returns the element of this id, which index.html promises.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element \`${id}\``);
  return found;
}

/**
 * Replaces the text of an element, only where it differs, so that live regions stay quiet.
 * @param {HTMLElement} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** How long a message stays on screen. */
const MESSAGE_MILLISECONDS = 8000;

let messageTimer = 0;

/** Says something to everybody, screen readers included. @param {string} text */
export function announce(text) {
  clearTimeout(messageTimer);
  setText(byId('status'), text);
  messageTimer = setTimeout(() => setText(byId('status'), ''), MESSAGE_MILLISECONDS);
}
