/**
 * Binary commands with a bad record: the request is refused as a whole, and the record and field
 * are named.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NEW_ORDER } from '../protocol/command-layout.ts';
import { Side } from '../protocol/enums.ts';
import { SCHEMA_VERSION } from '../protocol/record.ts';
import {
  addCurrency,
  addSymbol,
  type CommandWriter,
  cancelOrder,
  deposit,
  encodeCommands,
  massCancel,
  newOrder,
  replaceOrder,
  setLimits,
  setPriceBand,
  setTradingState,
  tick,
  withdraw,
} from './support/commands.ts';
import { NO_DATABASE, ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const KRW = 1;

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path, [], NO_DATABASE);
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

/** Sends a body that must be refused as a whole; returns the error. */
async function refused(bytes: Uint8Array, path?: string): Promise<Record<string, unknown>> {
  const { sequence: earlier } = await server.health();
  const { status, body } = await server.sendCommands(bytes, path);
  assert.equal(status, 400, JSON.stringify(body));
  assert.equal((await server.health()).sequence.executed, earlier.executed);
  return body['error'] as Record<string, unknown>;
}

describe('a bad record', () => {
  const good = newOrder({ accountId: 1, side: Side.Buy, price: 1 });

  it('in the middle is named with its field, and nothing of the request is taken', async () => {
    const int64 = (at: number, value: bigint) => (view: DataView) =>
      view.setBigInt64(at, value, true);
    const uint8 = (at: number, value: number) => (view: DataView) => view.setUint8(at, value);
    const uint16 = (at: number, value: number) => (view: DataView) =>
      view.setUint16(at, value, true);
    const breakages: [string, (view: DataView) => void][] = [
      ['blockLength', uint16(0, 0)],
      ['blockLength', uint16(0, 65_535)],
      ['templateId', uint16(2, 0)],
      ['templateId', uint16(2, 30)],
      ['templateId', uint16(2, 200)],
      ['schemaId', uint16(4, 1)],
      ['version', uint16(6, SCHEMA_VERSION - 1)],
      ['version', uint16(6, SCHEMA_VERSION + 1)],
      ['correlationId', int64(24, -1n)],
      ['accountId', int64(32, 0n)],
      ['accountId', int64(32, 2n ** 53n)],
      ['accountId', int64(32, -1n)],
      ['reserved', uint8(44, 1)],
      ['clientOrderId', int64(NEW_ORDER.clientOrderId, 2n ** 62n)],
      ['price', int64(NEW_ORDER.price, 0n)],
      ['price', int64(NEW_ORDER.price, -5n)],
      ['qty', int64(NEW_ORDER.qty, 0n)],
      ['qty', int64(NEW_ORDER.qty, 2n ** 53n + 1n)],
      ['symbolId', (view) => view.setUint32(NEW_ORDER.symbolId, 0, true)],
      ['side', uint8(NEW_ORDER.side, 3)],
      ['orderType', uint8(NEW_ORDER.orderType, 0)],
      ['orderType', uint8(NEW_ORDER.orderType, 5)],
      ['timeInForce', uint8(NEW_ORDER.timeInForce, 2)],
      ['timeInForce', uint8(NEW_ORDER.timeInForce, 7)],
      ['selfTradePrevention', uint8(NEW_ORDER.selfTradePrevention, 5)],
      ['stopPrice', int64(NEW_ORDER.stopPrice, -1n)],
      ['stopPrice', int64(NEW_ORDER.stopPrice, 5n)],
      ['displayQty', int64(NEW_ORDER.displayQty, 2n ** 53n)],
      ['amount', int64(NEW_ORDER.amount, 100n)],
      ['expireTime', int64(NEW_ORDER.expireTime, 1n)],
      ['groupId', int64(NEW_ORDER.groupId, -7n)],
      ['postOnly', uint8(NEW_ORDER.postOnly, 2)],
      ['reserved', uint8(NEW_ORDER.slippageAction + 1, 255)],
    ];
    for (const [field, breakIt] of breakages) {
      const bytes = encodeCommands([good, good, good]);
      breakIt(new DataView(bytes.buffer, bytes.byteOffset + NEW_ORDER.length));
      const error = await refused(bytes);
      const about = JSON.stringify(error);
      assert.deepEqual([error['field'], error['record']], [field, 1], about);
      assert.match(error['message'] as string, new RegExp(`^${field}: .*; allowed: .`), about);
    }
  });

  it('of any other command is found as well', async () => {
    const bad: [string, CommandWriter][] = [
      ['amount', deposit({ accountId: 1, currencyId: 1, amount: 0 })],
      ['currencyId', withdraw({ accountId: 1, currencyId: 0, amount: 1 })],
      ['orderId', cancelOrder({ accountId: 1 })],
      ['orderId', replaceOrder({ accountId: 1, price: 1, qty: 1 })],
      ['qty', replaceOrder({ accountId: 1, orderId: 1, price: 1, qty: 0 })],
      ['qtyMeaning', replaceOrder({ accountId: 1, orderId: 1, price: 1, qty: 1, qtyMeaning: 2 })],
      ['code', addCurrency({ currencyId: 70, code: 'gold' })],
      ['code', addCurrency({ currencyId: 70, code: '' })],
      ['decimals', addCurrency({ currencyId: 70, code: 'GOLD', decimals: 16 })],
      ['accountId', addCurrency({ currencyId: 70, code: 'GOLD', accountId: 1 })],
      [
        'tickValue',
        addSymbol({ symbolId: 70, baseCurrencyId: 1, quoteCurrencyId: 2, tickValue: 0 }),
      ],
      ['maxAccounts', setLimits({ maxAccounts: 0 })],
      ['side', massCancel({ accountId: 1, side: 3 })],
      ['accountId', massCancel({ accountId: 0 })],
      ['state', setTradingState({ symbolId: 1, state: 5 })],
      ['symbolId', setTradingState({ symbolId: 0, state: 1 })],
      ['bandTicks', setPriceBand({ symbolId: 1, referencePrice: 0, bandTicks: 1 })],
      ['templateId', tick({})],
    ];
    for (const [field, writer] of bad) {
      const error = await refused(encodeCommands([good, writer]));
      assert.deepEqual([error['field'], error['record']], [field, 1], JSON.stringify(error));
    }
  });

  it('that is cut short is refused with all before it, and so is an empty body', async () => {
    const bytes = encodeCommands([good, good]);
    for (const [missing, field] of [
      [1, 'body'],
      [8, 'body'],
      [NEW_ORDER.length - 8, 'body'],
      [NEW_ORDER.length - 7, 'header'],
    ] as const) {
      const error = await refused(bytes.subarray(0, bytes.length - missing));
      assert.deepEqual([error['field'], error['record']], [field, 1], `${missing} bytes missing`);
    }
    assert.equal((await refused(new Uint8Array(0)))['field'], 'body');
  });

  it('of a command that its route does not take is named', async () => {
    const accountId = 2;
    const money = { accountId, currencyId: KRW, amount: 100 };
    const order = newOrder({ accountId, side: Side.Buy, price: 1 });
    const cancel = cancelOrder({ accountId, orderId: 1 });
    const replace = replaceOrder({ accountId, orderId: 1, price: 1, qty: 1 });
    const wrong: [string, CommandWriter[], number][] = [
      ['/order', [order, replace, cancel], 2],
      ['/order', [deposit(money)], 0],
      ['/cancel', [cancel, order], 1],
      ['/deposit', [deposit(money), deposit(money), cancel], 2],
    ];
    for (const [path, writers, record] of wrong) {
      const error = await refused(encodeCommands(writers), path);
      assert.deepEqual([error['field'], error['record']], ['templateId', record]);
      assert.match(error['allowed'] as string, new RegExp(`at ${path}$`));
    }
  });
});
