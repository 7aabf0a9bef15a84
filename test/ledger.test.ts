/**
 * The ledger through a running exchange: deposits, withdrawals, transfers in one step and two, and
 * reversals in CSV over HTTP, with retries; then PostgreSQL, a crash in between, a fresh replay and
 * reconciliation agree with what was said.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  embeddedDatabaseUrl,
  runCli,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { WebSocketClient } from './support/websocket-client.ts';

const KRW = 1;
const BTC_KRW = 1;
const BTC = 10;
const [ALICE, BOB, CAROL] = [1, 2, 3];
const MAX = Number.MAX_SAFE_INTEGER;

type Body = Answer['body'];

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path, ['--max-transfers', '1000']);
  await send('/deposit', `${ALICE},${KRW},1000000`);
  await send('/deposit', `${BOB},${BTC},1000000000`);
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function send(path: string, line: string, expected = 200): Promise<Body> {
  const { status, body } = await server.send(path, line);
  assert.equal(status, expected, `${path} ${line}: ${JSON.stringify(body)}`);
  return body;
}

/** The transfer's status, entry, posted and locked amounts. */
function outcomeOf({ status, entry, postedAmount, lockedAmount }: Body): unknown[] {
  return [status, entry, postedAmount, lockedAmount];
}

function reasonOf(body: Body): unknown {
  assert.equal(body['status'], 'Rejected', JSON.stringify(body));
  return (body['rejectReason'] as Record<string, unknown>)['name'];
}

async function rejection(path: string, line: string): Promise<unknown> {
  return reasonOf(await send(path, line));
}

/** [available, locked] of KRW, by PostgreSQL. */
async function held(account: number): Promise<number[]> {
  await server.waitForProjection();
  const { body } = await server.get(`/balances?userId=${account}`);
  const balances = body['balances'] as Record<'currencyId' | 'available' | 'locked', number>[];
  const found = balances.find(({ currencyId }) => currencyId === KRW);
  return found === undefined ? [] : [found.available, found.locked];
}

async function query(sql: string): Promise<unknown[][]> {
  await server.waitForProjection();
  const db = new pg.Client({ connectionString: embeddedDatabaseUrl(folder.path) });
  await db.connect();
  try {
    const { rows } = await db.query({ text: sql, rowMode: 'array' });
    return rows.map((row: unknown[]) =>
      row.map((value) => (/^-?\d+$/.test(String(value)) ? Number(value) : value)),
    );
  } finally {
    await db.end();
  }
}

describe('transfers', () => {
  it('without an id are accepted; with one they tell what became of them', async () => {
    const deposit = await send('/deposit', `${ALICE},${KRW},5`);
    assert.equal(deposit['status'], 'Accepted');
    assert.equal(deposit['transferId'], undefined);
    const withdrawal = await send('/withdraw', `${ALICE},${KRW},5,100,7001,99`);
    assert.deepEqual(outcomeOf(withdrawal), ['Posted', withdrawal['sequence'], 5, 0]);
    assert.deepEqual(
      [withdrawal['transferId'], withdrawal['businessRefId'], withdrawal['externalId']],
      [100, 7_001, 99],
    );
    const moved = await send('/transfer', `${ALICE},${CAROL},${KRW},300000,101`);
    assert.deepEqual(
      [moved['debitAccountId'], moved['creditAccountId'], moved['mode']],
      [ALICE, CAROL, 'OneStep'],
    );
    assert.deepEqual(await held(ALICE), [700_000, 0]);
    assert.deepEqual(await held(CAROL), [300_000, 0]);
  });

  it('are posted in part, voided, expired or marked unknown, and resolved once', async () => {
    const line = `${CAROL},${KRW},1000,102,,,pending`;
    assert.deepEqual(outcomeOf(await send('/withdraw', line)), ['Pending', 0, 0, 1_000]);
    assert.deepEqual(await held(CAROL), [299_000, 1_000]);
    assert.equal(await rejection('/resolve-transfer', '102,post,1001'), 'PostTooLarge');
    const posted = await send('/resolve-transfer', '102,post,400');
    assert.deepEqual(outcomeOf(posted), ['Posted', posted['sequence'], 400, 0]);
    assert.deepEqual(
      outcomeOf(await send('/resolve-transfer', '102,post,400')),
      outcomeOf(posted),
      'the very same again',
    );
    assert.equal(await rejection('/resolve-transfer', '102,void'), 'TransferAlreadyResolved');
    await send('/withdraw', `${CAROL},${KRW},50,103,,,pending`);
    assert.equal((await send('/resolve-transfer', '103,void'))['status'], 'Voided');
    await send('/withdraw', `${CAROL},${KRW},60,104,,,pending`);
    assert.equal(
      await rejection('/resolve-transfer', '104,mark-unknown'),
      'TransferExternalIdMissing',
    );
    const unknown = await send('/resolve-transfer', '104,mark-unknown,,555');
    assert.deepEqual([unknown['status'], unknown['lockedAmount']], ['Unknown', 60]);
    assert.equal(
      await rejection('/resolve-transfer', '104,void,,556'),
      'TransferExternalIdDiffers',
    );
    assert.deepEqual(await held(CAROL), [299_540, 60]);
  });

  it('expire at their time though nothing else happens; their accounts hear of it', async () => {
    const client = await WebSocketClient.open(server);
    await client.subscribe('transfers', CAROL);
    const expireTime = (Date.now() + 2_000) * 1_000;
    await send('/transfer', `${CAROL},${BOB},${KRW},70,105,,,pending,${expireTime}`);
    await send('/transfer', `${CAROL},${BOB},${KRW},70,105,,,pending,${expireTime}`);
    const updates = (await client.receive(3)).slice(1);
    assert.deepEqual(
      updates.map(({ number, transferId, status, lockedAmount }) => [
        number,
        transferId,
        status,
        lockedAmount,
      ]),
      [
        [1, 105, 'Pending', 70],
        [2, 105, 'Expired', 0],
      ],
    );
    client.close();
    assert.equal(await rejection('/resolve-transfer', '105,post'), 'TransferAlreadyResolved');
    assert.deepEqual(await held(CAROL), [299_540, 60]);
  });

  it('are reversed in part, but never by more than they posted', async () => {
    const reversal = await send('/reverse-transfer', '106,101,100000,8001');
    assert.deepEqual(
      [reversal['status'], reversal['transferId'], reversal['originalTransferId']],
      ['Posted', 106, 101],
    );
    assert.equal(await rejection('/reverse-transfer', '107,101,200001'), 'ReversalTooLarge');
    assert.equal(await rejection('/reverse-transfer', '108,101'), 'InsufficientFunds');
    assert.equal(await rejection('/reverse-transfer', '109,106'), 'TransferNotReversible');
    assert.equal(await rejection('/reverse-transfer', '110,999'), 'UnknownTransfer');
    assert.deepEqual(await held(CAROL), [199_540, 60]);
  });

  it('have defined answers at the extremes', async () => {
    for (const amount of ['0', '-1', '1.5', '9007199254740992', '1e3', '']) {
      const { status, body } = await server.send('/transfer', `${ALICE},${BOB},${KRW},${amount}`);
      assert.equal(status, 400, amount);
      assert.equal((body['error'] as Record<string, unknown>)['field'], 'amount');
    }
    const { body } = await server.send('/withdraw', `${ALICE},${KRW},1,,,,pending`);
    assert.equal((body['error'] as Record<string, unknown>)['field'], 'transferId');
    assert.equal(await rejection('/withdraw', `${ALICE},${KRW},${MAX},111`), 'InsufficientFunds');
    assert.equal(await rejection('/deposit', `${ALICE},${KRW},${MAX},112`), 'BalanceTooLarge');
    assert.equal(await rejection('/transfer', `-4,${ALICE},${KRW},${MAX},113`), 'BalanceTooLarge');
    assert.equal(await rejection('/transfer', `-1,-1,${KRW},1,114`), 'SameAccount');
    assert.equal((await send('/transfer', `-4,-2,${KRW},25,115`))['status'], 'Posted');
  });

  it('and trades make entries that name what they are for', async () => {
    await send('/order', `${BOB},${BTC_KRW},100,2,2`);
    await send('/order', `${ALICE},${BTC_KRW},100,2,1`);
    const entries = await query(
      `SELECT kind, debit_account_id, credit_account_id, currency_id, amount, trade_id,
         transfer_id, business_ref_id
       FROM ledger_entries WHERE trade_id > 0 OR transfer_id IN (100, 106)
       ORDER BY entry, posting`,
    );
    assert.deepEqual(entries.slice(0, 4), [
      ['Withdrawal', ALICE, -1, KRW, 5, 0, 100, 7_001],
      ['Reversal', CAROL, ALICE, KRW, 100_000, 0, 106, 8_001],
      ['TradeBase', BOB, ALICE, BTC, 200_000, 1, 0, 0],
      ['TradeQuote', ALICE, BOB, KRW, 200, 1, 0, 0],
    ]);
  });
});

describe('a crash and retries', () => {
  const before = new Map<string, unknown[]>();
  const lines = [
    ['/withdraw', `${CAROL},${KRW},1000,102,,,pending`],
    ['/transfer', `${ALICE},${CAROL},${KRW},300000,101`],
    ['/withdraw', `${CAROL},${KRW},60,104,,,pending`],
    ['/withdraw', `${ALICE},${KRW},${MAX},111`],
    ['/reverse-transfer', '106,101,100000,8001'],
  ] as const;

  it('a retry is answered as at first and does nothing', async () => {
    const sums = await query('SELECT count(*), sum(amount) FROM ledger_entries');
    for (const [path, line] of lines) before.set(line, outcomeOf(await send(path, line)));
    const statuses = [...before.values()].map(([status]) => status);
    assert.deepEqual(statuses, ['Pending', 'Posted', 'Pending', 'Rejected', 'Posted']);
    assert.deepEqual(await query('SELECT count(*), sum(amount) FROM ledger_entries'), sums);
    const other = await send('/transfer', `${ALICE},${CAROL},${KRW},300001,101`, 409);
    assert.equal(reasonOf(other), 'TransferIdConflict');
  });

  it('after kill -9 the answers are the same, and what was unknown is still locked', async () => {
    const expireTime = (Date.now() + 2_000) * 1_000;
    await send('/withdraw', `${CAROL},${KRW},30,120,,,pending,${expireTime}`);
    await server.end('SIGKILL');
    server = await ServerProcess.start(folder.path, ['--max-transfers', '1000']);
    for (const [path, line] of lines) {
      assert.deepEqual(outcomeOf(await send(path, line)), before.get(line), line);
    }
    await until('what was pending at the crash expires', async () => {
      const [row] = await query('SELECT status FROM transfers WHERE transfer_id = 120');
      return row?.[0] === 'Expired' ? true : undefined;
    });
    assert.deepEqual(await held(CAROL), [199_540, 60]);
    const resolved = await send('/resolve-transfer', '104,post,,555');
    assert.equal(resolved['status'], 'Posted');
    assert.deepEqual(await held(CAROL), [199_540, 0]);
  });

  it('PostgreSQL tells each transfer as it is, refused ones too', async () => {
    const rows = await query(
      `SELECT transfer_id, status, posted_amount, reversed_amount, locked_amount, external_id,
         original_transfer_id, reject_reason
       FROM transfers WHERE transfer_id IN (101, 102, 104, 105, 106, 111) ORDER BY 1`,
    );
    assert.deepEqual(rows, [
      [101, 'Posted', 300_000, 100_000, 0, 0, 0, 'None'],
      [102, 'Posted', 400, 0, 0, 0, 0, 'None'],
      [104, 'Posted', 60, 0, 0, 555, 0, 'None'],
      [105, 'Expired', 0, 0, 0, 0, 0, 'None'],
      [106, 'Posted', 100_000, 0, 0, 0, 101, 'None'],
      [111, 'Rejected', 0, 0, 0, 0, 0, 'InsufficientFunds'],
    ]);
    assert.deepEqual(await query('SELECT kind FROM currencies ORDER BY currency_id'), [
      ['Cash'],
      ['Cash'],
      ['Cash'],
      ['Cash'],
      ['Security'],
    ]);
  });

  it('reconciliation finds no difference, and finds one that is made', async () => {
    const reconciled = await runCli(['reconcile', '--data', folder.path]);
    assert.equal(reconciled.code, 0, reconciled.stdout + reconciled.stderr);
    await query('UPDATE transfers SET posted_amount = posted_amount + 1 WHERE transfer_id = 101');
    await query(`UPDATE ledger_entries SET amount = amount + 1 WHERE transfer_id = 100`);
    const damaged = await runCli(['reconcile', '--data', folder.path]);
    assert.equal(damaged.code, 1, damaged.stdout);
    assert.match(damaged.stdout, /transfers +\d+ rows +1 DIFFERENT/);
    assert.match(damaged.stdout, /ledger sums +\d+ rows +2 DIFFERENT/);
  });

  it('a verified replay of the journal finds nothing wrong', async () => {
    await server.end('SIGKILL');
    const replayed = await runCli(['verify', '--data', folder.path, '--json']);
    assert.equal(replayed.code, 0, replayed.stdout + replayed.stderr);
    server = await ServerProcess.start(folder.path, ['--max-transfers', '1000']);
  });
});
