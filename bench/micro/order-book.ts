/**
 * The matching engine's shortest ways, in a book of 1,000 resting orders: an order that rests and
 * is cancelled, and two that meet. An operation is the pair; all events are written.
 */
import { createEngineState, MatchingEngine, OrderTicket, Side } from '../../engine/index.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { createEventRing } from '../engine/event-ring.ts';
import { BATCH, type MicroOperations } from './micro-operation.ts';

const SYMBOL = 1;
const MIDDLE = 100_000;
/** Price levels of each side, an order in each. */
const DEPTH = 500;
const QTY = 10;
const ACCOUNTS = 1_000;
const ACCEPTED: number = RejectReason.None;

function createBook() {
  const state = createEngineState();
  const ring = createEventRing(state);
  const engine = new MatchingEngine(ring.listener, state);
  const ticket = new OrderTicket();
  let orderId = 0;
  engine.addSymbol(SYMBOL);

  /** Returns the order's id. */
  function add(side: number, price: number): number {
    const accountId = 1 + (++orderId % ACCOUNTS);
    ticket.limit(orderId, accountId, SYMBOL, side, price, QTY);
    const reason = engine.submit(ticket);
    if (reason !== ACCEPTED) throw new Error(`an order was refused: ${reason}`);
    return orderId;
  }

  for (let level = 1; level <= DEPTH; level++) {
    add(Side.Buy, MIDDLE - level);
    add(Side.Sell, MIDDLE + level);
  }
  return { engine, ring, add };
}

function createAddAndCancel() {
  const { engine, add } = createBook();
  return (count: number) => {
    for (let i = 0; i < count; i++) {
      const reason = engine.cancel(add(Side.Buy, MIDDLE - 1 - (i & 0xf)));
      if (reason !== ACCEPTED) throw new Error(`a cancel was refused: ${reason}`);
    }
    return engine.openOrderCount;
  };
}

function createAddAndMatch() {
  const { ring, add } = createBook();
  let expected = 0;
  return (count: number) => {
    for (let i = 0; i < count; i++) {
      add(Side.Sell, MIDDLE);
      add(Side.Buy, MIDDLE);
    }
    expected += count;
    if (ring.trades() !== expected) throw new Error(`${ring.trades()} of ${expected} trades`);
    return expected;
  };
}

export const ORDER_BOOK: MicroOperations = {
  'book/add-and-cancel': { batch: BATCH, create: createAddAndCancel },
  'book/add-and-match': { batch: BATCH, create: createAddAndMatch },
};
