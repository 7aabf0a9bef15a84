/**
 * Checks a command record from outside before it is sequenced: known template, right length, every
 * field in its range, reserved bytes zero. What passes is well-formed; whether it can be executed
 * is the exchange's decision.
 */
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  CANCEL_ORDER,
  COMMAND_HEADER,
  FUNDING,
  NEW_ORDER,
  REPLACE_ORDER,
  SET_LIMITS,
} from './command-layout.ts';
import { OrderType, TimeInForce } from './enums.ts';
import type { FieldError } from './field-error.ts';
import { describeRange, FIELD_RANGE, type FieldRange, isInRange } from './field-range.ts';
import {
  getInt64,
  MESSAGE_HEADER_LENGTH,
  type RecordBuffer,
  recordLengthAt,
  SCHEMA_ID,
  SCHEMA_VERSION,
  templateIdAt,
} from './record.ts';

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

interface CommandRule {
  readonly name: string;
  readonly length: number;
  readonly hasAccount: boolean;
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
];

const COMMAND_RULES: ReadonlyMap<number, CommandRule> = new Map([
  [
    NEW_ORDER.templateId as number,
    {
      name: 'NewOrder',
      length: NEW_ORDER.length,
      hasAccount: true,
      fields: [
        field('clientOrderId', NEW_ORDER.clientOrderId, 8, R.clientOrderId),
        field('price', NEW_ORDER.price, 8, R.price),
        field('qty', NEW_ORDER.qty, 8, R.qty),
        field('symbolId', NEW_ORDER.symbolId, 4, R.symbolId),
        field('side', NEW_ORDER.side, 1, R.side),
        field('orderType', NEW_ORDER.orderType, 1, R.orderType),
        field('timeInForce', NEW_ORDER.timeInForce, 1, R.timeInForce),
      ],
      reserved: [NEW_ORDER.timeInForce + 1, NEW_ORDER.length],
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
        field('price', REPLACE_ORDER.price, 8, { ...R.price, min: 1 }),
        field('qty', REPLACE_ORDER.qty, 8, R.qty),
        field('symbolId', REPLACE_ORDER.symbolId, 4, R.symbolId),
        field('qtyMeaning', REPLACE_ORDER.qtyMeaning, 1, R.qtyMeaning),
      ],
      reserved: [REPLACE_ORDER.qtyMeaning + 1, REPLACE_ORDER.length],
    },
  ],
  [
    FUNDING.depositTemplateId,
    {
      name: 'Deposit',
      length: FUNDING.length,
      hasAccount: true,
      fields: FUNDING_FIELDS,
      reserved: [FUNDING.currencyId + 4, FUNDING.length],
    },
  ],
  [
    FUNDING.withdrawTemplateId,
    {
      name: 'Withdraw',
      length: FUNDING.length,
      hasAccount: true,
      fields: FUNDING_FIELDS,
      reserved: [FUNDING.currencyId + 4, FUNDING.length],
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
      ],
      code: { at: ADD_CURRENCY.code, width: ADD_CURRENCY.codeWidth },
      reserved: [ADD_CURRENCY.decimals + 1, ADD_CURRENCY.code],
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
        field('maxOpenOrders', SET_LIMITS.maxOpenOrders, 4, R.limit),
        field('maxAccounts', SET_LIMITS.maxAccounts, 4, R.limit),
        field('maxCurrencies', SET_LIMITS.maxCurrencies, 4, R.limit),
        field('maxSymbols', SET_LIMITS.maxSymbols, 4, R.limit),
      ],
      reserved: [SET_LIMITS.length, SET_LIMITS.length],
    },
  ],
]);

/** The names of the commands a client may send, by template id. */
export function commandName(templateId: number): string | undefined {
  return COMMAND_RULES.get(templateId)?.name;
}

/**
 * The first thing wrong with the command at `offset`, of which `available` bytes are there; or
 * undefined when it is well-formed. `offset` must be a multiple of 8.
 */
export function validateCommand(
  record: RecordBuffer,
  offset: number,
  available: number,
): FieldError | undefined {
  if (available < MESSAGE_HEADER_LENGTH) {
    return { field: 'header', value: available, allowed: 'at least 8 bytes for a message header' };
  }
  const schema = record.words[(offset >> 2) + 1]!;
  if ((schema & 0xffff) !== SCHEMA_ID) {
    return { field: 'schemaId', value: schema & 0xffff, allowed: `${SCHEMA_ID}` };
  }
  if (schema >>> 16 !== SCHEMA_VERSION) {
    return { field: 'version', value: schema >>> 16, allowed: `${SCHEMA_VERSION}` };
  }
  const templateId = templateIdAt(record, offset);
  const rule = COMMAND_RULES.get(templateId);
  if (rule === undefined) {
    const known = [...COMMAND_RULES].map(([id, { name }]) => `${id} (${name})`).join(', ');
    return { field: 'templateId', value: templateId, allowed: known };
  }
  const length = recordLengthAt(record, offset);
  if (length !== rule.length) {
    return {
      field: 'blockLength',
      value: length - MESSAGE_HEADER_LENGTH,
      allowed: `${rule.length - MESSAGE_HEADER_LENGTH} for ${rule.name}`,
    };
  }
  if (available < length) {
    return { field: 'body', value: available, allowed: `${length} bytes for ${rule.name}` };
  }
  return validateFields(record, offset, rule) ?? validateTogether(record, offset, templateId);
}

function validateFields(
  record: RecordBuffer,
  offset: number,
  rule: CommandRule,
): FieldError | undefined {
  const correlationId = getInt64(record.words, (offset + COMMAND_HEADER.correlationId) >> 2);
  if (!isInRange(R.correlationId, correlationId)) {
    return outOfRange('correlationId', correlationId, R.correlationId);
  }
  const accountId = getInt64(record.words, (offset + COMMAND_HEADER.accountId) >> 2);
  if (rule.hasAccount && !isInRange(R.accountId, accountId)) {
    return outOfRange('accountId', accountId, R.accountId);
  }
  if (!rule.hasAccount && accountId !== 0) {
    return { field: 'accountId', value: accountId, allowed: `0 in ${rule.name}` };
  }
  for (const { name, at, bytes, range } of rule.fields) {
    const value = readField(record, offset + at, bytes);
    if (!isInRange(range, value)) return outOfRange(name, value, range);
  }
  if (rule.code !== undefined) {
    const error = validateCode(record, offset + rule.code.at, rule.code.width);
    if (error !== undefined) return error;
  }
  const headerEnd = COMMAND_HEADER.gatewayId + 4;
  return (
    validateReserved(record, offset + headerEnd, offset + headerEnd + 4) ??
    validateReserved(record, offset + rule.reserved[0], offset + rule.reserved[1])
  );
}

/** Rules that join fields of one command. */
function validateTogether(
  record: RecordBuffer,
  offset: number,
  templateId: number,
): FieldError | undefined {
  if (templateId === NEW_ORDER.templateId) {
    const price = getInt64(record.words, (offset + NEW_ORDER.price) >> 2);
    const orderType = record.bytes[offset + NEW_ORDER.orderType]!;
    const timeInForce = record.bytes[offset + NEW_ORDER.timeInForce]!;
    return validateOrderTerms(orderType, timeInForce, price);
  }
  if (templateId === CANCEL_ORDER.templateId || templateId === REPLACE_ORDER.templateId) {
    const word = (offset + CANCEL_ORDER.orderId) >> 2;
    if (getInt64(record.words, word) === 0 && getInt64(record.words, word + 2) === 0) {
      return { field: 'orderId', value: 0, allowed: 'an order id, or 0 with a clientOrderId' };
    }
  }
  return undefined;
}

/** The rules between type, time in force and price of a new order, in any encoding. */
export function validateOrderTerms(
  orderType: number,
  timeInForce: number,
  price: number,
): FieldError | undefined {
  if (orderType === OrderType.Market) {
    if (price !== 0) return { field: 'price', value: price, allowed: '0 for a market order' };
    if (timeInForce !== TimeInForce.IOC) {
      return { field: 'timeInForce', value: timeInForce, allowed: '3 (IOC) for a market order' };
    }
  } else if (price === 0) {
    return {
      field: 'price',
      value: 0,
      allowed: `${describeRange({ ...R.price, min: 1 })} for a limit order`,
    };
  }
  return undefined;
}

function readField(record: RecordBuffer, at: number, bytes: 1 | 4 | 8): number {
  if (bytes === 8) return getInt64(record.words, at >> 2);
  if (bytes === 4) return record.words[at >> 2]! >>> 0;
  return record.bytes[at]!;
}

function outOfRange(name: string, value: number, range: FieldRange): FieldError {
  return { field: name, value, allowed: describeRange(range) };
}

/** A code is 1 to `width` characters of A–Z, 0–9, `/`, `-`, `.`, `_`, then zeros. */
function validateCode(record: RecordBuffer, at: number, width: number): FieldError | undefined {
  const text = String.fromCharCode(...record.bytes.subarray(at, at + width));
  if (/^[A-Z0-9/._-]+\0*$/.test(text)) return undefined;
  return {
    field: 'code',
    value: text.replace(/\0+$/, ''),
    allowed: `1 to ${width} characters of A-Z, 0-9, /, -, ., _`,
  };
}

function validateReserved(record: RecordBuffer, from: number, to: number): FieldError | undefined {
  for (let at = from; at < to; at++) {
    const value = record.bytes[at]!;
    if (value !== 0) return { field: 'reserved', value, allowed: '0 in every reserved byte' };
  }
  return undefined;
}
