/**
 * Money: accounts, balances, reservations, fees and settlement. Knows no books; an order is a
 * handle (a small integer that the caller chooses) with a reservation. Hot path: no allocation per
 * command.
 *
 * A buy reserves its notional at a price that the caller names and the worst fee on it; a sell
 * reserves what it delivers. Each fill pays out of the reservation, and what the fill's better
 * price or lower fee left over goes back to the available balance at once. All amounts are minor
 * units; the sum of all holdings of a currency stays within 2^53−1, so no balance can overflow.
 */
import { growFloat64, growInt32 } from '../collections/grow.ts';
import { IdTable, NO_SLOT } from '../collections/id-table.ts';
import { Side, TransferKind } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { Accounts, Balances, FEE } from './accounts.ts';
import { feeOf } from './fee.ts';
import type { RiskListener } from './risk-listener.ts';
import { Transfers } from './transfers.ts';

const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/** What risk knows of a market. Currencies are indexes. */
interface MarketTerms {
  readonly base: number;
  readonly quote: number;
  readonly lotSize: number;
  readonly tickValue: number;
  readonly makerFeePpm: number;
  readonly takerFeePpm: number;
}

/** Initial capacities; everything grows, so they decide memory and never an outcome. */
export interface RiskCapacity {
  readonly accounts: number;
  readonly orders: number;
}

export class RiskEngine {
  readonly accounts: Accounts;
  readonly balances: Balances;
  readonly currencyIds: number[] = [];
  readonly transfers: Transfers;
  /** Fees of the latest settled fill. */
  makerFee = 0;
  takerFee = 0;
  private readonly listener: RiskListener;
  private readonly markets: MarketTerms[] = [];
  private readonly currencyIndexes = new IdTable();
  private reserved: Float64Array;
  /** The price that an order's reservation is for. */
  private prices: Float64Array;
  /** The balance that holds an order's reservation. */
  private holder: Int32Array;

  constructor(listener: RiskListener, capacity: RiskCapacity) {
    this.listener = listener;
    this.accounts = new Accounts(capacity.accounts);
    this.balances = new Balances(capacity.accounts * 2);
    this.transfers = new Transfers(this, listener);
    this.reserved = new Float64Array(capacity.orders);
    this.prices = new Float64Array(capacity.orders);
    this.holder = new Int32Array(capacity.orders);
  }

  /** The index of a currency, or NO_SLOT. */
  currencyIndexOf(currencyId: number): number {
    return this.currencyIndexes.get(currencyId);
  }

  addCurrency(currencyId: number): void {
    this.currencyIndexes.add(currencyId, this.currencyIds.length);
    this.currencyIds.push(currencyId);
  }

  /** Adds the terms of the market with the next index. */
  addMarket(terms: MarketTerms): void {
    this.markets.push(terms);
  }

  /**
   * Locks what an order may cost. `price` is its limit, or the worst price that it may trade at.
   */
  reserve(
    order: number,
    accountId: number,
    market: number,
    side: number,
    price: number,
    qty: number,
  ): number {
    const account = this.accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    const required = this.requirement(market, side, price, qty);
    if (required < 0) return RejectReason.NotionalTooLarge;
    const { base, quote } = this.markets[market]!;
    const holder = this.balances.find(account, side === Side.Buy ? quote : base);
    if (holder === NO_SLOT || this.balances.available[holder]! < required) {
      return RejectReason.InsufficientFunds;
    }
    if (order >= this.reserved.length) this.growReservations(order);
    this.balances.add(holder, -required, required);
    this.reserved[order] = required;
    this.prices[order] = price;
    this.holder[order] = holder;
    return RejectReason.None;
  }

  /** Changes a reservation to what the order needs at a new price and leaves quantity. */
  adjust(order: number, market: number, side: number, price: number, leavesQty: number): number {
    const required = this.requirement(market, side, price, leavesQty);
    if (required < 0) return RejectReason.NotionalTooLarge;
    const holder = this.holder[order]!;
    const more = required - this.reserved[order]!;
    if (this.balances.available[holder]! < more) return RejectReason.InsufficientFunds;
    if (more !== 0) this.balances.add(holder, -more, more);
    this.reserved[order] = required;
    this.prices[order] = price;
    return RejectReason.None;
  }

  /** The price that an order's reservation is for. */
  reservedPrice(order: number): number {
    return this.prices[order]!;
  }

  /** From its next fill on an order's reservation is for another price, at most what it was. */
  setReservedPrice(order: number, price: number): void {
    this.prices[order] = price;
  }

  /** Gives back what is still reserved. */
  release(order: number): void {
    const amount = this.reserved[order]!;
    this.balances.add(this.holder[order]!, amount, -amount);
    this.reserved[order] = 0;
  }

  /**
   * Settles a fill between two reserved orders. `buyerLeavesQty` is what the buyer's reservation
   * must still cover after the fill, at its reserved price; `referenceId` is the trade's id. In an
   * auction nobody takes: both pay the maker's fee.
   */
  settle(
    market: number,
    takerSide: number,
    maker: number,
    taker: number,
    price: number,
    qty: number,
    buyerLeavesQty: number,
    referenceId: number,
    isAuction: boolean,
  ): void {
    const terms = this.markets[market]!;
    const notional = price * qty * terms.tickValue;
    const delivered = qty * terms.lotSize;
    this.makerFee = feeOf(notional, terms.makerFeePpm);
    this.takerFee = feeOf(notional, isAuction ? terms.makerFeePpm : terms.takerFeePpm);
    const isTakerBuyer = takerSide === Side.Buy;
    const buyer = isTakerBuyer ? taker : maker;
    const seller = isTakerBuyer ? maker : taker;
    const buyerFee = isTakerBuyer ? this.takerFee : this.makerFee;
    const sellerFee = isTakerBuyer ? this.makerFee : this.takerFee;

    const balances = this.balances;
    const buyerQuote = this.holder[buyer]!;
    const sellerBase = this.holder[seller]!;
    const buyerBase = balances.findOrOpen(balances.account[buyerQuote]!, terms.base);
    const sellerQuote = balances.findOrOpen(balances.account[sellerBase]!, terms.quote);

    // Unlock what this fill no longer needs; the postings then move available money only.
    const stillNeeded = this.requirement(market, Side.Buy, this.prices[buyer]!, buyerLeavesQty);
    const unlocked = this.reserved[buyer]! - stillNeeded;
    this.reserved[buyer] = stillNeeded;
    balances.add(buyerQuote, unlocked, -unlocked);
    this.reserved[seller]! -= delivered;
    balances.add(sellerBase, delivered, -delivered);

    this.post(TransferKind.TradeBase, sellerBase, buyerBase, delivered, referenceId);
    this.post(TransferKind.TradeQuote, buyerQuote, sellerQuote, notional, referenceId);
    this.postFee(buyerQuote, terms.quote, buyerFee, referenceId);
    this.postFee(sellerQuote, terms.quote, sellerFee, referenceId);
    if (balances.available[buyerQuote]! < 0) {
      throw new Error(`trade ${referenceId} cost its buyer more than was reserved`);
    }
  }

  /** What an order needs in its holding currency, or -1 where that exceeds 2^53−1. */
  private requirement(market: number, side: number, price: number, qty: number): number {
    const terms = this.markets[market]!;
    if (side === Side.Sell) {
      const delivered = qty * terms.lotSize;
      return delivered <= MAX_AMOUNT ? delivered : -1;
    }
    // A product or sum beyond 2^53−1 may be rounded, but never to below it.
    const notional = price * qty * terms.tickValue;
    const { makerFeePpm, takerFeePpm } = terms;
    const fee = feeOf(notional, Math.max(makerFeePpm, takerFeePpm));
    return notional + fee <= MAX_AMOUNT ? notional + fee : -1;
  }

  private postFee(payer: number, currency: number, fee: number, referenceId: number): void {
    if (fee === 0) return;
    const collector = this.balances.findOrOpen(FEE, currency);
    this.post(TransferKind.Fee, payer, collector, fee, referenceId);
  }

  /** The one way money moves: out of one balance, into another. */
  post(kind: number, from: number, to: number, amount: number, referenceId: number): void {
    const balances = this.balances;
    balances.add(from, -amount, 0);
    balances.add(to, amount, 0);
    this.listener.onTransfer(
      kind,
      balances.currency[from]!,
      this.accounts.accountId[balances.account[from]!]!,
      this.accounts.accountId[balances.account[to]!]!,
      amount,
      referenceId,
    );
  }

  private growReservations(order: number): void {
    let capacity = this.reserved.length * 2;
    while (capacity <= order) capacity *= 2;
    this.reserved = growFloat64(this.reserved, capacity);
    this.prices = growFloat64(this.prices, capacity);
    this.holder = growInt32(this.holder, capacity);
  }
}
