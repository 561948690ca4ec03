// The plots: drawn by the engine on a canvas of device pixels, whatever the screen, theme or paper.
import { element } from './dom.js';
import { currentTheme } from './theme.js';

/** The longest side of a canvas that every browser still draws. */
export const LONGEST_SIDE = 16384;

/** The most runs in a plot: more cannot be told apart. */
export const MOST_PLOTTED_RUNS = 20;

const NARROWEST = 240;

/** Width of an exported picture, in CSS pixels. */
const EXPORT_WIDTH = 960;

/** One plot with its caption, its text alternative and its downloads. */
export class Figure {
  /**
   * @param {any} engine
   * @param {{plot: string, title: string, table: string, onExport: (figure: Figure, format: 'svg'|'png') => void}} options
   */
  constructor(engine, { plot, title, table, onExport }) {
    this.engine = engine;
    this.plot = plot;
    this.table = table;
    this.json = null;
    this.scheduled = 0;
    this.canvas = element('canvas', { role: 'img', 'data-plot': plot });
    this.frame = element('div', { class: 'plot-frame' }, this.canvas);
    this.note = element('p', { class: 'plot-note' });
    const tool = (format) => element('button', { type: 'button', class: 'quiet', 'data-format': format, click: () => onExport(this, format), 'aria-label': `${format.toUpperCase()} of: ${title}` }, format.toUpperCase());
    this.node = element('figure', {},
      element('figcaption', {}, element('h2', {}, title), element('div', { class: 'figure-tools' }, tool('svg'), tool('png'))),
      element('div', { class: 'plot-card' }, this.frame), this.note);
    new ResizeObserver(() => this.schedule()).observe(this.frame);
  }

  /** Shows another evaluation. @param {string} json */
  show(json) {
    this.json = json;
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

  /** Returns the plot with its title as SVG text, for paper. */
  svg() {
    return this.engine.plot_svg(this.plot, this.json, EXPORT_WIDTH);
  }

  /** Returns the plot with its title as PNG at twice the size, for paper. @returns {Promise<Blob>} */
  png() {
    const canvas = document.createElement('canvas');
    this.engine.draw_picture(canvas, this.plot, this.json, EXPORT_WIDTH, 2);
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
