/** A chart as SVG: axes with a grid, series in the colours of the page's style, and a legend. */
import type { Axis, Tick } from './axis.ts';
import { element, text } from './markup.ts';

export interface Series {
  readonly label: string;
  /** SVG in the chart's pixels, in the colour of the series. */
  readonly marks: string;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** What the legend does not say. */
  readonly note?: string;
}

/** So many colours there are: more series would share one. */
export const MOST_SERIES = 8;

const WIDTH = 700;
/** Of the plot, in pixels from the upper left. */
export const PLOT = { left: 78, right: 664, top: 40, bottom: 330 } as const;
const LEGEND_TOP = 392;
const LEGEND_LINE = 20;
const LEGEND_COLUMNS = 2;
const SWATCH = 22;

export function drawChart({ title, x, y, series, note }: Chart): string {
  const legendLines = Math.ceil(series.length / LEGEND_COLUMNS) + (note === undefined ? 0 : 1);
  const height = LEGEND_TOP + legendLines * LEGEND_LINE;
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': title },
    textAt(PLOT.left, 20, 'title', title),
    ...x.ticks.map((tick) => verticalTick(tick)),
    ...y.ticks.map((tick) => horizontalTick(tick)),
    element('rect', { class: 'frame', ...FRAME }),
    textAt((PLOT.left + PLOT.right) / 2, PLOT.bottom + 40, 'axis middle', x.label),
    element(
      'g',
      { transform: `rotate(-90 16 ${MIDDLE_Y})` },
      textAt(16, MIDDLE_Y, 'axis middle', y.label),
    ),
    ...series.map(({ label, marks }, at) => {
      const name = element('title', {}, text(label));
      return element('g', { class: `series series-${at % MOST_SERIES}` }, name, marks);
    }),
    ...series.map(({ label }, at) => legendEntry(label, at)),
    note === undefined
      ? ''
      : textAt(PLOT.left, LEGEND_TOP + (legendLines - 1) * LEGEND_LINE, 'note', note),
  );
}

/** A line through places of the chart. */
export function line(places: readonly (readonly [number, number])[], style = ''): string {
  const points = places.map(([x, y]) => `${x},${y}`).join(' ');
  return element('polyline', { class: `line ${style}`.trim(), points });
}

const MIDDLE_Y = (PLOT.top + PLOT.bottom) / 2;
const FRAME = {
  x: PLOT.left,
  y: PLOT.top,
  width: PLOT.right - PLOT.left,
  height: PLOT.bottom - PLOT.top,
};

function verticalTick({ at, label }: Tick): string {
  const ends = { x1: at, y1: PLOT.top, x2: at, y2: PLOT.bottom };
  return (
    element('line', { class: 'grid', ...ends }) + textAt(at, PLOT.bottom + 18, 'tick middle', label)
  );
}

function horizontalTick({ at, label }: Tick): string {
  const ends = { x1: PLOT.left, y1: at, x2: PLOT.right, y2: at };
  return (
    element('line', { class: 'grid', ...ends }) + textAt(PLOT.left - 8, at + 4, 'tick end', label)
  );
}

function legendEntry(label: string, at: number): string {
  const column = at % LEGEND_COLUMNS;
  const x = PLOT.left + (column * (WIDTH - PLOT.left)) / LEGEND_COLUMNS;
  const y = LEGEND_TOP + Math.floor(at / LEGEND_COLUMNS) * LEGEND_LINE;
  const swatch = line([
    [x, y - 4],
    [x + SWATCH, y - 4],
  ]);
  return (
    element('g', { class: `series series-${at % MOST_SERIES}` }, swatch) +
    textAt(x + SWATCH + 8, y, 'legend', label)
  );
}

function textAt(x: number, y: number, style: string, content: string): string {
  return element('text', { x, y, class: style }, text(content));
}
