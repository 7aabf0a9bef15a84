/**
 * The library's guard: commands that are invalid whatever the market is throw a RangeError which
 * names field, value and what is allowed. The exchange's commands were validated at the gateway.
 */
import type { FieldError } from '../protocol/field-error.ts';
import { FIELD_RANGE, type FieldRange } from '../protocol/field-range.ts';
import { validateOrderTerms, validateTranches } from '../protocol/order-terms.ts';
import { validateBand } from '../protocol/price-band.ts';
import type { EngineCommand, OrderTerms } from './engine-commands.ts';
import {
  assertFields,
  type FieldRule,
  OPTIONAL_BOOLEAN,
  optional,
  refuse,
  required,
} from './field-rules.ts';
import type { OrderTicket } from './order-ticket.ts';

type Command<Name> = Extract<EngineCommand, { readonly command: Name }>;
/** A rule for every field, so that a new one cannot be forgotten. */
type RulesOf<Terms> = { readonly [Field in Exclude<keyof Terms, 'command'>]-?: FieldRule };

const FROM_ZERO: FieldRange = { min: 0, max: Number.MAX_SAFE_INTEGER };
const FROM_ONE: FieldRange = { min: 1, max: Number.MAX_SAFE_INTEGER };
const SYMBOL_ID = required(FIELD_RANGE.symbolId);

const NEW_ORDER = {
  orderId: required(FROM_ONE),
  symbolId: SYMBOL_ID,
  side: required(FIELD_RANGE.side),
  qty: required(FROM_ZERO, `an integer from 1 to ${FROM_ONE.max}, or 0 with an amount`),
  price: optional(FROM_ZERO),
  orderType: optional(FIELD_RANGE.orderType),
  timeInForce: optional(FIELD_RANGE.timeInForce),
  accountId: optional(FROM_ZERO),
  groupId: optional(FROM_ZERO),
  clientOrderId: optional(FROM_ZERO),
  displayQty: optional(FROM_ZERO),
  stopPrice: optional(FROM_ZERO),
  amount: optional(FROM_ZERO),
  expireTime: optional(FROM_ZERO),
  postOnly: OPTIONAL_BOOLEAN,
  selfTradePrevention: optional(FIELD_RANGE.selfTradePrevention),
} as const satisfies RulesOf<OrderTerms>;

const COMMANDS = {
  new: NEW_ORDER,
  replace: {
    orderId: required(FROM_ONE),
    price: required(FROM_ZERO),
    qty: required(FROM_ONE),
    qtyMeaning: optional(FIELD_RANGE.qtyMeaning),
    displayQty: optional(FROM_ZERO),
    stopPrice: optional(FROM_ZERO),
  },
  cancel: { orderId: required(FROM_ONE) },
  massCancel: {
    accountId: required(FROM_ZERO),
    symbolId: required(FIELD_RANGE.massCancelSymbolId),
    side: required(FIELD_RANGE.massCancelSide),
  },
  state: { symbolId: SYMBOL_ID, state: required(FIELD_RANGE.tradingState) },
  band: {
    symbolId: SYMBOL_ID,
    referencePrice: required(FROM_ZERO),
    bandTicks: required(FROM_ZERO),
  },
  time: { time: required(FROM_ZERO) },
} as const satisfies { readonly [Name in EngineCommand['command']]: RulesOf<Command<Name>> };

const TERMS = Object.entries(NEW_ORDER) as [keyof OrderTerms, FieldRule][];
const RULES: ReadonlyMap<unknown, ReadonlyMap<string, FieldRule>> = new Map(
  Object.entries(COMMANDS).map(([name, rules]) => [name, new Map(Object.entries(rules))]),
);
const NAMES = Object.keys(COMMANDS)
  .map((name) => `"${name}"`)
  .join(', ');

/**
 * A copy of a command whose fields are each valid: every property is read once, so what was checked
 * is what is executed. Whether the terms of a new order go together, `assertTermsFit` says.
 *
 * @throws RangeError
 */
export function checkedCommand(given: unknown): EngineCommand {
  if (typeof given !== 'object' || given === null) {
    refuse('command', given, `an object whose command is one of ${NAMES}`);
  }
  const command: Record<string, unknown> = { ...given };
  const { command: name, ...fields } = command;
  const rules = RULES.get(name);
  if (rules === undefined) refuse('command', name, NAMES);
  assertFields(fields, rules);
  const checked = command as unknown as EngineCommand;
  if (checked.command === 'band') refuseError(validateBand(checked), fields);
  if (checked.command === 'replace') {
    refuseError(validateTranches(checked.qty, checked.displayQty ?? 0), fields);
  }
  return checked;
}

/**
 * Whether a new order's terms go together; `given` is what the ticket was filled in from, before
 * what it leaves out became a default.
 *
 * @throws RangeError
 */
export function assertTermsFit(ticket: OrderTicket, given: object = ticket): void {
  refuseError(validateOrderTerms(ticket), given);
}

/** @throws RangeError for a ticket that `MatchingEngine`, which checks none, may not be given */
export function assertTicket(ticket: OrderTicket): void {
  for (const [field, rule] of TERMS) {
    const value: unknown = ticket[field];
    if (!rule.isAllowed(value)) refuse(field, value, rule.allowed);
  }
  assertTermsFit(ticket);
}

/** Tells the value as it was given, which in the protocol is always a number. */
function refuseError(error: FieldError | undefined, given: object): void {
  if (error === undefined) return;
  refuse(error.field, given[error.field as keyof typeof given], error.allowed);
}
