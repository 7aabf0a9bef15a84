/** The ranges of the commands' fields, the same for every encoding. Ends are included. */
import { OrderType, QtyMeaning, Side, TimeInForce } from './enums.ts';

export interface FieldRange {
  readonly min: number;
  readonly max: number;
  /** For enumerations: the only values, with their names. */
  readonly names?: Readonly<Record<string, number>>;
}

const MAX_INT = Number.MAX_SAFE_INTEGER;
const MAX_UINT32 = 2 ** 32 - 1;

const ID_64: FieldRange = { min: 1, max: MAX_INT };
const ID_32: FieldRange = { min: 1, max: MAX_UINT32 };
const LIMIT: FieldRange = { min: 1, max: 2 ** 26 };
const FEE: FieldRange = { min: 0, max: 1_000_000 };

export const FIELD_RANGE = {
  accountId: ID_64,
  correlationId: { min: 0, max: MAX_INT },
  /** 0: the order has none. */
  clientOrderId: { min: 0, max: MAX_INT },
  /** 0: the order is named by its client order id. */
  orderId: { min: 0, max: MAX_INT },
  /** 0 for market orders only. */
  price: { min: 0, max: MAX_INT },
  qty: ID_64,
  symbolId: ID_32,
  currencyId: ID_32,
  amount: ID_64,
  side: { min: 1, max: 2, names: Side },
  orderType: { min: 1, max: 2, names: { Market: OrderType.Market, Limit: OrderType.Limit } },
  timeInForce: { min: 1, max: 3, names: { GTC: TimeInForce.GTC, IOC: TimeInForce.IOC } },
  qtyMeaning: { min: 0, max: 1, names: QtyMeaning },
  decimals: { min: 0, max: 15 },
  lotSize: ID_64,
  tickValue: ID_64,
  feePpm: FEE,
  limit: LIMIT,
} as const satisfies Record<string, FieldRange>;

export function isInRange(range: FieldRange, value: number): boolean {
  if (!(value >= range.min && value <= range.max)) return false;
  if (range.names === undefined) return true;
  return Object.values(range.names).includes(value);
}

/** The allowed values in words. */
export function describeRange(range: FieldRange): string {
  if (range.names !== undefined) {
    return Object.entries(range.names)
      .map(([name, value]) => `${value} (${name})`)
      .join(', ');
  }
  return `a whole number from ${range.min} to ${range.max}`;
}
