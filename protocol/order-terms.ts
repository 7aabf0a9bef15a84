/**
 * Which terms of a new order go together, whatever the market is: the table of docs/matching.md.
 * One rule for every encoding and for the engine as a library.
 */
import type { NewOrder } from './commands.ts';
import { OrderType, Side, TimeInForce } from './enums.ts';
import type { FieldError } from './field-error.ts';

/** A new order's terms, each within its own range. */
export interface NewOrderTerms {
  readonly side: number;
  readonly orderType: number;
  readonly timeInForce: number;
  readonly price: number;
  readonly stopPrice: number;
  readonly qty: number;
  /** Ticks × lots; 0: the order is by quantity. */
  readonly amount: number;
  readonly displayQty: number;
  readonly expireTime: number;
  readonly postOnly: boolean;
  /** Of a market order or a stop; 0: as the market has it. The engine knows none. */
  readonly maxSlippageBps?: number;
  /** SlippageAction, of a market order. */
  readonly slippageAction?: number;
}

const FROM_ONE = `a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`;

/** What each type allows: whether it has a limit and a trigger, and its times in force. */
interface TypeRule {
  readonly name: string;
  readonly hasPrice: boolean;
  readonly hasStopPrice: boolean;
  readonly timesInForce: readonly number[];
  readonly allowed: string;
}

const RESTING = [TimeInForce.DAY, TimeInForce.GTC, TimeInForce.GTD];
const RESTING_TEXT = '0 (DAY), 1 (GTC), 6 (GTD)';

const TYPE_RULES: ReadonlyMap<number, TypeRule> = new Map<number, TypeRule>([
  [
    OrderType.Market,
    {
      name: 'a market order',
      hasPrice: false,
      hasStopPrice: false,
      timesInForce: [TimeInForce.IOC, TimeInForce.FOK],
      allowed: '3 (IOC), 4 (FOK)',
    },
  ],
  [
    OrderType.Limit,
    {
      name: 'a limit order',
      hasPrice: true,
      hasStopPrice: false,
      timesInForce: Object.values(TimeInForce),
      allowed: `${RESTING_TEXT}, 3 (IOC), 4 (FOK)`,
    },
  ],
  [
    OrderType.Stop,
    {
      name: 'a stop order',
      hasPrice: false,
      hasStopPrice: true,
      timesInForce: RESTING,
      allowed: RESTING_TEXT,
    },
  ],
  [
    OrderType.StopLimit,
    {
      name: 'a stop-limit order',
      hasPrice: true,
      hasStopPrice: true,
      timesInForce: RESTING,
      allowed: RESTING_TEXT,
    },
  ],
]);

/** The terms of a NewOrder record, as they are validated. */
export function termsOf(order: NewOrder): NewOrderTerms {
  return {
    side: order.side,
    orderType: order.orderType,
    timeInForce: order.timeInForce,
    price: order.price,
    stopPrice: order.stopPrice,
    qty: order.qty,
    amount: order.amount,
    displayQty: order.displayQty,
    expireTime: order.expireTime,
    postOnly: order.postOnly !== 0,
    maxSlippageBps: order.maxSlippageBps,
    slippageAction: order.slippageAction,
  };
}

/** The first thing that does not fit, or undefined. */
export function validateOrderTerms(terms: NewOrderTerms): FieldError | undefined {
  const { orderType, timeInForce } = terms;
  const rule = TYPE_RULES.get(orderType)!;
  if (!rule.timesInForce.includes(timeInForce)) {
    const allowed = `${rule.allowed} for ${rule.name}`;
    return { field: 'timeInForce', value: timeInForce, allowed };
  }
  const mayRest = RESTING.includes(timeInForce as (typeof RESTING)[number]);
  const mayHide = mayRest && rule.hasPrice;
  return (
    present('price', terms.price, rule.hasPrice, rule.name) ??
    present('stopPrice', terms.stopPrice, rule.hasStopPrice, rule.name) ??
    validateQty(terms) ??
    absentUnless(
      'displayQty',
      terms.displayQty,
      mayHide,
      '0, but for limit and stop-limit orders that may rest',
    ) ??
    validateTranches(terms.qty, terms.displayQty) ??
    absentUnless(
      'postOnly',
      terms.postOnly ? 1 : 0,
      mayRest && orderType === OrderType.Limit,
      '0 (false), but for limit orders that may rest',
    ) ??
    present(
      'expireTime',
      terms.expireTime,
      timeInForce === TimeInForce.GTD,
      'this time in force',
    ) ??
    absentUnless(
      'maxSlippageBps',
      terms.maxSlippageBps ?? 0,
      !rule.hasPrice,
      '0, but for market and stop orders',
    ) ??
    absentUnless(
      'slippageAction',
      terms.slippageAction ?? 0,
      orderType === OrderType.Market,
      '0 (cancel-rest), but for market orders',
    )
  );
}

/** An iceberg may have so many tranches: each may be a fill of one command. */
const MAX_TRANCHES = 100;

/** Of a new order or of new terms: what is shown of an iceberg is not too little of it. */
export function validateTranches(qty: number, displayQty: number): FieldError | undefined {
  if (displayQty === 0 || qty <= displayQty * MAX_TRANCHES) return undefined;
  const least = Math.ceil(qty / MAX_TRANCHES);
  return { field: 'displayQty', value: displayQty, allowed: `0, or from ${least} for this qty` };
}

/** Either a quantity, or what a market buy may spend. */
function validateQty(terms: NewOrderTerms): FieldError | undefined {
  const { qty, amount } = terms;
  if (amount === 0) return present('qty', qty, true, 'an order without an amount');
  const mayHaveAmount =
    terms.orderType === OrderType.Market &&
    terms.timeInForce === TimeInForce.IOC &&
    terms.side === Side.Buy;
  if (!mayHaveAmount) {
    return { field: 'amount', value: amount, allowed: '0, but for market buys that are IOC' };
  }
  return present('qty', qty, false, 'an order with an amount');
}

function present(
  field: string,
  value: number,
  mustBePresent: boolean,
  whose: string,
): FieldError | undefined {
  if (mustBePresent === (value !== 0)) return undefined;
  return { field, value, allowed: `${mustBePresent ? FROM_ONE : '0'} for ${whose}` };
}

function absentUnless(
  field: string,
  value: number,
  isAllowed: boolean,
  allowed: string,
): FieldError | undefined {
  return value === 0 || isAllowed ? undefined : { field, value, allowed };
}
