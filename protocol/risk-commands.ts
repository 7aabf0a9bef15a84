/**
 * Commands that say what accounts may do and what they pay: fees, limits, permissions, the kill
 * switch. Flyweights over the layouts of `command-layout.ts`.
 */
import {
  KILL_SWITCH,
  SET_FEE_TIER,
  SET_FEES,
  SET_PERMISSION,
  SET_RISK_LIMITS,
  SET_SLIPPAGE,
} from './command-layout.ts';
import { CommandHeader } from './commands.ts';
import type { FieldError } from './field-error.ts';
import type { RecordBuffer } from './record.ts';

/** What fills of a market cost accounts of a tier from now on. */
export class SetFees extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_FEES.templateId, SET_FEES.length);
    return this;
  }
  get symbolId(): number {
    return this.uint32(SET_FEES.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(SET_FEES.symbolId, value);
  }
  /** Parts per million of the notional. */
  get makerFeePpm(): number {
    return this.uint32(SET_FEES.makerFeePpm);
  }
  set makerFeePpm(value: number) {
    this.putUint32(SET_FEES.makerFeePpm, value);
  }
  get takerFeePpm(): number {
    return this.uint32(SET_FEES.takerFeePpm);
  }
  set takerFeePpm(value: number) {
    this.putUint32(SET_FEES.takerFeePpm, value);
  }
  /** 0: everybody's, unless a higher tier says otherwise. */
  get tier(): number {
    return this.uint8(SET_FEES.tier);
  }
  set tier(value: number) {
    this.putUint8(SET_FEES.tier, value);
  }
}

/** From which 30-day volume on an account is of a tier. */
export class SetFeeTier extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_FEE_TIER.templateId, SET_FEE_TIER.length);
    return this;
  }
  /** Minor units of the quote currency; 0: the tier is no more. */
  get minVolume(): number {
    return this.int64(SET_FEE_TIER.minVolume);
  }
  set minVolume(value: number) {
    this.putInt64(SET_FEE_TIER.minVolume, value);
  }
  /** The quote currency. */
  get currencyId(): number {
    return this.uint32(SET_FEE_TIER.currencyId);
  }
  set currencyId(value: number) {
    this.putUint32(SET_FEE_TIER.currencyId, value);
  }
  get tier(): number {
    return this.uint8(SET_FEE_TIER.tier);
  }
  set tier(value: number) {
    this.putUint8(SET_FEE_TIER.tier, value);
  }
}

/** What orders of an account may be, or of each account that has no limits of its own. */
export class SetRiskLimits extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_RISK_LIMITS.templateId, SET_RISK_LIMITS.length);
    return this;
  }
  /** Lots; of all, 0: no limit. */
  get maxOrderQty(): number {
    return this.int64(SET_RISK_LIMITS.maxOrderQty);
  }
  set maxOrderQty(value: number) {
    this.putInt64(SET_RISK_LIMITS.maxOrderQty, value);
  }
  /** Minor units of the quote currency. */
  get maxOrderNotional(): number {
    return this.int64(SET_RISK_LIMITS.maxOrderNotional);
  }
  set maxOrderNotional(value: number) {
    this.putInt64(SET_RISK_LIMITS.maxOrderNotional, value);
  }
  /** Lots of the base currency, open buys included, in each market. */
  get maxPosition(): number {
    return this.int64(SET_RISK_LIMITS.maxPosition);
  }
  set maxPosition(value: number) {
    this.putInt64(SET_RISK_LIMITS.maxPosition, value);
  }
  /** 0: limits over all markets. */
  get symbolId(): number {
    return this.uint32(SET_RISK_LIMITS.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(SET_RISK_LIMITS.symbolId, value);
  }
  get maxOpenOrders(): number {
    return this.uint32(SET_RISK_LIMITS.maxOpenOrders);
  }
  set maxOpenOrders(value: number) {
    this.putUint32(SET_RISK_LIMITS.maxOpenOrders, value);
  }
  /** New orders and replaces in a second, over all markets. */
  get maxMessageRate(): number {
    return this.uint32(SET_RISK_LIMITS.maxMessageRate);
  }
  set maxMessageRate(value: number) {
    this.putUint32(SET_RISK_LIMITS.maxMessageRate, value);
  }
}

/** What an account may do from now on. */
export class SetPermission extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_PERMISSION.templateId, SET_PERMISSION.length);
    return this;
  }
  /** Permission. */
  get permission(): number {
    return this.uint8(SET_PERMISSION.permission);
  }
  set permission(value: number) {
    this.putUint8(SET_PERMISSION.permission, value);
  }
}

/** Stops, or lets go on, an account, a market, or with neither the venue. */
export class KillSwitch extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, KILL_SWITCH.templateId, KILL_SWITCH.length);
    return this;
  }
  /** 0: no single market. */
  get symbolId(): number {
    return this.uint32(KILL_SWITCH.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(KILL_SWITCH.symbolId, value);
  }
  /** KillSwitchAction. */
  get action(): number {
    return this.uint8(KILL_SWITCH.action);
  }
  set action(value: number) {
    this.putUint8(KILL_SWITCH.action, value);
  }
}

/** How far market orders may slip in a market that do not say it themselves. */
export class SetSlippage extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_SLIPPAGE.templateId, SET_SLIPPAGE.length);
    return this;
  }
  get symbolId(): number {
    return this.uint32(SET_SLIPPAGE.symbolId);
  }
  set symbolId(value: number) {
    this.putUint32(SET_SLIPPAGE.symbolId, value);
  }
  /** Hundredths of a percent; 0: no bound. */
  get maxSlippageBps(): number {
    return this.uint32(SET_SLIPPAGE.maxSlippageBps);
  }
  set maxSlippageBps(value: number) {
    this.putUint32(SET_SLIPPAGE.maxSlippageBps, value);
  }
}

/** Messages are counted over all markets: a rate for one would hold for nothing. */
export function validateRiskLimits(limits: SetRiskLimits): FieldError | undefined {
  const { symbolId, maxMessageRate } = limits;
  if (symbolId === 0 || maxMessageRate === 0) return undefined;
  const allowed = '0 with a symbolId: messages are counted over all markets';
  return { field: 'maxMessageRate', value: maxMessageRate, allowed };
}

/** A kill switch is for one account or for one market: nobody should have to guess what both is. */
export function validateKillSwitch({ accountId, symbolId }: KillSwitch): FieldError | undefined {
  if (accountId === 0 || symbolId === 0) return undefined;
  return { field: 'symbolId', value: symbolId, allowed: '0 with an account' };
}
