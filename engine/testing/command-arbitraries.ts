/**
 * Sequences of engine commands for fast-check: every single one is valid, together they are nasty.
 * Two markets trade within a dozen ticks, so that most things cross; ids, accounts and groups are
 * few, so that they meet again; now and then a price or a quantity is as large as it may be.
 */
import fc from 'fast-check';
import {
  OrderType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../../protocol/enums.ts';
import type { EngineCommand } from '../engine-commands.ts';

export const SYMBOL_IDS = [1, 2] as const;
const UNKNOWN_SYMBOL_ID = 3;
const MAX = Number.MAX_SAFE_INTEGER;
/** Order ids are from 1 to this. */
const ID_SPAN = 60;

type Drafted<Command> = Omit<Command, 'expireTime'> & { readonly expiresIn?: number };
type NewDraft = Drafted<Extract<EngineCommand, { readonly command: 'new' }>>;
type ReplaceCommand = Extract<EngineCommand, { readonly command: 'replace' }>;
type Draft =
  | NewDraft
  /** Without a price: at the price that the order was given last. */
  | (Omit<ReplaceCommand, 'price'> & { readonly price: number | undefined })
  | Exclude<EngineCommand, { readonly command: 'new' | 'replace' | 'time' }>
  | { readonly command: 'time'; readonly step: number };

interface QtyTerms {
  readonly qty: number;
  readonly displayQty: number;
}

/** What shrinks becomes the first. */
function weighted<T>(...choices: readonly (readonly [number, T])[]): fc.Arbitrary<T> {
  return fc.constantFrom(...choices.flatMap(([weight, value]) => Array<T>(weight).fill(value)));
}

/** The first is also what the others shrink to. */
function mostly<T>(weight: number, first: fc.Arbitrary<T>, second: fc.Arbitrary<T>) {
  return fc.oneof(
    { withCrossShrink: true },
    { weight, arbitrary: first },
    { weight: 1, arbitrary: second },
  );
}

const nearPrice = fc.integer({ min: 95, max: 106 });
const farPrice = fc.constantFrom(1, 2, 50, 94, 107, 800, 70_000, 3_000_000_000, MAX - 1, MAX);
const price = fc.oneof({ weight: 30, arbitrary: nearPrice }, { weight: 1, arbitrary: farPrice });
const stopPrice = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 90, max: 111 }) },
  { weight: 1, arbitrary: farPrice },
);
const symbolId = weighted([50, 1], [30, 2], [1, UNKNOWN_SYMBOL_ID]);
const orderId = fc.noBias(fc.integer({ min: 1, max: ID_SPAN }));
const accountId = weighted([1, 0], [2, 1], [2, 2], [2, 3]);
const groupId = weighted([5, 0], [1, 1], [1, 2]);
const side = fc.constantFrom(Side.Buy, Side.Sell);
const expiresIn = weighted([4, 5], [4, 25], [4, 90], [2, 1], [1, 0], [1, -3]);
const selfTradePrevention = fc.constantFrom(...Object.values(SelfTradePrevention));

const smallQty = fc.integer({ min: 1, max: 20 });
const hugeQty = fc.constantFrom(MAX, MAX - 9, 2 ** 52, 2 ** 51 + 7);
/** Huge orders have few tranches: a trade for each lot of them would take years. */
const qtyTerms: fc.Arbitrary<QtyTerms> = fc.oneof(
  { withCrossShrink: true },
  { weight: 20, arbitrary: fc.record({ qty: smallQty, displayQty: fc.constant(0) }) },
  {
    weight: 12,
    arbitrary: fc.record({ qty: smallQty, displayQty: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ qty: hugeQty, displayQty: fc.constantFrom(0, 2 ** 51, MAX) }),
  },
);

/** Of an order that may rest, or wait as a stop. */
const restingTerms = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.constant({ timeInForce: TimeInForce.GTC as number }) },
  { weight: 1, arbitrary: fc.constant({ timeInForce: TimeInForce.DAY as number }) },
  {
    weight: 1,
    arbitrary: expiresIn.map((inTime) => ({
      timeInForce: TimeInForce.GTD as number,
      expiresIn: inTime,
    })),
  },
);
const immediate = fc.constantFrom(TimeInForce.IOC, TimeInForce.FOK);

const owner = fc.record({ orderId, symbolId, side, accountId, groupId, selfTradePrevention });

/** The order of an owner, of one type, with what its type and time in force need. */
function newOrder(orderType: number, ...terms: fc.Arbitrary<object>[]): fc.Arbitrary<NewDraft> {
  return fc
    .tuple(owner, ...terms)
    .map((parts) => Object.assign({ command: 'new', orderType }, ...parts) as NewDraft);
}

const limit = fc.record({ price });
/** A limit order mostly stays on its side of the market, so that tens of them are open. */
const sidedLimit = mostly(
  2,
  fc.oneof(
    fc.record({ side: fc.constant(Side.Buy), price: fc.integer({ min: 95, max: 101 }) }),
    fc.record({ side: fc.constant(Side.Sell), price: fc.integer({ min: 100, max: 106 }) }),
  ),
  limit,
);
const trigger = fc.record({ stopPrice });
const wholeQty = qtyTerms.map(({ qty }) => ({ qty }));

const limitOrder = newOrder(OrderType.Limit, sidedLimit, qtyTerms, restingTerms);
const postOnlyOrder = newOrder(
  OrderType.Limit,
  sidedLimit,
  qtyTerms,
  restingTerms,
  fc.constant({ postOnly: true }),
);
const immediateOrder = newOrder(
  OrderType.Limit,
  limit,
  wholeQty,
  fc.record({ timeInForce: immediate }),
);
const marketOrder = newOrder(OrderType.Market, wholeQty, fc.record({ timeInForce: immediate }));
const amountOrder = newOrder(
  OrderType.Market,
  fc.record({
    amount: mostly(20, fc.integer({ min: 80, max: 4_000 }), fc.constantFrom(1, 2 ** 52 + 1, MAX)),
  }),
  fc.constant({ qty: 0, side: Side.Buy, timeInForce: TimeInForce.IOC }),
);
const stopOrder = newOrder(OrderType.Stop, trigger, wholeQty, restingTerms);
const stopLimitOrder = newOrder(OrderType.StopLimit, trigger, limit, qtyTerms, restingTerms);

const replaceOrder: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.record({
      orderId,
      // 0 does not fit an order with a limit, and all else does not fit a Stop.
      price: fc.oneof(
        { weight: 10, arbitrary: price },
        { weight: 10, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constant(0) },
      ),
      qtyMeaning: fc.constantFrom(QtyMeaning.Total, QtyMeaning.Open),
      stopPrice: mostly(4, fc.constant(0), stopPrice),
    }),
    qtyTerms,
  )
  .map(([terms, qtys]) => ({ command: 'replace', ...terms, ...qtys }));

const cancelOrder: fc.Arbitrary<Draft> = fc.record({ command: fc.constant('cancel'), orderId });

const massCancel: fc.Arbitrary<Draft> = fc.record({
  command: fc.constant('massCancel'),
  accountId: weighted([4, 1], [4, 2], [4, 3], [1, 0]),
  symbolId: weighted([10, 1], [10, 2], [4, 0], [1, UNKNOWN_SYMBOL_ID]),
  side: weighted<number>([2, Side.Buy], [2, Side.Sell], [1, 0]),
});

/** A market stays in a state until the next change: these are the shares of time, roughly. */
const stateChange: fc.Arbitrary<Draft> = fc.record({
  command: fc.constant('state'),
  symbolId,
  state: weighted<number>(
    [10, TradingState.Continuous],
    [8, TradingState.PreOpen],
    [4, TradingState.Auction],
    [1, TradingState.Halted],
    [1, TradingState.Closed],
  ),
});

const bandTerms = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ referencePrice: 0, bandTicks: 0 }) },
  {
    weight: 4,
    arbitrary: fc.record({
      referencePrice: fc.integer({ min: 97, max: 104 }),
      bandTicks: fc.integer({ min: 1, max: 9 }),
    }),
  },
  // A band that begins at 1, and a reference price without a band.
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { referencePrice: 3, bandTicks: 200 },
      { referencePrice: 99, bandTicks: 0 },
    ),
  },
);
const bandChange: fc.Arbitrary<Draft> = fc
  .tuple(symbolId, bandTerms)
  .map(([symbol, terms]) => ({ command: 'band', symbolId: symbol, ...terms }));

const timeStep: fc.Arbitrary<Draft> = fc.record({
  command: fc.constant('time'),
  step: fc.constantFrom(0, 1, 1, 2, 4),
});

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 38, arbitrary: limitOrder },
  { weight: 5, arbitrary: postOnlyOrder },
  { weight: 6, arbitrary: immediateOrder },
  { weight: 7, arbitrary: marketOrder },
  { weight: 2, arbitrary: amountOrder },
  { weight: 7, arbitrary: stopOrder },
  { weight: 7, arbitrary: stopLimitOrder },
  { weight: 18, arbitrary: replaceOrder },
  { weight: 9, arbitrary: cancelOrder },
  { weight: 1, arbitrary: massCancel },
  { weight: 4, arbitrary: stateChange },
  { weight: 4, arbitrary: bandChange },
  { weight: 4, arbitrary: timeStep },
);

/**
 * What depends on earlier commands is filled in here, so that a sequence may lose any of its
 * commands and stays valid: times become absolute, and replaces get the price that is not to
 * change.
 */
function commandsOf(drafts: readonly Draft[]): EngineCommand[] {
  let now = 100;
  const prices = new Map<number, number>();
  return drafts.map((drafted): EngineCommand => {
    switch (drafted.command) {
      case 'time':
        now += drafted.step;
        return { command: 'time', time: now };
      case 'new': {
        const { expiresIn: inTime, ...terms } = drafted;
        prices.set(terms.orderId, terms.price ?? 0);
        return inTime === undefined ? terms : { ...terms, expireTime: now + inTime };
      }
      case 'replace': {
        const newPrice = drafted.price ?? prices.get(drafted.orderId) ?? 0;
        if (newPrice > 0) prices.set(drafted.orderId, newPrice);
        return { ...drafted, price: newPrice };
      }
      default:
        return drafted;
    }
  });
}

export function commandSequences(minLength: number, maxLength: number) {
  return fc.array(draft, { minLength, maxLength, size: 'max' }).map(commandsOf);
}
