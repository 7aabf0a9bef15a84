/** What the engine checks of itself while it runs. The semantics are in `testing/matching-cases.ts`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Side } from '../protocol/enums.ts';
import { MatchingEngine } from './matching-engine.ts';
import { PlainEngine } from './plain-engine.ts';

/** Forgets to match: what comes in rests. */
class UnmatchedEngine extends MatchingEngine {
  protected override enter(order: number): void {
    this.open(order);
    this.rest(order);
  }
}

test('an engine that leaves its book crossed in continuous trading stops at once', () => {
  const engine = new PlainEngine(undefined, UnmatchedEngine);
  engine.addSymbol(7);
  const order = { command: 'new', symbolId: 7, qty: 1 } as const;
  engine.execute({ ...order, orderId: 1, side: Side.Buy, price: 100 });
  assert.throws(() => engine.execute({ ...order, orderId: 2, side: Side.Sell, price: 100 }), {
    message: 'market 7 is crossed in continuous trading: bid 100, ask 100',
  });
});

test('terms that are never valid throw, name the field, and change nothing', () => {
  const engine = new PlainEngine();
  engine.addSymbol(1);
  const order = {
    command: 'new',
    orderId: 1,
    symbolId: 1,
    side: Side.Buy,
    price: 5,
    qty: 1,
  } as const;
  const invalid = [
    [{ qty: 0 }, /^qty: 0 is not allowed; allowed: a whole number from 1 /],
    [{ qty: 1.5 }, /^qty: 1.5 is not allowed/],
    [{ price: -1 }, /^price: -1 is not allowed/],
    [{ price: 0 }, /^price: 0 is not allowed; .* for a limit order$/],
    [{ side: 3 }, /^side: 3 is not allowed; allowed: 1 \(Buy\), 2 \(Sell\)$/],
    [{ orderType: 9 }, /^orderType: 9 is not allowed/],
    [{ timeInForce: 2 }, /^timeInForce: 2 is not allowed/],
    [{ timeInForce: 6 }, /^expireTime: 0 is not allowed/],
    [{ stopPrice: 4 }, /^stopPrice: 4 is not allowed; allowed: 0 for a limit order$/],
    [{ amount: 4 }, /^amount: 4 is not allowed/],
    [{ timeInForce: 3, displayQty: 1 }, /^displayQty: 1 is not allowed/],
    [{ timeInForce: 4, postOnly: true }, /^postOnly: 1 is not allowed/],
    [{ orderId: Number.NaN }, /^orderId: /],
    [{ qty: 2 ** 53 }, /^qty: 9007199254740992 is not allowed/],
  ] as const;
  for (const [terms, message] of invalid) {
    assert.throws(() => engine.execute({ ...order, ...terms }), { name: 'RangeError', message });
  }
  assert.deepEqual(engine.restingOrders(1, Side.Buy), []);
  assert.equal(engine.execute(order).rejectReason, 0);
});
