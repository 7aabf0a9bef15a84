/**
 * How an order's fields should lie in memory: one record of 16 words an order, or 16 arrays with a
 * word of each order. Visits orders by chance, reads 14 words and writes 4 of each.
 * `node bench/engine/record-layout.ts`; docs/adr/0008-orders-are-records.md has the figures.
 */
import { seededRandom } from '../../test/support/seed.ts';

const VISITS = 2 ** 20;
const RUNS = 7;
const RECORD_WORDS_LOG2 = 4;

interface Layout {
  readonly records: () => void;
  readonly arrays: () => void;
}

function layouts(orders: number): Layout {
  const random = seededRandom(1);
  const visited = Int32Array.from({ length: VISITS }, () => random(orders));
  const r = new Float64Array(orders << RECORD_WORDS_LOG2);
  const lane = () => new Float64Array(orders);
  const [a, b, c, d, e, f, g] = [lane(), lane(), lane(), lane(), lane(), lane(), lane()];
  const [h, i, j, k, l, m, n] = [lane(), lane(), lane(), lane(), lane(), lane(), lane()];
  return {
    records: () => {
      for (let visit = 0; visit < VISITS; visit++) {
        const at = visited[visit]! << RECORD_WORDS_LOG2;
        const first = r[at]! + r[at + 1]! + r[at + 2]! + r[at + 3]! + r[at + 4]! + r[at + 5]!;
        const second = r[at + 6]! + r[at + 7]! + r[at + 8]! + r[at + 9]! + r[at + 10]!;
        const sum = first + second + r[at + 11]! + r[at + 12]! + r[at + 13]!;
        r[at] = sum;
        r[at + 3] = visit;
        r[at + 5] = visit;
        r[at + 9] = sum;
      }
    },
    arrays: () => {
      for (let visit = 0; visit < VISITS; visit++) {
        const at = visited[visit]!;
        const first = a[at]! + b[at]! + c[at]! + d[at]! + e[at]! + f[at]!;
        const second = g[at]! + h[at]! + i[at]! + j[at]! + k[at]!;
        const sum = first + second + l[at]! + m[at]! + n[at]!;
        a[at] = sum;
        d[at] = visit;
        f[at] = visit;
        j[at] = sum;
      }
    },
  };
}

function nanoseconds(visitAll: () => void): number {
  const begin = process.hrtime.bigint();
  visitAll();
  return Number(process.hrtime.bigint() - begin) / VISITS;
}

function median(values: number[]): string {
  return values.toSorted((low, high) => low - high)[RUNS >> 1]!.toFixed(1);
}

console.log('orders     records   arrays   (ns a visit, median of 7, interleaved)');
for (const orders of [1_000, 10_000, 100_000, 1_000_000]) {
  const { records, arrays } = layouts(orders);
  const asRecords: number[] = [];
  const asArrays: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    asRecords.push(nanoseconds(records));
    asArrays.push(nanoseconds(arrays));
  }
  const cells = [median(asRecords).padStart(9), median(asArrays).padStart(9)];
  console.log(`${String(orders).padEnd(9)}${cells.join('')}`);
}
