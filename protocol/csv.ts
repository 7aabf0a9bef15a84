/**
 * The CSV bodies of the HTTP interface: one line, one command, encoded as a record.
 *
 * - deposit, withdraw: `userId,currencyId,amount`, transfer:
 *   `debitAccountId,creditAccountId,currencyId,amount`, then as far as needed `transferId`,
 *   `businessRefId`, `externalId`, `mode` (one-step), `expireTime`
 * - resolve-transfer: `transferId,action[,amount[,externalId]]`
 * - reverse-transfer: `transferId,originalTransferId[,amount[,businessRefId[,externalId]]]`
 * - order:   `userId,symbolId,price,qty,side`, then as far as needed `type` (limit), `timeInForce`
 *   (GTC, for market orders IOC), `clientOrderId`, `stopPrice`, `displayQty`, `postOnly`, `stp`,
 *   `groupId`, `expireTime`, `amount`
 * - cancel:  `userId,orderId,symbolId`
 * - mass-cancel: `userId[,symbolId[,side]]`
 * - trading-state: `symbolId,state`
 * - price-band: `symbolId,referencePrice,bandTicks`; zeros: no band
 *
 * Numbers are whole: ticks, lots and minor units. An empty optional column means its default.
 */
import { CancelOrder, Funding, MassCancel, NewOrder } from './commands.ts';
import { CsvLine, type Words } from './csv-line.ts';
import {
  nameOf,
  OrderType,
  SelfTradePrevention,
  SlippageAction,
  TimeInForce,
  TradingState,
  TransferAction,
  TransferMode,
} from './enums.ts';
import type { FieldError } from './field-error.ts';
import { FIELD_RANGE } from './field-range.ts';
import { termsOf, validateOrderTerms } from './order-terms.ts';
import { validateBand } from './price-band.ts';
import type { RecordBuffer } from './record.ts';
import { type Encoder, RISK_COLUMNS, RISK_ENCODERS } from './risk-csv.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from './transfer-commands.ts';
import {
  validateExternalLeg,
  validateResolution,
  validateTransferTerms,
} from './transfer-terms.ts';
import { SetPriceBand, SetTradingState } from './venue-commands.ts';

const TRANSFER_TERMS = '[,transferId[,businessRefId[,externalId[,mode[,expireTime]]]]]';

/** What the lines of each kind of body hold. */
export const CSV_COLUMNS = {
  deposit: `userId,currencyId,amount${TRANSFER_TERMS}`,
  withdraw: `userId,currencyId,amount${TRANSFER_TERMS}`,
  transfer: `debitAccountId,creditAccountId,currencyId,amount${TRANSFER_TERMS}`,
  'resolve-transfer': 'transferId,action[,amount[,externalId]]',
  'reverse-transfer': 'transferId,originalTransferId[,amount[,businessRefId[,externalId]]]',
  order:
    'userId,symbolId,price,qty,side[,type[,timeInForce[,clientOrderId[,stopPrice[,displayQty' +
    '[,postOnly[,stp[,groupId[,expireTime[,amount[,maxSlippageBps[,slippageAction]]]]]]]]]]]]',
  cancel: 'userId,orderId,symbolId',
  'mass-cancel': 'userId[,symbolId[,side]]',
  'trading-state': 'symbolId,state',
  'price-band': 'symbolId,referencePrice,bandTicks',
  ...RISK_COLUMNS,
} as const;
export type CsvKind = keyof typeof CSV_COLUMNS;

const ORDER_TYPES: Words = {
  limit: OrderType.Limit,
  market: OrderType.Market,
  stop: OrderType.Stop,
  'stop-limit': OrderType.StopLimit,
};
const PREVENTIONS: Words = {
  none: SelfTradePrevention.None,
  'cancel-taker': SelfTradePrevention.CancelTaker,
  'cancel-maker': SelfTradePrevention.CancelMaker,
  'cancel-both': SelfTradePrevention.CancelBoth,
  decrement: SelfTradePrevention.Decrement,
};

const SLIPPAGE_ACTIONS: Words = {
  'cancel-rest': SlippageAction.CancelRest,
  reject: SlippageAction.Reject,
};

const TRADING_STATES: Words = {
  halted: TradingState.Halted,
  continuous: TradingState.Continuous,
  closed: TradingState.Closed,
  'pre-open': TradingState.PreOpen,
  auction: TradingState.Auction,
};

const TRANSFER_MODES: Words = {
  'one-step': TransferMode.OneStep,
  pending: TransferMode.Pending,
};
const TRANSFER_ACTIONS: Words = {
  post: TransferAction.Post,
  void: TransferAction.Void,
  'mark-unknown': TransferAction.MarkUnknown,
};

const massCancel = new MassCancel();
const newOrder = new NewOrder();
const cancelOrder = new CancelOrder();
const funding = new Funding();
const newTransfer = new NewTransfer();
const resolveTransfer = new ResolveTransfer();
const reverseTransfer = new ReverseTransfer();
const tradingState = new SetTradingState();
const priceBand = new SetPriceBand();

/** Encodes a CSV body as a command record at `offset`, or says what is wrong with it. */
export function encodeCsv(
  kind: CsvKind,
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  return ENCODERS[kind](text, record, offset);
}

const ENCODERS: Readonly<Record<CsvKind, Encoder>> = {
  deposit: encodeDeposit,
  withdraw: encodeWithdraw,
  transfer: encodeTransfer,
  'resolve-transfer': encodeResolveTransfer,
  'reverse-transfer': encodeReverseTransfer,
  order: encodeOrder,
  cancel: encodeCancel,
  'mass-cancel': encodeMassCancel,
  'trading-state': encodeTradingState,
  'price-band': encodePriceBand,
  ...RISK_ENCODERS,
};

function encodeDeposit(text: string, record: RecordBuffer, offset: number): FieldError | undefined {
  funding.writeDeposit(record, offset);
  return encodeFunding(new CsvLine(text, CSV_COLUMNS['deposit'], 3, 5));
}

function encodeWithdraw(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  funding.writeWithdraw(record, offset);
  return encodeFunding(new CsvLine(text, CSV_COLUMNS['withdraw'], 3, 5));
}

/** The columns of the deposit or withdrawal that `funding` writes. */
function encodeFunding(line: CsvLine): FieldError | undefined {
  funding.accountId = line.integer(0, 'userId', FIELD_RANGE.accountId);
  funding.currencyId = line.integer(1, 'currencyId', FIELD_RANGE.currencyId);
  funding.amount = line.integer(2, 'amount', FIELD_RANGE.amount);
  encodeTransferTerms(line, 3, funding);
  return line.error ?? validateTransferTerms(funding);
}

function encodeTransfer(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['transfer'], 4, 5);
  const R = FIELD_RANGE;
  newTransfer.write(record, offset);
  newTransfer.debitAccountId = line.integer(0, 'debitAccountId', R.transferAccountId);
  newTransfer.creditAccountId = line.integer(1, 'creditAccountId', R.transferAccountId);
  newTransfer.currencyId = line.integer(2, 'currencyId', R.currencyId);
  newTransfer.amount = line.integer(3, 'amount', R.amount);
  encodeTransferTerms(line, 4, newTransfer);
  return line.error ?? validateTransferTerms(newTransfer) ?? validateExternalLeg(newTransfer);
}

/** The columns that all transfers may have, from the one at `first` on. */
function encodeTransferTerms(line: CsvLine, first: number, command: Funding | NewTransfer): void {
  const R = FIELD_RANGE;
  command.transferId = line.integer(first, 'transferId', R.transferId, 0);
  command.businessRefId = line.integer(first + 1, 'businessRefId', R.businessRefId, 0);
  command.externalId = line.integer(first + 2, 'externalId', R.externalId, 0);
  command.mode = line.word(first + 3, 'mode', TRANSFER_MODES, TransferMode.OneStep);
  command.expireTime = line.integer(first + 4, 'expireTime', R.expireTime, 0);
}

function encodeResolveTransfer(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['resolve-transfer'], 2, 2);
  const R = FIELD_RANGE;
  resolveTransfer.write(record, offset);
  resolveTransfer.transferId = line.integer(0, 'transferId', R.namedTransferId);
  resolveTransfer.action = line.word(1, 'action', TRANSFER_ACTIONS);
  resolveTransfer.amount = line.integer(2, 'amount', R.partAmount, 0);
  resolveTransfer.externalId = line.integer(3, 'externalId', R.externalId, 0);
  return line.error ?? validateResolution(resolveTransfer);
}

function encodeReverseTransfer(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['reverse-transfer'], 2, 3);
  const R = FIELD_RANGE;
  reverseTransfer.write(record, offset);
  reverseTransfer.transferId = line.integer(0, 'transferId', R.namedTransferId);
  reverseTransfer.originalTransferId = line.integer(1, 'originalTransferId', R.namedTransferId);
  reverseTransfer.amount = line.integer(2, 'amount', R.partAmount, 0);
  reverseTransfer.businessRefId = line.integer(3, 'businessRefId', R.businessRefId, 0);
  reverseTransfer.externalId = line.integer(4, 'externalId', R.externalId, 0);
  return line.error;
}

function encodeOrder(text: string, record: RecordBuffer, offset: number): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['order'], 5, 12);
  const R = FIELD_RANGE;
  newOrder.write(record, offset);
  newOrder.accountId = line.integer(0, 'userId', R.accountId);
  newOrder.symbolId = line.integer(1, 'symbolId', R.symbolId);
  newOrder.price = line.integer(2, 'price', R.price);
  newOrder.qty = line.integer(3, 'qty', R.orderQty);
  newOrder.side = line.integer(4, 'side', R.side);
  newOrder.orderType = line.word(5, 'type', ORDER_TYPES, OrderType.Limit);
  const byDefault = newOrder.orderType === OrderType.Market ? TimeInForce.IOC : TimeInForce.GTC;
  newOrder.timeInForce = line.word(6, 'timeInForce', TimeInForce, byDefault);
  newOrder.clientOrderId = line.integer(7, 'clientOrderId', R.clientOrderId, 0);
  newOrder.stopPrice = line.integer(8, 'stopPrice', R.stopPrice, 0);
  newOrder.displayQty = line.integer(9, 'displayQty', R.displayQty, 0);
  newOrder.postOnly = line.integer(10, 'postOnly', R.postOnly, 0);
  newOrder.selfTradePrevention = line.word(11, 'stp', PREVENTIONS, SelfTradePrevention.None);
  newOrder.groupId = line.integer(12, 'groupId', R.groupId, 0);
  newOrder.expireTime = line.integer(13, 'expireTime', R.expireTime, 0);
  newOrder.amount = line.integer(14, 'amount', R.orderAmount, 0);
  newOrder.maxSlippageBps = line.integer(15, 'maxSlippageBps', R.maxSlippageBps, 0);
  const { CancelRest } = SlippageAction;
  newOrder.slippageAction = line.word(16, 'slippageAction', SLIPPAGE_ACTIONS, CancelRest);
  if (line.error !== undefined) return line.error;
  const error = validateOrderTerms(termsOf(newOrder));
  if (error?.field !== 'timeInForce') return error;
  // In CSV a time in force is a word, without its number.
  const allowed = error.allowed.replace(/\d+ \((\w+)\)/g, '$1');
  return { ...error, value: nameOf(TimeInForce, newOrder.timeInForce), allowed };
}

function encodeMassCancel(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['mass-cancel'], 1, 2);
  massCancel.write(record, offset);
  massCancel.accountId = line.integer(0, 'userId', FIELD_RANGE.accountId);
  massCancel.symbolId = line.integer(1, 'symbolId', FIELD_RANGE.massCancelSymbolId, 0);
  massCancel.side = line.integer(2, 'side', FIELD_RANGE.massCancelSide, 0);
  return line.error;
}

function encodeCancel(text: string, record: RecordBuffer, offset: number): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['cancel'], 3, 0);
  cancelOrder.write(record, offset);
  cancelOrder.accountId = line.integer(0, 'userId', FIELD_RANGE.accountId);
  cancelOrder.orderId = line.integer(1, 'orderId', { ...FIELD_RANGE.orderId, min: 1 });
  cancelOrder.symbolId = line.integer(2, 'symbolId', FIELD_RANGE.symbolId);
  return line.error;
}

function encodeTradingState(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['trading-state'], 2, 0);
  tradingState.write(record, offset);
  tradingState.symbolId = line.integer(0, 'symbolId', FIELD_RANGE.symbolId);
  tradingState.state = line.word(1, 'state', TRADING_STATES);
  return line.error;
}

function encodePriceBand(
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  const line = new CsvLine(text, CSV_COLUMNS['price-band'], 3, 0);
  priceBand.write(record, offset);
  priceBand.symbolId = line.integer(0, 'symbolId', FIELD_RANGE.symbolId);
  priceBand.referencePrice = line.integer(1, 'referencePrice', FIELD_RANGE.referencePrice);
  priceBand.bandTicks = line.integer(2, 'bandTicks', FIELD_RANGE.bandTicks);
  return line.error ?? validateBand(priceBand);
}
