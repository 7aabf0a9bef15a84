/**
 * Open orders as their reports tell them, whatever the books say: by whom, on which terms, and what
 * is left of each. What risk has reserved an order for must agree.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { ExecType } from '../../protocol/enums.ts';
import type { ExecutionReport } from '../../protocol/execution-report.ts';
import type { Exposure, Exposures } from './exposures.ts';
import type { FeeRules } from './fee-rules.ts';
import type { StopBound } from './stop-bound.ts';

export interface ReportedOrder {
  readonly orderId: number;
  readonly accountId: number;
  /** Its index. */
  readonly market: number;
  readonly side: number;
  readonly orderType: number;
  readonly exposure: Exposure;
  /** 0 for an order without a limit. */
  price: number;
  stopPrice: number;
  /** Lots. */
  qty: number;
  leavesQty: number;
  /** By how much its latest report changed that. */
  addedQty: number;
  /** Of a stop without a limit, by its latest terms. */
  stop: StopBound | undefined;
  /** The most that it pays in fees: its market's worst when it got its place. */
  worstFeePpm: number;
}

export class ReportedOrders {
  private readonly exposures: Exposures;
  private readonly feeRules: FeeRules;
  private readonly byId = new Map<number, ReportedOrder>();
  /** Orders that the command told of. */
  private readonly touched = new Set<ReportedOrder>();

  /** @param exposures are told what orders have open */
  constructor(exposures: Exposures, feeRules: FeeRules) {
    this.exposures = exposures;
    this.feeRules = feeRules;
  }

  /** Forgets orders that the last command ended: until then it may tell of them once more. */
  begin(): void {
    for (const { leavesQty, orderId } of this.touched) {
      if (leavesQty === 0) this.byId.delete(orderId);
    }
    this.touched.clear();
  }

  find(orderId: number): ReportedOrder | undefined {
    return this.byId.get(orderId);
  }

  /** All that are open, between two commands. */
  all(): IterableIterator<ReportedOrder> {
    return this.byId.values();
  }

  /**
   * Takes a report that is not Rejected; returns its order, or undefined where it tells of one that
   * is not open.
   */
  take(exchange: Exchange, report: ExecutionReport): ReportedOrder | undefined {
    const { orderId } = report;
    const order =
      report.execType === ExecType.New ? this.open(exchange, report) : this.byId.get(orderId);
    if (order === undefined) return undefined;
    const { execType, leavesQty } = report;
    if (
      execType === ExecType.New ||
      (execType === ExecType.Replaced && losesPlace(order, report))
    ) {
      order.worstFeePpm = this.feeRules.worstPpm(report.symbolId);
    }
    const before = order.leavesQty;
    const orders = Number(leavesQty > 0) - Number(before > 0);
    this.exposures.add(order.exposure, order.side, leavesQty - before, orders);
    this.touched.add(order);
    order.addedQty = leavesQty - before;
    order.leavesQty = leavesQty;
    order.price = report.price;
    order.stopPrice = report.stopPrice;
    order.qty = report.qty;
    return order;
  }

  /** What does not hold of what the command touched. */
  findFaultInTouched(exchange: Exchange): string | undefined {
    return findFault(exchange, this.touched);
  }

  /** What does not hold of any open order. */
  findFaultInAll(exchange: Exchange): string | undefined {
    return findFault(exchange, this.byId.values());
  }

  private open(exchange: Exchange, report: ExecutionReport): ReportedOrder {
    const { orderId, accountId, side, orderType, symbolId } = report;
    const market = exchange.engine.symbolIndexOf(symbolId);
    const exposure = this.exposures.of(accountId, market);
    const order: ReportedOrder = {
      ...{ orderId, accountId, market, side, orderType, exposure },
      ...{ price: 0, stopPrice: 0, qty: 0, leavesQty: 0, addedQty: 0, worstFeePpm: 0 },
      stop: undefined,
    };
    this.byId.set(orderId, order);
    return order;
  }
}

/** Another price or stop price, or more quantity. */
function losesPlace(order: ReportedOrder, { price, qty, stopPrice }: ExecutionReport): boolean {
  return price !== order.price || stopPrice !== order.stopPrice || qty > order.qty;
}

function findFault(
  { engine, risk }: Exchange,
  orders: Iterable<ReportedOrder>,
): string | undefined {
  const { holds } = risk.state;
  for (const { orderId, leavesQty, stop, worstFeePpm } of orders) {
    if (leavesQty === 0) continue;
    const slot = engine.findOrder(orderId);
    if (slot === NO_SLOT) return `order ${orderId} is lost: ${leavesQty} lots of it are open`;
    const is = `order ${orderId} is reserved`;
    if (holds.openQty(slot) !== leavesQty) {
      return `${is} for ${holds.openQty(slot)} lots, and ${leavesQty} are open`;
    }
    if (holds.worstPpm(slot) !== worstFeePpm) {
      return `${is} with ${holds.worstPpm(slot)} ppm, and its market's worst were ${worstFeePpm}`;
    }
    if (stop === undefined || stop.protectionPrice === holds.price(slot)) continue;
    return `${is} at ${holds.price(slot)}, and its protection price is ${stop.protectionPrice}`;
  }
  return undefined;
}
