/** Reads the commands in a request's body, CSV or binary, and says what is wrong with them. */
import {
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
  SET_PERMISSION,
  SET_PRICE_BAND,
  SET_RISK_LIMITS,
  SET_SLIPPAGE,
  SET_TRADING_STATE,
  SET_VENUE_MODE,
} from '../protocol/command-layout.ts';
import { commandName, validateCommand } from '../protocol/command-validation.ts';
import { type CsvKind, encodeCsv } from '../protocol/csv.ts';
import type { FieldError } from '../protocol/field-error.ts';
import {
  MESSAGE_HEADER_LENGTH,
  RecordBuffer,
  recordLengthAt,
  templateIdAt,
} from '../protocol/record.ts';
import { isRefusedInCancelOnly } from '../protocol/venue-mode.ts';
import type { CommandList } from './command-port.ts';

export type CommandRoute = CsvKind | 'commands';

/** Which commands each route takes as binary records; `commands` takes all. */
const ROUTE_TEMPLATES: Readonly<Record<CsvKind, readonly number[]>> = {
  deposit: [FUNDING.depositTemplateId, FUNDING.withdrawTemplateId],
  withdraw: [FUNDING.withdrawTemplateId],
  transfer: [NEW_TRANSFER.templateId],
  'resolve-transfer': [RESOLVE_TRANSFER.templateId],
  'reverse-transfer': [REVERSE_TRANSFER.templateId],
  order: [NEW_ORDER.templateId, REPLACE_ORDER.templateId],
  cancel: [CANCEL_ORDER.templateId],
  'mass-cancel': [MASS_CANCEL.templateId],
  'trading-state': [SET_TRADING_STATE.templateId],
  'price-band': [SET_PRICE_BAND.templateId],
  fees: [SET_FEES.templateId],
  'fee-tier': [SET_FEE_TIER.templateId],
  'risk-limits': [SET_RISK_LIMITS.templateId],
  permission: [SET_PERMISSION.templateId],
  'kill-switch': [KILL_SWITCH.templateId],
  slippage: [SET_SLIPPAGE.templateId],
  'venue-mode': [SET_VENUE_MODE.templateId],
};

/** Let in even where the exchange is too busy for others. */
const CANCELS: readonly CsvKind[] = ['cancel', 'mass-cancel', 'kill-switch', 'venue-mode'];

/** An error in a binary body also names the record it is in, counted from 0. */
export type RequestError = FieldError & { readonly record?: number };

export type ParsedRequest =
  | { readonly commands: CommandList; readonly error?: undefined }
  | { readonly commands?: undefined; readonly error: RequestError };

/** Bytes that a reader begins with: most bodies are far shorter. */
const INITIAL_BYTES = 65_536;

/**
 * Reads one request after the other, into a buffer of its own that each begins anew: what it
 * returns is good until the next is read.
 */
export class CommandReader {
  private readonly decoder = new TextDecoder();
  /** Records are read as 32-bit words, so a body is copied to where these can begin. */
  private record = RecordBuffer.allocate(INITIAL_BYTES);

  readCsv(kind: CsvKind, body: Uint8Array): ParsedRequest {
    const { record } = this;
    const error = encodeCsv(kind, this.decoder.decode(body), record, 0);
    if (error !== undefined) return { error };
    const isCancelsOnly = isCancelKind(kind);
    const beginsSomething = isRefusedInCancelOnly(templateIdAt(record, 0));
    return { commands: { record, offsets: [0], isCancelsOnly, beginsSomething } };
  }

  readBinary(route: CommandRoute, body: Uint8Array): ParsedRequest {
    if (body.length === 0) {
      return { error: { field: 'body', value: '', allowed: 'one or more command records' } };
    }
    const record = this.copy(body);
    const offsets: number[] = [];
    let isCancelsOnly = true;
    let beginsSomething = false;
    for (let at = 0; at < body.length; at += recordLengthAt(record, at)) {
      const error =
        validateCommand(record, at, body.length - at) ?? validateRoute(route, record, at);
      if (error !== undefined) return { error: { ...error, record: offsets.length } };
      const templateId = templateIdAt(record, at);
      isCancelsOnly &&= isCancel(templateId);
      beginsSomething ||= isRefusedInCancelOnly(templateId);
      offsets.push(at);
    }
    return { commands: { record, offsets, isCancelsOnly, beginsSomething } };
  }

  private copy(body: Uint8Array): RecordBuffer {
    let capacity = this.record.bytes.length;
    while (capacity < body.length) capacity *= 2;
    if (capacity > this.record.bytes.length) this.record = RecordBuffer.allocate(capacity);
    this.record.bytes.set(body);
    return this.record;
  }
}

export function isCancelKind(kind: CsvKind): boolean {
  return CANCELS.includes(kind);
}

const CANCEL_TEMPLATES: readonly number[] = [
  CANCEL_ORDER.templateId,
  MASS_CANCEL.templateId,
  KILL_SWITCH.templateId,
  SET_VENUE_MODE.templateId,
];

/** Whether a body's first record is a cancel: where it is not, the body is not one of cancels. */
export function beginsWithCancel(body: Uint8Array): boolean {
  return body.length >= MESSAGE_HEADER_LENGTH && isCancel(body[2]! | (body[3]! << 8));
}

function isCancel(templateId: number): boolean {
  return CANCEL_TEMPLATES.includes(templateId);
}

function validateRoute(
  route: CommandRoute,
  record: RecordBuffer,
  at: number,
): FieldError | undefined {
  const templateId = templateIdAt(record, at);
  if (route === 'commands' || ROUTE_TEMPLATES[route].includes(templateId)) return undefined;
  const allowed = ROUTE_TEMPLATES[route].map((id) => `${id} (${commandName(id)})`).join(', ');
  return { field: 'templateId', value: templateId, allowed: `${allowed} at /${route}` };
}
