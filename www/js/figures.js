// The plots: drawn by the engine on a canvas of device pixels, whatever the screen, theme or paper.
import { element } from './dom.js';
import { currentTheme } from './theme.js';

/** The longest side of a canvas that every browser still draws. */
export const LONGEST_SIDE = 16384;

/** The most runs in a plot: more cannot be told apart. */
export const MOST_PLOTTED_RUNS = 20;

/** The most groups of runs that have plots of their own. */
export const MOST_PLOTTED_GROUPS = 4;

const NARROWEST = 240;

/** One plot with its caption, its text alternative and its downloads. */
export class Figure {
  /**
   * @param {any} engine
   * @param {{plot: string, part?: number, title: string, heading?: 'h2'|'h3', table: string, onExport: (figure: Figure, format: 'svg'|'png') => void}} options
   */
  constructor(engine, { plot, part = 1, title, heading = 'h2', table, onExport }) {
    this.engine = engine;
    this.plot = plot;
    this.fileName = part > 1 ? `${plot}-${part}` : plot;
    this.table = table;
    this.json = null;
    this.scheduled = 0;
    this.canvas = element('canvas', { role: 'img', 'data-plot': plot });
    this.frame = element('div', { class: 'plot-frame' }, this.canvas);
    this.group = element('span', { class: 'under-name' });
    this.note = element('p', { class: 'plot-note' });
    const tool = (format) => element('button', { type: 'button', class: 'quiet', 'data-format': format, click: () => onExport(this, format), 'aria-label': `${format.toUpperCase()} of: ${title}` }, format.toUpperCase());
    this.node = element('figure', {},
      element('figcaption', {}, element(heading, {}, title, this.group), element('div', { class: 'figure-tools' }, tool('svg'), tool('png'))),
      element('div', { class: 'plot-card' }, this.frame), this.note);
    this.observer = new ResizeObserver(() => this.schedule());
    this.observer.observe(this.frame);
  }

  /** Takes the figure off the page. */
  close() {
    this.observer.disconnect();
    this.node.remove();
  }

  /** Shows another evaluation or result. @param {string} json @param {string} [group] which runs, where not all */
  show(json, group = '') {
    this.json = json;
    this.group.textContent = group;
    const finding = this.engine.plot_alt(this.plot, json);
    this.canvas.setAttribute('aria-label', `${finding} The numbers are in the table \u201c${this.table}\u201d on this page.`);
    this.note.textContent = finding;
    this.schedule();
  }

  /** Draws before the next frame, once however often asked. */
  schedule() {
    if (this.scheduled) return;
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.draw(currentTheme());
    });
  }

  /** Draws now. @param {'light'|'dark'} theme */
  draw(theme) {
    const width = Math.max(NARROWEST, Math.floor(this.frame.clientWidth));
    if (this.json === null || this.frame.clientWidth === 0) return;
    const [cssWidth, cssHeight] = this.size(width);
    const scale = Math.min(devicePixelRatio, LONGEST_SIDE / Math.max(cssWidth, cssHeight));
    this.canvas.style.width = `${cssWidth}px`;
    this.canvas.style.height = `${cssHeight}px`;
    this.canvas.width = Math.round(cssWidth * scale);
    this.canvas.height = Math.round(cssHeight * scale);
    this.engine.draw_plot(this.canvas, this.plot, this.json, JSON.stringify({ scale, theme }));
  }

  /** Returns width and height in CSS pixels that the plot wants at this width. @param {number} width */
  size(width) {
    return [...this.engine.plot_size(this.plot, this.json, width)];
  }

  /** Returns the plot as SVG text, for paper. */
  svg() {
    return this.engine.plot_svg(this.plot, this.json);
  }

  /** Returns the plot as PNG at twice the size, for paper. @returns {Promise<Blob>} */
  png() {
    const canvas = document.createElement('canvas');
    this.engine.draw_picture(canvas, this.plot, this.json, 2);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser made no picture'))), 'image/png');
    });
  }
}


/** Redraws whenever what the pixels depend on changes. @param {() => Figure[]} figures */
export function keepFiguresCrisp(figures) {
  const redraw = () => figures().forEach((figure) => figure.schedule());
  watchPixelRatio(redraw);
  window.addEventListener('beforeprint', () => figures().forEach((figure) => figure.draw('light')));
  window.addEventListener('afterprint', redraw);
}

/** A media query matches one ratio only: after each change the next one is watched. */
function watchPixelRatio(changed) {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  query.addEventListener('change', () => {
    changed();
    watchPixelRatio(changed);
  }, { once: true });
}
