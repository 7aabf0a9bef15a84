/**
 * The ladder against a sorted array, while prices walk in small, medium and huge steps, so that
 * levels pass between window and tree and the window moves both ways.
 *
 * A failure prints its seed and operations; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side } from '../protocol/enums.ts';
import { testSeed } from '../test/support/seed.ts';
import { createLevelPages } from './level-pages.ts';
import { createLevels } from './levels.ts';
import { createOrders, ORDER } from './orders.ts';
import { PriceLadder, WINDOW_TICKS } from './price-ladder.ts';

const { NONE } = ORDER;

const MAX_PRICE = Number.MAX_SAFE_INTEGER;

function find(ladder: PriceLadder, price: number): number {
  return ladder.find(Float64Array.of(price), 0);
}

/** A ladder beside its model: [price, level] pairs, best first. */
class CheckedLadder {
  private readonly ladder: PriceLadder;
  private readonly isBid: boolean;
  private model: (readonly [price: number, level: number])[] = [];
  private readonly levels = createLevels(createOrders(4_096));

  constructor(side: number) {
    this.ladder = new PriceLadder(side, createLevelPages(4_096), this.levels);
    this.isBid = side === Side.Buy;
  }

  get size(): number {
    return this.model.length;
  }

  bestPrice(): number | undefined {
    return this.model[0]?.[0];
  }

  has(price: number): boolean {
    return this.model.some(([taken]) => taken === price);
  }

  add(price: number): void {
    const level = this.levels.allocate(0, Side.Buy, price);
    this.ladder.add(level);
    this.model.push([price, level]);
    this.model.sort(([a], [b]) => (this.isBid ? b - a : a - b));
    this.check();
  }

  /** Removes the level of that place, 0 being the best. */
  removeAt(place: number): void {
    const [price, level] = this.model[place]!;
    this.ladder.remove(level);
    this.model.splice(place, 1);
    assert.equal(find(this.ladder, price), NONE);
    this.check();
  }

  private check(): void {
    const { ladder, model } = this;
    assert.equal(ladder.levelCount, model.length);
    let level = ladder.best();
    for (const [price, expected] of model) {
      assert.equal(level, expected, `the level at ${price} is next`);
      assert.equal(find(ladder, price), expected);
      level = ladder.nextBehind(level);
    }
    assert.equal(level, NONE, 'behind the last level is none');
    for (const [price] of model.slice(0, 3)) {
      for (const neighbour of [price - 1, price + 1]) {
        if (!this.has(neighbour)) assert.equal(find(ladder, neighbour), NONE);
      }
    }
  }
}

for (const [name, side] of Object.entries(Side)) {
  const isBid = side === Side.Buy;
  /** A price so many ticks behind another. */
  const behind = (price: number, ticks: number) => (isBid ? price - ticks : price + ticks);

  test(`${name}: an empty side has no best level and no level anywhere`, () => {
    const ladder = new PriceLadder(
      side,
      createLevelPages(4_096),
      createLevels(createOrders(4_096)),
    );
    assert.equal(ladder.best(), NONE);
    assert.equal(find(ladder, 1), NONE);
    assert.equal(find(ladder, MAX_PRICE), NONE);
  });

  test(`${name}: levels at each bound of a bitmap word are found in order`, () => {
    const ladder = new CheckedLadder(side);
    const best = 1_000_000;
    ladder.add(best);
    for (const ticks of [1, 30, 31, 32, 33, 63, 64, 1_023, 1_024, 1_025, 2_048]) {
      ladder.add(behind(best, ticks));
    }
    for (const ticks of [1, 2, 3]) ladder.add(behind(best, WINDOW_TICKS / 2 - ticks));
    while (ladder.size > 0) ladder.removeAt(0);
  });

  test(`${name}: the best levels cancel away and the far ones become the market`, () => {
    const ladder = new CheckedLadder(side);
    const best = 10_000_000;
    for (let step = 0; step < 12; step++) ladder.add(behind(best, step * 350_000));
    while (ladder.size > 0) ladder.removeAt(0);
  });

  test(`${name}: the market betters tick by tick past the window's begin and back`, () => {
    const ladder = new CheckedLadder(side);
    const start = 10_000_000;
    ladder.add(start);
    for (let step = 1; step <= 40; step++) ladder.add(behind(start, -step * 32_000));
    for (let step = 0; step < 30; step++) ladder.removeAt(0);
    for (let step = 1; step <= 20; step++) ladder.add(behind(start, -step * 106_666 - 7));
    while (ladder.size > 0) ladder.removeAt(Math.min(2, ladder.size - 1));
  });

  test(`${name}: the smallest and the largest prices there are`, () => {
    const ladder = new CheckedLadder(side);
    for (const price of [MAX_PRICE, 1, MAX_PRICE - 1, 2, MAX_PRICE - 2, MAX_PRICE - 1_200_000]) {
      ladder.add(price);
    }
    while (ladder.size > 0) ladder.removeAt(ladder.size >> 1);
  });

  const step = fc.oneof(
    fc.integer({ min: -40, max: 40 }),
    fc.integer({ min: -WINDOW_TICKS, max: WINDOW_TICKS }),
    fc.integer({ min: -WINDOW_TICKS / 2 - 40, max: -WINDOW_TICKS / 2 + 40 }),
    fc.integer({ min: -30_000_000, max: 30_000_000 }),
  );
  const operation = fc.oneof(
    { weight: 6, arbitrary: fc.record({ step, isFromBest: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ removeBest: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ removeAny: fc.nat(1_000) }) },
  );
  const start = fc.constantFrom(1, 600_000, 5_000_000, MAX_PRICE - 600_000, MAX_PRICE);

  test(`${name}: after any walk of prices the levels are a sorted array's`, (t) => {
    fc.assert(
      fc.property(
        start,
        fc.array(operation, { maxLength: 120, size: 'max' }),
        (first, operations) => {
          const ladder = new CheckedLadder(side);
          let walked = first;
          ladder.add(first);
          for (const drawn of operations) {
            if ('removeBest' in drawn) {
              for (let n = drawn.removeBest; n > 0 && ladder.size > 0; n--) ladder.removeAt(0);
            } else if ('removeAny' in drawn) {
              if (ladder.size > 0) ladder.removeAt(drawn.removeAny % ladder.size);
            } else {
              const from = drawn.isFromBest ? (ladder.bestPrice() ?? walked) : walked;
              walked = Math.min(MAX_PRICE, Math.max(1, behind(from, drawn.step)));
              if (!ladder.has(walked)) ladder.add(walked);
            }
          }
        },
      ),
      { seed: testSeed(t), numRuns: 1_500 },
    );
  });
}
