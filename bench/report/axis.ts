/** Logarithmic axes: latencies and rates span many powers of ten. */

export interface Tick {
  /** In pixels, as `at` tells. */
  readonly at: number;
  readonly label: string;
}

export interface Axis {
  readonly label: string;
  readonly ticks: readonly Tick[];
  /** Where a value stands, in pixels; what lies outside stands at the end. */
  readonly at: (value: number) => number;
}

export interface Span {
  readonly min: number;
  readonly max: number;
}

/** With more powers of ten than these, those alone have ticks. */
const MOST_DECADES_OF_FINE_TICKS = 2;
/** Room for rounding where a bound is a power of ten itself. */
const ALMOST_NOTHING = 1e-9;

/** The whole powers of ten around values, which are more than 0; one at least. */
export function decadesAround(values: Iterable<number>): Span {
  let [min, max] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (!(min > 0)) throw new RangeError(`a logarithmic axis has no place for ${min}`);
  const first = Math.floor(Math.log10(min) + ALMOST_NOTHING);
  const last = Math.ceil(Math.log10(max) - ALMOST_NOTHING);
  return { min: 10 ** first, max: 10 ** Math.max(last, first + 1) };
}

/**
 * @param from in pixels, where the least value stands; `to` is where the highest does
 * @param format a tick's label
 */
export function logarithmicAxis(
  label: string,
  { min, max }: Span,
  from: number,
  to: number,
  format: (value: number) => string,
): Axis {
  const decades = Math.log10(max / min);
  const at = (value: number) => {
    const part = Math.log10(Math.min(max, Math.max(min, value)) / min) / decades;
    return Math.round((from + part * (to - from)) * 10) / 10;
  };
  const steps = decades > MOST_DECADES_OF_FINE_TICKS ? [1] : [1, 2, 5];
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(min) + ALMOST_NOTHING); 10 ** power <= max; power++) {
    for (const step of steps) {
      const value = roundedTo(power, step);
      if (value >= min && value <= max) ticks.push({ at: at(value), label: format(value) });
    }
  }
  return { label, ticks, at };
}

/** Not `step * 10 ** power`, which is 0.30000000000000004 and the like. */
function roundedTo(power: number, step: number): number {
  return Number(`${step}e${power}`);
}

/** `'250 ns'`, `'10 µs'`, `'1.5 ms'`. */
export function formatMicroseconds(us: number): string {
  if (us < 1) return `${digits(us * 1e3)} ns`;
  if (us < 1e3) return `${digits(us)} µs`;
  return us < 1e6 ? `${digits(us / 1e3)} ms` : `${digits(us / 1e6)} s`;
}

/** `'100 k'`, `'1.5 M'`. */
export function formatRate(perSecond: number): string {
  if (perSecond < 1e3) return digits(perSecond);
  return perSecond < 1e6 ? `${digits(perSecond / 1e3)} k` : `${digits(perSecond / 1e6)} M`;
}

/** The inverse of one minus a percentile, as `'99.9 %'`. */
export function formatPercentile(inverse: number): string {
  return `${Number((100 - 100 / inverse).toPrecision(9))} %`;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
