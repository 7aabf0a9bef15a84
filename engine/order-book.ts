/** One market: two sides of levels, the stops that wait, its trading state, band and last price. */
import { Side, TradingState } from '../protocol/enums.ts';
import type { LevelPages } from './level-pages.ts';
import type { Levels } from './levels.ts';
import { ORDER, type Orders } from './orders.ts';
import { PriceLadder } from './price-ladder.ts';
import { StopBook } from './stop-book.ts';

const { HIDDEN, SHOWN } = ORDER;
const { Buy, Sell } = Side;

const LANES = {
  lastPrice: 0,
  referencePrice: 1,
  bandTicks: 2,
  openBuyQty: 3,
  openSellQty: 4,
  auctionPrice: 5,
  auctionQty: 6,
} as const;

export class OrderBook {
  readonly symbolId: number;
  readonly bids: PriceLadder;
  readonly asks: PriceLadder;
  readonly buyStops: StopBook;
  readonly sellStops: StopBook;
  state: number = TradingState.Continuous;
  /** Stops of both sides that wait. */
  waitingStopCount = 0;
  /** Market orders that rest and wait for an auction. */
  marketOrderCount = 0;
  /** Numbers that may be large live in lanes, which are never boxed. */
  private readonly lanes = new Float64Array(7);

  constructor(symbolId: number, index: number, orders: Orders, levels: Levels, pages: LevelPages) {
    this.symbolId = symbolId;
    this.bids = new PriceLadder(Buy, pages, levels);
    this.asks = new PriceLadder(Sell, pages, levels);
    this.buyStops = new StopBook(index, Buy, orders, levels);
    this.sellStops = new StopBook(index, Sell, orders, levels);
  }

  side(side: number): PriceLadder {
    return side === Buy ? this.bids : this.asks;
  }

  opposite(side: number): PriceLadder {
    return side === Buy ? this.asks : this.bids;
  }

  stops(side: number): StopBook {
    return side === Buy ? this.buyStops : this.sellStops;
  }

  get hasStops(): boolean {
    return this.waitingStopCount !== 0;
  }

  /** Price of the last trade; 0 before the first. */
  get lastPrice(): number {
    return this.lanes[LANES.lastPrice]!;
  }
  set lastPrice(price: number) {
    this.lanes[LANES.lastPrice] = price;
  }

  /** Middle of the price band; 0: none. */
  get referencePrice(): number {
    return this.lanes[LANES.referencePrice]!;
  }
  get bandTicks(): number {
    return this.lanes[LANES.bandTicks]!;
  }
  get hasBand(): boolean {
    return this.bandTicks !== 0;
  }

  setBand(referencePrice: number, bandTicks: number): void {
    this.lanes[LANES.referencePrice] = referencePrice;
    this.lanes[LANES.bandTicks] = bandTicks;
  }

  isInBand(price: number): boolean {
    return !this.hasBand || Math.abs(price - this.referencePrice) <= this.bandTicks;
  }

  /** The worst price that a market order may trade at. */
  collar(side: number): number {
    if (!this.hasBand) return side === Buy ? Number.MAX_SAFE_INTEGER : 1;
    return side === Buy
      ? Math.min(Number.MAX_SAFE_INTEGER, this.referencePrice + this.bandTicks)
      : Math.max(1, this.referencePrice - this.bandTicks);
  }

  /** Leaves quantity of all orders of a side that rest or wait. */
  openQty(side: number): number {
    return this.lanes[LANES.openBuyQty + side - Buy]!;
  }
  /** Counts what an order has left; its record is told as a lane and its place. */
  addOpenOrder(side: number, words: Float64Array, word: number): void {
    this.lanes[LANES.openBuyQty + side - Buy]! += words[word + SHOWN]! + words[word + HIDDEN]!;
  }
  removeOpenOrder(side: number, words: Float64Array, word: number): void {
    this.lanes[LANES.openBuyQty + side - Buy]! -= words[word + SHOWN]! + words[word + HIDDEN]!;
  }
  addOpenQty(side: number, qty: number): void {
    this.lanes[LANES.openBuyQty + side - Buy]! += qty;
  }

  /** Of the auction that the latest change of state made; 0 if it uncrossed nothing. */
  get auctionPrice(): number {
    return this.lanes[LANES.auctionPrice]!;
  }
  get auctionQty(): number {
    return this.lanes[LANES.auctionQty]!;
  }
  setAuction(price: number, qty: number): void {
    this.lanes[LANES.auctionPrice] = price;
    this.lanes[LANES.auctionQty] = qty;
  }
}

export function oppositeOf(side: number): number {
  return side === Buy ? Sell : Buy;
}

/** True where an order of that side and limit may trade at a price of the other side. */
export function crosses(side: number, limit: number, price: number): boolean {
  return side === Buy ? price <= limit : price >= limit;
}
