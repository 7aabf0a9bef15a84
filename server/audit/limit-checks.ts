/**
 * Whether an order, or new terms of one, that was accepted is within its account's limits
 * (docs/risk.md, "Limits"), by what the audit's own books say of the account at that moment. Limits
 * may be lowered below what is open already: only what is accepted counts.
 */
import { mayRest } from '../../engine/order-ticket.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { RULE } from '../../exchange/rules.ts';
import { OrderType, Side, TradingState } from '../../protocol/enums.ts';
import type { ExecutionReport } from '../../protocol/execution-report.ts';
import { feeOf } from '../../risk/fee.ts';
import type { Limits } from '../../risk/risk-limits.ts';
import { openBuyAmount } from './exposures.ts';
import type { FeeRules } from './fee-rules.ts';
import type { Holdings } from './holdings.ts';
import type { OrderLimits } from './order-limits.ts';
import type { ReportedOrder } from './reported-orders.ts';

const { Market, Stop } = OrderType;
const { Buy } = Side;
const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;
/** Where limits over all markets are. */
const ALL_MARKETS = 0;

export class LimitChecks {
  private readonly limits: OrderLimits;
  private readonly feeRules: FeeRules;
  private readonly holdings: Holdings;

  /** @param holdings as they were before the command traded */
  constructor(limits: OrderLimits, feeRules: FeeRules, holdings: Holdings) {
    this.limits = limits;
    this.feeRules = feeRules;
    this.holdings = holdings;
  }

  /** What a new order exceeds, which its report has told. */
  findFaultInNew(
    exchange: Exchange,
    order: ReportedOrder,
    report: ExecutionReport,
  ): string | undefined {
    if (this.limits.isEmpty) return undefined;
    const isContinuous = exchange.engine.books[order.market]!.state === TradingState.Continuous;
    const rests = mayRest(report.timeInForce) || !isContinuous;
    return (
      (rests ? this.findFaultInCount(exchange, order) : undefined) ??
      this.findFaultInQty(exchange, order) ??
      (report.amount === 0
        ? this.findFaultInCost(exchange, order, priceOf(exchange, order, isContinuous))
        : this.findFaultInAmount(exchange, order, report.amount)) ??
      this.findFaultInPosition(exchange, order)
    );
  }

  /** What new terms of an order exceed. */
  findFaultInTerms(exchange: Exchange, order: ReportedOrder): string | undefined {
    if (this.limits.isEmpty) return undefined;
    return (
      this.findFaultInQty(exchange, order) ??
      this.findFaultInCost(exchange, order, priceOf(exchange, order, true)) ??
      this.findFaultInPosition(exchange, order)
    );
  }

  /** Of a market order in continuous trading: what it filled, at the worst of its prices. */
  findFaultInFills(
    exchange: Exchange,
    order: ReportedOrder,
    worstPrice: number,
    qty: number,
  ): string | undefined {
    const notional = worstPrice * qty * exchange.symbols[order.market]!.tickValue;
    return this.exceeds(exchange, order, 'maxOrderNotional', notional);
  }

  private findFaultInCount(exchange: Exchange, order: ReportedOrder): string | undefined {
    const { account, orderCount } = order.exposure;
    return this.exceeds(exchange, order, 'maxOpenOrders', orderCount, account.orderCount);
  }

  private findFaultInQty(exchange: Exchange, order: ReportedOrder): string | undefined {
    return this.exceeds(exchange, order, 'maxOrderQty', order.qty);
  }

  private findFaultInCost(
    exchange: Exchange,
    order: ReportedOrder,
    price: number,
  ): string | undefined {
    const notional = price * order.qty * exchange.symbols[order.market]!.tickValue;
    return this.exceeds(exchange, order, 'maxOrderNotional', notional);
  }

  /** An order by amount may spend what leaves room for the worst fee. */
  private findFaultInAmount(
    exchange: Exchange,
    order: ReportedOrder,
    amount: number,
  ): string | undefined {
    const { symbolId, tickValue } = exchange.symbols[order.market]!;
    const ppm = this.feeRules.worstPpm(symbolId);
    for (const [scope, limit] of this.limitsOf(symbolId, order, 'maxOrderNotional')) {
      // What it costs to spend just more than the limit.
      const ticks = Math.floor(limit / tickValue) + 1;
      const cost = ticks * tickValue + feeOf(ticks * tickValue, ppm);
      if (ticks > amount || cost > amount * tickValue) continue;
      return describe(order, 'maxOrderNotional', limit, scope, `${ticks * tickValue} or more`);
    }
    return undefined;
  }

  /** What is held and what open buys may bring, the accepted one's included. */
  private findFaultInPosition(exchange: Exchange, order: ReportedOrder): string | undefined {
    if (order.side !== Buy || order.addedQty <= 0) return undefined;
    const { symbols, rules } = exchange;
    const { baseCurrencyId, lotSize, symbolId } = symbols[order.market]!;
    const held = this.holdings.of(order.accountId, baseCurrencyId).posted;
    const { account, buyQty } = order.exposure;
    for (const [scope, limit] of this.limitsOf(symbolId, order, 'maxPosition')) {
      if (!rules.has(RULE.exactPositions)) {
        const lots = Math.floor(held / lotSize) + buyQty;
        if (lots > limit) return describe(order, 'maxPosition', limit, scope, `${lots} lots`);
        continue;
      }
      const isOverAll = scope === ALL_MARKETS;
      const open = isOverAll ? openBuyAmount(exchange, account, baseCurrencyId) : buyQty * lotSize;
      // Nobody can hold more than 2^53−1: that exceeds any limit.
      const most = Math.min(limit * lotSize, MAX_AMOUNT);
      const position = held + open;
      if (position > most) return describe(order, 'maxPosition', limit, scope, `${position} units`);
    }
    return undefined;
  }

  /** Whether a number is beyond a limit; over all markets it may be another one. */
  private exceeds(
    { symbols }: Exchange,
    order: ReportedOrder,
    name: keyof Limits,
    value: number,
    overAll = value,
  ): string | undefined {
    const { symbolId } = symbols[order.market]!;
    for (const [scope, limit] of this.limitsOf(symbolId, order, name)) {
      const held = scope === ALL_MARKETS ? overAll : value;
      if (held > limit) return describe(order, name, limit, scope, `${held}`);
    }
    return undefined;
  }

  /** The limits of a kind that an order must be within, by their market, or ALL_MARKETS. */
  private limitsOf(symbolId: number, { accountId }: ReportedOrder, name: keyof Limits) {
    const all = [symbolId, ALL_MARKETS].map(
      (scope) => [scope, this.limits.limit(accountId, scope, name)] as const,
    );
    return all.filter(([, limit]) => limit !== 0);
  }
}

/** What a lot may cost; 0 for a market order in continuous trading, which its fills tell. */
function priceOf(exchange: Exchange, order: ReportedOrder, isContinuous: boolean): number {
  const { orderType, side, stop, stopPrice } = order;
  if (orderType === Stop) return side === Buy ? stop!.protectionPrice : stopPrice;
  if (orderType !== Market) return order.price;
  return isContinuous ? 0 : exchange.engine.books[order.market]!.collar(side);
}

function describe(
  { orderId, accountId }: ReportedOrder,
  name: keyof Limits,
  limit: number,
  scope: number,
  value: string,
): string {
  const where = scope === ALL_MARKETS ? 'over all markets' : `in market ${scope}`;
  const accepted = `order ${orderId} of account ${accountId} was accepted`;
  return `${accepted}, and ${name} ${where} is ${limit}: with it that is ${value}`;
}
