// The page as it was delivered: captured before anything changes it, the template of every saved report.

/**
 * Returns the whole file this page came from, byte for byte (the build makes sure that reading and
 * writing it again changes nothing).
 * @returns {string}
 */
export function capturePage() {
  return `<!doctype html>${document.documentElement.outerHTML}`;
}
