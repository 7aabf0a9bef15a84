/**
 * The library's guard: terms that are invalid whatever the market is throw a RangeError which names
 * field, value and what is allowed. The exchange's commands were validated at the gateway.
 */
import { OrderType, SelfTradePrevention, TimeInForce, TradingState } from '../protocol/enums.ts';
import { describeFieldError } from '../protocol/field-error.ts';
import { describeRange, FIELD_RANGE, type FieldRange, isInRange } from '../protocol/field-range.ts';
import { validateOrderTerms } from '../protocol/order-terms.ts';
import type { EngineCommand, ReplaceTerms } from './engine-commands.ts';
import type { OrderTicket } from './order-ticket.ts';

const FROM_ZERO: FieldRange = { min: 0, max: Number.MAX_SAFE_INTEGER };
const FROM_ONE: FieldRange = { min: 1, max: Number.MAX_SAFE_INTEGER };

const TICKET_RANGES = [
  ['orderId', FROM_ONE],
  ['symbolId', FIELD_RANGE.symbolId],
  ['side', FIELD_RANGE.side],
  ['orderType', named(OrderType)],
  ['timeInForce', named(TimeInForce)],
  ['selfTradePrevention', named(SelfTradePrevention)],
  ['price', FROM_ZERO],
  ['stopPrice', FROM_ZERO],
  ['qty', FROM_ZERO],
  ['amount', FROM_ZERO],
  ['displayQty', FROM_ZERO],
  ['expireTime', FROM_ZERO],
  ['accountId', FROM_ZERO],
  ['groupId', FROM_ZERO],
  ['clientOrderId', FROM_ZERO],
] as const satisfies readonly (readonly [keyof OrderTicket, FieldRange])[];

/** @throws RangeError */
export function assertTicket(ticket: OrderTicket): void {
  for (const [field, range] of TICKET_RANGES) assertField(field, ticket[field], range);
  const error = validateOrderTerms(ticket);
  if (error !== undefined) throw new RangeError(describeFieldError(error));
}

/** @throws RangeError */
export function assertReplace(terms: ReplaceTerms): void {
  assertField('orderId', terms.orderId, FROM_ONE);
  assertField('price', terms.price, FROM_ZERO);
  assertField('qty', terms.qty, FROM_ONE);
  assertField('qtyMeaning', terms.qtyMeaning ?? 0, FIELD_RANGE.qtyMeaning);
  assertField('displayQty', terms.displayQty ?? 0, FROM_ZERO);
  assertField('stopPrice', terms.stopPrice ?? 0, FROM_ZERO);
}

function named(names: Readonly<Record<string, number>>): FieldRange {
  return { min: 0, max: Math.max(...Object.values(names)), names };
}

/** Commands other than new and replace. @throws RangeError */
export function assertCommand(command: EngineCommand): void {
  switch (command.command) {
    case 'cancel':
      assertField('orderId', command.orderId, FROM_ONE);
      break;
    case 'massCancel':
      assertField('accountId', command.accountId, FROM_ZERO);
      assertField('symbolId', command.symbolId, { ...FIELD_RANGE.symbolId, min: 0 });
      assertField('side', command.side, { min: 0, max: 2 });
      break;
    case 'state':
      assertField('symbolId', command.symbolId, FIELD_RANGE.symbolId);
      assertField('state', command.state, named(TradingState));
      break;
    case 'band':
      assertField('symbolId', command.symbolId, FIELD_RANGE.symbolId);
      assertField('referencePrice', command.referencePrice, FROM_ZERO);
      assertField('bandTicks', command.bandTicks, {
        min: 0,
        max: command.referencePrice === 0 ? 0 : Number.MAX_SAFE_INTEGER,
      });
      break;
    case 'time':
      assertField('time', command.time, FROM_ZERO);
      break;
    default:
      throw new RangeError(`command: ${JSON.stringify(command)} is not a command`);
  }
}

function assertField(field: string, value: number, range: FieldRange): void {
  if (Number.isSafeInteger(value) && isInRange(range, value)) return;
  const error = { field, value, allowed: describeRange(range) };
  throw new RangeError(describeFieldError(error));
}
