/**
 * Whoever has the money gets what the engine would do: an exchange with rich accounts and the
 * engine as a library, side by side, tell the same of every order, trade, level and state. So no
 * bound that a reservation puts on an order keeps it from what docs/matching.md says.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OrderType, Side } from '../protocol/enums.ts';
import { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { testSeed } from '../test/support/seed.ts';
import { orderedOrders } from './state-view.ts';
import {
  ACCOUNTS,
  CURRENCIES,
  command,
  type DrawnCommand,
  send,
} from './testing/drawn-commands.ts';
import { describeForEngine, EngineTwin } from './testing/engine-twin.ts';
import { BTC_EUR, BTC_USD, type EventView, RecordedExchange } from './testing/recorded-exchange.ts';

const MUCH_MONEY = 1e15;

/**
 * Why an exchange refuses what an engine, which knows neither money nor client order ids, takes.
 */
const NOT_THE_ENGINES: readonly number[] = [
  RejectReason.InsufficientFunds,
  RejectReason.NotionalTooLarge,
  RejectReason.DuplicateClientOrderId,
  RejectReason.NoPriceBand,
];

/**
 * A stop is bound by the band that it was accepted in, so the band stays while one waits.
 */
function movesBoundOfStop(venue: RecordedExchange, drawn: DrawnCommand): boolean {
  if (drawn.kind !== 'band') return false;
  return [...orderedOrders(venue.exchange)].some(({ orderType }) => orderType === OrderType.Stop);
}

/** That of the command's order; 0 where the command is about none. */
function orderIdOf(events: readonly EventView[]): number {
  const [first] = events;
  return first instanceof ExecutionReport ? first.orderId : 0;
}

function assertSame(venue: RecordedExchange, twin: EngineTwin, events: EventView[]): void {
  const done = events.at(-1);
  assert.ok(done instanceof CommandDone);
  const reason = done.rejectReason;
  const isRejected = reason !== RejectReason.None;
  // A refused command other than a new order leaves no event; a new order does in both.
  if (NOT_THE_ENGINES.includes(reason) || (isRejected && events.length === 1)) return;
  const record = venue.history.at(-1)!;
  assert.deepEqual(twin.execute(record, orderIdOf(events)), describeForEngine(events));
}

/** What rests and waits, in the order in which it would trade or fire. */
function assertSameBooks(venue: RecordedExchange, { plain }: EngineTwin): void {
  const ours = [...orderedOrders(venue.exchange)].map((order) => {
    const { orderId, price, qty, cumQty, displayQty, stopPrice, isWaiting } = order;
    const shownQty = isWaiting === 1 ? 0 : order.shownQty;
    return { orderId, price, qty, cumQty, displayQty, stopPrice, shownQty };
  });
  const theirs = [BTC_USD, BTC_EUR].flatMap((symbolId) =>
    [Side.Buy, Side.Sell].flatMap((side) => [
      ...plain.restingOrders(symbolId, side),
      ...plain.waitingStops(symbolId, side),
    ]),
  );
  assert.deepEqual(
    theirs.map(({ orderId, price, qty, cumQty, displayQty, stopPrice, shownQty }) => {
      return { orderId, price, qty, cumQty, displayQty, stopPrice, shownQty };
    }),
    ours,
  );
}

test('with rich accounts an exchange tells what the engine alone would tell', (t) => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 80, size: 'max' }), (commands) => {
      const venue = new RecordedExchange();
      const twin = new EngineTwin();
      for (const account of ACCOUNTS) {
        for (const currency of CURRENCIES) venue.deposit(account, currency, MUCH_MONEY);
      }
      for (const drawn of commands) {
        if (drawn.kind === 'limit open orders' || movesBoundOfStop(venue, drawn)) continue;
        const ticked = venue.tickIfDue();
        if (ticked.length > 0) assertSame(venue, twin, ticked);
        assertSame(venue, twin, send(venue, drawn));
      }
      assertSameBooks(venue, twin);
    }),
    { seed: testSeed(t), numRuns: 2000 },
  );
});
