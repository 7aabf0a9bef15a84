/**
 * Price-time matching of many markets: the commands of docs/matching.md. Knows orders, not money.
 *
 * `submit` does all with a new order. Whoever must reserve money in between takes its three steps:
 * `check`, then `admit`, which gives the order a slot, then `execute` or `discard`.
 *
 * What is hot is not methods but closures over slabs of a fixed size, made once for an engine, so
 * that compiled code holds the slabs' addresses (ADR 0009). Hot path: no allocation per command.
 */
import type { EngineListener } from './engine-listener.ts';
import { createEngineState, type EngineState } from './engine-state.ts';
import type { Levels } from './levels.ts';
import { createMarketCommands } from './market-commands.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import type { OrderBook } from './order-book.ts';
import { createOrderCommands } from './order-commands.ts';
import { createOrderKeeper, type OrderKeeper } from './order-keeper.ts';
import { createOrderRestoration, type OrderRestoration } from './order-restoration.ts';
import type { Orders } from './orders.ts';

type OrderCommands = ReturnType<typeof createOrderCommands>;
type MarketCommands = ReturnType<typeof createMarketCommands>;

/** What an engine is made of; a test puts a broken part in a part's place. */
export interface EngineParts {
  readonly createOrderKeeper: typeof createOrderKeeper;
  readonly createMatcher: typeof createMatcher;
}

export const ENGINE_PARTS: EngineParts = { createOrderKeeper, createMatcher };

export class MatchingEngine {
  readonly state: EngineState;
  readonly orders: Orders;
  readonly levels: Levels;
  /** By the market's index. */
  readonly books: readonly OrderBook[];
  readonly clock: Float64Array;

  /** Opens a market, in continuous trading; its index counts from 0. */
  readonly addSymbol: OrderKeeper['addSymbol'];
  /** The index of a market, or NONE. */
  readonly symbolIndexOf: OrderKeeper['symbolIndexOf'];
  readonly bookOf: EngineState['bookOf'];
  /** The open order of that id, whoever owns it, or NONE. */
  readonly findOrder: (orderId: number) => number;
  /** The same of an id in a lane: for hot paths, where a large id must not be boxed. */
  readonly findOrderIn: OrderKeeper['openOrders']['find'];
  /** The account's open order with that client order id, by both ids in two lanes, or NONE. */
  readonly findClientOrderIn: OrderKeeper['clientOrders']['find'];

  /** Checks and executes a new order whose terms are valid; returns why it was rejected, if so. */
  readonly submit: OrderCommands['submit'];
  /** Why a new order whose terms are valid is refused, or RejectReason.None. */
  readonly check: OrderCommands['check'];
  /**
   * Gives a new order that was checked a slot; it is not in the book yet. A market order's price is
   * the worst that it may trade at: the band's end, or the ticket's price where that is nearer.
   */
  readonly admit: OrderCommands['admit'];
  readonly discard: OrderCommands['discard'];
  /** Executes an admitted order. */
  readonly execute: OrderCommands['execute'];
  /** Cancels an order by its id; returns RejectReason.UnknownOrder where there is none. */
  readonly cancel: OrderCommands['cancel'];
  /** Cancels an open order by its slot. */
  readonly cancelOrder: OrderCommands['cancelOrder'];
  /**
   * Gives an order new terms by its id; returns why not, if so. All terms are told, also those that
   * stay: `displayQty` 0 shows all; `stopPrice` 0 keeps that of a waiting stop.
   */
  readonly replace: OrderCommands['replace'];
  /** Why new terms for an open order are refused; `qty` is its new total. */
  readonly checkReplace: OrderCommands['checkReplace'];
  /** Gives an open order new terms that were checked; `qty` is its new total. */
  readonly replaceOrder: OrderCommands['replaceOrder'];
  /** Moves the time on, µs since 1970, and expires the GTD orders that are due by then. */
  readonly advanceTime: OrderCommands['advanceTime'];
  /** Expires the GTD orders that are due by the engine's clock. */
  readonly expireDue: OrderCommands['expireDue'];
  /** Cancels the open orders of an account, a market and a side; 0 stands for all of them. */
  readonly massCancel: MarketCommands['massCancel'];
  readonly setTradingState: MarketCommands['setTradingState'];
  /** `bandTicks` 0: no band; `referencePrice` 0: none. */
  readonly setPriceBand: MarketCommands['setPriceBand'];
  /** A side's resting orders in book order; the one at hand may be taken out. */
  readonly restingOrders: MarketCommands['restingOrders'];
  /** Gives the latest fill its trade id. */
  readonly countTrade: Matcher['countTrade'];

  private readonly keeper: OrderKeeper;
  private readonly matcher: Matcher;

  /**
   * @param listener is told what happens, and may read the state while it is told
   * @param state of this engine alone; a listener that has it at hand as a constant is faster
   */
  constructor(
    listener: EngineListener,
    state: EngineState = createEngineState(),
    parts: EngineParts = ENGINE_PARTS,
  ) {
    const keeper = parts.createOrderKeeper(listener, state);
    const matcher = parts.createMatcher(keeper, listener);
    const onOrders = createOrderCommands(keeper, matcher, listener, state.maxOrders);
    const onMarkets = createMarketCommands(keeper, matcher, listener);
    this.keeper = keeper;
    this.matcher = matcher;
    this.state = state;
    this.orders = state.orders;
    this.levels = state.levels;
    this.books = state.books;
    this.clock = state.clock;
    this.addSymbol = keeper.addSymbol;
    this.symbolIndexOf = keeper.symbolIndexOf;
    this.bookOf = state.bookOf;
    this.findOrder = keeper.openOrders.get;
    this.findOrderIn = keeper.openOrders.find;
    this.findClientOrderIn = keeper.clientOrders.find;
    this.submit = onOrders.submit;
    this.check = onOrders.check;
    this.admit = onOrders.admit;
    this.discard = onOrders.discard;
    this.execute = onOrders.execute;
    this.cancel = onOrders.cancel;
    this.cancelOrder = onOrders.cancelOrder;
    this.replace = onOrders.replace;
    this.checkReplace = onOrders.checkReplace;
    this.replaceOrder = onOrders.replaceOrder;
    this.advanceTime = onOrders.advanceTime;
    this.expireDue = onOrders.expireDue;
    this.massCancel = onMarkets.massCancel;
    this.setTradingState = onMarkets.setTradingState;
    this.setPriceBand = onMarkets.setPriceBand;
    this.restingOrders = onMarkets.restingOrders;
    this.countTrade = matcher.countTrade;
  }

  /** Puts the open orders of a snapshot into an engine that has its markets and no orders. */
  beginRestoration(): OrderRestoration {
    return createOrderRestoration(this.keeper);
  }

  /**
   * Makes the engine as it was at first, in place: no markets and no orders. It takes as long as
   * what was ever used is large, whatever its capacity.
   */
  clear(): void {
    this.keeper.clear();
    this.matcher.clear();
  }

  get openOrderCount(): number {
    return this.keeper.openOrders.count();
  }
  /** The latest time that the engine was told, µs since 1970; it never runs back. */
  get time(): number {
    return this.clock[0]!;
  }
  /** The earliest time at which an open order expires; Infinity without any. */
  get nextExpireTime(): number {
    return this.keeper.expiry.nextTime;
  }
  /** Of the fill that is being told: it is an auction's. */
  get isAuction(): boolean {
    return this.state.isAuction();
  }
  /** Price in ticks of the latest fill. */
  get fillPrice(): number {
    return this.state.fillPrice();
  }
  /** Quantity in lots of the latest fill. */
  get fillQty(): number {
    return this.state.fillQty();
  }
  /** Of the latest fill; they count from 1 over all markets. */
  get lastTradeId(): number {
    return this.state.lastTradeId();
  }
}
