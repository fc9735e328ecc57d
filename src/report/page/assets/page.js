// @ts-check
// What the page does beyond showing: read values off the charts, zoom into time, filter operations. Without it all is still there to read.

/**
 * Mirrors `PageData` of data.ts.
 * @typedef {{x: number, lines: string[]}} Reading
 * @typedef {{title: string, top: number, bottom: number, readings: Reading[]}} Panel
 * @typedef {{span: {fromMs: number, toMs: number} | null, panels: Panel[]}} ChartData
 * @typedef {{plot: {left: number, right: number}, phases: {name: string, fromMs: number, toMs: number}[], charts: {[name: string]: ChartData}}} PageData
 */

/** @type {PageData} */
const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}');
const {left, right} = data.plot;
const svgNamespace = 'http://www.w3.org/2000/svg';
const narrowestMs = 500;

/** @param {string} name @param {{[name: string]: string | number}} attributes */
const svgElement = (name, attributes) => {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
};

class ChartView {
  /** @param {HTMLElement} figure @param {string} name @param {ChartData} chart */
  constructor(figure, name, chart) {
    this.figure = figure;
    this.chart = chart;
    this.frame = /** @type {HTMLElement} */ (figure.querySelector('.chart-frame'));
    this.svg = /** @type {SVGSVGElement} */ (figure.querySelector('svg'));
    this.panel = 0;
    this.at = -1;
    /** Where the visible part begins, and how much it is stretched. */
    this.from = left;
    this.stretch = 1;
    this.cursor = svgElement('line', {class: 'cursor', y1: 0, y2: 0, visibility: 'hidden'});
    this.selection = svgElement('rect', {class: 'selection', visibility: 'hidden'});
    this.svg.append(this.selection, this.cursor);
    this.tip = document.createElement('div');
    this.tip.className = 'tip';
    this.tip.hidden = true;
    this.tip.setAttribute('role', 'status');
    figure.append(this.tip);
    this.clip(name);
    this.listen();
  }

  /** What is stretched stays within the axes. @param {string} name */
  clip(name) {
    const clipPath = svgElement('clipPath', {id: `${name}-clip`});
    clipPath.append(svgElement('rect', {x: left, y: 0, width: right - left, height: '100%'}));
    this.svg.prepend(clipPath);
    for (const plot of this.svg.querySelectorAll('.plot')) {
      const shapes = svgElement('g', {'clip-path': `url(#${name}-clip)`});
      plot.before(shapes);
      shapes.append(plot);
      // Words are moved and not stretched, and those beside the axes stay where they are.
      for (const text of plot.querySelectorAll('text')) {
        text.dataset['x'] = text.getAttribute('x') ?? '0';
        shapes.after(text);
      }
    }
  }

  listen() {
    this.frame.addEventListener('pointermove', event => this.point(event));
    this.frame.addEventListener('pointerdown', event => this.press(event));
    this.frame.addEventListener('pointerup', event => this.release(event));
    this.frame.addEventListener('pointerleave', () => {
      if (this.pressedAt === undefined) this.forget();
    });
    this.frame.addEventListener('dblclick', () => zoomAll(null));
    this.frame.addEventListener('blur', () => this.forget());
    this.frame.addEventListener('keydown', event => {
      const move = this.keys[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      move();
      event.preventDefault();
    });
    for (const button of this.figure.querySelectorAll('button')) {
      button.addEventListener('click', () => this.zoom(button.dataset['zoom'] ?? 'all'));
    }
  }

  /** @type {{[key: string]: () => void}} */
  keys = {
    ArrowRight: () => this.step(1),
    ArrowLeft: () => this.step(-1),
    ArrowDown: () => this.turn(1),
    ArrowUp: () => this.turn(-1),
    Home: () => this.go(0),
    End: () => this.go(Number.POSITIVE_INFINITY),
    '+': () => this.zoom('in'),
    '=': () => this.zoom('in'),
    '-': () => this.zoom('out'),
    0: () => this.zoom('all'),
    Escape: () => this.forget(),
  };

  /** From the screen to the chart's own pixels. @param {PointerEvent} event */
  place(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.svg.viewBox.baseVal.width / box.width;
    return {x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale};
  }

  /** @param {number} x */
  shown(x) {
    return left + (x - this.from) * this.stretch;
  }

  /** @param {number} x */
  original(x) {
    return this.from + (x - left) / this.stretch;
  }

  /** @param {PointerEvent} event */
  point(event) {
    const {x, y} = this.place(event);
    if (this.pressedAt !== undefined) this.choose(this.pressedAt, x);
    let panel = -1;
    let nearest = Number.POSITIVE_INFINITY;
    this.chart.panels.forEach(({top, bottom, readings}, index) => {
      if (y < top - 10 || y > bottom + 20) return;
      for (const reading of readings) {
        const distance = Math.abs(this.shown(reading.x) - x);
        if (distance < nearest) {
          nearest = distance;
          panel = index;
        }
      }
    });
    if (panel === -1) return this.forget();
    this.panel = panel;
    const readings = this.chart.panels[panel]?.readings ?? [];
    const wanted = this.original(x);
    this.go(
      readings.reduce(
        (best, reading, index) =>
          Math.abs(reading.x - wanted) < Math.abs((readings[best]?.x ?? 0) - wanted) ? index : best,
        0,
      ),
    );
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.chart.span || event.button !== 0 || event.pointerType === 'touch') return;
    this.pressedAt = this.place(event).x;
    this.frame.dataset['busy'] = '';
    this.frame.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  release(event) {
    const from = this.pressedAt;
    if (from === undefined) return;
    this.pressedAt = undefined;
    delete this.frame.dataset['busy'];
    this.selection.setAttribute('visibility', 'hidden');
    const to = this.place(event).x;
    if (Math.abs(to - from) < 8) return;
    const times = [this.timeAt(Math.min(from, to)), this.timeAt(Math.max(from, to))];
    zoomAll({fromMs: times[0] ?? 0, toMs: times[1] ?? 0});
  }

  /** @param {number} from @param {number} to */
  choose(from, to) {
    const x = Math.max(left, Math.min(from, to));
    const panels = this.chart.panels;
    const top = panels[0]?.top ?? 0;
    const end = Math.min(right, Math.max(from, to));
    for (const [key, value] of Object.entries({
      x,
      y: top,
      width: Math.max(0, end - x),
      height: (panels.at(-1)?.bottom ?? top) - top,
      visibility: 'visible',
    }))
      this.selection.setAttribute(key, String(value));
  }

  /** @param {number} x */
  timeAt(x) {
    const {fromMs, toMs} = this.chart.span ?? {fromMs: 0, toMs: 1};
    const within = Math.min(right, Math.max(left, x));
    return fromMs + ((this.original(within) - left) / (right - left)) * (toMs - fromMs);
  }

  /** @param {number} by */
  step(by) {
    this.go(this.at < 0 ? 0 : this.at + by);
  }

  /** The same place in the panel below or above. @param {number} by */
  turn(by) {
    const x = this.chart.panels[this.panel]?.readings[Math.max(0, this.at)]?.x ?? left;
    this.panel = Math.min(this.chart.panels.length - 1, Math.max(0, this.panel + by));
    const readings = this.chart.panels[this.panel]?.readings ?? [];
    const same = readings.findIndex(reading => reading.x >= x);
    this.go(same === -1 ? 0 : same);
  }

  /** @param {number} index */
  go(index) {
    const panel = this.chart.panels[this.panel];
    if (!panel || panel.readings.length === 0) return;
    this.at = Math.min(panel.readings.length - 1, Math.max(0, index));
    const reading = panel.readings[this.at];
    if (!reading) return;
    const x = this.shown(reading.x);
    const visible = x >= left - 1 && x <= right + 1;
    for (const [key, value] of Object.entries({
      x1: x,
      x2: x,
      y1: panel.top,
      y2: panel.bottom,
      visibility: visible ? 'visible' : 'hidden',
    }))
      this.cursor.setAttribute(key, String(value));
    this.tip.replaceChildren(
      ...[this.chart.panels.length > 1 ? panel.title : '', ...reading.lines].filter(Boolean).map(line => {
        const paragraph = document.createElement('p');
        paragraph.textContent = line;
        return paragraph;
      }),
    );
    this.tip.hidden = false;
    const box = this.svg.getBoundingClientRect();
    const scale = box.width / this.svg.viewBox.baseVal.width;
    const across = x * scale - this.frame.scrollLeft;
    const width = this.frame.clientWidth;
    // On the side of the cursor that has the room, and never out of the figure.
    const wanted = across > width / 2 ? across - this.tip.offsetWidth - 12 : across + 12;
    this.tip.style.left = `${Math.max(4, Math.min(wanted, width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${this.frame.offsetTop + panel.top * scale + 8}px`;
  }

  forget() {
    this.tip.hidden = true;
    this.cursor.setAttribute('visibility', 'hidden');
  }

  /** @param {string} how */
  zoom(how) {
    const {span} = this.chart;
    if (!span) return;
    if (how === 'all') return zoomAll(null);
    const reading = this.chart.panels[this.panel]?.readings[this.at];
    const [fromMs, toMs] = [this.timeAt(left), this.timeAt(right)];
    const middle =
      this.cursor.getAttribute('visibility') === 'visible' && reading
        ? this.timeAt(this.shown(reading.x))
        : (fromMs + toMs) / 2;
    const half = ((toMs - fromMs) / 2) * (how === 'in' ? 0.5 : 2);
    zoomAll({fromMs: middle - half, toMs: middle + half});
  }

  /** @param {{fromMs: number, toMs: number} | null} range null shows all */
  show(range) {
    const {span} = this.chart;
    if (!span) return;
    const whole = span.toMs - span.fromMs;
    const length = range ? Math.max(narrowestMs, Math.min(whole, range.toMs - range.fromMs)) : whole;
    const begin = range ? Math.max(span.fromMs, Math.min(range.fromMs, span.toMs - length)) : span.fromMs;
    this.stretch = whole / length;
    this.from = left + ((begin - span.fromMs) / whole) * (right - left);
    const shift = left - this.from * this.stretch;
    for (const plot of this.svg.querySelectorAll('.plot')) {
      plot.setAttribute('transform', `matrix(${this.stretch} 0 0 1 ${shift} 0)`);
    }
    for (const text of this.svg.querySelectorAll('text')) {
      const original = Number(text.dataset['x'] ?? Number.NaN);
      // Words without a place in time stay.
      if (Number.isNaN(original) || original < left) continue;
      const x = this.shown(original);
      text.setAttribute('x', String(x));
      text.setAttribute('visibility', x < left - 1 || x > right + 1 ? 'hidden' : 'visible');
    }
    this.forget();
  }
}

/** @type {ChartView[]} */
const views = [];

/** All charts over time show the same part. @param {{fromMs: number, toMs: number} | null} range */
const zoomAll = range => {
  for (const view of views) view.show(range);
};

for (const figure of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll('figure[data-chart]')
)) {
  const name = figure.dataset['chart'] ?? '';
  const chart = data.charts[name];
  if (chart) views.push(new ChartView(figure, name, chart));
}

const selects = /** @type {HTMLSelectElement[]} */ ([...document.querySelectorAll('.filters select')]);
const shown = document.getElementById('shown');

const filter = () => {
  let count = 0;
  for (const body of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll('tbody[data-outcome]')
  )) {
    const fits = selects.every(({name, value}) => value === '' || body.dataset[name] === value);
    body.hidden = !fits;
    if (fits) count++;
  }
  if (shown) shown.textContent = count === 1 ? '1 operation' : `${count} operations`;
};

for (const select of selects) {
  select.addEventListener('change', () => {
    filter();
    if (select.name !== 'phase') return;
    const phase = data.phases.find(({name}) => name === select.value);
    zoomAll(phase ?? null);
  });
}
