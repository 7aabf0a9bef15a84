/**
 * What the engine checks of itself while it runs. The semantics are in `testing/matching-cases.ts`.
 */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { CancelReason, nameOf, Side, TimeInForce } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { Outcome } from './engine-commands.ts';
import type { ReportEvent } from './engine-events.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { ENGINE_PARTS, type EngineParts } from './matching-engine.ts';
import { PlainEngine } from './plain-engine.ts';

/** Forgets to match: what comes in rests. */
const UNMATCHED: EngineParts = {
  ...ENGINE_PARTS,
  createMatcher(keeper, listener) {
    const enter = (order: number): void => {
      keeper.open(order);
      keeper.rest(order);
    };
    const matcher: Matcher = Object.create(createMatcher(keeper, listener));
    return Object.assign(matcher, { enter });
  },
};

test('an engine that leaves its book crossed in continuous trading stops at once', () => {
  const engine = new PlainEngine(undefined, UNMATCHED);
  engine.addSymbol(7);
  const order = { command: 'new', symbolId: 7, qty: 1 } as const;
  engine.execute({ ...order, orderId: 1, side: Side.Buy, price: 100 });
  assert.throws(() => engine.execute({ ...order, orderId: 2, side: Side.Sell, price: 100 }), {
    message: 'market 7 is crossed in continuous trading: bid 100, ask 100',
  });
});

describe('an order that may make three fills', () => {
  const bookOf = (limits: readonly number[]): PlainEngine => {
    const engine = new PlainEngine({ orders: 10, fills: 3 });
    engine.addSymbol(1);
    for (const [index, price] of limits.entries()) {
      const terms = { orderId: index + 1, symbolId: 1, side: Side.Sell, price, qty: 1 };
      engine.execute({ command: 'new', ...terms });
    }
    return engine;
  };
  const incoming = { command: 'new', orderId: 9, symbolId: 1, side: Side.Buy, price: 102 } as const;
  const endOf = ({ events }: Outcome) => {
    const report = events.findLast(({ event }) => event === 'report') as ReportEvent;
    return [report.cumQty, nameOf(CancelReason, report.reason)];
  };

  it('makes three, and is canceled when it would make a fourth', () => {
    const engine = bookOf([100, 101, 102, 102]);
    assert.deepEqual(endOf(engine.execute({ ...incoming, qty: 4 })), [3, 'TooManyFills']);
    assert.deepEqual(engine.levels(1, Side.Sell), [{ price: 102, qty: 1, orderCount: 1 }]);
  });

  it('rests with what it has left where a fourth was not to be had', () => {
    const engine = bookOf([100, 101, 102, 103]);
    engine.execute({ ...incoming, qty: 4 });
    assert.equal(engine.order(9)?.leavesQty, 1);
  });

  it('is not filled at all if it is fill-or-kill and needs four', () => {
    const engine = bookOf([100, 101, 102, 102]);
    const killed = engine.execute({ ...incoming, qty: 4, timeInForce: TimeInForce.FOK });
    assert.deepEqual(endOf(killed), [0, 'FillOrKill']);
    const filled = engine.execute({ ...incoming, qty: 3, timeInForce: TimeInForce.FOK });
    assert.equal(filled.events.filter(({ event }) => event === 'trade').length, 3);
  });
});

test('an engine that is full refuses orders that may rest, and takes others', () => {
  const engine = new PlainEngine({ orders: 2 });
  engine.addSymbol(1);
  const order = { command: 'new', symbolId: 1, side: Side.Sell, price: 100, qty: 1 } as const;
  for (const orderId of [1, 2]) assert.equal(engine.execute({ ...order, orderId }).rejectReason, 0);
  const refused = engine.execute({ ...order, orderId: 3 });
  assert.equal(refused.rejectReason, RejectReason.TooManyOpenOrders);
  const terms = { orderId: 4, side: Side.Buy, timeInForce: TimeInForce.IOC };
  assert.equal(engine.execute({ ...order, ...terms }).rejectReason, 0);
  assert.equal(engine.execute({ ...order, orderId: 3 }).rejectReason, 0);
});
