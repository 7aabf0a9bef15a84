/**
 * The engine with plain objects: a command in, its events out, and the book to look at. The easy
 * way to use it as a library, and what tests and tools use; the hot path is `MatchingEngine`
 * itself. It checks whatever it is given; what is invalid throws a RangeError and changes nothing.
 *
 * @example
 * const engine = new PlainEngine();
 * engine.addSymbol(1);
 * engine.execute({ command: 'new', orderId: 1, symbolId: 1, side: Side.Sell, price: 101, qty: 5 });
 * const { events } = engine.execute({
 *   command: 'new', orderId: 2, symbolId: 1, side: Side.Buy, orderType: OrderType.Market, qty: 3,
 * });
 */
import { RejectReason } from '../protocol/reject-reason.ts';
import type {
  CommandEngine,
  EngineCommand,
  LevelView,
  OrderView,
  Outcome,
} from './engine-commands.ts';
import { createEngineState, DEFAULT_ENGINE_CAPACITY, type EngineCapacity } from './engine-state.ts';
import { EventRecorder, limitOf } from './event-recorder.ts';
import { refuse } from './field-rules.ts';
import { assertCapacity, assertOrderId, assertSide, assertSymbolId } from './library-validation.ts';
import { ENGINE_PARTS, MatchingEngine } from './matching-engine.ts';
import type { OrderBook } from './order-book.ts';
import { OrderTicket } from './order-ticket.ts';
import { ORDER } from './orders.ts';
import { assertTermsFit, checkedCommand } from './terms-validation.ts';

const { NONE } = ORDER;

export class PlainEngine implements CommandEngine {
  readonly engine: MatchingEngine;
  private readonly recorder: EventRecorder;
  private readonly ticket = new OrderTicket();

  get maxFills(): number {
    return this.engine.state.maxFills;
  }

  /** @throws RangeError for a capacity that no engine can have */
  constructor(capacity: EngineCapacity = DEFAULT_ENGINE_CAPACITY, parts = ENGINE_PARTS) {
    assertCapacity(capacity);
    const state = createEngineState(capacity);
    this.recorder = new EventRecorder(state);
    this.engine = new MatchingEngine(this.recorder, state, parts);
  }

  /** @throws RangeError for an id that no command can name, or that a market has already */
  addSymbol(symbolId: number): void {
    assertSymbolId(symbolId);
    if (this.engine.symbolIndexOf(symbolId) !== NONE) {
      refuse('symbolId', symbolId, 'an id that no market has yet');
    }
    this.engine.addSymbol(symbolId);
  }

  execute(command: EngineCommand): Outcome {
    const rejectReason = this.run(checkedCommand(command));
    return { rejectReason, events: this.recorder.take() };
  }

  restingOrders(symbolId: number, side: number): OrderView[] {
    const book = this.book(symbolId);
    assertSide(side);
    const orders = this.engine.restingOrders(book, side);
    return Array.from(orders, (order) => this.view(order));
  }

  waitingStops(symbolId: number, side: number): OrderView[] {
    const book = this.book(symbolId);
    assertSide(side);
    return Array.from(book.stops(side).all(), (order) => this.view(order));
  }

  levels(symbolId: number, side: number): LevelView[] {
    const book = this.book(symbolId);
    assertSide(side);
    const ladder = book.side(side);
    const levels = this.engine.levels;
    const views: LevelView[] = [];
    for (let level = ladder.best(); level !== NONE; ) {
      const price = levels.price(level);
      views.push({ price, qty: levels.shownQty(level), orderCount: levels.orderCount(level) });
      level = ladder.nextBehind(level);
    }
    return views;
  }

  lastPrice(symbolId: number): number {
    return this.book(symbolId).lastPrice;
  }

  /** An open order by its id. */
  order(orderId: number): OrderView | undefined {
    assertOrderId(orderId);
    const order = this.engine.findOrder(orderId);
    return order === NONE ? undefined : this.view(order);
  }

  private run(command: EngineCommand): number {
    const { engine } = this;
    switch (command.command) {
      case 'new':
        assertTermsFit(this.ticket.set(command), command);
        return engine.submit(this.ticket);
      case 'replace': {
        const { orderId, price, qty, qtyMeaning, displayQty, stopPrice } = command;
        return engine.replace(orderId, price, qty, qtyMeaning, displayQty, stopPrice);
      }
      case 'cancel':
        return engine.cancel(command.orderId);
      case 'massCancel':
        return engine.massCancel(command.accountId, command.symbolId, command.side);
      case 'state':
        return engine.setTradingState(command.symbolId, command.state);
      case 'band':
        return engine.setPriceBand(command.symbolId, command.referencePrice, command.bandTicks);
      case 'time':
        engine.advanceTime(command.time);
        return RejectReason.None;
    }
  }

  private book(symbolId: number): OrderBook {
    assertSymbolId(symbolId);
    const index = this.engine.symbolIndexOf(symbolId);
    if (index === NONE) refuse('symbolId', symbolId, 'the id of a market that was added');
    return this.engine.books[index]!;
  }

  private view(order: number): OrderView {
    const { orders } = this.engine;
    return {
      orderId: orders.orderId(order),
      accountId: orders.accountId(order),
      side: orders.side(order),
      orderType: orders.orderType(order),
      timeInForce: orders.timeInForce(order),
      price: limitOf(orders, order),
      stopPrice: orders.stopPrice(order),
      qty: orders.qty(order),
      displayQty: orders.displayQty(order),
      cumQty: orders.cumQty(order),
      leavesQty: orders.leavesQty(order),
      shownQty: orders.isWaiting(order) ? 0 : orders.shownQty(order),
    };
  }
}
