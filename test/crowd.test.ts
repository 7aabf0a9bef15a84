/**
 * One million in cash, and a thousand clients who at the same moment each buy for that million out
 * of the one account: it is spent once, and where a fee comes on top, not at all.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Crowd, countOutcomes } from '../bench/crowd/crowd.ts';
import { CASH, CROWD_MARKETS, fund, openCrowdMarkets } from '../bench/crowd/venue.ts';
import { runCli, ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const CLIENTS = 1_000;
const FIRST_ACCOUNT = 50_001;
const [FREE, WITH_FEES] = CROWD_MARKETS;

interface BalanceJson {
  readonly currency: string;
  readonly available: number;
  readonly locked: number;
}

interface Figure {
  readonly case: string;
  readonly metric: string;
  readonly value: number | string;
}

describe(`a crowd of ${CLIENTS} clients with one account and ${CASH} in cash`, () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;
  let crowd: Crowd | undefined;
  let nextAccount = FIRST_ACCOUNT;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path);
    await openCrowdMarkets(server.address);
    // PostgreSQL starts beside the exchange: nobody waits for it with idle connections.
    await server.waitForProjection();
    crowd = await Crowd.connect(server.address, CLIENTS);
  });

  after(async () => {
    crowd?.close();
    await server.end('SIGTERM');
    await folder.remove();
  });

  /** Everybody sends the same buy out of a new account; what came of it, and what that has then. */
  async function rush(symbolId: number, price: number, qty: number) {
    const accountId = nextAccount++;
    await fund(server.address, accountId);
    const line = `${accountId},${symbolId},${price},${qty},1`;
    const { answers } = await crowd!.rush('POST', '/order', line);
    await server.waitForProjection();
    const { body } = await server.get(`/balances?userId=${accountId}`);
    const held = (body['balances'] as BalanceJson[]).map(
      ({ currency, available, locked }) => `${currency} ${available} + ${locked}`,
    );
    return { outcomes: Object.fromEntries(countOutcomes(answers)), held };
  }

  it('has a connection for each', async () => {
    const { body } = await server.get('/health');
    assert.ok((body['connections'] as number) >= CLIENTS, `${body['connections']} connections`);
  });

  it('buys once where there are no fees', async () => {
    const { outcomes, held } = await rush(FREE.symbolId, CASH, 1);
    assert.deepEqual(outcomes, { Filled: 1, InsufficientFunds: CLIENTS - 1 });
    assert.deepEqual(held, ['CROWD 0 + 0', 'SHARE 1 + 0']);
  });

  it('buys nothing where 150 ppm come on top', async () => {
    const { outcomes, held } = await rush(WITH_FEES.symbolId, CASH, 1);
    assert.deepEqual(outcomes, { InsufficientFunds: CLIENTS });
    assert.deepEqual(held, [`CROWD ${CASH} + 0`]);
  });

  it('bids once where nobody sells at that price: the million is locked once', async () => {
    const { outcomes, held } = await rush(FREE.symbolId, CASH / 2, 2);
    assert.deepEqual(outcomes, { New: 1, InsufficientFunds: CLIENTS - 1 });
    assert.deepEqual(held, [`CROWD 0 + ${CASH}`]);
  });

  it('leaves books that balance, in the journal and in PostgreSQL', async () => {
    const reconciled = await runCli(['reconcile', '--data', folder.path]);
    assert.equal(reconciled.code, 0, reconciled.stderr);
    const { code, stdout, stderr } = await runCli(['audit', '--data', folder.path, '--json']);
    assert.equal(code, 0, stderr);
    const { results } = JSON.parse(stdout) as { results: readonly Figure[] };
    const sums = results.filter(({ metric }) => metric === 'sum');
    assert.ok(sums.length >= 2);
    for (const { value, case: name } of sums) assert.equal(value, 0, name);
  });
});
