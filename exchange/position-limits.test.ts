/**
 * Limits on positions: what is held to the minor unit, and what open buys may add to it, in the
 * order's market and over all markets of its base currency; by rules version 1 as it was.
 *
 * A failure of the property prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs it again.
 */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { nameOf, OrderType, Side, TimeInForce } from '../protocol/enums.ts';
import type { CommandDone } from '../protocol/events.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { SetRiskLimits } from '../protocol/risk-commands.ts';
import { AddSymbol, SetRulesVersion } from '../protocol/venue-commands.ts';
import { testSeed } from '../test/support/seed.ts';
import type { Exchange } from './exchange.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  EUR,
  type EventView,
  RecordedExchange,
  USD,
} from './testing/recorded-exchange.ts';
import { assertSnapshotsReplay } from './testing/restored-exchange.ts';

const { Buy, Sell } = Side;
const { None, PositionLimit } = RejectReason;
const MAX = Number.MAX_SAFE_INTEGER;
const ALICE = 1;
const BOB = 2;
/** Lots of a hundred in BTC_USD and BTC_EUR, of a thousand and of one here. */
const BTC_USD_LARGE = 12;
const BTC_USD_SMALL = 13;
const ALL = 0;
const MARKETS = [BTC_USD, BTC_EUR, BTC_USD_LARGE, BTC_USD_SMALL];

/** Alice has money, Bob money and bitcoin; a market's lot is `lotSize` minor units. */
function open(rulesVersion = 2): RecordedExchange {
  const venue = new RecordedExchange();
  const currencies = { baseCurrencyId: BTC, quoteCurrencyId: USD };
  for (const [symbolId, lotSize] of [
    [BTC_USD_LARGE, 1_000],
    [BTC_USD_SMALL, 1],
  ] as const) {
    const code = `M-${symbolId}`;
    venue.send(new AddSymbol(), { symbolId, ...currencies, lotSize, tickValue: 1, code });
  }
  venue.send(new SetRulesVersion(), { rulesVersion });
  for (const account of [ALICE, BOB]) {
    for (const currency of [USD, EUR]) venue.deposit(account, currency, 1_000_000_000);
  }
  venue.deposit(BOB, BTC, 1_000_000);
  return venue;
}

function reasonOf(events: EventView[]): number {
  return (events.at(-1) as CommandDone).rejectReason;
}

function limit(venue: RecordedExchange, symbolId: number, maxPosition: number): void {
  const scope = { accountId: ALICE, symbolId };
  assert.equal(reasonOf(venue.send(new SetRiskLimits(), { ...scope, maxPosition })), None);
}

/** Alice’s, at a price that nobody sells at. */
function buy(venue: RecordedExchange, symbolId: number, qty: number, terms = {}): number {
  return reasonOf(venue.order(ALICE, Buy, 5, qty, { symbolId, ...terms }));
}

describe('of a limit on a position', () => {
  /** [held in minor units, limit, lots bought, refused by rules version 1, by version 2] */
  const cases: readonly (readonly [number, number, number, boolean, boolean])[] = [
    [0, 2, 2, false, false],
    [0, 2, 3, true, true],
    [200, 3, 1, false, false],
    [200, 3, 2, true, true],
    [201, 3, 1, false, true],
    [299, 3, 1, false, true],
    [299, 4, 1, false, false],
    [299, 2, 1, true, true],
    [300, 3, 1, true, true],
    [1, 1, 1, false, true],
    [99, 1, 1, false, true],
    [100, 1, 1, true, true],
    [99, 2, 1, false, false],
  ];
  for (const [held, lots, qty, isRefusedBefore, isRefused] of cases) {
    for (const symbolId of [BTC_USD, ALL]) {
      const scope = symbolId === ALL ? 'over all markets' : 'in the market';
      it(`${lots} lots ${scope}, with ${held / 100} held, against a buy of ${qty}`, () => {
        for (const [version, refused] of [isRefusedBefore, isRefused].entries()) {
          const venue = open(version + 1);
          if (held !== 0) venue.deposit(ALICE, BTC, held);
          limit(venue, symbolId, lots);
          const expected = refused ? PositionLimit : None;
          assert.equal(buy(venue, BTC_USD, qty), expected, `rules version ${version + 1}`);
        }
      });
    }
  }

  it('what waits in other markets of the base counts over all of them, by its own lots', () => {
    for (const version of [1, 2]) {
      const venue = open(version);
      limit(venue, ALL, 20);
      assert.equal(buy(venue, BTC_EUR, 5), None);
      assert.equal(buy(venue, BTC_USD_LARGE, 1), None);
      // 500 and 1,000 of 2,000 minor units.
      assert.equal(buy(venue, BTC_USD, 6), version === 1 ? None : PositionLimit, `${version}`);
      if (version === 1) continue;
      assert.equal(buy(venue, BTC_USD, 5), None);
      assert.equal(buy(venue, BTC_EUR, 1), PositionLimit);
    }
  });

  it('the unit is a lot of the market that the order is in', () => {
    const venue = open();
    limit(venue, ALL, 20);
    assert.equal(buy(venue, BTC_USD_SMALL, 20), None);
    assert.equal(buy(venue, BTC_USD_SMALL, 1), PositionLimit, '20 of 20 minor units');
    assert.equal(buy(venue, BTC_USD, 20), PositionLimit, '20 and 2,000 of 2,000');
    assert.equal(buy(venue, BTC_USD, 19), None);
    assert.equal(buy(venue, BTC_USD_LARGE, 19), PositionLimit, '1,920 and 19,000 of 20,000');
    assert.equal(buy(venue, BTC_USD_LARGE, 18), None);
  });

  it('that of a market counts its own open buys only, and all that is held', () => {
    const venue = open();
    venue.deposit(ALICE, BTC, 1_000);
    limit(venue, BTC_USD, 20);
    assert.equal(buy(venue, BTC_EUR, 500), None);
    assert.equal(buy(venue, BTC_USD, 11), PositionLimit);
    assert.equal(buy(venue, BTC_USD, 10), None);
    limit(venue, ALL, 519);
    limit(venue, BTC_USD, 0);
    assert.equal(buy(venue, BTC_USD, 1), PositionLimit, '520 over all markets');
    limit(venue, ALL, 521);
    assert.equal(buy(venue, BTC_USD, 1), None);
  });

  it('sells never count, and what they lock is held', () => {
    const venue = open();
    venue.deposit(ALICE, BTC, 1_950);
    limit(venue, ALL, 20);
    limit(venue, BTC_USD, 20);
    const sell = (qty: number) => reasonOf(venue.order(ALICE, Sell, 90, qty));
    assert.equal(buy(venue, BTC_USD, 1), PositionLimit);
    assert.equal(sell(10), None);
    assert.equal(buy(venue, BTC_USD, 1), PositionLimit, 'locked is held');
    limit(venue, ALL, 1);
    assert.equal(sell(9), None);
  });

  it('a replace counts what it adds, and one to less passes any limit', () => {
    const venue = open();
    limit(venue, ALL, 10);
    assert.equal(buy(venue, BTC_EUR, 4), None);
    const orderId = venue.exchange.sequence + 1;
    assert.equal(buy(venue, BTC_USD, 5), None);
    const replace = (price: number, qty: number) =>
      reasonOf(venue.replace(ALICE, orderId, price, qty));
    assert.equal(replace(5, 7), PositionLimit);
    assert.equal(replace(5, 6), None);
    assert.equal(buy(venue, BTC_EUR, 1), PositionLimit);
    assert.equal(replace(5, 3), None, 'down');
    assert.equal(buy(venue, BTC_EUR, 3), None);
    limit(venue, ALL, 1);
    assert.equal(replace(6, 3), None, 'another price adds nothing');
    assert.equal(replace(6, 2), None);
    assert.equal(replace(6, 3), PositionLimit);
  });

  it('cancels and expiry give the room back, in any market', () => {
    const venue = open();
    limit(venue, ALL, 10);
    const first = venue.exchange.sequence + 1;
    assert.equal(buy(venue, BTC_EUR, 10), None);
    assert.equal(buy(venue, BTC_USD, 1), PositionLimit);
    venue.cancel(ALICE, first, { symbolId: BTC_EUR });
    const gtd = { timeInForce: TimeInForce.GTD, expireTime: venue.time + 1_000 };
    assert.equal(buy(venue, BTC_USD, 10, gtd), None);
    assert.equal(buy(venue, BTC_EUR, 1), PositionLimit);
    venue.time += 1_000;
    venue.tickIfDue();
    assert.equal(buy(venue, BTC_EUR, 10), None);
    venue.massCancel(ALICE);
    assert.equal(buy(venue, BTC_USD_LARGE, 10), None);
  });

  it('what is filled counts as held, and gives room back when it is sold', () => {
    const venue = open();
    limit(venue, ALL, 10);
    assert.equal(buy(venue, BTC_EUR, 10), None);
    venue.order(BOB, Sell, 5, 4, { symbolId: BTC_EUR });
    assert.equal(buy(venue, BTC_USD, 1), PositionLimit, '4 held and 6 open');
    venue.massCancel(ALICE);
    assert.equal(buy(venue, BTC_USD, 7), PositionLimit);
    assert.equal(buy(venue, BTC_USD, 6), None);
    venue.order(BOB, Buy, 4, 4, { symbolId: BTC_EUR });
    venue.order(ALICE, Sell, 4, 4, { symbolId: BTC_EUR, timeInForce: TimeInForce.IOC });
    assert.equal(buy(venue, BTC_USD, 5), PositionLimit);
    assert.equal(buy(venue, BTC_USD, 4), None);
  });

  it('waiting stops count, and another base currency and another account do not', () => {
    const venue = open();
    const currencies = { baseCurrencyId: EUR, quoteCurrencyId: USD };
    const code = 'EUR/USD';
    const terms = { symbolId: 20, ...currencies, lotSize: 100, tickValue: 1, code };
    venue.send(new AddSymbol(), terms);
    limit(venue, ALL, 10);
    const stop = { orderType: OrderType.StopLimit, stopPrice: 5 };
    assert.equal(buy(venue, BTC_EUR, 4, stop), None);
    venue.order(BOB, Buy, 5, 100);
    assert.equal(buy(venue, BTC_USD, 7), PositionLimit);
    limit(venue, ALL, 10_000_001);
    assert.equal(buy(venue, 20, 1), None);
    limit(venue, ALL, 10);
    assert.equal(buy(venue, BTC_USD, 6), None);
  });

  it('what nobody can hold exceeds any, and leaves nothing behind', () => {
    const venue = open();
    const [symbolId, base] = [21, { baseCurrencyId: BTC, quoteCurrencyId: USD }];
    const terms = { symbolId, ...base, lotSize: 2 ** 50 + 1, tickValue: 1, code: 'M-21' };
    venue.send(new AddSymbol(), terms);
    limit(venue, ALL, MAX);
    assert.equal(buy(venue, symbolId, 7), None);
    assert.equal(buy(venue, symbolId, 1), PositionLimit, 'beyond 2^53−1 minor units');
    venue.massCancel(ALICE);
    limit(venue, ALL, 0);
    for (const price of [1, 2]) venue.order(ALICE, Buy, price, 1_000_003, { symbolId });
    assert.equal(buy(venue, BTC_USD, 1), None);
    limit(venue, ALL, MAX);
    assert.equal(buy(venue, BTC_USD, 1), PositionLimit);
    venue.massCancel(ALICE);
    limit(venue, ALL, 3);
    assert.equal(buy(venue, BTC_USD, 4), PositionLimit);
    assert.equal(buy(venue, BTC_USD, 3), None);
  });
});

const account = fc.constantFrom(ALICE, ALICE, BOB);
const symbolId = fc.constantFrom(...MARKETS);
const side = fc.constantFrom(Buy, Buy, Sell);
const price = fc.integer({ min: 4, max: 6 });
const qty = fc.integer({ min: 1, max: 12 });
const lifetimeUs = fc.constantFrom(0, 0, 5);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('order'),
      ...{ account, symbolId, side, price, qty, lifetimeUs },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('replace'), pick: fc.nat(20), price, qty }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel'), pick: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deposit'),
      amount: fc.integer({ min: 1, max: 150 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('limit'),
      symbolId: fc.constantFrom(ALL, ALL, ...MARKETS),
      lots: fc.integer({ min: 0, max: 40 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rules'), version: fc.constantFrom(1, 2) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Knows limits, and reads balances and open orders as plain objects. */
class Model {
  private readonly limits = new Map<number, number>();
  private readonly venue: RecordedExchange;

  constructor(venue: RecordedExchange) {
    this.venue = venue;
  }

  limit(symbolId: number, lots: number): void {
    this.limits.set(symbolId, lots);
    limit(this.venue, symbolId, lots);
  }

  /** Whether Alice may not buy so many lots more. */
  isBeyond(symbolId: number, more: number): boolean {
    if (more <= 0) return false;
    const { exchange } = this.venue;
    const lotSize = lotSizeOf(exchange, symbolId);
    const inMarket = this.limits.get(symbolId) ?? 0;
    const inAll = this.limits.get(ALL) ?? 0;
    const own = openBuys(exchange, symbolId);
    const all = MARKETS.reduce((sum, market) => sum + openBuys(exchange, market), 0n);
    const held = heldBitcoin(exchange);
    let ofMarket = held + own + BigInt(more) * lotSize;
    let ofAll = held + all + BigInt(more) * lotSize;
    if (exchange.rules.version < 2) {
      ofMarket -= held % lotSize;
      ofAll = ofMarket;
    }
    return (
      (inMarket !== 0 && ofMarket > BigInt(inMarket) * lotSize) ||
      (inAll !== 0 && ofAll > BigInt(inAll) * lotSize)
    );
  }
}

function lotSizeOf({ symbols }: Exchange, symbolId: number): bigint {
  return BigInt(symbols.find((symbol) => symbol.symbolId === symbolId)!.lotSize);
}

function heldBitcoin(exchange: Exchange): bigint {
  const balance = orderedBalances(exchange).find(
    ({ accountId, currencyId }) => accountId === ALICE && currencyId === BTC,
  );
  return balance === undefined ? 0n : BigInt(balance.available) + BigInt(balance.locked);
}

/** Alice’s in a market, minor units. */
function openBuys(exchange: Exchange, symbolId: number): bigint {
  let lots = 0;
  for (const order of orderedOrders(exchange)) {
    if (order.accountId !== ALICE || order.side !== Buy) continue;
    if (order.symbolId === symbolId) lots += order.qty - order.cumQty;
  }
  return BigInt(lots) * lotSizeOf(exchange, symbolId);
}

function run(venue: RecordedExchange, model: Model, step: Step): void {
  venue.tickIfDue();
  if (step.kind === 'limit') model.limit(step.symbolId, step.lots);
  else if (step.kind === 'deposit') venue.deposit(ALICE, BTC, step.amount);
  else if (step.kind === 'rules') {
    venue.send(new SetRulesVersion(), { rulesVersion: step.version });
  } else if (step.kind === 'order') {
    const { account, symbolId, side, price, qty, lifetimeUs } = step;
    const isBeyond = account === ALICE && side === Buy && model.isBeyond(symbolId, qty);
    const gtd = { timeInForce: TimeInForce.GTD, expireTime: venue.time + lifetimeUs };
    const terms = { symbolId, ...(lifetimeUs === 0 ? {} : gtd) };
    assertRefused(venue.order(account, side, price, qty, terms), isBeyond);
  } else {
    const open = [...orderedOrders(venue.exchange)];
    const order = open[step.pick % open.length];
    if (order === undefined) return;
    const { accountId, orderId, symbolId } = order;
    if (step.kind === 'cancel') venue.cancel(accountId, orderId, { symbolId });
    else {
      const isAlicesBuy = accountId === ALICE && order.side === Buy;
      const isBeyond = isAlicesBuy && model.isBeyond(symbolId, step.qty - order.qty);
      const isTooSmall = step.qty <= order.cumQty;
      const events = venue.replace(accountId, orderId, step.price, step.qty, { symbolId });
      if (!isTooSmall) assertRefused(events, isBeyond);
    }
  }
}

/** Funds are asked behind the limits, and may be short. */
function assertRefused(events: EventView[], isBeyond: boolean): void {
  const reason = nameOf(RejectReason, reasonOf(events));
  assert.equal(reason === 'PositionLimit', isBeyond, reason);
}

test('any orders meet a limit where held and open buys of plain sums do', (t) => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80, size: 'max' }),
      fc.integer({ min: 1, max: 20 }),
      (steps, every) => {
        const venue = open(1);
        const model = new Model(venue);
        for (const drawn of steps) run(venue, model, drawn);
        assertSnapshotsReplay(venue.history, every, venue.exchange);
      },
    ),
    { seed: testSeed(t), numRuns: 100 },
  );
});
