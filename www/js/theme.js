// Light or dark: the system's wish unless the reader chose. The only thing ever stored.

const THEME_KEY = 'data-anatomy-theme';

/** Returns the theme on screen. @returns {'light'|'dark'} */
export function currentTheme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Takes up the stored choice, or the one given (of a link or a report). @param {string|null} given */
export function restoreTheme(given = null) {
  const theme = given ?? storedTheme();
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
}

/** Switches to the other theme, remembers it and returns it. @returns {'light'|'dark'} */
export function toggleTheme() {
  const theme = currentTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch { /* Storage may be forbidden; the choice then lasts as long as the page. */ }
  return theme;
}

/** Forgets the choice: the system decides again. */
export function forgetTheme() {
  delete document.documentElement.dataset.theme;
  try {
    localStorage.removeItem(THEME_KEY);
  } catch { /* Nothing was stored. */ }
}

/** Calls back when the system's wish changes. @param {() => void} changed */
export function onSystemTheme(changed) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
}

function storedTheme() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}
