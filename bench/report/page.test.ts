/** The report of made-up figures: each case, target and curve is there, nothing from outside. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { makeJsonReport } from '../../server/json-report.ts';
import { mediansOf, type Target } from '../measuring/figures.ts';
import { histogramOf } from '../measuring/histograms.ts';
import { writeResults } from '../measuring/results-folder.ts';
import { renderPage } from './page.ts';
import { type BenchmarkFigures, readResults } from './read-results.ts';

const RATES = { '10k': 10_000, '100k': 100_000, '1m': 1_000_000 };
const STAGES = ['sequenced', 'executed'];
const CASES = Object.keys(RATES).flatMap((rate) => [`spin/${rate}`, `park/${rate}`]);
const TARGETS: readonly Target[] = [
  { case: 'spin/10k', metric: 'p50_us', atMost: 5 },
  { case: 'spin/10k', metric: 'p99_us', atMost: 5 },
  { case: 'not measured', metric: 'p99_us', atMost: 5 },
];
/** What must not be taken for markup. */
const WAIT = 'gateway parks, exchange <spins> & "parks"';

/** Of 10,000 commands, in ms: 1 µs to 10 ms. */
const latenciesMs = Float64Array.from({ length: 10_000 }, (_, at) => 10 / (10_000 - at));

function metricsOf(rate: number): Map<string, number[]> {
  const done = Math.min(rate, 400_000);
  return new Map([
    ['offered_per_s', [rate, rate, rate]],
    ['ops_per_s', [done - 1, done, done + 1]],
    ['p50_us', [1, 2, 3]],
    ['p99_us', [10, 20, 30]],
  ]);
}

interface Element {
  readonly [name: string]: unknown;
}

function all(node: unknown, name: string): Element[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((each) => all(each, name));
  return Object.entries(node).flatMap(([key, value]) => {
    const own = key === name ? ([value].flat() as Element[]) : [];
    return [...own, ...all(value, name)];
  });
}

describe('the report of the benchmarks', () => {
  let folder: string;
  let figures: BenchmarkFigures[];
  let page: string;
  let charts: Element[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hoga-report-'));
    const samples = new Map(
      Object.entries(RATES).flatMap(([rate, perSecond]) => {
        const metrics = metricsOf(perSecond);
        return [
          [`spin/${rate}`, metrics],
          [`park/${rate}`, metrics],
        ] as const;
      }),
    );
    const stages = new Map(STAGES.map((stage) => [stage, histogramOf(latenciesMs)]));
    const conditions = { durability: 'fsync', wait: WAIT };
    const report = makeJsonReport('latency', conditions, mediansOf(samples));
    writeResults(folder, report, new Map(CASES.map((name) => [name, stages])));
    writeResults(
      folder,
      makeJsonReport('micro', { durability: 'none' }, report.results),
      new Map(),
    );
    const benchmarks = [
      { name: 'micro', targets: [] },
      { name: 'absent', targets: [] },
      { name: 'latency', targets: TARGETS },
    ];
    figures = readResults(folder, benchmarks);
    page = renderPage(figures);
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    charts = [...page.matchAll(/<svg.*?<\/svg>/gs)].map(([svg]) => parser.parse(svg).svg);
  });
  after(() => rmSync(folder, { recursive: true }));

  const titlesOf = () => charts.map((chart) => String(chart['aria-label']));

  it('is well-formed and takes nothing from outside', () => {
    const xml = page.replace('<!doctype html>', '').replace(/<meta[^>]*>/g, '');
    assert.equal(XMLValidator.validate(xml), true);
    assert.doesNotMatch(page, /<script|<link|<img|url\(|@import|https?:/);
  });

  it('has the benchmarks in their order, and what they were measured in', () => {
    assert.deepEqual(
      figures.map(({ report }) => report.name),
      ['micro', 'latency'],
    );
    const { commit, machine, node } = figures[0]!.report;
    for (const told of [commit, machine, node, 'fsync'])
      assert.ok(page.includes(`<td>${told}</td>`));
    assert.ok(page.includes('exchange &lt;spins&gt; &amp; &quot;parks&quot;'));
  });

  it('has the figures of every case with their spread', () => {
    for (const name of CASES) assert.ok(page.includes(`<th scope="row">${name}</th>`), name);
    assert.ok(page.includes('<td>20<small>10–30</small></td>'));
  });

  it('tells which targets are met, of those that were measured', () => {
    assert.ok(page.includes('Targets: 1 of 2 met'));
    assert.match(page, /<td>≤ 5<\/td><td>2<\/td><td class="met">✓ met<\/td>/);
    assert.match(page, /<td>≤ 5<\/td><td>20<\/td><td class="missed">✗ missed<\/td>/);
    assert.ok(!page.includes('not measured'));
  });

  it('has a curve for every case and stage', () => {
    const perStage = STAGES.map((stage) => `latency: ${stage}`);
    const perCase = CASES.map((name) => `latency: ${name} by stage`);
    for (const title of [...perStage, ...perCase]) assert.ok(titlesOf().includes(title), title);
    const chart = charts.find((each) => each['aria-label'] === perStage[0])!;
    const series = all(chart, 'g').filter((each) => 'title' in each);
    assert.deepEqual(
      series.map(({ title }) => title),
      CASES,
    );
    assert.equal(charts.length, 2 + perStage.length + perCase.length);
  });

  it('draws curves from left to right and upwards, inside of the frame', () => {
    for (const chart of charts.filter((each) =>
      /latency: executed/.test(String(each['aria-label'])),
    )) {
      const [frame] = all(chart, 'rect');
      const [left, top] = [Number(frame!['x']), Number(frame!['y'])];
      const [right, bottom] = [left + Number(frame!['width']), top + Number(frame!['height'])];
      for (const group of all(chart, 'g').filter((each) => 'title' in each)) {
        const [curve] = all(group, 'polyline');
        const places = String(curve!['points'])
          .split(' ')
          .map((place) => place.split(',').map(Number) as [number, number]);
        assert.ok(places.length > 50, `${places.length} points`);
        for (const [at, [x, y]] of places.entries()) {
          const [beforeX, beforeY] = places[at - 1] ?? [left, bottom];
          assert.ok(x >= beforeX && x <= right && y <= beforeY && y >= top, `${x}, ${y}`);
        }
        // 10,000 commands are told apart up to 99.99 %, which ends the axis or comes close to it.
        assert.ok(places.at(-1)![0] - places[0]![0] > 0.9 * (right - left));
      }
    }
  });

  it('puts a point at each rate, hollow where less was done than offered', () => {
    const chart = charts.find((each) => each['aria-label'] === 'latency: latency by throughput')!;
    const points = all(chart, 'circle').map((each) => `${each['class']} ${each['title']}`);
    assert.equal(points.length, CASES.length * 2);
    assert.ok(points.includes('mark spin/10k: 10 k/s of 10 k/s, p99 20 µs'));
    assert.ok(points.includes('mark hollow park/1m: 400 k/s of 1 M/s, p50 2 µs'));
  });

  it('is refused with the reason where a file is no report, or there is none', () => {
    const aims = [{ name: 'latency', targets: [] }];
    assert.throws(() => readResults(join(folder, 'latency'), aims), /no benchmark has left/);
    writeFileSync(join(folder, 'broken.json'), '{"name": "broken"}');
    const broken = [{ name: 'broken', targets: [] }];
    assert.throws(() => readResults(folder, broken), /broken.json is no benchmark's report/);
  });
});
