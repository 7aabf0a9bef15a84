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
