/**
 * Binary commands over HTTP: records in, one CommandResult for each out, in order; a request with a
 * bad record is refused as a whole. Also the commands that CSV does not have: markets, limits and
 * replacing an order.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CancelReason,
  OrderStatus,
  OrderType,
  QtyMeaning,
  Side,
  TimeInForce,
  TransferAction,
  TransferMode,
  TransferStatus,
} from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { CommandResult } from '../protocol/result.ts';
import { NO_ORDER_STATUS } from '../protocol/result-layout.ts';
import { NEWEST_RULES_VERSION } from '../protocol/rules-version.ts';
import {
  addCurrency,
  addSymbol,
  type CommandWriter,
  cancelOrder,
  deposit,
  encodeCommands,
  massCancel,
  newOrder,
  newTransfer,
  replaceOrder,
  resolveTransfer,
  reverseTransfer,
  setLimits,
  setRulesVersion,
  withdraw,
} from './support/commands.ts';
import { ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const KRW = 1;
const BTC = 10;

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path);
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function send(
  writers: readonly CommandWriter[],
  path?: string,
): Promise<readonly CommandResult[]> {
  const { status, body, results } = await server.sendCommands(encodeCommands(writers), path);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(results.length, writers.length);
  return results;
}

async function sendOne(writer: CommandWriter): Promise<CommandResult> {
  return (await send([writer]))[0]!;
}

async function openAccount(accountId: number): Promise<void> {
  const amount = 1_000_000_000;
  const money = [KRW, BTC].map((currencyId) => deposit({ accountId, currencyId, amount }));
  for (const { rejectReason } of await send(money)) assert.equal(rejectReason, 0);
}

const reasonsOf = (results: readonly CommandResult[]) =>
  results.map(({ rejectReason }) => rejectReason);

describe('binary commands', () => {
  it('each is answered by one result, in order, with its correlation id', async () => {
    await openAccount(1);
    const count = 1_000;
    const writers = Array.from({ length: count }, (_, i) =>
      newOrder({ accountId: 1, side: Side.Buy, price: 10, correlationId: i * 7 }),
    );
    const results = await send(writers);
    const { sequence: first } = results[0]!;
    for (const [i, result] of results.entries()) {
      assert.equal(result.correlationId, i * 7);
      assert.equal(result.sequence, first + i);
      assert.equal(result.orderId, result.sequence);
      assert.deepEqual([result.orderStatus, result.leavesQty], [OrderStatus.New, 1]);
    }
    const cancels = results.map(({ orderId }) => cancelOrder({ accountId: 1, orderId }));
    for (const { orderStatus } of await send(cancels, '/cancel')) {
      assert.equal(orderStatus, OrderStatus.Canceled);
    }
  });

  it('a transfer is answered without an order', async () => {
    const correlationId = Number.MAX_SAFE_INTEGER;
    const money = { accountId: 2, currencyId: KRW, amount: 100, correlationId };
    const [paidIn, paidOut] = await send([deposit(money), withdraw(money)], '/deposit');
    for (const result of [paidIn!, paidOut!]) {
      assert.equal(result.correlationId, correlationId);
      assert.equal(result.rejectReason, RejectReason.None);
      assert.deepEqual([result.orderId, result.orderStatus], [0, NO_ORDER_STATUS]);
    }
  });

  it('a result sums up the fills of its command', async () => {
    await openAccount(3);
    const sells = [20, 21, 22].map((price) => newOrder({ accountId: 3, side: Side.Sell, price }));
    const buy = { accountId: 3, side: Side.Buy, qty: 10 };
    const market = { orderType: OrderType.Market, timeInForce: TimeInForce.IOC };
    const result = (await send([...sells, newOrder({ ...buy, ...market })])).at(-1)!;
    assert.deepEqual(
      [result.fillCount, result.filledQty, result.notional, result.cumQty, result.leavesQty],
      [3, 3, 63, 3, 0],
    );
    assert.equal(result.orderStatus, OrderStatus.Canceled);
    assert.equal(result.cancelReason, CancelReason.NoLiquidity);
    assert.equal(result.canceledCount, 0);
  });

  it('a mass cancel’s result counts the orders it ended, a cancel’s tells its reason', async () => {
    await openAccount(20);
    const order = newOrder({ accountId: 20, side: Side.Buy, price: 3 });
    const results = await send([order, order, order]);
    const [canceled, all, none] = await send([
      cancelOrder({ accountId: 20, orderId: results[0]!.orderId }),
      massCancel({ accountId: 20 }),
      massCancel({ accountId: 20 }),
    ]);
    assert.deepEqual(
      [canceled!.cancelReason, canceled!.canceledCount],
      [CancelReason.Requested, 0],
    );
    for (const [result, count] of [
      [all!, 2],
      [none!, 0],
    ] as const) {
      assert.deepEqual([result.canceledCount, result.cancelReason], [count, CancelReason.None]);
      assert.deepEqual([result.orderId, result.orderStatus], [0, NO_ORDER_STATUS]);
    }
  });

  it('a rejected command does not hold up the others of its request', async () => {
    await openAccount(4);
    const order = { accountId: 4, side: Side.Buy, price: 5, clientOrderId: 1 };
    const results = await send([
      newOrder(order),
      newOrder({ ...order, qty: 2 }),
      newOrder({ ...order, clientOrderId: 2, symbolId: 99 }),
      newOrder({ ...order, clientOrderId: 3, accountId: 888 }),
      newOrder({ ...order, clientOrderId: 4, qty: 1_000_000_000 }),
      newOrder({ ...order, clientOrderId: 5 }),
      cancelOrder({ accountId: 4, clientOrderId: 1 }),
      cancelOrder({ accountId: 4, clientOrderId: 1 }),
    ]);
    const { None, ClientOrderIdConflict, UnknownSymbol, UnknownAccount } = RejectReason;
    const { InsufficientFunds, UnknownOrder } = RejectReason;
    assert.deepEqual(reasonsOf(results), [
      None,
      ClientOrderIdConflict,
      UnknownSymbol,
      UnknownAccount,
      InsufficientFunds,
      None,
      None,
      UnknownOrder,
    ]);
    assert.equal(results[1]!.orderStatus, OrderStatus.Rejected);
    await send([cancelOrder({ accountId: 4, clientOrderId: 5 })]);
  });

  it('a sequence number, time or gateway id that a client makes up is not believed', async () => {
    const { sequence } = await server.health();
    const forged = { sequence: 1, time: 1, gatewayId: 77 };
    const funding = { accountId: 5, currencyId: KRW, amount: 1, correlationId: 3 };
    const result = await sendOne(deposit({ ...funding, ...forged }));
    assert.deepEqual([result.sequence, result.correlationId], [sequence.executed + 1, 3]);
    assert.ok(result.time > 1_000_000);
  });
});

describe('a replaced order', () => {
  it('keeps its place with less quantity at its price, and loses it otherwise', async () => {
    const changes = [
      { price: 30, qty: 1, keepsPlace: true },
      { price: 30, qty: 2, keepsPlace: true },
      { price: 30, qty: 3, keepsPlace: false },
      { price: 29, qty: 2, keepsPlace: true },
    ];
    for (const accountId of [6, 7, 8]) await openAccount(accountId);
    for (const { price, qty, keepsPlace } of changes) {
      const sell = { side: Side.Sell, price: 30, qty: 2 };
      const [first, second] = await send([
        newOrder({ ...sell, accountId: 6 }),
        newOrder({ ...sell, accountId: 7 }),
      ]);
      const { orderId } = first!;
      const replaced = await sendOne(replaceOrder({ accountId: 6, orderId, price, qty }));
      assert.deepEqual([replaced.orderId, replaced.leavesQty], [orderId, qty]);
      await send([
        newOrder({ accountId: 8, side: Side.Buy, price: 30, timeInForce: TimeInForce.IOC }),
      ]);
      const [mine, other] = await send([
        cancelOrder({ accountId: 6, orderId }),
        cancelOrder({ accountId: 7, orderId: second!.orderId }),
      ]);
      // The first of the level was filled: whole orders are gone, others tell what was filled.
      const isMineFilled = mine!.rejectReason === RejectReason.UnknownOrder || mine!.cumQty === 1;
      assert.equal(isMineFilled, keepsPlace, `price ${price} qty ${qty}`);
      assert.equal(other!.cumQty, keepsPlace ? 0 : 1, `price ${price} qty ${qty}`);
    }
  });

  it('gets a new total, or a new open quantity, and may trade at its new price', async () => {
    await openAccount(9);
    await openAccount(10);
    const order = { accountId: 9, side: Side.Buy, price: 40, qty: 10, clientOrderId: 12 };
    const { orderId } = await sendOne(newOrder(order));
    await send([newOrder({ accountId: 10, side: Side.Sell, price: 40, qty: 4 })]);
    const named = { accountId: 9, clientOrderId: 12, price: 40 };
    const total = await sendOne(replaceOrder({ ...named, qty: 6 }));
    assert.deepEqual([total.orderId, total.cumQty, total.leavesQty], [orderId, 4, 2]);
    const open = await sendOne(
      replaceOrder({ ...named, qty: 6, qtyMeaning: QtyMeaning.Open, correlationId: 9 }),
    );
    assert.deepEqual([open.cumQty, open.leavesQty, open.correlationId], [4, 6, 9]);
    assert.equal(open.orderStatus, OrderStatus.PartiallyFilled);
    const late = await sendOne(replaceOrder({ ...named, qty: 4 }));
    assert.equal(late.rejectReason, RejectReason.QtyNotAboveFilled);
    const dear = await sendOne(replaceOrder({ ...named, qty: 10 ** 12 }));
    assert.equal(dear.rejectReason, RejectReason.InsufficientFunds);
    await send([newOrder({ accountId: 10, side: Side.Sell, price: 45, qty: 6 })]);
    const crossing = await sendOne(replaceOrder({ ...named, price: 45, qty: 10 }));
    assert.deepEqual(
      [crossing.orderStatus, crossing.fillCount, crossing.filledQty, crossing.notional],
      [OrderStatus.Filled, 1, 6, 270],
    );
  });
});

describe('commands about the venue', () => {
  it('open a currency and a market, which trades at once', async () => {
    const terms = { symbolId: 50, code: 'GOLD/KRW', baseCurrencyId: 60, quoteCurrencyId: KRW };
    const fees = { makerFeePpm: 1_000, takerFeePpm: 2_000 };
    const gold = { currencyId: 60, decimals: 3, code: 'GOLD' };
    const twin = { ...terms, symbolId: 51 };
    const results = await send([
      addCurrency(gold),
      addCurrency(gold),
      addSymbol({ ...terms, ...fees, lotSize: 5, tickValue: 7 }),
      addSymbol(terms),
      addSymbol({ ...twin, quoteCurrencyId: 60 }),
      addSymbol({ ...twin, quoteCurrencyId: 999 }),
      deposit({ accountId: 11, currencyId: 60, amount: 1_000 }),
      deposit({ accountId: 11, currencyId: KRW, amount: 1_000_000 }),
      newOrder({ accountId: 11, symbolId: 50, side: Side.Sell, price: 100, qty: 200 }),
      newOrder({ accountId: 11, symbolId: 50, side: Side.Buy, price: 100, qty: 200 }),
    ]);
    const { None, CurrencyExists, SymbolExists, SameCurrency, UnknownCurrency } = RejectReason;
    const ofVenue = [None, CurrencyExists, None, SymbolExists, SameCurrency, UnknownCurrency];
    assert.deepEqual(reasonsOf(results), [...ofVenue, None, None, None, None]);
    assert.equal(results.at(-1)!.orderStatus, OrderStatus.Filled);
    const { currencies, symbols } = (await server.get('/symbols')).body;
    assert.deepEqual((currencies as unknown[]).at(-1), { ...gold, kind: 'Cash' });
    assert.deepEqual((symbols as unknown[]).at(-1), {
      ...terms,
      ...fees,
      lotSize: 5,
      tickValue: 7,
      referencePrice: 0,
      bandTicks: 0,
    });
    await server.waitForProjection();
    const { body } = await server.get('/balances?userId=11');
    // Fees of 0.1 % and 0.2 % of 100 × 200 × 7.
    assert.deepEqual(
      (body['balances'] as { available: number }[]).map(({ available }) => available),
      [1_000_000 - 140 - 280, 1_000],
    );
  });

  it('a start works by the newest rules, which never go back', async () => {
    assert.equal((await server.get('/health')).body['rulesVersion'], NEWEST_RULES_VERSION);
    const results = await send([
      setRulesVersion({ rulesVersion: NEWEST_RULES_VERSION }),
      setRulesVersion({ rulesVersion: 1 }),
      addCurrency({ currencyId: 61, code: 'GOLD' }),
    ]);
    const { None, RulesVersionTooLow, CurrencyCodeExists } = RejectReason;
    assert.deepEqual(reasonsOf(results), [None, RulesVersionTooLow, CurrencyCodeExists]);
  });

  it('a withdrawal takes what is available, and no more', async () => {
    const mine = { accountId: 12, currencyId: KRW };
    const results = await send([
      deposit({ ...mine, amount: 100 }),
      newOrder({ accountId: 12, side: Side.Buy, price: 60, clientOrderId: 1 }),
      withdraw({ ...mine, amount: 41 }),
      withdraw({ ...mine, amount: 40 }),
      withdraw({ ...mine, amount: 1 }),
      withdraw({ accountId: 12, currencyId: BTC, amount: 1 }),
      withdraw({ accountId: 12, currencyId: 999, amount: 1 }),
      withdraw({ accountId: 777, currencyId: KRW, amount: 1 }),
      cancelOrder({ accountId: 12, clientOrderId: 1 }),
    ]);
    const { None, InsufficientFunds, UnknownCurrency, UnknownAccount } = RejectReason;
    const refusedOnes = [InsufficientFunds, InsufficientFunds, UnknownCurrency, UnknownAccount];
    const expected = [None, None, InsufficientFunds, None, ...refusedOnes, None];
    assert.deepEqual(reasonsOf(results), expected);
  });

  it('a transfer’s result tells its status and the entry that posted it', async () => {
    const terms = { debitAccountId: -1, creditAccountId: 14, currencyId: KRW, amount: 100 };
    const results = await send([
      newTransfer({ ...terms, transferId: 1 }),
      newTransfer({ ...terms, transferId: 2, mode: TransferMode.Pending }),
      resolveTransfer({ transferId: 2, action: TransferAction.Post, amount: 30 }),
      reverseTransfer({ transferId: 3, originalTransferId: 2 }),
      newTransfer({ ...terms, transferId: 2, mode: TransferMode.Pending }),
      newTransfer({ ...terms, transferId: 2, amount: 99 }),
      deposit({ accountId: 14, currencyId: KRW, amount: 1 }),
    ]);
    const [first] = results.map(({ sequence }) => sequence);
    const { Posted, Pending, None } = TransferStatus;
    assert.deepEqual(
      results.map(({ transferStatus, entry }) => [transferStatus, entry && entry - first!]),
      [
        [Posted, 0],
        [Pending, 0],
        [Posted, 2],
        [Posted, 3],
        [Pending, 0],
        [None, 0],
        [None, 0],
      ],
    );
    const conflict = [0, 0, 0, 0, 0, RejectReason.TransferIdConflict, 0];
    assert.deepEqual(reasonsOf(results), conflict);
  });

  it('limits bound accounts, open orders, currencies and markets from then on', async () => {
    const few = { maxAccounts: 1, maxOpenOrders: 1, maxCurrencies: 1, maxSymbols: 1 };
    const tight = { ...few, maxTransfers: 1 };
    const order = newOrder({ accountId: 1, side: Side.Buy, price: 1, clientOrderId: 1 });
    const results = await send([
      order,
      setLimits(tight),
      deposit({ accountId: 13, currencyId: KRW, amount: 1 }),
      newOrder({ accountId: 1, side: Side.Buy, price: 1 }),
      addCurrency({ currencyId: 90, code: 'X' }),
      addSymbol({ symbolId: 90, code: 'X', baseCurrencyId: KRW, quoteCurrencyId: BTC }),
      setLimits({}),
      deposit({ accountId: 13, currencyId: KRW, amount: 1 }),
      cancelOrder({ accountId: 1, clientOrderId: 1 }),
    ]);
    const { None, TooManyAccounts, TooManyOpenOrders, TooManyCurrencies } = RejectReason;
    const over = [TooManyAccounts, TooManyOpenOrders, TooManyCurrencies];
    const expected = [None, None, ...over, RejectReason.TooManySymbols, None, None, None];
    assert.deepEqual(reasonsOf(results), expected);
  });
});
