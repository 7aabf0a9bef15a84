/**
 * The last trades of a market, for snapshots, in a ring of numbers: a trade costs a few stores. To
 * move a list of 100 by one place took a tenth of a gateway's time (docs/performance.md).
 */
import { nameOf, TakerSide } from '../protocol/enums.ts';
import type { Trade } from '../protocol/events.ts';

export interface TradeJson {
  /** Of this market's trades since the gateway came into the stream, from 1. */
  readonly number: number;
  readonly tradeId: number;
  readonly price: number;
  readonly qty: number;
  readonly takerSide: string;
  /** µs since 1970. */
  readonly time: number;
}

/** Offsets in a trade's place. */
const Field = { TradeId: 0, Price: 1, Qty: 2, TakerSide: 3, Time: 4 } as const;
const FIELDS = 5;

export class RecentTrades {
  /** Of the last trade; how many there were. */
  number = 0;
  private readonly most: number;
  /** Trade n has the place n modulo `most`. */
  private readonly places: Float64Array;

  /** @param most how many it keeps, from 0 on */
  constructor(most: number) {
    this.most = most;
    this.places = new Float64Array(FIELDS * most);
  }

  /** @param time of its command, in µs since 1970 */
  add({ tradeId, price, qty, takerSide }: Trade, time: number): void {
    this.number++;
    if (this.most === 0) return;
    const { places } = this;
    const at = FIELDS * (this.number % this.most);
    places[at + Field.TradeId] = tradeId;
    places[at + Field.Price] = price;
    places[at + Field.Qty] = qty;
    places[at + Field.TakerSide] = takerSide;
    places[at + Field.Time] = time;
  }

  /** Oldest first. */
  list(): TradeJson[] {
    const count = Math.min(this.number, this.most);
    return Array.from({ length: count }, (_, i) => this.read(this.number - count + 1 + i));
  }

  private read(number: number): TradeJson {
    const { places } = this;
    const at = FIELDS * (number % this.most);
    return {
      number,
      tradeId: places[at + Field.TradeId]!,
      price: places[at + Field.Price]!,
      qty: places[at + Field.Qty]!,
      takerSide: nameOf(TakerSide, places[at + Field.TakerSide]!),
      time: places[at + Field.Time]!,
    };
  }
}
