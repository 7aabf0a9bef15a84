/**
 * What each command that may come from outside looks like: its length, its fields with their places
 * and ranges, its reserved bytes. Commands of the venue's own threads (Tick, BookImageRequest) are
 * not among them.
 */
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  CANCEL_ORDER,
  FUNDING,
  KILL_SWITCH,
  MASS_CANCEL,
  NEW_ORDER,
  NEW_TRANSFER,
  REPLACE_ORDER,
  RESOLVE_TRANSFER,
  REVERSE_TRANSFER,
  SET_FEE_TIER,
  SET_FEES,
  SET_LIMITS,
  SET_PERMISSION,
  SET_PRICE_BAND,
  SET_RISK_LIMITS,
  SET_RULES_VERSION,
  SET_SLIPPAGE,
  SET_TRADING_STATE,
  SET_VENUE_MODE,
} from './command-layout.ts';
import { FIELD_RANGE, type FieldRange } from './field-range.ts';

interface FieldRule {
  readonly name: string;
  readonly at: number;
  readonly bytes: 1 | 4 | 8;
  readonly range: FieldRange;
}

interface CodeRule {
  readonly at: number;
  readonly width: number;
}

export interface CommandRule {
  readonly name: string;
  readonly length: number;
  /** Whose it is; `optional`: an account, or 0 for all of them. */
  readonly hasAccount: boolean | 'optional';
  readonly fields: readonly FieldRule[];
  readonly code?: CodeRule;
  /** Reserved bytes of the body: [from, to). */
  readonly reserved: readonly [number, number];
}

function field(name: string, at: number, bytes: 1 | 4 | 8, range: FieldRange): FieldRule {
  return { name, at, bytes, range };
}

const R = FIELD_RANGE;
const FUNDING_FIELDS = [
  field('amount', FUNDING.amount, 8, R.amount),
  field('currencyId', FUNDING.currencyId, 4, R.currencyId),
  field('mode', FUNDING.mode, 1, R.transferMode),
  field('transferId', FUNDING.transferId, 8, R.transferId),
  field('businessRefId', FUNDING.businessRefId, 8, R.businessRefId),
  field('externalId', FUNDING.externalId, 8, R.externalId),
  field('expireTime', FUNDING.expireTime, 8, R.expireTime),
];

export const COMMAND_RULES: ReadonlyMap<number, CommandRule> = new Map([
  [
    NEW_ORDER.templateId as number,
    {
      name: 'NewOrder',
      length: NEW_ORDER.length,
      hasAccount: true,
      fields: [
        field('clientOrderId', NEW_ORDER.clientOrderId, 8, R.clientOrderId),
        field('price', NEW_ORDER.price, 8, R.price),
        field('qty', NEW_ORDER.qty, 8, R.orderQty),
        field('symbolId', NEW_ORDER.symbolId, 4, R.symbolId),
        field('side', NEW_ORDER.side, 1, R.side),
        field('orderType', NEW_ORDER.orderType, 1, R.orderType),
        field('timeInForce', NEW_ORDER.timeInForce, 1, R.timeInForce),
        field('selfTradePrevention', NEW_ORDER.selfTradePrevention, 1, R.selfTradePrevention),
        field('stopPrice', NEW_ORDER.stopPrice, 8, R.stopPrice),
        field('displayQty', NEW_ORDER.displayQty, 8, R.displayQty),
        field('amount', NEW_ORDER.amount, 8, R.orderAmount),
        field('expireTime', NEW_ORDER.expireTime, 8, R.expireTime),
        field('groupId', NEW_ORDER.groupId, 8, R.groupId),
        field('postOnly', NEW_ORDER.postOnly, 1, R.postOnly),
        field('slippageAction', NEW_ORDER.slippageAction, 1, R.slippageAction),
        field('maxSlippageBps', NEW_ORDER.maxSlippageBps, 4, R.maxSlippageBps),
      ],
      reserved: [NEW_ORDER.slippageAction + 1, NEW_ORDER.maxSlippageBps],
    },
  ],
  [
    CANCEL_ORDER.templateId,
    {
      name: 'CancelOrder',
      length: CANCEL_ORDER.length,
      hasAccount: true,
      fields: [
        field('orderId', CANCEL_ORDER.orderId, 8, R.orderId),
        field('clientOrderId', CANCEL_ORDER.clientOrderId, 8, R.clientOrderId),
        field('symbolId', CANCEL_ORDER.symbolId, 4, R.symbolId),
      ],
      reserved: [CANCEL_ORDER.symbolId + 4, CANCEL_ORDER.length],
    },
  ],
  [
    REPLACE_ORDER.templateId,
    {
      name: 'ReplaceOrder',
      length: REPLACE_ORDER.length,
      hasAccount: true,
      fields: [
        field('orderId', REPLACE_ORDER.orderId, 8, R.orderId),
        field('clientOrderId', REPLACE_ORDER.clientOrderId, 8, R.clientOrderId),
        field('price', REPLACE_ORDER.price, 8, R.price),
        field('qty', REPLACE_ORDER.qty, 8, R.qty),
        field('symbolId', REPLACE_ORDER.symbolId, 4, R.symbolId),
        field('qtyMeaning', REPLACE_ORDER.qtyMeaning, 1, R.qtyMeaning),
        field('displayQty', REPLACE_ORDER.displayQty, 8, R.displayQty),
        field('stopPrice', REPLACE_ORDER.stopPrice, 8, R.stopPrice),
      ],
      reserved: [REPLACE_ORDER.qtyMeaning + 1, REPLACE_ORDER.displayQty],
    },
  ],
  [
    MASS_CANCEL.templateId,
    {
      name: 'MassCancel',
      length: MASS_CANCEL.length,
      hasAccount: true,
      fields: [
        field('symbolId', MASS_CANCEL.symbolId, 4, R.massCancelSymbolId),
        field('side', MASS_CANCEL.side, 1, R.massCancelSide),
      ],
      reserved: [MASS_CANCEL.side + 1, MASS_CANCEL.length],
    },
  ],
  [
    FUNDING.depositTemplateId,
    {
      name: 'Deposit',
      length: FUNDING.length,
      hasAccount: true,
      fields: FUNDING_FIELDS,
      reserved: [FUNDING.mode + 1, FUNDING.transferId],
    },
  ],
  [
    FUNDING.withdrawTemplateId,
    {
      name: 'Withdraw',
      length: FUNDING.length,
      hasAccount: true,
      fields: FUNDING_FIELDS,
      reserved: [FUNDING.mode + 1, FUNDING.transferId],
    },
  ],
  [
    NEW_TRANSFER.templateId,
    {
      name: 'NewTransfer',
      length: NEW_TRANSFER.length,
      hasAccount: false,
      fields: [
        field('debitAccountId', NEW_TRANSFER.debitAccountId, 8, R.transferAccountId),
        field('creditAccountId', NEW_TRANSFER.creditAccountId, 8, R.transferAccountId),
        field('amount', NEW_TRANSFER.amount, 8, R.amount),
        field('currencyId', NEW_TRANSFER.currencyId, 4, R.currencyId),
        field('mode', NEW_TRANSFER.mode, 1, R.transferMode),
        field('transferId', NEW_TRANSFER.transferId, 8, R.transferId),
        field('businessRefId', NEW_TRANSFER.businessRefId, 8, R.businessRefId),
        field('externalId', NEW_TRANSFER.externalId, 8, R.externalId),
        field('expireTime', NEW_TRANSFER.expireTime, 8, R.expireTime),
      ],
      reserved: [NEW_TRANSFER.mode + 1, NEW_TRANSFER.transferId],
    },
  ],
  [
    RESOLVE_TRANSFER.templateId,
    {
      name: 'ResolveTransfer',
      length: RESOLVE_TRANSFER.length,
      hasAccount: false,
      fields: [
        field('transferId', RESOLVE_TRANSFER.transferId, 8, R.namedTransferId),
        field('amount', RESOLVE_TRANSFER.amount, 8, R.partAmount),
        field('externalId', RESOLVE_TRANSFER.externalId, 8, R.externalId),
        field('action', RESOLVE_TRANSFER.action, 1, R.transferAction),
      ],
      reserved: [RESOLVE_TRANSFER.action + 1, RESOLVE_TRANSFER.length],
    },
  ],
  [
    REVERSE_TRANSFER.templateId,
    {
      name: 'ReverseTransfer',
      length: REVERSE_TRANSFER.length,
      hasAccount: false,
      fields: [
        field('transferId', REVERSE_TRANSFER.transferId, 8, R.namedTransferId),
        field('originalTransferId', REVERSE_TRANSFER.originalTransferId, 8, R.namedTransferId),
        field('amount', REVERSE_TRANSFER.amount, 8, R.partAmount),
        field('businessRefId', REVERSE_TRANSFER.businessRefId, 8, R.businessRefId),
        field('externalId', REVERSE_TRANSFER.externalId, 8, R.externalId),
      ],
      reserved: [REVERSE_TRANSFER.length, REVERSE_TRANSFER.length],
    },
  ],
  [
    ADD_CURRENCY.templateId,
    {
      name: 'AddCurrency',
      length: ADD_CURRENCY.length,
      hasAccount: false,
      fields: [
        field('currencyId', ADD_CURRENCY.currencyId, 4, R.currencyId),
        field('decimals', ADD_CURRENCY.decimals, 1, R.decimals),
        field('kind', ADD_CURRENCY.kind, 1, R.currencyKind),
      ],
      code: { at: ADD_CURRENCY.code, width: ADD_CURRENCY.codeWidth },
      reserved: [ADD_CURRENCY.kind + 1, ADD_CURRENCY.code],
    },
  ],
  [
    ADD_SYMBOL.templateId,
    {
      name: 'AddSymbol',
      length: ADD_SYMBOL.length,
      hasAccount: false,
      fields: [
        field('lotSize', ADD_SYMBOL.lotSize, 8, R.lotSize),
        field('tickValue', ADD_SYMBOL.tickValue, 8, R.tickValue),
        field('symbolId', ADD_SYMBOL.symbolId, 4, R.symbolId),
        field('baseCurrencyId', ADD_SYMBOL.baseCurrencyId, 4, R.currencyId),
        field('quoteCurrencyId', ADD_SYMBOL.quoteCurrencyId, 4, R.currencyId),
        field('makerFeePpm', ADD_SYMBOL.makerFeePpm, 4, R.feePpm),
        field('takerFeePpm', ADD_SYMBOL.takerFeePpm, 4, R.feePpm),
      ],
      code: { at: ADD_SYMBOL.code, width: ADD_SYMBOL.codeWidth },
      reserved: [ADD_SYMBOL.takerFeePpm + 4, ADD_SYMBOL.code],
    },
  ],
  [
    SET_LIMITS.templateId,
    {
      name: 'SetLimits',
      length: SET_LIMITS.length,
      hasAccount: false,
      fields: [
        field('maxOpenOrders', SET_LIMITS.maxOpenOrders, 4, R.openOrdersLimit),
        field('maxAccounts', SET_LIMITS.maxAccounts, 4, R.limit),
        field('maxCurrencies', SET_LIMITS.maxCurrencies, 4, R.limit),
        field('maxSymbols', SET_LIMITS.maxSymbols, 4, R.limit),
        field('maxTransfers', SET_LIMITS.maxTransfers, 4, R.limit),
        field('clientOrderIdSeconds', SET_LIMITS.clientOrderIdSeconds, 4, R.clientOrderIdSeconds),
        field('maxClientOrderIds', SET_LIMITS.maxClientOrderIds, 4, R.clientOrderIdsLimit),
      ],
      reserved: [SET_LIMITS.maxClientOrderIds + 4, SET_LIMITS.length],
    },
  ],
  [
    SET_RULES_VERSION.templateId,
    {
      name: 'SetRulesVersion',
      length: SET_RULES_VERSION.length,
      hasAccount: false,
      fields: [field('rulesVersion', SET_RULES_VERSION.rulesVersion, 4, R.rulesVersion)],
      reserved: [SET_RULES_VERSION.rulesVersion + 4, SET_RULES_VERSION.length],
    },
  ],
  [
    SET_TRADING_STATE.templateId,
    {
      name: 'SetTradingState',
      length: SET_TRADING_STATE.length,
      hasAccount: false,
      fields: [
        field('symbolId', SET_TRADING_STATE.symbolId, 4, R.symbolId),
        field('state', SET_TRADING_STATE.state, 1, R.tradingState),
      ],
      reserved: [SET_TRADING_STATE.state + 1, SET_TRADING_STATE.length],
    },
  ],
  [
    SET_PRICE_BAND.templateId,
    {
      name: 'SetPriceBand',
      length: SET_PRICE_BAND.length,
      hasAccount: false,
      fields: [
        field('referencePrice', SET_PRICE_BAND.referencePrice, 8, R.referencePrice),
        field('bandTicks', SET_PRICE_BAND.bandTicks, 8, R.bandTicks),
        field('symbolId', SET_PRICE_BAND.symbolId, 4, R.symbolId),
      ],
      reserved: [SET_PRICE_BAND.symbolId + 4, SET_PRICE_BAND.length],
    },
  ],
  [
    SET_FEES.templateId,
    {
      name: 'SetFees',
      length: SET_FEES.length,
      hasAccount: false,
      fields: [
        field('symbolId', SET_FEES.symbolId, 4, R.symbolId),
        field('makerFeePpm', SET_FEES.makerFeePpm, 4, R.feePpm),
        field('takerFeePpm', SET_FEES.takerFeePpm, 4, R.feePpm),
        field('tier', SET_FEES.tier, 1, R.feeTier),
      ],
      reserved: [SET_FEES.tier + 1, SET_FEES.length],
    },
  ],
  [
    SET_FEE_TIER.templateId,
    {
      name: 'SetFeeTier',
      length: SET_FEE_TIER.length,
      hasAccount: false,
      fields: [
        field('minVolume', SET_FEE_TIER.minVolume, 8, R.minVolume),
        field('currencyId', SET_FEE_TIER.currencyId, 4, R.currencyId),
        field('tier', SET_FEE_TIER.tier, 1, R.volumeTier),
      ],
      reserved: [SET_FEE_TIER.tier + 1, SET_FEE_TIER.length],
    },
  ],
  [
    SET_RISK_LIMITS.templateId,
    {
      name: 'SetRiskLimits',
      length: SET_RISK_LIMITS.length,
      hasAccount: 'optional',
      fields: [
        field('maxOrderQty', SET_RISK_LIMITS.maxOrderQty, 8, R.riskLimit),
        field('maxOrderNotional', SET_RISK_LIMITS.maxOrderNotional, 8, R.riskLimit),
        field('maxPosition', SET_RISK_LIMITS.maxPosition, 8, R.riskLimit),
        field('symbolId', SET_RISK_LIMITS.symbolId, 4, R.anySymbolId),
        field('maxOpenOrders', SET_RISK_LIMITS.maxOpenOrders, 4, R.riskLimit32),
        field('maxMessageRate', SET_RISK_LIMITS.maxMessageRate, 4, R.riskLimit32),
      ],
      reserved: [SET_RISK_LIMITS.maxMessageRate + 4, SET_RISK_LIMITS.length],
    },
  ],
  [
    SET_PERMISSION.templateId,
    {
      name: 'SetPermission',
      length: SET_PERMISSION.length,
      hasAccount: true,
      fields: [field('permission', SET_PERMISSION.permission, 1, R.permission)],
      reserved: [SET_PERMISSION.permission + 1, SET_PERMISSION.length],
    },
  ],
  [
    KILL_SWITCH.templateId,
    {
      name: 'KillSwitch',
      length: KILL_SWITCH.length,
      hasAccount: 'optional',
      fields: [
        field('symbolId', KILL_SWITCH.symbolId, 4, R.anySymbolId),
        field('action', KILL_SWITCH.action, 1, R.killSwitchAction),
      ],
      reserved: [KILL_SWITCH.action + 1, KILL_SWITCH.length],
    },
  ],
  [
    SET_SLIPPAGE.templateId,
    {
      name: 'SetSlippage',
      length: SET_SLIPPAGE.length,
      hasAccount: false,
      fields: [
        field('symbolId', SET_SLIPPAGE.symbolId, 4, R.symbolId),
        field('maxSlippageBps', SET_SLIPPAGE.maxSlippageBps, 4, R.maxSlippageBps),
      ],
      reserved: [SET_SLIPPAGE.length, SET_SLIPPAGE.length],
    },
  ],
  [
    SET_VENUE_MODE.templateId,
    {
      name: 'SetVenueMode',
      length: SET_VENUE_MODE.length,
      hasAccount: false,
      fields: [
        field('mode', SET_VENUE_MODE.mode, 1, R.venueMode),
        field('reason', SET_VENUE_MODE.reason, 1, R.venueModeReason),
      ],
      reserved: [SET_VENUE_MODE.reason + 1, SET_VENUE_MODE.length],
    },
  ],
]);
