/** The state hash: the same for the same state, however it came about; another for any other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORDER } from '../engine/orders.ts';
import { Side, TradingState } from '../protocol/enums.ts';
import { FIRST_CUSTOMER } from '../risk/accounts.ts';
import { BALANCE_WORD } from '../risk/balances.ts';
import { TRANSFER_WORD } from '../risk/transfer-table.ts';
import type { Exchange } from './exchange.ts';
import { hashState } from './state-hash.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';
import { BTC, BTC_USD, EUR, RecordedExchange, USD } from './testing/recorded-exchange.ts';

const {
  ACCOUNT_ID,
  CLIENT_ORDER_ID,
  CUM,
  DISPLAY,
  EXPIRE_TIME,
  FLAGS,
  HIDDEN,
  ORDER_ID,
  ORDER_LINKS,
  ORDER_WORDS,
  OWNER,
  PRICE,
  SHOWN,
  STOP_PRICE,
} = ORDER;

const { Buy, Sell } = Side;
const ALICE = 101;
const BOB = 102;

function openVenue(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(ALICE, USD, 100_000);
  venue.deposit(BOB, BTC, 100_000);
  venue.order(ALICE, Buy, 50, 10, { clientOrderId: 5 });
  venue.order(BOB, Sell, 50, 4);
  venue.order(ALICE, Buy, 50, 7);
  venue.order(BOB, Sell, 60, 3);
  venue.transfer(ALICE, BOB, USD, 5, { transferId: 3 });
  return venue;
}

/** Commands in an order that decides slots, free lists and tables, and nothing else. */
function venueByHistory(isOtherHistory: boolean): Exchange {
  const venue = new RecordedExchange(
    isOtherHistory ? { openOrders: 1_000, accounts: 90 } : undefined,
  );
  const deposits = [
    [ALICE, USD],
    [BOB, BTC],
    [BOB, EUR],
  ] as const;
  for (const [accountId, currencyId] of isOtherHistory ? deposits.toReversed() : deposits) {
    venue.deposit(accountId, currencyId, 100_000);
  }
  const first = venue.exchange.sequence + 1;
  const prices = [40, 41, 42, 43];
  for (const price of isOtherHistory ? prices.toReversed() : prices)
    venue.order(ALICE, Buy, price, 1);
  for (const place of isOtherHistory ? [3, 1, 2, 0] : [0, 1, 2, 3]) {
    venue.cancel(ALICE, first + place);
  }
  venue.order(ALICE, Buy, 50, 10);
  venue.order(BOB, Sell, 70, 10);
  venue.order(ALICE, Buy, 50, 5);
  return venue.exchange;
}

test('one state reached through different slots, tables and capacities has one hash', () => {
  const [exchange, other] = [venueByHistory(false), venueByHistory(true)];
  assert.deepEqual(orderedBalances(other), orderedBalances(exchange));
  assert.deepEqual([...orderedOrders(other)], [...orderedOrders(exchange)]);
  const slots = ({ engine, sequence }: Exchange) =>
    [0, 1, 2].map((back) => engine.findOrder(sequence - back));
  assert.notDeepEqual(slots(other), slots(exchange), 'the histories differ in slots');
  assert.equal(hashState(other), hashState(exchange));
});

test('a hash is 16 hexadecimal digits, and asking changes nothing', () => {
  const { exchange } = openVenue();
  const hash = hashState(exchange);
  assert.match(hash, /^[0-9a-f]{16}$/);
  assert.equal(hashState(exchange), hash);
});

test('any other sequence, time, trade id or currency hashes differently', () => {
  assertAllDiffer([
    ['sequence', (exchange) => exchange.sequence++],
    ['time', (exchange) => exchange.clock[0]!++],
    ['last trade id', ({ engine }) => engine.countTrade()],
    [
      'currencies',
      ({ currencies }) => currencies.push({ currencyId: 9, decimals: 0, kind: 0, code: 'X' }),
    ],
  ]);
});

test('any other state, band, last price or time of the engine hashes differently', () => {
  assertAllDiffer([
    ['state', ({ engine }) => engine.setTradingState(BTC_USD, TradingState.Halted)],
    ['reference', ({ engine }) => engine.setPriceBand(BTC_USD, 50, 0)],
    ['band', ({ engine }) => engine.setPriceBand(BTC_USD, 50, 7)],
    ['last price', ({ engine }) => engine.books[0]!.lastPrice++],
    ['time', ({ engine }) => engine.advanceTime(engine.time + 1)],
  ]);
});

test('any other fill of a remembered answer hashes differently', () => {
  const remembering = () => {
    const venue = openVenue();
    venue.setLimits({ clientOrderIdSeconds: 9, maxClientOrderIds: 9 });
    venue.order(BOB, Sell, 50, 2, { clientOrderId: 8 });
    return venue.exchange;
  };
  const hashes = Array.from({ length: 8 }, (_, word) => {
    const exchange = remembering();
    const { fills } = exchange.answers;
    assert.ok(fills.count > 0);
    fills.page(fills.first)[fills.wordOf(fills.first) + word]! += 1;
    return hashState(exchange);
  });
  assert.equal(new Set([hashState(remembering()), ...hashes]).size, 9);
});

test('other rules hash differently; the first ones hash as if there were no others', () => {
  assertAllDiffer([['rules version', ({ rules }) => rules.activate(2)]]);
});

test('any other limit hashes differently', () => {
  const names = [
    'maxOpenOrders',
    'maxAccounts',
    'maxCurrencies',
    'maxSymbols',
    'maxTransfers',
    'clientOrderIdSeconds',
    'maxClientOrderIds',
  ] as const;
  assertAllDiffer(
    names.map((name) => [
      name,
      (exchange) => {
        exchange.limits = { ...exchange.limits, [name]: exchange.limits[name] + 1 };
      },
    ]),
  );
});

test('any other term of a market or code of a currency hashes differently', () => {
  const { symbols, currencies } = openVenue().exchange;
  const other = (value: unknown) => (typeof value === 'number' ? value + 1 : `${value}X`);
  const ofMarket = Object.entries(symbols[1]!).map(([name, value]) => {
    const change = (exchange: Exchange) => {
      exchange.symbols[1] = { ...exchange.symbols[1]!, [name]: other(value) };
    };
    return [name, change] as const;
  });
  const ofCurrency = Object.entries(currencies[1]!).map(([name, value]) => {
    const change = (exchange: Exchange) => {
      exchange.currencies[1] = { ...exchange.currencies[1]!, [name]: other(value) };
    };
    return [name, change] as const;
  });
  assertAllDiffer([...ofMarket, ...ofCurrency]);
});

test('any other field of an open order hashes differently', () => {
  const words = { ORDER_ID, ACCOUNT_ID, CLIENT_ORDER_ID, PRICE, SHOWN, CUM, DISPLAY, STOP_PRICE };
  assertAllDiffer(
    Object.entries({ ...words, HIDDEN, OWNER, EXPIRE_TIME }).map(([name, word]) => [
      name,
      ({ engine }) => {
        engine.orders.words[(engine.findOrder(8) << ORDER_WORDS) + word]! += 1;
      },
    ]),
  );
  const bits = Array.from({ length: 12 }, (_, bit) => 1 << bit);
  assertAllDiffer(
    bits.map((bit) => [
      `flag ${bit}`,
      ({ engine }) => {
        engine.orders.links[(engine.findOrder(8) << ORDER_LINKS) + FLAGS]! ^= bit;
      },
    ]),
  );
});

test('any other amount of a balance hashes differently, whichever bit it is', () => {
  const bits = Array.from({ length: 53 }, (_, bit) => bit);
  assertAllDiffer(
    (['available', 'locked'] as const).flatMap((field) =>
      bits.map((bit) => [
        `${field} + 2^${bit}`,
        (exchange: Exchange) => {
          const { accounts, balances } = exchange.risk;
          const slot = balances.find(accounts.find(ALICE), 1);
          const word = field === 'available' ? BALANCE_WORD.AVAILABLE : BALANCE_WORD.LOCKED;
          balances.pageOf(slot)[balances.wordOf(slot) + word]! += 2 ** bit;
        },
      ]),
    ),
  );
});

test('a balance of another account or in another currency hashes differently', () => {
  assertAllDiffer([
    ['account id', (exchange) => exchange.risk.accounts.accountId[FIRST_CUSTOMER]!--],
    [
      'currency',
      ({ risk: { balances } }) => {
        balances.pageOf(0)[balances.wordOf(0) + BALANCE_WORD.CURRENCY] = 2;
      },
    ],
  ]);
});

test('any other word of a transfer hashes differently', () => {
  assertAllDiffer(
    Object.entries(TRANSFER_WORD).map(([name, word]) => [
      name,
      ({ risk }) => {
        const { table } = risk.transfers;
        table.set(0, word, table.get(0, word) + 1);
      },
    ]),
  );
});

test('orders that changed their places in one level hash differently', () => {
  const venue = openVenue();
  const swapped = openVenue();
  const { words } = swapped.exchange.engine.orders;
  const [first, second] = [8, 10].map(
    (orderId) => swapped.exchange.engine.findOrder(orderId) << ORDER_WORDS,
  );
  for (const word of [ORDER_ID, CLIENT_ORDER_ID, SHOWN, CUM]) {
    [words[first! + word], words[second! + word]] = [words[second! + word]!, words[first! + word]!];
  }
  assert.notEqual(hashState(swapped.exchange), hashState(venue.exchange));
});

function assertAllDiffer(
  changes: readonly (readonly [string, (exchange: Exchange) => void])[],
): void {
  const seen = new Map([[hashState(openVenue().exchange), 'the state itself']]);
  for (const [name, change] of changes) {
    const { exchange } = openVenue();
    change(exchange);
    const hash = hashState(exchange);
    assert.equal(seen.get(hash), undefined, `${name} hashes as ${seen.get(hash)} does`);
    seen.set(hash, name);
  }
}
