/**
 * Whether orders slip no further than they may (docs/risk.md, "Slippage"): a market order from the
 * best opposite price that was told before it came, a stop to its protection price; and a market
 * order that is rather refused whole is refused, and is so only where it would slip further.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { RULE } from '../../exchange/rules.ts';
import { NEW_ORDER } from '../../protocol/command-layout.ts';
import { NewOrder } from '../../protocol/commands.ts';
import {
  CancelReason,
  ExecType,
  nameOf,
  OrderType,
  Side,
  SlippageAction,
} from '../../protocol/enums.ts';
import type { BookLevel, Trade } from '../../protocol/events.ts';
import type { ExecutionReport } from '../../protocol/execution-report.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import type { SetSlippage } from '../../protocol/risk-commands.ts';
import type { ReportedOrder } from './reported-orders.ts';
import { isBeyond, slippedPrice } from './slippage-bound.ts';
import { ToldLevels } from './told-levels.ts';

/** The command's market order that may slip so far and no further. */
interface BoundOrder {
  readonly orderId: number;
  readonly side: number;
  /** Its worst price. */
  readonly bound: number;
  /** It is refused rather than cut. */
  readonly isWhole: boolean;
  readonly isByAmount: boolean;
  /** An order stood behind the bound when it came. */
  readonly isCut: boolean;
}

export class SlippageGuard {
  private readonly levels = new ToldLevels();
  /** By market, hundredths of a percent. */
  private readonly bpsByMarket = new Map<number, number>();
  private readonly newOrder = new NewOrder();
  private bound: BoundOrder | undefined;

  setSlippage({ symbolId, maxSlippageBps }: SetSlippage): void {
    this.bpsByMarket.set(symbolId, maxSlippageBps);
  }

  /** How far an order may slip, in hundredths of a percent; 0: as far as it gets. */
  bpsOf({ maxSlippageBps, symbolId }: NewOrder): number {
    return maxSlippageBps || (this.bpsByMarket.get(symbolId) ?? 0);
  }

  /** A command begins: the levels are those that it found. */
  begin(command: RecordBuffer, offset: number): void {
    this.bound = undefined;
    if (templateIdAt(command, offset) !== NEW_ORDER.templateId) return;
    const order = this.newOrder.wrap(command, offset);
    const { amount, orderType, sequence, side, slippageAction, symbolId } = order;
    const bps = this.bpsOf(order);
    if (orderType !== OrderType.Market || bps === 0) return;
    const opposite = side === Side.Buy ? Side.Sell : Side.Buy;
    const best = this.levels.best(symbolId, opposite);
    if (best === undefined) return;
    const bound = slippedPrice(side, best, bps);
    this.bound = {
      ...{ orderId: sequence, side, bound, isByAmount: amount !== 0 },
      isWhole: slippageAction === SlippageAction.Reject,
      isCut: isBeyond(side, this.levels.farthest(symbolId, opposite)!, bound),
    };
  }

  takeLevel(level: BookLevel): void {
    this.levels.tell(level);
  }

  /** What does not hold of a report that is not Rejected. */
  takeReport({ rules }: Exchange, report: ExecutionReport): string | undefined {
    const { cancelReason, execType, orderId } = report;
    const { bound } = this;
    if (bound?.orderId !== orderId || execType !== ExecType.Canceled || !bound.isWhole) {
      return undefined;
    }
    // By older rules an amount that was spent could be told as slippage.
    if (bound.isByAmount && !rules.has(RULE.spentBeforeSlippage)) return undefined;
    const isCut = cancelReason === CancelReason.NoLiquidity && bound.isCut;
    if (cancelReason !== CancelReason.Slippage && !isCut) return undefined;
    const reason = nameOf(CancelReason, cancelReason);
    return `order ${orderId} was cut at ${bound.bound} (${reason}), and was to be refused whole`;
  }

  /** What does not hold of a trade. */
  takeTrade(
    trade: Trade,
    maker: ReportedOrder | undefined,
    taker: ReportedOrder | undefined,
  ): string | undefined {
    const { price, tradeId } = trade;
    const { bound } = this;
    if (bound?.orderId === trade.takerOrderId && isBeyond(bound.side, price, bound.bound)) {
      const worst = `order ${bound.orderId} may slip to ${bound.bound}`;
      return `trade ${tradeId} is at ${price}, and ${worst}`;
    }
    for (const order of [maker, taker]) {
      if (order?.stop === undefined) continue;
      const { protectionPrice } = order.stop;
      if (!isBeyond(order.side, price, protectionPrice)) continue;
      const worst = `the protection price of stop ${order.orderId} is ${protectionPrice}`;
      return `trade ${tradeId} is at ${price}, and ${worst}`;
    }
    return undefined;
  }

  /** What does not hold of the answer to a command that was not sent again. */
  finish(rejectReason: number): string | undefined {
    if (rejectReason !== RejectReason.SlippageExceeded) return undefined;
    const { bound } = this;
    if (bound === undefined) return 'an order was refused for slippage, and nothing bounds it';
    const is = `order ${bound.orderId} was refused for slippage`;
    if (!bound.isWhole) return `${is}, and asked for what it can get`;
    return bound.isCut ? undefined : `${is}, and nothing stands behind ${bound.bound}`;
  }
}
