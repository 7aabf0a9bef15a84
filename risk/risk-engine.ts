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
import { Accounts, Balances, FEE, ROUNDING } from './accounts.ts';
import { feeOf, feeRestOf } from './fee.ts';
import { FeeSchedule } from './fee-schedule.ts';
import { OpenOrders } from './open-orders.ts';
import { PreTrade } from './pre-trade.ts';
import type { RiskListener } from './risk-listener.ts';
import { Transfers } from './transfers.ts';
import { Volumes } from './volumes.ts';

const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/** What risk knows of a market. Currencies are indexes. */
interface MarketTerms {
  readonly base: number;
  readonly quote: number;
  readonly lotSize: number;
  readonly tickValue: number;
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
  readonly fees = new FeeSchedule();
  readonly volumes: Volumes;
  readonly preTrade: PreTrade;
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
  private worstPpm: Int32Array;
  private readonly openOrders: OpenOrders;
  /** What rounding fees down left, by currency, in millionths: less than a minor unit. */
  private readonly feeRests: number[] = [];
  /** The time of the command, in a lane: µs since 1970. */
  private readonly clock: Float64Array;

  constructor(listener: RiskListener, capacity: RiskCapacity, clock: Float64Array) {
    this.listener = listener;
    this.clock = clock;
    this.volumes = new Volumes(capacity.accounts * 2);
    this.preTrade = new PreTrade(capacity.accounts);
    this.worstPpm = new Int32Array(capacity.orders);
    this.openOrders = new OpenOrders(this.preTrade.exposures, capacity.orders);
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
    this.fees.addCurrency();
    this.feeRests.push(0);
  }

  /** Adds the terms of the market with the next index. */
  addMarket(terms: MarketTerms, makerFeePpm: number, takerFeePpm: number): void {
    this.markets.push(terms);
    this.fees.addMarket(makerFeePpm, takerFeePpm);
  }

  /** Of a currency, in millionths of a minor unit. */
  feeRest(currency: number): number {
    return this.feeRests[currency]!;
  }

  /**
   * Whether an account may place or change an order now: permission, kill switches, message rate.
   * UnknownAccount where there is no such account.
   */
  checkAccount(accountId: number, market: number, side: number): number {
    const account = this.accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    return this.preTrade.checkAccount(account, market, side, this.clock);
  }

  /** Whether a new order is within its account's limits; it costs at most price × pricedQty. */
  checkLimits(
    accountId: number,
    market: number,
    side: number,
    qty: number,
    price: number,
    pricedQty: number,
    mayRest: boolean,
  ): number {
    const { preTrade } = this;
    if (preTrade.limits.isEmpty) return RejectReason.None;
    const account = this.accounts.find(accountId);
    if (mayRest) {
      const isFull = preTrade.checkOpenOrders(account, market);
      if (isFull !== RejectReason.None) return isFull;
    }
    const { base, lotSize, tickValue } = this.markets[market]!;
    const held = this.balances.wholeLots(account, base, lotSize);
    const notional = price * pricedQty * tickValue;
    return preTrade.checkOrder(account, market, side, qty, notional, qty, held);
  }

  /** Whether an open order's new terms are; `qty` is its new total. */
  checkNewTerms(
    order: number,
    market: number,
    side: number,
    price: number,
    qty: number,
    leavesQty: number,
  ): number {
    const { preTrade } = this;
    if (preTrade.limits.isEmpty) return RejectReason.None;
    const account = this.balances.account[this.holder[order]!]!;
    const { base, lotSize, tickValue } = this.markets[market]!;
    const held = this.balances.wholeLots(account, base, lotSize);
    const more = leavesQty - this.openOrders.qty(order);
    const notional = price * qty * tickValue;
    return preTrade.checkOrder(account, market, side, qty, notional, more, held);
  }

  /**
   * Locks what an order may cost. `price` is its limit, or the worst price that it may trade at;
   * `coveredQty` is what of its quantity may trade.
   */
  reserve(
    order: number,
    accountId: number,
    market: number,
    side: number,
    price: number,
    coveredQty: number,
    qty: number,
  ): number {
    const account = this.accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    const worstPpm = this.fees.worstPpm(market);
    const required = this.requirement(market, side, price, coveredQty, worstPpm);
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
    this.worstPpm[order] = worstPpm;
    this.openOrders.add(order, account, market, side, qty);
    return RejectReason.None;
  }

  /** Changes a reservation to what the order needs at a new price and covered quantity. */
  adjust(
    order: number,
    market: number,
    side: number,
    price: number,
    coveredQty: number,
    leavesQty: number,
  ): number {
    const required = this.requirement(market, side, price, coveredQty, this.worstPpm[order]!);
    if (required < 0) return RejectReason.NotionalTooLarge;
    const holder = this.holder[order]!;
    const more = required - this.reserved[order]!;
    if (this.balances.available[holder]! < more) return RejectReason.InsufficientFunds;
    if (more !== 0) this.balances.add(holder, -more, more);
    this.reserved[order] = required;
    this.prices[order] = price;
    this.setOpenQty(order, side, leavesQty);
    return RejectReason.None;
  }

  /** What an order has left; its reservation stays as it is. */
  setOpenQty(order: number, side: number, leavesQty: number): void {
    this.openOrders.change(order, side, leavesQty - this.openOrders.qty(order));
  }

  /** The price that an order's reservation is for. */
  reservedPrice(order: number): number {
    return this.prices[order]!;
  }

  /** As it was when the order was accepted. */
  worstFeePpm(order: number): number {
    return this.worstPpm[order]!;
  }

  /** From its next fill on an order's reservation is for another price, at most what it was. */
  setReservedPrice(order: number, price: number): void {
    this.prices[order] = price;
  }

  /** Gives back what is still reserved. */
  release(order: number, side: number): void {
    const amount = this.reserved[order]!;
    this.balances.add(this.holder[order]!, amount, -amount);
    this.reserved[order] = 0;
    this.openOrders.end(order, side);
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
    const day = Volumes.dayOf(this.clock[0]!);
    const makerPpm = this.feePpm(maker, market, takerSide === Side.Buy, false, day);
    const takerPpm = this.feePpm(taker, market, takerSide !== Side.Buy, !isAuction, day);
    this.makerFee = feeOf(notional, makerPpm);
    this.takerFee = feeOf(notional, takerPpm);
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
    const stillNeeded = this.requirement(
      market,
      Side.Buy,
      this.prices[buyer]!,
      buyerLeavesQty,
      this.worstPpm[buyer]!,
    );
    const unlocked = this.reserved[buyer]! - stillNeeded;
    this.reserved[buyer] = stillNeeded;
    balances.add(buyerQuote, unlocked, -unlocked);
    this.reserved[seller]! -= delivered;
    balances.add(sellerBase, delivered, -delivered);

    this.post(TransferKind.TradeBase, sellerBase, buyerBase, delivered, referenceId);
    this.post(TransferKind.TradeQuote, buyerQuote, sellerQuote, notional, referenceId);
    this.postFee(buyerQuote, terms.quote, buyerFee, referenceId);
    this.postFee(sellerQuote, terms.quote, sellerFee, referenceId);
    const rest = feeRestOf(notional, makerPpm) + feeRestOf(notional, takerPpm);
    if (rest !== 0) this.postFeeRest(terms.quote, rest, referenceId);
    this.volumes.add(buyerQuote, day, notional);
    this.volumes.add(sellerQuote, day, notional);
    this.openOrders.change(buyer, Side.Buy, -qty);
    this.openOrders.change(seller, Side.Sell, -qty);
    if (balances.available[buyerQuote]! < 0) {
      throw new Error(`trade ${referenceId} cost its buyer more than was reserved`);
    }
  }

  /** What an order needs in its holding currency, or -1 where that exceeds 2^53−1. */
  private requirement(
    market: number,
    side: number,
    price: number,
    qty: number,
    worstPpm: number,
  ): number {
    const terms = this.markets[market]!;
    if (side === Side.Sell) {
      const delivered = qty * terms.lotSize;
      return delivered <= MAX_AMOUNT ? delivered : -1;
    }
    // A product or sum beyond 2^53−1 may be rounded, but never to below it.
    const notional = price * qty * terms.tickValue;
    const fee = feeOf(notional, worstPpm);
    return notional + fee <= MAX_AMOUNT ? notional + fee : -1;
  }

  /**
   * What an order pays now, by its account's volume; never more than the worst when it was
   * accepted.
   */
  private feePpm(
    order: number,
    market: number,
    isSeller: boolean,
    isTaker: boolean,
    day: number,
  ): number {
    const { balances, fees } = this;
    const { quote } = this.markets[market]!;
    const holder = this.holder[order]!;
    const account = balances.account[holder]!;
    const quoteBalance = isSeller ? balances.findOrOpen(account, quote) : holder;
    const volume = this.volumes.total(quoteBalance, day);
    const tier = fees.tierOf(quote, volume);
    const ppm = isTaker ? fees.takerPpm(market, tier) : fees.makerPpm(market, tier);
    return Math.min(ppm, this.worstPpm[order]!);
  }

  /** Posts each whole minor unit of what rounding fees down left; `rest` is in millionths. */
  private postFeeRest(currency: number, rest: number, referenceId: number): void {
    const sum = this.feeRests[currency]! + rest;
    const whole = Math.floor(sum / 1_000_000);
    this.feeRests[currency] = sum - whole * 1_000_000;
    if (whole === 0) return;
    const payer = this.balances.findOrOpen(ROUNDING, currency);
    const collector = this.balances.findOrOpen(FEE, currency);
    this.post(TransferKind.FeeRounding, payer, collector, whole, referenceId);
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
    this.worstPpm = growInt32(this.worstPpm, capacity);
  }
}
