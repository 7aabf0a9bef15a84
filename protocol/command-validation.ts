/**
 * Checks a command record from outside before it is sequenced: known template, right length, every
 * field in its range, reserved bytes zero. What passes is well-formed; whether it can be executed
 * is the exchange's decision.
 */
import {
  CANCEL_ORDER,
  COMMAND_HEADER,
  FUNDING,
  KILL_SWITCH,
  NEW_ORDER,
  NEW_TRANSFER,
  REPLACE_ORDER,
  RESOLVE_TRANSFER,
  SET_PRICE_BAND,
  SET_RISK_LIMITS,
} from './command-layout.ts';
import { COMMAND_RULES, type CommandRule } from './command-rules.ts';
import { Funding, NewOrder, ReplaceOrder } from './commands.ts';
import type { FieldError } from './field-error.ts';
import { describeRange, FIELD_RANGE, type FieldRange, isInRange } from './field-range.ts';
import { termsOf, validateOrderTerms, validateTranches } from './order-terms.ts';
import { validateBand } from './price-band.ts';
import {
  getInt64,
  MESSAGE_HEADER_LENGTH,
  type RecordBuffer,
  recordLengthAt,
  SCHEMA_ID,
  SCHEMA_VERSION,
  templateIdAt,
} from './record.ts';
import {
  KillSwitch,
  SetRiskLimits,
  validateKillSwitch,
  validateRiskLimits,
} from './risk-commands.ts';
import { NewTransfer, ResolveTransfer } from './transfer-commands.ts';
import {
  validateExternalLeg,
  validateResolution,
  validateTransferTerms,
} from './transfer-terms.ts';
import { SetPriceBand } from './venue-commands.ts';

const R = FIELD_RANGE;
const newOrder = new NewOrder();
const replaceOrder = new ReplaceOrder();
const priceBand = new SetPriceBand();
const killSwitch = new KillSwitch();
const riskLimits = new SetRiskLimits();
const funding = new Funding();
const newTransfer = new NewTransfer();
const resolveTransfer = new ResolveTransfer();

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
  const isForAll = rule.hasAccount === 'optional' && accountId === 0;
  if (rule.hasAccount !== false && !isForAll && !isInRange(R.accountId, accountId)) {
    return outOfRange('accountId', accountId, R.accountId);
  }
  if (rule.hasAccount === false && accountId !== 0) {
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
    return validateOrderTerms(termsOf(newOrder.wrap(record, offset)));
  }
  if (templateId === REPLACE_ORDER.templateId) {
    const { qty, displayQty } = replaceOrder.wrap(record, offset);
    const error = validateTranches(qty, displayQty);
    if (error !== undefined) return error;
  }
  if (templateId === SET_PRICE_BAND.templateId) {
    return validateBand(priceBand.wrap(record, offset));
  }
  if (templateId === SET_RISK_LIMITS.templateId) {
    return validateRiskLimits(riskLimits.wrap(record, offset));
  }
  if (templateId === KILL_SWITCH.templateId) {
    return validateKillSwitch(killSwitch.wrap(record, offset));
  }
  if (templateId === FUNDING.depositTemplateId || templateId === FUNDING.withdrawTemplateId) {
    return validateTransferTerms(funding.wrap(record, offset));
  }
  if (templateId === NEW_TRANSFER.templateId) {
    newTransfer.wrap(record, offset);
    return validateTransferTerms(newTransfer) ?? validateExternalLeg(newTransfer);
  }
  if (templateId === RESOLVE_TRANSFER.templateId) {
    return validateResolution(resolveTransfer.wrap(record, offset));
  }
  if (templateId === CANCEL_ORDER.templateId || templateId === REPLACE_ORDER.templateId) {
    const word = (offset + CANCEL_ORDER.orderId) >> 2;
    if (getInt64(record.words, word) === 0 && getInt64(record.words, word + 2) === 0) {
      return { field: 'orderId', value: 0, allowed: 'an order id, or 0 with a clientOrderId' };
    }
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
