/**
 * The CSV bodies of the HTTP interface: one line, one command, encoded as a record.
 *
 * - deposit: `userId,currencyId,amount`
 * - order:   `userId,symbolId,price,qty,side[,type[,timeInForce[,clientOrderId]]]`; type `limit`
 *   (default) or `market` (price 0), timeInForce `GTC` or `IOC` (default GTC, for market orders IOC)
 * - cancel:  `userId,orderId,symbolId`
 *
 * Numbers are whole: ticks, lots and minor units. An empty optional column means its default.
 */
import { validateOrderTerms } from './command-validation.ts';
import { CancelOrder, Funding, NewOrder } from './commands.ts';
import { OrderType, TimeInForce } from './enums.ts';
import type { FieldError } from './field-error.ts';
import { describeRange, FIELD_RANGE, type FieldRange, isInRange } from './field-range.ts';
import type { RecordBuffer } from './record.ts';

/** What the lines of each kind of body hold. */
export const CSV_COLUMNS = {
  deposit: 'userId,currencyId,amount',
  order: 'userId,symbolId,price,qty,side[,type[,timeInForce[,clientOrderId]]]',
  cancel: 'userId,orderId,symbolId',
} as const;
export type CsvKind = keyof typeof CSV_COLUMNS;

const ORDER_TYPES: Readonly<Record<string, number>> = {
  limit: OrderType.Limit,
  market: OrderType.Market,
};
const TIMES_IN_FORCE: Readonly<Record<string, number>> = {
  gtc: TimeInForce.GTC,
  ioc: TimeInForce.IOC,
};

class CsvLine {
  error: FieldError | undefined;
  private readonly columns: readonly string[];

  constructor(text: string, kind: CsvKind, required: number, optional: number) {
    const line = text.endsWith('\r\n') ? text.slice(0, -2) : text.replace(/\n$/, '');
    this.columns = line.split(',').map((column) => column.trim());
    const count = this.columns.length;
    if (line === '' || line.includes('\n') || count < required || count > required + optional) {
      this.error = {
        field: 'body',
        value: excerpt(text),
        allowed: `one line ${CSV_COLUMNS[kind]}`,
      };
    }
  }

  /** A whole number of a range, or `fallback` where an optional column is empty. */
  integer(index: number, field: string, range: FieldRange, fallback?: number): number {
    if (this.error !== undefined) return 0;
    const text = this.columns[index] ?? '';
    if (text === '' && fallback !== undefined) return fallback;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (isInRange(range, value)) return value;
    this.error = { field, value: excerpt(text), allowed: describeRange(range) };
    return 0;
  }

  word(
    index: number,
    field: string,
    words: Readonly<Record<string, number>>,
    fallback: number,
  ): number {
    if (this.error !== undefined) return 0;
    const text = this.columns[index] ?? '';
    if (text === '') return fallback;
    const key = text.toLowerCase();
    if (Object.hasOwn(words, key)) return words[key]!;
    this.error = { field, value: excerpt(text), allowed: Object.keys(words).join(' or ') };
    return 0;
  }
}

/** Values from outside are shown, but never at any length. */
function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}

const newOrder = new NewOrder();
const cancelOrder = new CancelOrder();
const funding = new Funding();

/** Encodes a CSV body as a command record at `offset`, or says what is wrong with it. */
export function encodeCsv(
  kind: CsvKind,
  text: string,
  record: RecordBuffer,
  offset: number,
): FieldError | undefined {
  if (kind === 'deposit') return encodeDeposit(text, record, offset);
  if (kind === 'order') return encodeOrder(text, record, offset);
  return encodeCancel(text, record, offset);
}

function encodeDeposit(text: string, record: RecordBuffer, offset: number): FieldError | undefined {
  const line = new CsvLine(text, 'deposit', 3, 0);
  funding.writeDeposit(record, offset);
  funding.accountId = line.integer(0, 'userId', FIELD_RANGE.accountId);
  funding.currencyId = line.integer(1, 'currencyId', FIELD_RANGE.currencyId);
  funding.amount = line.integer(2, 'amount', FIELD_RANGE.amount);
  return line.error;
}

function encodeOrder(text: string, record: RecordBuffer, offset: number): FieldError | undefined {
  const line = new CsvLine(text, 'order', 5, 3);
  newOrder.write(record, offset);
  newOrder.accountId = line.integer(0, 'userId', FIELD_RANGE.accountId);
  newOrder.symbolId = line.integer(1, 'symbolId', FIELD_RANGE.symbolId);
  newOrder.price = line.integer(2, 'price', FIELD_RANGE.price);
  newOrder.qty = line.integer(3, 'qty', FIELD_RANGE.qty);
  newOrder.side = line.integer(4, 'side', FIELD_RANGE.side);
  newOrder.orderType = line.word(5, 'type', ORDER_TYPES, OrderType.Limit);
  const byDefault = newOrder.orderType === OrderType.Market ? TimeInForce.IOC : TimeInForce.GTC;
  newOrder.timeInForce = line.word(6, 'timeInForce', TIMES_IN_FORCE, byDefault);
  newOrder.clientOrderId = line.integer(7, 'clientOrderId', FIELD_RANGE.clientOrderId, 0);
  if (line.error !== undefined) return line.error;
  const error = validateOrderTerms(newOrder.orderType, newOrder.timeInForce, newOrder.price);
  if (error?.field !== 'timeInForce') return error;
  return { ...error, value: 'GTC', allowed: 'IOC for a market order' };
}

function encodeCancel(text: string, record: RecordBuffer, offset: number): FieldError | undefined {
  const line = new CsvLine(text, 'cancel', 3, 0);
  cancelOrder.write(record, offset);
  cancelOrder.accountId = line.integer(0, 'userId', FIELD_RANGE.accountId);
  cancelOrder.orderId = line.integer(1, 'orderId', { ...FIELD_RANGE.orderId, min: 1 });
  cancelOrder.symbolId = line.integer(2, 'symbolId', FIELD_RANGE.symbolId);
  return line.error;
}
