/**
 * What accounts may do and what they pay, over HTTP: limits, permissions, kill switches, slippage
 * and fees by tier, in force at once and still after a kill -9; PostgreSQL and a replay agree at
 * the end.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Answer,
  runCli,
  ServerProcess,
  temporaryDataFolder,
} from './support/server-process.ts';

const [BTC_KRW, ETH_KRW] = [1, 2];
const [KRW, BTC, ETH] = [1, 10, 11];
const [ALICE, BOB, CAROL] = [1, 2, 3];
const MONEY = 1_000_000_000;

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path);
  for (const account of [ALICE, BOB, CAROL]) {
    for (const currency of [KRW, BTC, ETH]) {
      await accepted('/deposit', `${account},${currency},${MONEY}`);
    }
  }
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function send(path: string, line: string): Promise<Answer['body']> {
  const { status, body } = await server.send(path, line);
  assert.equal(status, 200, `${path} ${line}: ${JSON.stringify(body)}`);
  return body;
}

async function accepted(path: string, line: string): Promise<Answer['body']> {
  const body = await send(path, line);
  assert.notEqual(body['status'], 'Rejected', `${path} ${line}: ${JSON.stringify(body)}`);
  return body;
}

async function rejection(path: string, line: string): Promise<unknown> {
  const body = await send(path, line);
  assert.equal(body['status'], 'Rejected', JSON.stringify(body));
  return (body['rejectReason'] as Record<string, unknown>)['name'];
}

describe('an account’s risk', () => {
  it('is limited by market and over all, and so after a kill -9', async () => {
    await accepted('/risk-limits', `${ALICE},${BTC_KRW},5,0,0,1`);
    await accepted('/risk-limits', `0,0,100`);
    assert.equal(await rejection('/order', `${ALICE},${BTC_KRW},10,6,1`), 'OrderQtyLimit');
    assert.equal(await rejection('/order', `${BOB},${BTC_KRW},10,101,1`), 'OrderQtyLimit');
    await accepted('/order', `${ALICE},${BTC_KRW},10,5,1`);
    await server.end('SIGKILL');
    server = await ServerProcess.start(folder.path);
    assert.equal(await rejection('/order', `${ALICE},${BTC_KRW},10,1,1`), 'OpenOrdersLimit');
    await accepted('/risk-limits', `${ALICE},${BTC_KRW}`);
    await accepted('/risk-limits', `0,0`);
    await accepted('/order', `${ALICE},${BTC_KRW},10,1,1`);
  });

  it('is closed by a permission, and stopped by a kill switch', async () => {
    await accepted('/permission', `${ALICE},close-only`);
    assert.equal(await rejection('/order', `${ALICE},${BTC_KRW},10,1,1`), 'AccountCloseOnly');
    await accepted('/permission', `${ALICE},suspended`);
    assert.equal(await rejection('/order', `${ALICE},${BTC_KRW},90,1,2`), 'AccountSuspended');
    await accepted('/permission', `${ALICE},active`);
    const stopped = await accepted('/kill-switch', `engage,${ALICE}`);
    assert.equal(stopped['canceled'], 2, 'both of her orders');
    assert.equal(await rejection('/order', `${ALICE},${BTC_KRW},90,1,2`), 'KillSwitchEngaged');
    await accepted('/kill-switch', `release,${ALICE}`);
    await accepted('/kill-switch', 'engage');
    assert.equal(await rejection('/order', `${BOB},${ETH_KRW},90,1,2`), 'KillSwitchEngaged');
    await accepted('/kill-switch', 'release');
  });

  it('bounds what market orders slip', async () => {
    for (const price of [1_000, 1_010, 1_020]) {
      await accepted('/order', `${BOB},${ETH_KRW},${price},1,2`);
    }
    const market = (bps: string) => `${ALICE},${ETH_KRW},0,3,1,market,,,,,,,,,,${bps}`;
    assert.equal(await rejection('/order', market('100,reject')), 'SlippageExceeded');
    const filled = await accepted('/order', market('100'));
    assert.deepEqual([filled['cumQty'], filled['cancelReason']], [2, 'Slippage']);
    await accepted('/slippage', `${ETH_KRW},1`);
    const { status, body } = await server.send('/slippage', `${ETH_KRW},10001`);
    assert.equal(status, 400);
    assert.equal((body['error'] as Record<string, unknown>)['field'], 'maxSlippageBps');
  });

  it('pays fees by tier, and what rounding leaves is booked', async () => {
    await accepted('/fees', `${BTC_KRW},0,1000`);
    await accepted('/fees', `${BTC_KRW},0,500,1`);
    await accepted('/fee-tier', `${KRW},1,100000`);
    const feeOfTrade = async () => {
      await accepted('/order', `${BOB},${BTC_KRW},100000,1,2`);
      const taken = await accepted('/order', `${CAROL},${BTC_KRW},100000,1,1`);
      const fills = taken['fills'] as { price: number; qty: number; fee: number }[];
      return fills[0]!.fee;
    };
    const first = await feeOfTrade();
    const second = await feeOfTrade();
    assert.ok(first > 0);
    assert.equal(second, first / 2, 'she has the volume of tier 1 now');
  });

  it('is what PostgreSQL and a replay say, too', async () => {
    await server.waitForProjection();
    const reconciled = await runCli(['reconcile', '--data', folder.path, '--json']);
    assert.equal(reconciled.code, 0, reconciled.stdout + reconciled.stderr);
    await server.end('SIGTERM');
    const replayed = await runCli(['verify', '--data', folder.path, '--json']);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    server = await ServerProcess.start(folder.path);
  });
});

describe('a venue that takes cancels only', () => {
  it('refuses before anything is sequenced what begins something, until it is lifted', async () => {
    const { orderId } = await accepted('/order', `${BOB},${BTC_KRW},1,1,1`);
    await accepted('/venue-mode', 'cancel-only');
    const { sequence, status: shown } = await server.health();
    assert.equal(shown, 'cancel-only');
    for (const [path, line] of [
      ['/order', `${BOB},${BTC_KRW},1,1,1`],
      ['/deposit', `${BOB},${KRW},1`],
    ] as const) {
      const { status, body } = await server.send(path, line);
      assert.equal(status, 503);
      const { rejectReason } = body['error'] as { rejectReason: { name: string } };
      assert.equal(rejectReason.name, 'CancelOnly');
    }
    assert.equal((await server.health()).sequence.executed, sequence.executed);
    const canceled = await accepted('/cancel', `${BOB},${orderId},${BTC_KRW}`);
    assert.equal(canceled['status'], 'Canceled');
    await accepted('/venue-mode', 'normal');
    await accepted('/deposit', `${BOB},${KRW},1`);
    assert.equal((await server.health()).status, 'ok');
  });
});
