/**
 * Executes the commands that say what accounts may do and what they pay. Each returns why it was
 * refused, or RejectReason.None. Off the hot path.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import {
  KILL_SWITCH,
  SET_FEE_TIER,
  SET_FEES,
  SET_PERMISSION,
  SET_RISK_LIMITS,
  SET_SLIPPAGE,
} from '../protocol/command-layout.ts';
import { CancelReason, KillSwitchAction } from '../protocol/enums.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../protocol/risk-commands.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import { ALL_MARKETS, EACH_ACCOUNT } from '../risk/risk-limits.ts';
import type { Venue } from './venue.ts';

export class RiskDesk {
  /** How far market orders may slip that do not say it themselves, by market; 0: no bound. */
  readonly maxSlippageBps: number[] = [];
  private readonly engine: MatchingEngine;
  private readonly risk: RiskEngine;
  private readonly venue: Venue;

  constructor(engine: MatchingEngine, risk: RiskEngine, venue: Venue) {
    this.engine = engine;
    this.risk = risk;
    this.venue = venue;
  }

  /** As it was at first. */
  clear(): void {
    this.maxSlippageBps.length = 0;
  }

  /** Executes a command that is not one of the exchange's own. */
  execute(templateId: number, record: RecordBuffer, offset: number): number {
    switch (templateId) {
      case SET_FEES.templateId:
        return this.setFees(new SetFees().wrap(record, offset));
      case SET_FEE_TIER.templateId:
        return this.setFeeTier(new SetFeeTier().wrap(record, offset));
      case SET_RISK_LIMITS.templateId:
        return this.setRiskLimits(new SetRiskLimits().wrap(record, offset));
      case SET_PERMISSION.templateId:
        return this.setPermission(new SetPermission().wrap(record, offset));
      case KILL_SWITCH.templateId:
        return this.killSwitch(new KillSwitch().wrap(record, offset));
      case SET_SLIPPAGE.templateId:
        return this.setSlippage(new SetSlippage().wrap(record, offset));
      default:
        throw new Error(`there is no command with template ${templateId}`);
    }
  }

  private setFees({ symbolId, tier, makerFeePpm, takerFeePpm }: SetFees): number {
    const market = this.engine.symbolIndexOf(symbolId);
    if (market === NO_SLOT) return RejectReason.UnknownSymbol;
    this.risk.fees.setFees(market, tier, makerFeePpm, takerFeePpm);
    if (tier === 0) this.venue.setFees(market, makerFeePpm, takerFeePpm);
    return RejectReason.None;
  }

  private setFeeTier({ currencyId, tier, minVolume }: SetFeeTier): number {
    const currency = this.risk.currencyIndexOf(currencyId);
    if (currency === NO_SLOT) return RejectReason.UnknownCurrency;
    this.risk.fees.setTier(currency, tier, minVolume);
    return RejectReason.None;
  }

  private setRiskLimits(command: SetRiskLimits): number {
    const { accountId, symbolId, maxOrderQty, maxOrderNotional, maxPosition } = command;
    const { maxOpenOrders, maxMessageRate } = command;
    const account = accountId === 0 ? EACH_ACCOUNT : this.risk.accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    const market = symbolId === 0 ? ALL_MARKETS : this.engine.symbolIndexOf(symbolId);
    if (symbolId !== 0 && market === NO_SLOT) return RejectReason.UnknownSymbol;
    const perOrder = { maxOrderQty, maxOrderNotional };
    this.risk.preTrade.limits.set(account, market, {
      ...perOrder,
      maxPosition,
      maxOpenOrders,
      maxMessageRate,
    });
    return RejectReason.None;
  }

  private setPermission({ accountId, permission }: SetPermission): number {
    const account = this.risk.accounts.find(accountId);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    this.risk.preTrade.setPermission(account, permission);
    return RejectReason.None;
  }

  /** Engaged, it cancels all open orders of its account, its market or the venue. */
  private killSwitch({ accountId, symbolId, action }: KillSwitch): number {
    const { preTrade } = this.risk;
    const isEngaged = action === KillSwitchAction.Engage;
    if (accountId !== 0) {
      const account = this.risk.accounts.find(accountId);
      if (account === NO_SLOT) return RejectReason.UnknownAccount;
      preTrade.stopAccount(account, isEngaged);
    } else if (symbolId !== 0) {
      const market = this.engine.symbolIndexOf(symbolId);
      if (market === NO_SLOT) return RejectReason.UnknownSymbol;
      preTrade.stopMarket(market, isEngaged);
    } else preTrade.stopVenue(isEngaged);
    if (!isEngaged) return RejectReason.None;
    return this.engine.massCancel(accountId, symbolId, 0, CancelReason.KillSwitch);
  }

  private setSlippage({ symbolId, maxSlippageBps }: SetSlippage): number {
    const market = this.engine.symbolIndexOf(symbolId);
    if (market === NO_SLOT) return RejectReason.UnknownSymbol;
    this.maxSlippageBps[market] = maxSlippageBps;
    return RejectReason.None;
  }
}
