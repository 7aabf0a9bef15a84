/**
 * Whether each trade's fees are at the rates that its maker and its taker have at that moment,
 * rounded down, and what rounding leaves is posted when it makes a unit: docs/risk.md, "Fees".
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { SystemAccount } from '../../protocol/enums.ts';
import type { Trade } from '../../protocol/events.ts';
import { feeOf, feeRestOf } from '../../risk/fee.ts';
import type { FeeRules } from './fee-rules.ts';
import type { Holdings } from './holdings.ts';
import type { ReportedOrder } from './reported-orders.ts';
import type { Volumes } from './volumes.ts';

const MILLION = 1_000_000;
const MAX_AMOUNT = BigInt(Number.MAX_SAFE_INTEGER);

export class Fees {
  private readonly rules: FeeRules;
  private readonly volumes: Volumes;
  private readonly holdings: Holdings;
  /** By currency: what rounding left and was not posted yet, in millionths. */
  private readonly rests = new Map<number, number>();
  private readonly touched = new Set<number>();

  /** @param volumes are told what trades count */
  constructor(rules: FeeRules, volumes: Volumes, holdings: Holdings) {
    this.rules = rules;
    this.volumes = volumes;
    this.holdings = holdings;
  }

  /** Forgets what the last command touched. */
  begin(): void {
    this.touched.clear();
  }

  /**
   * What does not hold of a trade, of which the postings were taken.
   *
   * @param posted for rounding, with this trade
   */
  explain(
    exchange: Exchange,
    trade: Trade,
    maker: ReportedOrder,
    taker: ReportedOrder,
    posted: number,
  ): string | undefined {
    const { tradeId, price, qty, symbolId } = trade;
    const { quoteCurrencyId, tickValue } = exchange.symbols[maker.market]!;
    const notional = price * qty * tickValue;
    const makerTier = this.tierOf(exchange, maker.accountId, quoteCurrencyId);
    const takerTier = this.tierOf(exchange, taker.accountId, quoteCurrencyId);
    const { makerPpm, takerPpm } = this.rules.ratesOf(trade, makerTier, takerTier);
    // Nobody pays more than was reserved.
    const ofMaker = Math.min(makerPpm, maker.worstFeePpm);
    const ofTaker = Math.min(takerPpm, taker.worstFeePpm);
    this.volumes.add(maker.accountId, quoteCurrencyId, exchange.time, notional);
    this.volumes.add(taker.accountId, quoteCurrencyId, exchange.time, notional);
    const rest = feeRestOf(notional, ofMaker) + feeRestOf(notional, ofTaker);
    const wrongRest = this.takeRest(quoteCurrencyId, rest, posted);
    const what = `trade ${tradeId} of ${notional} in market ${symbolId}`;
    if (feeOf(notional, ofMaker) !== trade.makerFee) {
      const where = `the maker is of tier ${makerTier} and pays ${ofMaker} ppm`;
      return `${what} has a fee of ${trade.makerFee}, and ${where}`;
    }
    if (feeOf(notional, ofTaker) !== trade.takerFee) {
      const where = `the taker is of tier ${takerTier} and pays ${ofTaker} ppm`;
      return `${what} has a fee of ${trade.takerFee}, and ${where}`;
    }
    return wrongRest === undefined ? undefined : `${what} ${wrongRest}`;
  }

  /** What does not hold of what rounding left, of the currencies that the command touched. */
  findFaultInTouched(exchange: Exchange): string | undefined {
    for (const currencyId of this.touched) {
      const fault = this.findFaultInRest(exchange, currencyId);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** The same of all currencies. */
  findFaultInAll(exchange: Exchange): string | undefined {
    for (const { currencyId } of exchange.currencies) {
      const fault = this.findFaultInRest(exchange, currencyId);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private tierOf({ time }: Exchange, accountId: number, currencyId: number): number {
    const { rules, volumes } = this;
    if (!rules.hasTiers(currencyId)) return 0;
    return rules.tierOf(currencyId, volumes.total(accountId, currencyId, time));
  }

  private takeRest(currencyId: number, rest: number, posted: number): string | undefined {
    const sum = (this.rests.get(currencyId) ?? 0) + rest;
    this.rests.set(currencyId, sum - posted * MILLION);
    this.touched.add(currencyId);
    const whole = rest === 0 ? 0 : Math.floor(sum / MILLION);
    if (posted === whole) return undefined;
    const room = this.roundingRoom(currencyId, posted);
    const due = room < whole ? Number(room) : whole;
    if (posted === due) return undefined;
    return `has ${posted} posted for rounding, and ${due} is due: ${sum} millionths were left`;
  }

  /** How much SYSTEM_ROUNDING could pay to SYSTEM_FEE when it had not paid what it did. */
  private roundingRoom(currencyId: number, posted: number): bigint {
    const held = (accountId: number) => BigInt(this.holdings.of(accountId, currencyId).posted);
    const { External, Pnl, Rounding } = SystemAccount;
    const rounding = held(Rounding) + BigInt(posted);
    // All balances sum to zero.
    const customersAndFee = -(held(External) + held(Pnl) + rounding);
    const fromRounding = MAX_AMOUNT + rounding;
    const toFee = MAX_AMOUNT - customersAndFee;
    const room = fromRounding < toFee ? fromRounding : toFee;
    return room > 0n ? room : 0n;
  }

  private findFaultInRest({ risk }: Exchange, currencyId: number): string | undefined {
    const is = risk.feeRest(risk.currencyIndexOf(currencyId));
    const sum = this.rests.get(currencyId) ?? 0;
    if (is === sum) return undefined;
    const left = `rounding fees down left ${is} millionths of currency ${currencyId}`;
    return `${left}, but its trades come to ${sum}`;
  }
}
