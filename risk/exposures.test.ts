/**
 * The open buys of an account in all markets of a base currency stay exact, whatever they come to:
 * against sums of BigInts.
 *
 * A failure prints its seed and changes; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side } from '../protocol/enums.ts';
import { testSeed } from '../test/support/seed.ts';
import { createExposures, type Exposures } from './exposures.ts';
import { createMarkets } from './markets.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const ACCOUNTS = [3, 4, 700];
/** Base currency and lot size of each market. */
const MARKETS = [
  [0, 100],
  [0, 1],
  [0, MAX],
  [0, 3 ** 33],
  [1, 100],
  [0, 2 ** 27],
] as const;

const anyQty = fc.oneof(fc.nat(1_000), fc.maxSafeNat(), fc.constantFrom(1, MAX, 2 ** 26, 2 ** 27));
/** From then on so many lots are open. */
const change = fc.record({
  account: fc.constantFrom(...ACCOUNTS),
  market: fc.nat(MARKETS.length - 1),
  side: fc.constantFrom(Side.Buy, Side.Buy, Side.Buy, Side.Sell),
  qty: anyQty,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function setUp(): Exposures {
  const markets = createMarkets();
  for (const [base, lotSize] of MARKETS) markets.add({ base, quote: 2, lotSize, tickValue: 1 });
  return createExposures(1, markets);
}

class Model {
  private readonly open = new Map<string, bigint>();

  set(account: number, market: number, qty: number): void {
    this.open.set(`${account} ${market}`, BigInt(qty));
  }

  /** Minor units. */
  amount(account: number, base: number): bigint {
    let sum = 0n;
    for (const [market, [itsBase, lotSize]] of MARKETS.entries()) {
      const qty = this.open.get(`${account} ${market}`) ?? 0n;
      if (itsBase === base) sum += qty * BigInt(lotSize);
    }
    return sum;
  }
}

function assertSums(exposures: Exposures, model: Model): void {
  for (const account of ACCOUNTS) {
    for (const [market, [base]] of MARKETS.entries()) {
      const found = exposures.openBuyAmount(exposures.findOrOpen(account, market));
      const expected = model.amount(account, base);
      if (expected <= MAX) assert.equal(BigInt(found), expected);
      else assert.ok(found > MAX, `${found} for ${expected}`);
    }
  }
}

test('open buys in all markets of a base add up exactly, and beyond 2^53−1 to more', (t) => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.boolean(), (changes, clears) => {
      const exposures = setUp();
      const model = new Model();
      const set = ({ account, market, side, qty }: Change) => {
        const slot = exposures.findOrOpen(account, market);
        const isBuy = side === Side.Buy;
        const before = isBuy ? exposures.openBuyQty(slot) : exposures.openSellQty(slot);
        exposures.addOpenQty(slot, side, qty - before);
        if (isBuy) model.set(account, market, qty);
        assertSums(exposures, model);
      };
      for (const drawn of changes) set(drawn);
      if (clears) exposures.clear();
      else for (const drawn of changes) set({ ...drawn, qty: 0 });
      assertSums(exposures, new Model());
    }),
    { seed: testSeed(t), numRuns: 200 },
  );
});
