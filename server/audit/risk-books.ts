/**
 * What risk should know, in books of the audit's own that are kept from commands and events alone:
 * what accounts have open, what they traded, what that costs, and what they may do. Risk must come
 * to the same.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import {
  ADD_SYMBOL,
  KILL_SWITCH,
  NEW_ORDER,
  REPLACE_ORDER,
  SET_FEE_TIER,
  SET_FEES,
  SET_LIMITS,
  SET_PERMISSION,
  SET_RISK_LIMITS,
  SET_SLIPPAGE,
} from '../../protocol/command-layout.ts';
import { CommandHeader, NewOrder } from '../../protocol/commands.ts';
import { ExecType, nameOf, OrderType, Side, TransferKind } from '../../protocol/enums.ts';
import type { BookLevel, Trade, Transfer } from '../../protocol/events.ts';
import type { ExecutionReport } from '../../protocol/execution-report.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../../protocol/risk-commands.ts';
import { AddSymbol, SetLimits } from '../../protocol/venue-commands.ts';
import { ClientOrderIds, type NewOrderAnswer } from './client-order-ids.ts';
import { Exposures } from './exposures.ts';
import { FeeRules } from './fee-rules.ts';
import { Fees } from './fees.ts';
import type { Holdings } from './holdings.ts';
import { LimitChecks } from './limit-checks.ts';
import { MessageRates } from './message-rates.ts';
import { OrderLimits } from './order-limits.ts';
import { Permissions } from './permissions.ts';
import { type ReportedOrder, ReportedOrders } from './reported-orders.ts';
import { SlippageGuard } from './slippage-guard.ts';
import { boundStop } from './stop-bound.ts';
import { Volumes } from './volumes.ts';

const ACCEPTED: number = RejectReason.None;

export class RiskBooks {
  private readonly feeRules = new FeeRules();
  private readonly exposures = new Exposures();
  private readonly orders = new ReportedOrders(this.exposures, this.feeRules);
  private readonly volumes = new Volumes();
  private readonly fees: Fees;
  private readonly permissions = new Permissions();
  private readonly limits = new OrderLimits();
  private readonly messageRates = new MessageRates(this.limits);
  private readonly limitChecks: LimitChecks;
  private readonly clientOrderIds = new ClientOrderIds();
  private readonly slippageGuard = new SlippageGuard();
  private readonly header = new CommandHeader();
  private readonly newOrder = new NewOrder();
  private command: RecordBuffer | undefined;
  private offset = 0;
  private fault: string | undefined;
  /** Posted for rounding since the last trade. */
  private posted = 0;
  /** The command's market order in continuous trading. */
  private swept: ReportedOrder | undefined;
  /** What it filled, and the worst of its prices. */
  private filledQty = 0;
  private worstPrice = 0;

  /** @param holdings have taken each posting before it is told here */
  constructor(holdings: Holdings) {
    this.fees = new Fees(this.feeRules, this.volumes, holdings);
    this.limitChecks = new LimitChecks(this.limits, this.feeRules, holdings);
  }

  begin(command: RecordBuffer, offset: number): void {
    this.command = command;
    this.offset = offset;
    this.swept = undefined;
    this.filledQty = 0;
    this.worstPrice = 0;
    this.fault = undefined;
    this.posted = 0;
    this.exposures.begin();
    this.orders.begin();
    this.volumes.begin();
    this.fees.begin();
    this.slippageGuard.begin(command, offset);
  }

  /** A report that is not Rejected. */
  takeReport(exchange: Exchange, report: ExecutionReport): void {
    const { orderId, execType } = report;
    const order = this.orders.take(exchange, report);
    this.complain(this.slippageGuard.takeReport(exchange, report));
    if (order === undefined) {
      const name = nameOf(ExecType, execType);
      this.complain(`${name} was told of order ${orderId}, which is not open`);
    } else if (execType === ExecType.New || execType === ExecType.Replaced) {
      this.takeAccepted(exchange, order, report);
    }
  }

  takeLevel(level: BookLevel): void {
    this.slippageGuard.takeLevel(level);
  }

  takeTransfer({ kind, amount }: Transfer): void {
    if (kind === TransferKind.FeeRounding) this.posted += amount;
  }

  /** A trade comes behind its postings. */
  takeTrade(exchange: Exchange, trade: Trade): void {
    const maker = this.orders.find(trade.makerOrderId);
    const taker = this.orders.find(trade.takerOrderId);
    this.complain(this.slippageGuard.takeTrade(trade, maker, taker));
    const isOpen =
      maker?.accountId === trade.makerAccountId && taker?.accountId === trade.takerAccountId;
    if (isOpen) this.complain(this.fees.explain(exchange, trade, maker, taker, this.posted));
    else this.complain(`trade ${trade.tradeId} is of orders that its accounts do not have open`);
    this.posted = 0;
    if (taker === undefined || taker !== this.swept) return;
    const { price, qty } = trade;
    this.filledQty += qty;
    const isWorse = taker.side === Side.Buy ? price > this.worstPrice : price < this.worstPrice;
    if (isWorse || this.worstPrice === 0) this.worstPrice = price;
  }

  /** What does not hold when the command is done. */
  finish(exchange: Exchange, answer: NewOrderAnswer): string | undefined {
    const { rejectReason, answeredOrderId } = answer;
    const command = this.command!;
    const templateId = templateIdAt(command, this.offset);
    const isNew = templateId === NEW_ORDER.templateId;
    if (isNew) {
      const order = this.newOrder.wrap(command, this.offset);
      this.complain(this.clientOrderIds.take(exchange, order, answer));
      if (answeredOrderId === 0) this.complain(this.slippageGuard.finish(rejectReason));
    }
    if ((isNew || templateId === REPLACE_ORDER.templateId) && answeredOrderId === 0) {
      const { accountId } = this.header.wrap(command, this.offset);
      this.complain(this.messageRates.take(exchange, accountId, rejectReason));
    }
    if (this.swept !== undefined) {
      const { filledQty, limitChecks, swept, worstPrice } = this;
      this.complain(limitChecks.findFaultInFills(exchange, swept, worstPrice, filledQty));
    }
    if (rejectReason === ACCEPTED) this.note(exchange, command, this.offset);
    return (
      this.fault ??
      this.orders.findFaultInTouched(exchange) ??
      this.exposures.findFaultInTouched(exchange) ??
      this.volumes.findFaultInTouched(exchange) ??
      this.fees.findFaultInTouched(exchange)
    );
  }

  /** What does not hold when everything is checked. */
  findFaultInAll(exchange: Exchange): string | undefined {
    return (
      this.orders.findFaultInAll(exchange) ??
      this.exposures.findFaultInAll(exchange) ??
      this.volumes.findFaultInAll(exchange) ??
      this.fees.findFaultInAll(exchange) ??
      this.permissions.findFaultInAll(exchange)
    );
  }

  /** A new order, or one with new terms: what it is before anything trades. */
  private takeAccepted(exchange: Exchange, order: ReportedOrder, report: ExecutionReport): void {
    this.complain(this.permissions.findFault(exchange, order));
    const isNew = report.execType === ExecType.New;
    if (order.orderType === OrderType.Stop) {
      if (isNew) order.stop = boundStop(exchange, order, this.slippageOf());
      else if (order.stopPrice !== order.stop!.stopPrice) {
        order.stop = boundStop(exchange, order, order.stop!.slippageBps);
      }
    }
    const { limitChecks } = this;
    if (!isNew) this.complain(limitChecks.findFaultInTerms(exchange, order));
    else {
      this.complain(limitChecks.findFaultInNew(exchange, order, report));
      if (order.orderType === OrderType.Market && report.amount === 0) this.swept = order;
    }
  }

  /** How far the command's order may slip. */
  private slippageOf(): number {
    return this.slippageGuard.bpsOf(this.newOrder.wrap(this.command!, this.offset));
  }

  /** What an accepted command sets holds from now on. */
  private note(exchange: Exchange, command: RecordBuffer, offset: number): void {
    switch (templateIdAt(command, offset)) {
      case ADD_SYMBOL.templateId:
        this.feeRules.addMarket(new AddSymbol().wrap(command, offset));
        break;
      case SET_FEES.templateId:
        this.feeRules.setFees(new SetFees().wrap(command, offset));
        break;
      case SET_FEE_TIER.templateId:
        this.feeRules.setTier(new SetFeeTier().wrap(command, offset));
        break;
      case SET_LIMITS.templateId:
        this.clientOrderIds.setLimits(new SetLimits().wrap(command, offset), exchange.time);
        break;
      case SET_RISK_LIMITS.templateId:
        this.limits.setLimits(new SetRiskLimits().wrap(command, offset));
        break;
      case SET_SLIPPAGE.templateId:
        this.slippageGuard.setSlippage(new SetSlippage().wrap(command, offset));
        break;
      case SET_PERMISSION.templateId:
        this.permissions.setPermission(new SetPermission().wrap(command, offset));
        break;
      case KILL_SWITCH.templateId:
        this.permissions.setSwitch(new KillSwitch().wrap(command, offset));
        this.complain(this.permissions.findOpen(exchange, this.orders.all()));
        break;
    }
  }

  private complain(what: string | undefined): void {
    this.fault ??= what;
  }
}
