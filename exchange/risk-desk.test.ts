/** What accounts may do: limits, permissions, kill switches, slippage, as commands set them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CancelReason,
  KillSwitchAction,
  OrderType,
  Permission,
  Side,
  SlippageAction,
  TimeInForce,
  TradingState,
  VenueMode,
  VenueModeReason,
} from '../protocol/enums.ts';
import type { CommandDone } from '../protocol/events.ts';
import { ExecutionReport } from '../protocol/execution-report.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../protocol/risk-commands.ts';
import { hashState } from './state-hash.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';
import {
  BTC,
  BTC_EUR,
  BTC_USD,
  EUR,
  type EventView,
  RecordedExchange,
  USD,
} from './testing/recorded-exchange.ts';

const { Buy, Sell } = Side;
const ALICE = 1;
const BOB = 2;
const LOT = 100;
const None = RejectReason.None;

/** Both have a million of everything. */
function open(): RecordedExchange {
  const venue = new RecordedExchange();
  for (const account of [ALICE, BOB]) {
    for (const currency of [BTC, USD, EUR]) venue.deposit(account, currency, 1_000_000);
  }
  return venue;
}

function reasonOf(events: EventView[]): number {
  return (events.at(-1) as CommandDone).rejectReason;
}

function limit(venue: RecordedExchange, fields: Partial<SetRiskLimits>): void {
  assert.equal(reasonOf(venue.send(new SetRiskLimits(), fields)), None);
}

function orderIdOf(events: EventView[]): number {
  return (events.find((event) => event instanceof ExecutionReport) as ExecutionReport).orderId;
}

function lastReportOf(events: EventView[], account: number): ExecutionReport {
  const reports = events.filter((event) => event instanceof ExecutionReport) as ExecutionReport[];
  return reports.filter(({ accountId }) => accountId === account).at(-1)!;
}

describe('a limit', () => {
  const { OrderQtyLimit, OrderNotionalLimit, OpenOrdersLimit, PositionLimit } = RejectReason;

  it('of an account in a market comes before each account’s, and beside those over all', () => {
    const venue = open();
    limit(venue, { symbolId: BTC_USD, maxOrderQty: 10 });
    limit(venue, { accountId: ALICE, symbolId: BTC_USD, maxOrderQty: 20 });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 20)), None);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 21)), OrderQtyLimit);
    assert.equal(reasonOf(venue.order(BOB, Buy, 5, 11)), OrderQtyLimit);
    assert.equal(reasonOf(venue.order(BOB, Buy, 5, 11, { symbolId: BTC_EUR })), None);
    limit(venue, { maxOrderQty: 15 });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 16)), OrderQtyLimit, 'over all markets');
    limit(venue, { accountId: ALICE, maxOrderQty: 18 });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 16)), None, 'her own comes first');
    limit(venue, { accountId: ALICE, symbolId: BTC_USD, maxOrderQty: 4 });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 5)), OrderQtyLimit, 'also where it is less');
    limit(venue, { accountId: ALICE, symbolId: BTC_USD });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 11)), OrderQtyLimit, 'hers is no more');
  });

  it('on notional holds for limit and market orders, amounts, stops and replaces', () => {
    const venue = open();
    venue.setBand(50, 20);
    // Tick value 10: 5,000 is 500 ticks × lots.
    limit(venue, { accountId: ALICE, maxOrderNotional: 5_000 });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 50, 10)), None);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 50, 11)), OrderNotionalLimit);
    assert.equal(reasonOf(venue.order(ALICE, Sell, 51, 10)), OrderNotionalLimit);
    const stop = { orderType: OrderType.Stop, stopPrice: 60 };
    assert.equal(reasonOf(venue.order(ALICE, Buy, 0, 8, stop)), OrderNotionalLimit, '8 at 70');
    assert.equal(reasonOf(venue.order(ALICE, Buy, 0, 7, stop)), None);
    const open51 = orderIdOf(venue.order(ALICE, Sell, 51, 9));
    assert.equal(reasonOf(venue.replace(ALICE, open51, 51, 10)), OrderNotionalLimit);
    assert.equal(reasonOf(venue.replace(ALICE, open51, 55, 9)), None);
    const selling = { orderType: OrderType.Stop, stopPrice: 40 };
    assert.equal(reasonOf(venue.order(ALICE, Sell, 0, 13, selling)), OrderNotionalLimit);
    const stopOut = orderIdOf(venue.order(ALICE, Sell, 0, 12, selling));
    assert.equal(reasonOf(venue.replace(ALICE, stopOut, 0, 13)), OrderNotionalLimit, '13 at 40');
    const higher = { stopPrice: 42 };
    assert.equal(reasonOf(venue.replace(ALICE, stopOut, 0, 12, higher)), OrderNotionalLimit);
    assert.equal(reasonOf(venue.replace(ALICE, stopOut, 0, 12, { stopPrice: 41 })), None);
    venue.order(BOB, Sell, 52, 100);
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 10)), OrderNotionalLimit);
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 0, { amount: 511 })), OrderNotionalLimit);
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 0, { amount: 510 })), None);
  });

  it('on open orders counts those that may rest, in one market and in all', () => {
    const venue = open();
    limit(venue, { accountId: ALICE, symbolId: BTC_USD, maxOpenOrders: 2 });
    limit(venue, { accountId: ALICE, maxOpenOrders: 3 });
    const first = orderIdOf(venue.order(ALICE, Buy, 5, 1));
    venue.order(ALICE, Buy, 5, 1);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), OpenOrdersLimit);
    const ioc = { timeInForce: TimeInForce.IOC };
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1, ioc)), None);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1, { symbolId: BTC_EUR })), None);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1, { symbolId: BTC_EUR })), OpenOrdersLimit);
    venue.cancel(ALICE, first);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), None);
    venue.order(BOB, Sell, 5, 2);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 4, 1)), None, 'filled ones are open no more');
  });

  it('on open orders counts market orders that wait for an auction', () => {
    const venue = open();
    limit(venue, { accountId: ALICE, maxOpenOrders: 1 });
    venue.setBand(50, 20);
    venue.setState(TradingState.PreOpen);
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 1)), None);
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 1)), OpenOrdersLimit);
  });

  it('on a position counts what is held, locked too, and what open buys may add', () => {
    const venue = open();
    const held = 1_000_000 / LOT;
    limit(venue, { accountId: ALICE, maxPosition: held + 10 });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 11)), PositionLimit);
    const buying = orderIdOf(venue.order(ALICE, Buy, 5, 7));
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 4)), PositionLimit);
    assert.equal(reasonOf(venue.order(ALICE, Sell, 90, 5_000)), None, 'a sell adds nothing');
    assert.equal(reasonOf(venue.replace(ALICE, buying, 5, 11)), PositionLimit);
    assert.equal(reasonOf(venue.replace(ALICE, buying, 5, 10)), None);
    limit(venue, { accountId: ALICE, maxPosition: held });
    assert.equal(reasonOf(venue.replace(ALICE, buying, 6, 10)), None, 'it adds nothing');
    assert.equal(reasonOf(venue.replace(ALICE, buying, 5, 11)), PositionLimit);
    limit(venue, { accountId: ALICE, maxPosition: held + 10 });
    venue.order(BOB, Sell, 5, 10);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), PositionLimit, 'held now');
    venue.order(ALICE, Sell, 4, 1, { timeInForce: TimeInForce.IOC });
    venue.order(BOB, Buy, 4, 1);
    venue.order(ALICE, Sell, 4, 1, { timeInForce: TimeInForce.IOC });
    assert.equal(reasonOf(venue.order(ALICE, Buy, 3, 1)), None);
  });

  it('on messages counts orders and replaces by the second, and never keeps out a cancel', () => {
    const venue = open();
    limit(venue, { accountId: ALICE, maxMessageRate: 3 });
    venue.time = 5_000_000;
    const first = orderIdOf(venue.order(ALICE, Buy, 5, 1));
    assert.equal(reasonOf(venue.replace(ALICE, first, 6, 1)), None);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 100_000_000)), RejectReason.InsufficientFunds);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), RejectReason.MessageRateLimit);
    assert.equal(reasonOf(venue.replace(ALICE, first, 7, 1)), RejectReason.MessageRateLimit);
    assert.equal(reasonOf(venue.cancel(ALICE, first)), None);
    assert.equal(reasonOf(venue.order(BOB, Buy, 5, 1)), None);
    venue.time = 6_000_000;
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), None);
  });

  it('of nobody or nothing is refused', () => {
    const venue = open();
    const refused = (fields: Partial<SetRiskLimits>) =>
      reasonOf(venue.send(new SetRiskLimits(), fields));
    assert.equal(refused({ accountId: 99 }), RejectReason.UnknownAccount);
    assert.equal(refused({ symbolId: 99 }), RejectReason.UnknownSymbol);
  });
});

describe('a permission', () => {
  it('close-only lets an account sell and cancel, suspended only cancel', () => {
    const venue = open();
    const buy = orderIdOf(venue.order(ALICE, Buy, 5, 1));
    const sell = orderIdOf(venue.order(ALICE, Sell, 50, 1));
    const permit = (permission: number) =>
      reasonOf(venue.send(new SetPermission(), { accountId: ALICE, permission }));
    assert.equal(permit(Permission.CloseOnly), None);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), RejectReason.AccountCloseOnly);
    assert.equal(reasonOf(venue.replace(ALICE, buy, 6, 1)), RejectReason.AccountCloseOnly);
    assert.equal(reasonOf(venue.replace(ALICE, sell, 51, 1)), None);
    permit(Permission.Suspended);
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1)), RejectReason.AccountSuspended);
    assert.equal(reasonOf(venue.replace(ALICE, sell, 52, 1)), RejectReason.AccountSuspended);
    assert.equal(reasonOf(venue.cancel(ALICE, sell)), None);
    permit(Permission.Active);
    assert.equal(reasonOf(venue.order(ALICE, Buy, 5, 1)), None);
    assert.equal(reasonOf(venue.order(BOB, Buy, 5, 1)), None);
    const unknown = venue.send(new SetPermission(), { accountId: 99, permission: 1 });
    assert.equal(reasonOf(unknown), RejectReason.UnknownAccount);
  });
});

describe('the kill switch', () => {
  const { Engage, Release } = KillSwitchAction;

  function trading(): RecordedExchange {
    const venue = open();
    for (const account of [ALICE, BOB]) {
      venue.order(account, Buy, 5, 1);
      venue.order(account, Sell, 50, 1, { symbolId: BTC_EUR });
    }
    return venue;
  }
  const openOf = (venue: RecordedExchange) =>
    [...orderedOrders(venue.exchange)].map(({ accountId, symbolId }) => [accountId, symbolId]);

  it('of an account cancels its orders everywhere and lets none in until it is released', () => {
    const venue = trading();
    const events = venue.send(new KillSwitch(), { accountId: ALICE, action: Engage });
    assert.equal(lastReportOf(events, ALICE).cancelReason, CancelReason.KillSwitch);
    assert.deepEqual(openOf(venue), [
      [BOB, BTC_USD],
      [BOB, BTC_EUR],
    ]);
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1)), RejectReason.KillSwitchEngaged);
    assert.equal(reasonOf(venue.order(BOB, Sell, 50, 1)), None);
    venue.send(new KillSwitch(), { accountId: ALICE, action: Release });
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1)), None);
  });

  it('of a market stops that market, of the venue all of them', () => {
    const venue = trading();
    venue.send(new KillSwitch(), { symbolId: BTC_USD, action: Engage });
    assert.deepEqual(openOf(venue), [
      [ALICE, BTC_EUR],
      [BOB, BTC_EUR],
    ]);
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1)), RejectReason.KillSwitchEngaged);
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1, { symbolId: BTC_EUR })), None);
    venue.send(new KillSwitch(), { action: Engage });
    assert.deepEqual(openOf(venue), []);
    assert.ok(orderedBalances(venue.exchange).every(({ locked }) => locked === 0));
    const inEuro = venue.order(ALICE, Sell, 50, 1, { symbolId: BTC_EUR });
    assert.equal(reasonOf(inEuro), RejectReason.KillSwitchEngaged);
    venue.send(new KillSwitch(), { action: Release });
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1)), RejectReason.KillSwitchEngaged, 'USD');
    venue.send(new KillSwitch(), { symbolId: BTC_USD, action: Release });
    assert.equal(reasonOf(venue.order(ALICE, Sell, 50, 1)), None);
  });

  it('of nobody or nothing is refused', () => {
    const venue = open();
    const engage = (fields: Partial<KillSwitch>) =>
      reasonOf(venue.send(new KillSwitch(), { ...fields, action: Engage }));
    assert.equal(engage({ accountId: 99 }), RejectReason.UnknownAccount);
    assert.equal(engage({ symbolId: 99 }), RejectReason.UnknownSymbol);
  });
});

describe('slippage', () => {
  /** Bob offers 10 lots each at 1,000, 1,010 and 1,020. */
  function offering(): RecordedExchange {
    const venue = open();
    for (const price of [1_000, 1_010, 1_020]) venue.order(BOB, Sell, price, 10);
    return venue;
  }

  it('fills what is within it of the best price at arrival, and cancels the rest', () => {
    const venue = offering();
    // 1 % of 1,000 ticks.
    const report = lastReportOf(venue.marketOrder(ALICE, Buy, 25, { maxSlippageBps: 100 }), ALICE);
    assert.deepEqual([report.cumQty, report.cancelReason], [20, CancelReason.Slippage]);
    const { available, locked } = [...orderedBalances(venue.exchange)].find(
      ({ accountId, currencyId }) => accountId === ALICE && currencyId === USD,
    )!;
    // (1,000 + 1,010) × 10 × 10, and 2 %.
    assert.deepEqual([available, locked], [1_000_000 - 205_020, 0]);
  });

  it('rejects whole where the order says so and would slip further', () => {
    const venue = offering();
    const reject = { maxSlippageBps: 100, slippageAction: SlippageAction.Reject };
    const { SlippageExceeded } = RejectReason;
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 21, reject)), SlippageExceeded);
    assert.equal(
      reasonOf(venue.marketOrder(ALICE, Buy, 0, { ...reject, amount: 21_700 })),
      SlippageExceeded,
    );
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 0, { ...reject, amount: 20_502 })), None);
    assert.equal(reasonOf(venue.marketOrder(ALICE, Buy, 1, reject)), None, 'from 1,020 now');
  });

  it('that fills all there is does not blame slippage for what there is not', () => {
    const venue = offering();
    const terms = { maxSlippageBps: 300, slippageAction: SlippageAction.Reject };
    const report = lastReportOf(venue.marketOrder(ALICE, Buy, 50, terms), ALICE);
    assert.deepEqual([report.cumQty, report.cancelReason], [30, CancelReason.NoLiquidity]);
  });

  it('of a market holds for orders that do not say it, and for stops from their stop price', () => {
    const venue = offering();
    assert.equal(
      reasonOf(venue.send(new SetSlippage(), { symbolId: BTC_USD, maxSlippageBps: 50 })),
      None,
    );
    const report = lastReportOf(venue.marketOrder(ALICE, Buy, 25), ALICE);
    assert.deepEqual([report.cumQty, report.cancelReason], [10, CancelReason.Slippage]);
    const own = lastReportOf(venue.marketOrder(ALICE, Buy, 15, { maxSlippageBps: 200 }), ALICE);
    assert.deepEqual([own.cumQty, own.orderStatus], [15, own.orderStatus]);
    // No band: the stop is bounded at 1,005 + 0.5 %, 1,010; it costs 3 × 1,010 × 10 and 2 %.
    const stop = { orderType: OrderType.Stop, stopPrice: 1_005 };
    const events = venue.order(ALICE, Buy, 0, 3, stop);
    const fired = lastReportOf(events, ALICE);
    assert.equal(fired.cancelReason, CancelReason.ProtectionPrice, 'the best offer is 1,020');
    const unknown = venue.send(new SetSlippage(), { symbolId: 99 });
    assert.equal(reasonOf(unknown), RejectReason.UnknownSymbol);
  });

  it('bounds a sell below the best bid, and a stop to sell below its stop price', () => {
    const venue = open();
    for (const price of [1_000, 990, 980]) venue.order(BOB, Buy, price, 10);
    const report = lastReportOf(venue.marketOrder(ALICE, Sell, 25, { maxSlippageBps: 100 }), ALICE);
    assert.deepEqual([report.cumQty, report.cancelReason], [20, CancelReason.Slippage]);
    const stop = { orderType: OrderType.Stop, stopPrice: 995, maxSlippageBps: 100 };
    const fired = lastReportOf(venue.order(ALICE, Sell, 0, 3, stop), ALICE);
    assert.equal(fired.cancelReason, CancelReason.ProtectionPrice, 'bounded at 986');
  });

  it('says nothing of a market order that waits for an auction', () => {
    const venue = open();
    venue.setBand(1_000, 100);
    venue.setState(TradingState.PreOpen);
    const waiting = venue.marketOrder(ALICE, Buy, 1, { maxSlippageBps: 1 });
    assert.equal(reasonOf(waiting), None);
    assert.equal([...orderedOrders(venue.exchange)][0]!.reservedPrice, 1_100);
  });
});

describe('every setting', () => {
  it('is part of the state', () => {
    const settings: readonly ((venue: RecordedExchange) => EventView[])[] = [
      (v) => v.send(new SetFees(), { symbolId: BTC_USD, makerFeePpm: 1, tier: 1 }),
      (v) => v.send(new SetFees(), { symbolId: BTC_USD, takerFeePpm: 1, tier: 1 }),
      (v) => v.send(new SetFeeTier(), { currencyId: USD, tier: 1, minVolume: 5 }),
      (v) => v.send(new SetFeeTier(), { currencyId: EUR, tier: 1, minVolume: 5 }),
      (v) => v.send(new SetFeeTier(), { currencyId: EUR, tier: 2, minVolume: 5 }),
      (v) => v.send(new SetRiskLimits(), { maxOrderQty: 5 }),
      (v) => v.send(new SetRiskLimits(), { accountId: ALICE, maxOrderQty: 5 }),
      (v) => v.send(new SetRiskLimits(), { accountId: ALICE, maxOrderNotional: 5 }),
      (v) => v.send(new SetRiskLimits(), { accountId: ALICE, symbolId: BTC_EUR, maxPosition: 5 }),
      (v) => v.send(new SetRiskLimits(), { maxOpenOrders: 5 }),
      (v) => v.send(new SetRiskLimits(), { maxMessageRate: 5 }),
      (v) => v.send(new SetPermission(), { accountId: ALICE, permission: Permission.CloseOnly }),
      (v) => v.send(new SetPermission(), { accountId: BOB, permission: Permission.CloseOnly }),
      (v) => v.send(new KillSwitch(), { accountId: BOB, action: KillSwitchAction.Engage }),
      (v) => v.send(new KillSwitch(), { symbolId: BTC_EUR, action: KillSwitchAction.Engage }),
      (v) => v.send(new KillSwitch(), { action: KillSwitchAction.Engage }),
      (v) => v.send(new SetSlippage(), { symbolId: BTC_EUR, maxSlippageBps: 5 }),
      (v) => v.setMode(VenueMode.CancelOnly),
      (v) => v.setMode(VenueMode.CancelOnly, VenueModeReason.DiskLow),
    ];
    const hashes = settings.map((setting) => {
      const venue = open();
      assert.equal(reasonOf(setting(venue)), None);
      return hashState(venue.exchange);
    });
    assert.equal(new Set(hashes).size, settings.length);
  });
});
