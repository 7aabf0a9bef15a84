/**
 * CSV bodies of the commands about fees, limits, permissions, kill switches and slippage; `csv.ts`
 * has the others.
 */
import { CsvLine, type Words } from './csv-line.ts';
import { KillSwitchAction, Permission, VenueMode, VenueModeReason } from './enums.ts';
import type { FieldError } from './field-error.ts';
import { FIELD_RANGE, type FieldRange } from './field-range.ts';
import type { RecordBuffer } from './record.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
  validateKillSwitch,
  validateRiskLimits,
} from './risk-commands.ts';
import { SetVenueMode } from './venue-mode.ts';

export type Encoder = (
  text: string,
  record: RecordBuffer,
  offset: number,
) => FieldError | undefined;

export const RISK_COLUMNS = {
  fees: 'symbolId,makerFeePpm,takerFeePpm[,tier]',
  'fee-tier': 'currencyId,tier,minVolume',
  'risk-limits':
    'userId,symbolId[,maxOrderQty[,maxOrderNotional[,maxPosition[,maxOpenOrders' +
    '[,maxMessageRate]]]]]',
  permission: 'userId,permission',
  'kill-switch': 'action[,userId[,symbolId]]',
  slippage: 'symbolId,maxSlippageBps',
  'venue-mode': 'mode',
} as const;

const PERMISSIONS: Words = {
  active: Permission.Active,
  'close-only': Permission.CloseOnly,
  suspended: Permission.Suspended,
};
const KILL_SWITCH_ACTIONS: Words = {
  release: KillSwitchAction.Release,
  engage: KillSwitchAction.Engage,
};
const VENUE_MODES: Words = {
  normal: VenueMode.Normal,
  'cancel-only': VenueMode.CancelOnly,
};
const R = FIELD_RANGE;
/** 0: all of them. */
const ANY_ACCOUNT: FieldRange = { ...R.accountId, min: 0 };

const fees = new SetFees();
const feeTier = new SetFeeTier();
const limits = new SetRiskLimits();
const permission = new SetPermission();
const killSwitch = new KillSwitch();
const slippage = new SetSlippage();
const venueMode = new SetVenueMode();

export const RISK_ENCODERS: Readonly<Record<keyof typeof RISK_COLUMNS, Encoder>> = {
  fees(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS.fees, 3, 1);
    fees.write(record, offset);
    fees.symbolId = line.integer(0, 'symbolId', R.symbolId);
    fees.makerFeePpm = line.integer(1, 'makerFeePpm', R.feePpm);
    fees.takerFeePpm = line.integer(2, 'takerFeePpm', R.feePpm);
    fees.tier = line.integer(3, 'tier', R.feeTier, 0);
    return line.error;
  },

  'fee-tier'(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS['fee-tier'], 3, 0);
    feeTier.write(record, offset);
    feeTier.currencyId = line.integer(0, 'currencyId', R.currencyId);
    feeTier.tier = line.integer(1, 'tier', R.volumeTier);
    feeTier.minVolume = line.integer(2, 'minVolume', R.minVolume);
    return line.error;
  },

  'risk-limits'(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS['risk-limits'], 2, 5);
    limits.write(record, offset);
    limits.accountId = line.integer(0, 'userId', ANY_ACCOUNT);
    limits.symbolId = line.integer(1, 'symbolId', R.anySymbolId);
    limits.maxOrderQty = line.integer(2, 'maxOrderQty', R.riskLimit, 0);
    limits.maxOrderNotional = line.integer(3, 'maxOrderNotional', R.riskLimit, 0);
    limits.maxPosition = line.integer(4, 'maxPosition', R.riskLimit, 0);
    limits.maxOpenOrders = line.integer(5, 'maxOpenOrders', R.riskLimit32, 0);
    limits.maxMessageRate = line.integer(6, 'maxMessageRate', R.riskLimit32, 0);
    return line.error ?? validateRiskLimits(limits);
  },

  permission(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS.permission, 2, 0);
    permission.write(record, offset);
    permission.accountId = line.integer(0, 'userId', R.accountId);
    permission.permission = line.word(1, 'permission', PERMISSIONS);
    return line.error;
  },

  'kill-switch'(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS['kill-switch'], 1, 2);
    killSwitch.write(record, offset);
    killSwitch.action = line.word(0, 'action', KILL_SWITCH_ACTIONS);
    killSwitch.accountId = line.integer(1, 'userId', ANY_ACCOUNT, 0);
    killSwitch.symbolId = line.integer(2, 'symbolId', R.anySymbolId, 0);
    return line.error ?? validateKillSwitch(killSwitch);
  },

  slippage(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS.slippage, 2, 0);
    slippage.write(record, offset);
    slippage.symbolId = line.integer(0, 'symbolId', R.symbolId);
    slippage.maxSlippageBps = line.integer(1, 'maxSlippageBps', R.maxSlippageBps);
    return line.error;
  },

  'venue-mode'(text, record, offset) {
    const line = new CsvLine(text, RISK_COLUMNS['venue-mode'], 1, 0);
    venueMode.write(record, offset);
    venueMode.mode = line.word(0, 'mode', VENUE_MODES);
    venueMode.reason = VenueModeReason.Operator;
    return line.error;
  },
};
