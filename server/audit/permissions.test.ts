/** What was let through though a permission, a kill switch or a message rate forbids it. */
import { test } from 'node:test';
import type { Exchange } from '../../exchange/exchange.ts';
import { BTC, BTC_USD, RecordedExchange, USD } from '../../exchange/testing/recorded-exchange.ts';
import { KillSwitchAction, Permission, Side } from '../../protocol/enums.ts';
import { KillSwitch, SetPermission, SetRiskLimits } from '../../protocol/risk-commands.ts';
import { assertClean, assertFound } from './testing/history-audit.ts';

const ACCOUNT = 1;
const { Active, CloseOnly, Suspended } = Permission;
const { Engage, Release } = KillSwitchAction;
const LIMITS = { accountId: ACCOUNT, maxMessageRate: 3 };

/** An account that has all to trade with, and its open buy. */
function open(): { venue: RecordedExchange; buy: number } {
  const venue = new RecordedExchange();
  venue.deposit(ACCOUNT, USD, 1_000_000);
  venue.deposit(ACCOUNT, BTC, 1_000_000);
  venue.order(ACCOUNT, Side.Buy, 50, 10);
  return { venue, buy: venue.exchange.sequence };
}

function slot({ risk }: Exchange): number {
  return risk.accounts.find(ACCOUNT);
}

test('what permissions, kill switches and message rates let through is right', () => {
  const { venue, buy } = open();
  venue.send(new SetPermission(), { accountId: ACCOUNT, permission: CloseOnly });
  venue.order(ACCOUNT, Side.Buy, 50, 1);
  venue.replace(ACCOUNT, buy, 50, 9);
  venue.order(ACCOUNT, Side.Sell, 51, 1);
  venue.send(new SetPermission(), { accountId: ACCOUNT, permission: Suspended });
  venue.order(ACCOUNT, Side.Sell, 51, 1);
  venue.cancel(ACCOUNT, buy);
  venue.send(new SetPermission(), { accountId: ACCOUNT, permission: Active });
  venue.order(ACCOUNT, Side.Buy, 50, 1);
  for (const scope of [{ accountId: ACCOUNT }, { symbolId: BTC_USD }, {}]) {
    venue.send(new KillSwitch(), { ...scope, action: Engage });
    venue.order(ACCOUNT, Side.Buy, 50, 1);
    venue.send(new KillSwitch(), { ...scope, action: Release });
    venue.order(ACCOUNT, Side.Buy, 50, 1);
  }
  venue.send(new SetRiskLimits(), LIMITS);
  for (let i = 0; i < 5; i++) venue.order(ACCOUNT, Side.Buy, 50, 1, { clientOrderId: i % 3 });
  venue.time += 1_000_000;
  venue.order(ACCOUNT, Side.Buy, 50, 1);
  assertClean(venue);
});

/** What commands set, what the exchange forgets before an order, and what is found. */
type Forgotten = readonly [
  string,
  (venue: RecordedExchange) => void,
  (exchange: Exchange) => void,
  RegExp,
];
const FORGOTTEN: readonly Forgotten[] = [
  [
    'of a suspended account',
    (venue) => venue.send(new SetPermission(), { accountId: ACCOUNT, permission: Suspended }),
    (exchange) => exchange.risk.preTrade.setPermission(slot(exchange), Active),
    /order \d+ of account 1 was accepted, and the account is suspended/,
  ],
  [
    'to buy, of an account that may only close',
    (venue) => venue.send(new SetPermission(), { accountId: ACCOUNT, permission: CloseOnly }),
    (exchange) => exchange.risk.preTrade.setPermission(slot(exchange), Active),
    /order \d+ of account 1 was accepted, and the account may only sell what it holds/,
  ],
  [
    'of an account that is stopped',
    (venue) => venue.send(new KillSwitch(), { accountId: ACCOUNT, action: Engage }),
    (exchange) => exchange.risk.preTrade.stopAccount(slot(exchange), false),
    /order \d+ of account 1 was accepted, and the kill switch of account 1 is engaged/,
  ],
  [
    'in a market that is stopped',
    (venue) => venue.send(new KillSwitch(), { symbolId: BTC_USD, action: Engage }),
    ({ risk }) => risk.preTrade.stopMarket(0, false),
    /order \d+ of account 1 was accepted, and the kill switch of market 10 is engaged/,
  ],
  [
    'while the venue is stopped',
    (venue) => venue.send(new KillSwitch(), { action: Engage }),
    ({ risk }) => risk.preTrade.stopVenue(false),
    /order \d+ of account 1 was accepted, and the kill switch of the venue is engaged/,
  ],
  [
    'beyond the message rate',
    (venue) => {
      venue.send(new SetRiskLimits(), LIMITS);
      for (let i = 0; i < 3; i++) venue.order(ACCOUNT, Side.Buy, 50, 1);
    },
    (exchange) => exchange.risk.preTrade.setMessages(slot(exchange), 1, 1),
    /account 1 sent 4 messages in a second of 3, and the last was answered None/,
  ],
];

for (const [what, set, forget, found] of FORGOTTEN) {
  test(`an order ${what} that was accepted is found`, () => {
    const { venue } = open();
    set(venue);
    venue.order(ACCOUNT, Side.Buy, 50, 5);
    assertFound(venue, found, { before: forget });
  });
}

test('a replace of a suspended account that was accepted is found', () => {
  const { venue, buy } = open();
  venue.send(new SetPermission(), { accountId: ACCOUNT, permission: Suspended });
  venue.replace(ACCOUNT, buy, 50, 5);
  assertFound(venue, /order 8 of account 1 was accepted, and the account is suspended/, {
    before: (exchange) => exchange.risk.preTrade.setPermission(slot(exchange), Active),
  });
});

test('a message that is not counted is found', () => {
  const { venue } = open();
  venue.send(new SetRiskLimits(), LIMITS);
  venue.order(ACCOUNT, Side.Buy, 50, 5);
  assertFound(venue, /account 1 sent 1 messages in a second, 0 are counted/, {
    after: (exchange) => exchange.risk.preTrade.setMessages(slot(exchange), 1, 0),
  });
});

test('a permission and a kill switch of an account that change by themselves are found', () => {
  const { venue } = open();
  venue.deposit(ACCOUNT, USD, 1);
  assertFound(venue, /account 1 is CloseOnly, and was set Active/, {
    before: (exchange) => exchange.risk.preTrade.setPermission(slot(exchange), CloseOnly),
  });
  assertFound(venue, /account 1 is stopped by its kill switch: true, and its command said false/, {
    before: (exchange) => exchange.risk.preTrade.stopAccount(slot(exchange), true),
  });
});

test('a kill switch that leaves an order open is found', () => {
  const { venue } = open();
  venue.send(new KillSwitch(), { accountId: ACCOUNT, action: Engage });
  assertFound(venue, /order 8 is open, and the kill switch of account 1 is engaged/, {
    before: ({ engine }) => Object.assign(engine, { massCancel: () => 0 }),
  });
});
