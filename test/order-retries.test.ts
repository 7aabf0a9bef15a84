/**
 * Orders sent again, as clients do whose answer got lost: over HTTP and in binary, by many at once
 * and after a crash. Each trades once.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OrderStatus, Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { encodeCommands, newOrder, setLimits } from './support/commands.ts';
import { runCli, ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const KRW = 1;
const BTC = 10;
const BTC_KRW = 1;
const [ALICE, BOB] = [1, 2];
const SETTINGS = ['--max-client-order-ids', '12'];
const REPLAYED = 'Idempotent-Replayed';

interface Told {
  readonly status: number;
  readonly isReplayed: boolean;
  readonly text: string;
}

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path, SETTINGS);
  await order('/deposit', `${ALICE},${KRW},10000000`);
  await order('/deposit', `${BOB},${BTC},1000000000`);
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function order(path: string, line: string): Promise<Told> {
  const response = await server.post(path, line);
  const isReplayed = response.headers.get(REPLAYED) === 'true';
  return { status: response.status, isReplayed, text: await response.text() };
}

function reasonOf({ text }: Told): unknown {
  return JSON.parse(text).rejectReason?.name;
}

async function tradedQty(): Promise<number> {
  const { body } = await server.get(`/orderbook?symbolId=${BTC_KRW}`);
  const asks = body['asks'] as { readonly qty: number }[];
  return 10 - asks.reduce((sum, { qty }) => sum + qty, 0);
}

const LINES = {
  offer: `${BOB},${BTC_KRW},100,10,2,limit,GTC,1`,
  fill: `${ALICE},${BTC_KRW},100,3,1,limit,IOC,2`,
  refused: `${ALICE},${BTC_KRW},100,9000000000,1,limit,GTC,3`,
  rest: `${ALICE},${BTC_KRW},90,4,1,limit,GTC,4`,
};

describe('an order that is sent again', () => {
  const first = new Map<string, string>();

  it('is answered as at first, byte for byte, with a header that says so', async () => {
    for (const line of Object.values(LINES)) {
      const told = await order('/order', line);
      assert.deepEqual([told.status, told.isReplayed], [200, false]);
      first.set(line, told.text);
    }
    const statuses = [...first.values()].map((text) => JSON.parse(text).status);
    assert.deepEqual(statuses, ['New', 'Filled', 'Rejected', 'New']);
    await order('/mass-cancel', `${ALICE}`);
    for (const line of Object.values(LINES)) {
      const told = { status: 200, isReplayed: true, text: first.get(line) };
      assert.deepEqual(await order('/order', line), told);
    }
    assert.equal(await tradedQty(), 3);
  });

  it('by many at once, trades once', async () => {
    const line = `${ALICE},${BTC_KRW},100,2,1,market,IOC,5`;
    const bodies = await Promise.all(
      Array.from({ length: 50 }, () => order('/order', line.replace(',100,', ',0,'))),
    );
    assert.equal(new Set(bodies.map(({ text }) => text)).size, 1);
    assert.equal(bodies.filter(({ isReplayed }) => !isReplayed).length, 1);
    assert.equal(await tradedQty(), 5);
  });

  it('with another content is a conflict: 409', async () => {
    const told = await order('/order', LINES.fill.replace(',3,', ',4,'));
    assert.deepEqual([told.status, told.isReplayed], [409, false]);
    assert.equal(reasonOf(told), 'ClientOrderIdConflict');
    const deposit = `${ALICE},${KRW},5,77`;
    await order('/deposit', deposit);
    assert.equal((await order('/deposit', deposit)).isReplayed, true);
    const other = await order('/deposit', deposit.replace(',5,', ',6,'));
    assert.deepEqual([other.status, reasonOf(other)], [409, 'TransferIdConflict']);
    assert.equal(await tradedQty(), 5);
  });

  it('in binary gets the sums of its first fills and is marked', async () => {
    const buy = { accountId: ALICE, side: Side.Buy, price: 100, symbolId: BTC_KRW };
    const once = newOrder({ ...buy, qty: 3, clientOrderId: 6 });
    const { results } = await server.sendCommands(
      encodeCommands([once, once, newOrder({ ...buy, qty: 4, clientOrderId: 6 })]),
    );
    const [told, again, conflict] = results;
    for (const result of [told!, again!]) {
      assert.equal(result.orderStatus, OrderStatus.Filled);
      assert.deepEqual([result.cumQty, result.filledQty, result.notional], [3, 3, 300]);
      assert.deepEqual([result.fillCount, result.leavesQty], [1, 0]);
      assert.deepEqual([result.sequence, result.orderId], [told!.sequence, told!.sequence]);
    }
    assert.deepEqual([told!.isRepeat, again!.isRepeat, conflict!.isRepeat], [0, 1, 0]);
    assert.equal(conflict!.rejectReason, RejectReason.ClientOrderIdConflict);
    assert.equal(await tradedQty(), 8);
  });

  it('after kill -9 still gets its first answer', async () => {
    const last = `${ALICE},${BTC_KRW},100,1,1,limit,IOC,7`;
    const { text } = await order('/order', last);
    await server.end('SIGKILL');
    server = await ServerProcess.start(folder.path, SETTINGS);
    for (const line of Object.values(LINES)) {
      assert.equal((await order('/order', line)).text, first.get(line));
    }
    assert.deepEqual(await order('/order', last), { status: 200, isReplayed: true, text });
    assert.equal(await tradedQty(), 9);
  });
});

describe('at the limit', () => {
  it('new ids are refused and known ones answered; without an id orders go on', async () => {
    const reasons: unknown[] = [];
    for (let id = 20; id < 29; id++) {
      reasons.push(reasonOf(await order('/order', `${ALICE},${BTC_KRW},80,1,1,limit,GTC,${id}`)));
    }
    const refused = 'TooManyClientOrderIds';
    assert.deepEqual(reasons, [...Array(5).fill(undefined), ...Array(4).fill(refused)]);
    assert.equal((await order('/order', LINES.fill)).isReplayed, true);
    const plain = await order('/order', `${ALICE},${BTC_KRW},80,1,1`);
    assert.equal(reasonOf(plain), undefined);
  });

  it('with a time of 0 only open orders keep their ids', async () => {
    const [open, ended] = [`${ALICE},${BTC_KRW},80,1,1,limit,GTC,20`, LINES.refused];
    await server.sendCommands(encodeCommands([setLimits({ clientOrderIdSeconds: 0 })]));
    assert.equal(reasonOf(await order('/order', open)), 'DuplicateClientOrderId');
    const again = await order('/order', ended);
    assert.deepEqual([again.isReplayed, reasonOf(again)], [false, 'InsufficientFunds']);
  });

  it('what a command has set stays after kill -9, where no flag says otherwise', async () => {
    await server.end('SIGKILL');
    server = await ServerProcess.start(folder.path);
    const again = [await order('/order', LINES.refused), await order('/order', LINES.refused)];
    assert.deepEqual(
      again.map(({ isReplayed }) => isReplayed),
      [false, false],
    );
  });

  it('PostgreSQL, audit and replay know each order once', async () => {
    await server.waitForProjection();
    const reconciled = await runCli(['reconcile', '--data', folder.path]);
    assert.equal(reconciled.code, 0, reconciled.stdout + reconciled.stderr);
    assert.equal(await server.end('SIGTERM'), 0);
    const audited = await runCli(['audit', '--data', folder.path, '--json']);
    assert.equal(audited.code, 0, audited.stdout + audited.stderr);
    const replayed = await runCli(['verify', '--data', folder.path, '--json']);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    server = await ServerProcess.start(folder.path, SETTINGS);
  });
});
