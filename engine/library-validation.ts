/**
 * The guard of `PlainEngine` beside its commands: how it is made, which markets it is given, and
 * what is asked of its books. Each throws a RangeError that names field, value and what is allowed.
 */
import { FIELD_RANGE } from '../protocol/field-range.ts';
import { MAX_ENGINE_ORDERS } from './engine-state.ts';
import { assertField, refuse, required } from './field-rules.ts';

const ORDERS = required({ min: 1, max: MAX_ENGINE_ORDERS });
const FILLS = required({ min: 1, max: Number.MAX_SAFE_INTEGER });
const SYMBOL_ID = required(FIELD_RANGE.symbolId);
const SIDE = required(FIELD_RANGE.side);
const ORDER_ID = required({ min: 1, max: Number.MAX_SAFE_INTEGER });

/** Tables are made from a capacity: from NaN, one in which a search never ends. */
export function assertCapacity(capacity: unknown): void {
  if (typeof capacity !== 'object' || capacity === null) {
    refuse('capacity', capacity, 'an object with orders');
  }
  const { orders, fills = 1 }: Record<string, unknown> = { ...capacity };
  assertField('orders', orders, ORDERS);
  assertField('fills', fills, FILLS);
}

/** Commands can name no other market. */
export function assertSymbolId(symbolId: unknown): void {
  assertField('symbolId', symbolId, SYMBOL_ID);
}

export function assertSide(side: unknown): void {
  assertField('side', side, SIDE);
}

export function assertOrderId(orderId: unknown): void {
  assertField('orderId', orderId, ORDER_ID);
}
