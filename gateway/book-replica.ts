/**
 * The gateway's copy of the books: definitions and levels, fed by an image at first and by released
 * events after it. Answers /orderbook and the snapshots of the book channel.
 */
import BTreeModule from 'sorted-btree';
import { nameOf, Side, TradingState, VenueMode } from '../protocol/enums.ts';
import type { PriceBandTerms } from '../protocol/price-band.ts';

/** CommonJS under Node's ESM: the class is the default of the default. */
const BTree = BTreeModule.default;

export interface LevelJson {
  readonly price: number;
  readonly qty: number;
  readonly orders: number;
}

export interface BookJson {
  readonly symbolId: number;
  /** Counts the changes of this book since this gateway started: update n follows snapshot n−1. */
  readonly version: number;
  /** Of trading. */
  readonly state: string;
  /** Of the whole venue: Normal or CancelOnly. */
  readonly venueMode: string;
  /** Middle of the price band, and the auctions' reference; 0: none. */
  readonly referencePrice: number;
  /** How far prices may be away from it; 0: no band. */
  readonly bandTicks: number;
  readonly bids: readonly LevelJson[];
  readonly asks: readonly LevelJson[];
}

export interface CurrencyJson {
  readonly currencyId: number;
  readonly code: string;
  readonly decimals: number;
  /** Cash or Security. */
  readonly kind: string;
}

export interface SymbolJson {
  readonly symbolId: number;
  readonly code: string;
  readonly baseCurrencyId: number;
  readonly quoteCurrencyId: number;
  readonly lotSize: number;
  readonly tickValue: number;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

class Book {
  version = 0;
  state: number = TradingState.Continuous;
  band: PriceBandTerms = { referencePrice: 0, bandTicks: 0 };
  /** By the negated price, so that both sides run best first. */
  readonly bids = new BTree<number, LevelJson>();
  readonly asks = new BTree<number, LevelJson>();
}

export class BookReplica {
  /** The last released command that is in here. */
  sequence = 0;
  readonly currencies = new Map<number, CurrencyJson>();
  readonly symbols = new Map<number, SymbolJson>();
  /** The sum of the reasons that hold the venue in CancelOnly; 0: it is Normal. */
  cancelOnlyReasons = 0;
  private readonly books = new Map<number, Book>();

  addCurrency(currency: CurrencyJson): void {
    this.currencies.set(currency.currencyId, currency);
  }

  addSymbol(symbol: SymbolJson): void {
    this.symbols.set(symbol.symbolId, symbol);
    this.books.set(symbol.symbolId, new Book());
  }

  setLevel(symbolId: number, side: number, price: number, qty: number, orders: number): void {
    const book = this.books.get(symbolId)!;
    const levels = side === Side.Buy ? book.bids : book.asks;
    const key = side === Side.Buy ? -price : price;
    if (qty === 0) levels.delete(key);
    else levels.set(key, { price, qty, orders });
  }

  get venueMode(): string {
    return nameOf(VenueMode, Number(this.cancelOnlyReasons !== 0));
  }

  /** Everybody's: tier 0. */
  setFees(symbolId: number, makerFeePpm: number, takerFeePpm: number): void {
    const symbol = this.symbols.get(symbolId)!;
    this.symbols.set(symbolId, { ...symbol, makerFeePpm, takerFeePpm });
  }

  setTradingState(symbolId: number, state: number): void {
    this.books.get(symbolId)!.state = state;
  }

  setPriceBand(symbolId: number, band: PriceBandTerms): void {
    this.books.get(symbolId)!.band = band;
  }

  /** undefined for an unknown market. */
  priceBand(symbolId: number): PriceBandTerms | undefined {
    return this.books.get(symbolId)?.band;
  }

  /** Counts one more change of a book; returns its new version. */
  nextVersion(symbolId: number): number {
    return ++this.books.get(symbolId)!.version;
  }

  /** The best `depth` levels of both sides; undefined for an unknown market. */
  book(symbolId: number, depth: number): BookJson | undefined {
    const book = this.books.get(symbolId);
    if (book === undefined) return undefined;
    const { version } = book;
    return {
      symbolId,
      version,
      state: nameOf(TradingState, book.state),
      venueMode: this.venueMode,
      ...book.band,
      bids: best(book.bids.values(), depth),
      asks: best(book.asks.values(), depth),
    };
  }
}

function best(levels: Iterable<LevelJson>, depth: number): LevelJson[] {
  const found: LevelJson[] = [];
  for (const level of levels) {
    if (found.length >= depth) break;
    found.push(level);
  }
  return found;
}
