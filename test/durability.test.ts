/**
 * The modes of durability through a running exchange: each is shown, each trades and projects, and
 * after kill -9 in the middle of traffic everything that was acknowledged is there, but for `none`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DURABILITIES, type Durability } from '../journal/durability.ts';
import { runCli, ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const KRW = 1;
const ACCOUNTS = 40;

/** Pays in one unit at a time, from many connections, until the server is gone. */
async function depositUntilGone(server: ServerProcess, told: number[]): Promise<void> {
  for (let account = 0; ; account = (account + 1) % ACCOUNTS) {
    try {
      const { status } = await server.send('/deposit', `${account + 1},${KRW},1`);
      if (status !== 200) return;
      told[account]!++;
    } catch {
      return;
    }
  }
}

async function balancesOf(server: ServerProcess): Promise<number[]> {
  await server.waitForProjection();
  const balances: number[] = [];
  for (let account = 1; account <= ACCOUNTS; account++) {
    const { body } = await server.get(`/balances?userId=${account}`);
    const [balance] = body['balances'] as { readonly available: number }[];
    balances.push(balance?.available ?? 0);
  }
  return balances;
}

for (const durability of DURABILITIES) {
  describe(`durability ${durability}`, () => {
    it('is shown, and survives kill -9 as it says', async () => {
      const folder = await temporaryDataFolder();
      const settings = ['--durability', durability];
      let server = await ServerProcess.start(folder.path, settings);
      try {
        const { body } = await server.get('/health');
        assert.equal(body['durability'], durability);
        const told = Array<number>(ACCOUNTS).fill(0);
        const clients = Array.from({ length: 8 }, () => depositUntilGone(server, told));
        await new Promise((resolve) => setTimeout(resolve, 500));
        await server.end('SIGKILL');
        await Promise.all(clients);
        assert.ok(told.some((count) => count > 0));
        server = await ServerProcess.start(folder.path, settings);
        assertKept(durability, told, await balancesOf(server));
        assert.equal((await server.send('/deposit', `1,${KRW},1`)).status, 200);
        await server.waitForProjection();
        const reconciled = await runCli(['reconcile', '--data', folder.path]);
        assert.equal(reconciled.code, 0, reconciled.stdout + reconciled.stderr);
        assert.equal(await server.end('SIGTERM'), 0);
        const replayed = await runCli(['verify', '--data', folder.path, '--json']);
        assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
        server = await ServerProcess.start(folder.path, ['--durability', 'fsync']);
        assert.equal((await server.get('/health')).body['durability'], 'fsync');
      } finally {
        await server.end('SIGTERM');
        await folder.remove();
      }
    });
  });
}

/** A command that was on its way at the end may have been executed without its answer. */
function assertKept(durability: Durability, told: number[], kept: number[]): void {
  if (durability === 'none') return;
  for (const [index, count] of told.entries()) {
    assert.ok(kept[index]! >= count, `account ${index + 1} has ${kept[index]}, was told ${count}`);
  }
}
