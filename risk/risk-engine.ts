/**
 * Money: accounts, balances, reservations, fees and settlement. Knows no books; an order is a
 * handle (a small integer that the caller chooses) with a reservation.
 *
 * A buy reserves its notional at a price that the caller names and the worst fee on it; a sell
 * reserves what it delivers. Each fill pays out of the reservation, and what the fill's better
 * price or lower fee left over goes back to the available balance at once. All amounts are minor
 * units; the sum of all holdings of a currency stays within 2^53−1, so no balance can overflow.
 *
 * What is hot is not methods but closures over slabs (ADR 0009). No allocation per command.
 */
import { RejectReason } from '../protocol/reject-reason.ts';
import type { Accounts } from './accounts.ts';
import type { Balances } from './balances.ts';
import { feeOf } from './fee.ts';
import { FeeSchedule } from './fee-schedule.ts';
import type { MarketTerms } from './markets.ts';
import { PositionLimits } from './position-limits.ts';
import { PreTrade } from './pre-trade.ts';
import { createReserving, type Reserving } from './reserving.ts';
import type { RiskListener } from './risk-listener.ts';
import { RISK_REGISTERS, type RiskState } from './risk-state.ts';
import { createSettlement, type Settlement } from './settlement.ts';
import { Transfers } from './transfers.ts';
import type { Volumes } from './volumes.ts';

const AMOUNT = RISK_REGISTERS.amount;
const REFERENCE_ID = RISK_REGISTERS.referenceId;

export class RiskEngine {
  readonly state: RiskState;
  readonly accounts: Accounts;
  readonly balances: Balances;
  readonly fees: FeeSchedule;
  readonly volumes: Volumes;
  readonly preTrade: PreTrade;
  readonly positions: PositionLimits;
  readonly transfers: Transfers;

  /**
   * Locks what a new order may cost, of an account by its slot; or says why not. `price` is its
   * limit, or the worst price that it may trade at; `coveredQty` is what of its quantity may trade.
   */
  readonly reserve: Reserving['reserve'];
  /** Changes a reservation to what the order needs at a new price and covered quantity. */
  readonly adjust: Reserving['adjust'];
  /** From its next fill on an order's reservation is for another price, at most what it was. */
  readonly setReservedPrice: Reserving['setReservedPrice'];
  /** Gives back what is still reserved. */
  readonly release: Reserving['release'];
  /** An open order as it was: the balance holds its reservation already. */
  readonly restoreHold: Reserving['restore'];
  /** Settles the fill in the state's registers between two reserved orders. */
  readonly settle: Settlement['settle'];

  private readonly listener: RiskListener;

  /** @param state of this engine alone; a listener that has it at hand as a constant is faster */
  constructor(listener: RiskListener, state: RiskState) {
    const reserving = createReserving(state);
    this.state = state;
    this.listener = listener;
    this.accounts = state.accounts;
    this.balances = state.balances;
    this.volumes = state.volumes;
    this.fees = new FeeSchedule(state.markets, state.currencies);
    this.preTrade = new PreTrade(state.exposures, state.accounts.capacity);
    this.positions = new PositionLimits(state, this.preTrade.limits);
    this.transfers = new Transfers(this, listener);
    this.reserve = reserving.reserve;
    this.adjust = reserving.adjust;
    this.setReservedPrice = reserving.setReservedPrice;
    this.release = reserving.release;
    this.restoreHold = reserving.restore;
    this.settle = createSettlement(state, this.fees, reserving, listener).settle;
  }

  /** Makes it as it was at first, in place: no accounts, currencies, markets and transfers. */
  clear(): void {
    this.preTrade.clear(this.accounts.count);
    this.fees.clear();
    this.transfers.clear();
    this.state.clear();
  }

  /** Their ids, by index. */
  get currencyIds(): readonly number[] {
    return this.state.currencies.ids;
  }

  /** The index of a currency, or NO_SLOT. */
  currencyIndexOf(currencyId: number): number {
    return this.state.currencies.find(currencyId);
  }

  addCurrency(currencyId: number): void {
    this.state.currencies.add(currencyId);
  }

  /** Adds the terms of the market with the next index. */
  addMarket(terms: MarketTerms, makerFeePpm: number, takerFeePpm: number): void {
    this.state.markets.add(terms);
    this.fees.addMarket(makerFeePpm, takerFeePpm);
  }

  /** What rounding fees down left of a currency, in millionths of a minor unit. */
  feeRest(currency: number): number {
    return this.state.currencies.feeRest(currency);
  }

  /** Fees of the latest settled fill. */
  get makerFee(): number {
    return this.state.registers[RISK_REGISTERS.makerFee]!;
  }
  get takerFee(): number {
    return this.state.registers[RISK_REGISTERS.takerFee]!;
  }

  /** The price that an order's reservation is for. */
  reservedPrice(order: number): number {
    return this.state.holds.price(order);
  }

  /** As it was when the order was accepted. */
  worstFeePpm(order: number): number {
    return this.state.holds.worstPpm(order);
  }

  /**
   * Whether an account may place or change an order now: permission, kill switches, message rate.
   */
  checkAccount(account: number, market: number, side: number): number {
    return this.preTrade.checkAccount(account, market, side, this.state.clock);
  }

  /**
   * Whether a new order is within its account's limits but for those on positions; it costs at most
   * price × pricedQty.
   */
  checkLimits(
    account: number,
    market: number,
    qty: number,
    price: number,
    pricedQty: number,
    mayRest: boolean,
  ): number {
    const { preTrade } = this;
    if (preTrade.limits.isEmpty) return RejectReason.None;
    if (mayRest) {
      const isFull = preTrade.checkOpenOrders(account, market);
      if (isFull !== RejectReason.None) return isFull;
    }
    const notional = price * pricedQty * this.state.markets.tickValue(market);
    return preTrade.checkOrder(account, market, qty, notional);
  }

  /** Whether an open order's new terms are; `qty` is its new total. */
  checkNewTerms(account: number, market: number, price: number, qty: number): number {
    const { preTrade } = this;
    if (preTrade.limits.isEmpty) return RejectReason.None;
    const notional = price * qty * this.state.markets.tickValue(market);
    return preTrade.checkOrder(account, market, qty, notional);
  }

  /**
   * What of an amount, in ticks × lots, an order may spend on a market's base, so that with the
   * worst fee it is no more than the amount. Beyond 2^53−1 minor units the amount itself.
   */
  budgetOf(market: number, amount: number): number {
    const { markets } = this.state;
    const tickValue = markets.tickValue(market);
    const ppm = markets.worstPpm(market);
    const total = amount * tickValue;
    if (total > Number.MAX_SAFE_INTEGER) return amount;
    let budget = Math.min(amount, Math.floor(total / (tickValue * (1 + ppm / 1_000_000))));
    while (costOf(budget * tickValue, ppm) > total) budget--;
    while (budget < amount && costOf((budget + 1) * tickValue, ppm) <= total) budget++;
    return budget;
  }

  /** The balance of an account in a currency, by their slots; a new one where there was none. */
  findOrOpenBalance(account: number, currency: number): number {
    return this.state.findOrOpenBalance(account, currency);
  }

  /** Moves money out of one balance into another, by their slots. */
  post(kind: number, from: number, to: number, amount: number, referenceId: number): void {
    const { balances, currencies, registers } = this.state;
    currencies.setRoundingRoom(balances.currency(from), 0);
    balances.add(from, -amount, 0);
    balances.add(to, amount, 0);
    registers[AMOUNT] = amount;
    registers[REFERENCE_ID] = referenceId;
    this.listener.onTransfer(kind, from, to);
  }
}

function costOf(notional: number, ppm: number): number {
  return notional + feeOf(notional, ppm);
}
