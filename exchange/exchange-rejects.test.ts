/**
 * Each reason to refuse a command: what is told, and that nothing changes but sequence and time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QtyMeaning, Side, TimeInForce, VenueMode } from '../protocol/enums.ts';
import { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { orderedBalances, orderedOrders, orderedTransfers } from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  describe,
  EUR,
  type EventView,
  LOT_SIZE,
  RecordedExchange,
  TICK_VALUE,
  USD,
} from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const { IOC } = TimeInForce;
const MAX = Number.MAX_SAFE_INTEGER;
const ALICE = 101;
const BOB = 102;
const NOBODY = 999;
/** Alice's open buy order of 10 at 50, of which 4 are filled. */
const ALICE_ORDER = 9;
const ALICE_CLIENT_ORDER = 55;

function openVenue(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(ALICE, USD, 100_000);
  venue.deposit(ALICE, EUR, MAX);
  venue.deposit(BOB, BTC, 100_000);
  venue.order(ALICE, Buy, 50, 10, { clientOrderId: ALICE_CLIENT_ORDER });
  venue.order(BOB, Sell, 50, 4);
  return venue;
}

/** Everything but sequence and time. */
function stateOf({ exchange }: RecordedExchange): object {
  const { currencies, symbols, limits, lastTradeId, engine, risk } = exchange;
  return structuredClone({
    balances: orderedBalances(exchange),
    orders: [...orderedOrders(exchange)],
    transfers: [...orderedTransfers(exchange)],
    slotsInUse: engine.orders.countInUse(),
    accounts: risk.accounts.count,
    currencies,
    symbols,
    limits,
    lastTradeId,
  });
}

interface Refusal {
  readonly what: string;
  readonly send: (venue: RecordedExchange) => EventView[];
  readonly given?: (venue: RecordedExchange) => void;
}

/** No command asks for these yet, or only with numbers that the balance checks refuse first. */
type NotReached =
  | 'None'
  | 'InvalidField'
  | 'DuplicateOrderId'
  | 'ExpireTimePassed'
  | 'NotInThisTradingState'
  | 'PriceOutsideBand'
  | 'NoPriceBand'
  | 'AmountTooSmall'
  | 'PostOnlyWouldTrade'
  | 'TermsDoNotFitOrder'
  | 'OrderQtyLimit'
  | 'OrderNotionalLimit'
  | 'OpenOrdersLimit'
  | 'PositionLimit'
  | 'MessageRateLimit'
  | 'AccountSuspended'
  | 'AccountCloseOnly'
  | 'KillSwitchEngaged'
  | 'SlippageExceeded'
  | 'ClientOrderIdConflict'
  | 'TooManyClientOrderIds'
  | TransferRefusal
  | RulesRefusal;

/** Told in rules.test.ts. */
type RulesRefusal = 'RulesVersionTooLow' | 'CurrencyCodeExists' | 'SymbolCodeExists';

/** Told in transfers.test.ts, by transfers that have an id. */
type TransferRefusal =
  | 'UnknownTransfer'
  | 'TransferIdConflict'
  | 'TooManyTransfers'
  | 'TransferAlreadyResolved'
  | 'TransferExternalIdDiffers'
  | 'TransferExternalIdMissing'
  | 'TransferNotExternal'
  | 'PostTooLarge'
  | 'ReversalTooLarge'
  | 'TransferNotReversible';

const BEGINNINGS: readonly (readonly [string, Refusal['send']])[] = [
  ['an order', (v) => v.order(ALICE, Buy, 1, 1)],
  ['a replace', (v) => v.replace(ALICE, ALICE_ORDER, 40, 9)],
  ['a deposit', (v) => v.deposit(ALICE, USD, 1)],
  ['a withdrawal', (v) => v.withdraw(ALICE, USD, 1)],
  ['a transfer', (v) => v.transfer(ALICE, BOB, USD, 1)],
  ['a currency', (v) => v.addCurrency(9, 'KRW')],
  ['a market', (v) => v.addSymbol(12, EUR, USD, 0, 0)],
];

const REFUSALS: Readonly<
  Record<Exclude<keyof typeof RejectReason, NotReached>, readonly Refusal[]>
> = {
  UnknownSymbol: [
    { what: 'an order in no market', send: (v) => v.order(ALICE, Buy, 1, 1, { symbolId: 77 }) },
  ],
  UnknownCurrency: [
    { what: 'a deposit of no currency', send: (v) => v.deposit(ALICE, 77, 1) },
    { what: 'a withdrawal of no currency', send: (v) => v.withdraw(ALICE, 77, 1) },
    { what: 'a market of an unknown base', send: (v) => v.addSymbol(12, 77, USD, 0, 0) },
    { what: 'a market of an unknown quote', send: (v) => v.addSymbol(12, BTC, 77, 0, 0) },
  ],
  UnknownAccount: [
    { what: 'an order of nobody', send: (v) => v.order(NOBODY, Buy, 1, 1) },
    { what: 'a withdrawal of nobody', send: (v) => v.withdraw(NOBODY, USD, 1) },
    { what: 'a transfer of nobody', send: (v) => v.transfer(NOBODY, ALICE, USD, 1) },
  ],
  UnknownOrder: [
    { what: 'a cancel of no order', send: (v) => v.cancel(ALICE, 4711) },
    { what: 'a cancel of a filled order', send: (v) => v.cancel(BOB, 10) },
    { what: 'a cancel of another’s order', send: (v) => v.cancel(BOB, ALICE_ORDER) },
    {
      what: 'a cancel of another’s client order id',
      send: (v) => v.cancel(BOB, 0, { clientOrderId: ALICE_CLIENT_ORDER }),
    },
    {
      what: 'a cancel in another market',
      send: (v) => v.cancel(ALICE, ALICE_ORDER, { symbolId: BTC_EUR }),
    },
    {
      what: 'a cancel by client order id in no market',
      send: (v) => v.cancel(ALICE, 0, { clientOrderId: ALICE_CLIENT_ORDER, symbolId: 77 }),
    },
    { what: 'a replace of no order', send: (v) => v.replace(ALICE, 4711, 1, 1) },
    { what: 'a replace of another’s order', send: (v) => v.replace(BOB, ALICE_ORDER, 1, 20) },
    {
      what: 'a replace in another market',
      send: (v) => v.replace(ALICE, ALICE_ORDER, 1, 20, { symbolId: BTC_EUR }),
    },
  ],
  InsufficientFunds: [
    { what: 'a buy beyond the balance', send: (v) => v.order(ALICE, Buy, 94, 100) },
    {
      what: 'a buy without the currency',
      send: (v) => v.order(BOB, Buy, 1, 1, { symbolId: BTC_EUR }),
    },
    { what: 'a sell beyond the balance', send: (v) => v.order(BOB, Sell, 50, 997) },
    { what: 'a withdrawal of locked money', send: (v) => v.withdraw(ALICE, USD, 97_000) },
    { what: 'a replace beyond the balance', send: (v) => v.replace(ALICE, ALICE_ORDER, 50, 300) },
    {
      what: 'a market order beyond the balance',
      given: (v) => v.order(BOB, Sell, 10_000, 10),
      send: (v) => v.marketOrder(ALICE, Buy, 10),
    },
  ],
  NoLiquidity: [
    { what: 'a market order without a counterparty', send: (v) => v.marketOrder(ALICE, Buy, 1) },
    {
      what: 'a market order whose liquidity is in another market',
      send: (v) => v.marketOrder(BOB, Sell, 1, { symbolId: BTC_EUR }),
    },
  ],
  NotionalTooLarge: [
    { what: 'a buy beyond 2^53−1', send: (v) => v.order(ALICE, Buy, MAX, MAX - 10_000) },
    {
      what: 'a buy beyond 2^53−1 by its tick value alone',
      send: (v) => v.order(ALICE, Buy, Math.ceil(MAX / TICK_VALUE) + 1, 1, { symbolId: BTC_EUR }),
    },
    {
      what: 'a buy beyond 2^53−1 by its fee alone',
      send: (v) => v.order(ALICE, Buy, Math.floor(MAX / TICK_VALUE), 1),
    },
    {
      what: 'a sell of more than 2^53−1 minor units',
      send: (v) => v.order(BOB, Sell, 1, Math.ceil(MAX / LOT_SIZE) + 1),
    },
    { what: 'a replace beyond 2^53−1', send: (v) => v.replace(ALICE, ALICE_ORDER, 50, MAX) },
  ],
  QtyTooLarge: [
    {
      what: 'a replace to an open quantity whose total is beyond 2^53−1',
      send: (v) => v.replace(ALICE, ALICE_ORDER, 1, MAX, { qtyMeaning: QtyMeaning.Open }),
    },
    {
      what: 'an order beyond 2^53−1 open lots of one side',
      send: (v) => v.order(ALICE, Buy, 1, MAX),
    },
  ],
  BalanceTooLarge: [
    { what: 'a deposit beyond 2^53−1 in all', send: (v) => v.deposit(BOB, EUR, 1) },
    { what: 'a deposit by a new account', send: (v) => v.deposit(NOBODY, EUR, MAX) },
  ],
  DuplicateClientOrderId: [
    {
      what: 'an order with an open order’s client order id',
      send: (v) => v.order(ALICE, Buy, 1, 1, { clientOrderId: ALICE_CLIENT_ORDER }),
    },
    {
      what: 'the same in another market, IOC',
      send: (v) =>
        v.order(ALICE, Buy, 1, 1, {
          clientOrderId: ALICE_CLIENT_ORDER,
          symbolId: BTC_EUR,
          timeInForce: IOC,
        }),
    },
  ],
  QtyNotAboveFilled: [
    { what: 'a replace to what is filled', send: (v) => v.replace(ALICE, ALICE_ORDER, 50, 4) },
    { what: 'a replace to less', send: (v) => v.replace(ALICE, ALICE_ORDER, 51, 1) },
  ],
  CurrencyExists: [{ what: 'a currency twice', send: (v) => v.addCurrency(USD, 'NEW') }],
  SymbolExists: [{ what: 'a market twice', send: (v) => v.addSymbol(BTC_USD, BTC, EUR, 0, 0) }],
  SameCurrency: [{ what: 'a market of one', send: (v) => v.addSymbol(12, BTC, BTC, 0, 0) }],
  TooManyOpenOrders: [
    {
      what: 'one order more than may be open',
      given: (v) => v.setLimits({ maxOpenOrders: 1 }),
      send: (v) => v.order(ALICE, Buy, 1, 1),
    },
  ],
  TooManyAccounts: [
    {
      what: 'one account more than may be',
      given: (v) => v.setLimits({ maxAccounts: 2 }),
      send: (v) => v.deposit(NOBODY, USD, 1),
    },
  ],
  SameAccount: [
    { what: 'a transfer to oneself', send: (v) => v.transfer(ALICE, ALICE, USD, 1) },
    { what: 'of the venue to itself', send: (v) => v.transfer(-1, -1, USD, 1) },
  ],
  TooManyCurrencies: [
    {
      what: 'one currency more than may be',
      given: (v) => v.setLimits({ maxCurrencies: 3 }),
      send: (v) => v.addCurrency(4, 'ETH'),
    },
  ],
  TooManySymbols: [
    {
      what: 'one market more than may be',
      given: (v) => v.setLimits({ maxSymbols: 2 }),
      send: (v) => v.addSymbol(12, EUR, USD, 0, 0),
    },
  ],
  CancelOnly: BEGINNINGS.map(([what, send]) => {
    return { what, send, given: (v) => v.setMode(VenueMode.CancelOnly) };
  }),
};

for (const [name, refusals] of Object.entries(REFUSALS)) {
  for (const { what, given, send } of refusals) {
    test(`${name}: ${what} is refused and changes nothing`, () => {
      const venue = openVenue();
      given?.(venue);
      const before = stateOf(venue);
      const { sequence } = venue.exchange;
      const events = send(venue);
      assert.equal(describe(events.at(-1)!), `CommandDone ${name}`);
      assert.deepEqual(stateOf(venue), before);
      assert.equal(venue.exchange.sequence, sequence + 1);
      for (const event of events.slice(0, -1)) {
        assert.equal(describe(event), `Rejected ${sequence + 1}: Rejected 0 + 0`);
      }
    });
  }
}

test('a refused order tells one Rejected report with its terms and the reason', () => {
  const venue = openVenue();
  const events = venue.order(BOB, Sell, 70, 9_999, { clientOrderId: 8, timeInForce: IOC });
  assert.equal(events.length, 2);
  const [report, done] = events;
  assert.ok(report instanceof ExecutionReport && done instanceof CommandDone);
  assert.deepEqual(
    [report.accountId, report.clientOrderId, report.symbolId, report.price, report.qty],
    [BOB, 8, BTC_USD, 70, 9_999],
  );
  assert.deepEqual([report.side, report.timeInForce, report.leavesQty], [Sell, IOC, 0]);
  assert.equal(report.rejectReason, RejectReason.InsufficientFunds);
  assert.equal(done.rejectReason, RejectReason.InsufficientFunds);
});

test('refused commands that are no orders tell nothing but that they are done', () => {
  const venue = openVenue();
  assert.equal(venue.cancel(ALICE, 4711).length, 1);
  assert.equal(venue.replace(ALICE, 4711, 1, 1).length, 1);
  assert.equal(venue.deposit(ALICE, 77, 1).length, 1);
});

test('limits leave what does not grow: an IOC order, a known account’s deposit', () => {
  const venue = openVenue();
  venue.setLimits({ maxOpenOrders: 1, maxAccounts: 1 });
  const doneOf = (events: EventView[]) => describe(events.at(-1)!);
  assert.equal(doneOf(venue.order(BOB, Sell, 50, 1, { timeInForce: IOC })), 'CommandDone None');
  assert.equal(doneOf(venue.deposit(BOB, USD, 1)), 'CommandDone None');
  assert.equal(doneOf(venue.cancel(ALICE, ALICE_ORDER)), 'CommandDone None');
  assert.equal(doneOf(venue.order(BOB, Sell, 60, 1)), 'CommandDone None');
});
