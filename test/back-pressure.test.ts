/**
 * More work than the exchange can take: full rings answer 503 and take nothing of the request,
 * cancels have room of their own, and all that was acknowledged is there afterwards.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandClient } from '../bench/flow/command-client.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { Flood } from './chaos/overload/flood.ts';
import { fund } from './chaos/overload/overload.ts';
import { cancelOrder, deposit, encodeCommands, newOrder } from './support/commands.ts';
import {
  type CommandsAnswer,
  commandsAnswerOf,
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';
import { stallJournal } from './support/stalled-journal.ts';

const KRW = 1;
const RESERVE_BYTES = 32_768;
/** Well above the limits of the server that is told to stop. */
const STOP_PATIENCE_MS = 20_000;
/** Half of the command ring is for cancels; a body is an eighth of it. */
const SMALL_RINGS = [
  ...['--command-ring-bytes', '65536', '--cancel-reserve-bytes', `${RESERVE_BYTES}`],
  ...['--max-body-bytes', '16384', '--event-ring-bytes', '65536'],
];
const BATCH = 100;
const deposits = encodeCommands(
  Array.from({ length: BATCH }, () => deposit({ accountId: 1, currencyId: KRW, amount: 1 })),
);
const cancels = encodeCommands(
  Array.from({ length: BATCH }, () => cancelOrder({ accountId: 1, orderId: 1 })),
);
const CANCEL_FRAME_BYTES = cancels.length / BATCH + 8;

function statusCount(answers: readonly CommandsAnswer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

/** Every answer is either that for all commands, or 503 for none. */
function assertAllOrNone(answers: readonly CommandsAnswer[]): void {
  for (const { status, body, results } of answers) {
    if (status === 200) {
      assert.equal(results.length, BATCH);
      const [first] = results;
      for (const [i, { sequence }] of results.entries()) {
        assert.equal(sequence, first!.sequence + i);
      }
    } else {
      assert.equal(status, 503);
      const { message } = body['error'] as { message: string };
      assert.match(message, /busy: nothing of this request was taken/);
    }
  }
}

describe('an exchange with small rings and a disk that hangs', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path, [
      ...SMALL_RINGS,
      '--wait-strategy',
      'busy-spin',
    ]);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  it('tells nobody about a command that is not on disk', async () => {
    await server.send('/deposit', `2,${KRW},1000`);
    const earlier = await until('all is told', async () => {
      const { sequence } = await server.health();
      return sequence.released === sequence.executed ? sequence : undefined;
    });
    const goOn = stallJournal(folder.path);
    let isAnswered = false;
    const sending = server.send('/order', '2,1,5,1,1').then((answer) => {
      isAnswered = true;
      return answer;
    });
    await until('the order is executed', async () => {
      const { executed } = (await server.health()).sequence;
      return executed > earlier.executed ? executed : undefined;
    });
    const { body: book } = await server.get('/orderbook?symbolId=1');
    assert.deepEqual(book['bids'], []);
    assert.equal((await server.health()).sequence.released, earlier.released);
    assert.equal(isAnswered, false);
    await goOn();
    assert.equal((await sending).body['status'], 'New');
    const { body: later } = await server.get('/orderbook?symbolId=1');
    assert.deepEqual(later['bids'], [{ price: 5, qty: 1, orders: 1 }]);
  });

  it('refuses what has no room, keeps room for cancels, and loses nothing it took', async () => {
    const { executed: earlier } = (await server.waitForProjection()).sequence;
    const goOn = stallJournal(folder.path);
    // Both rings together hold fewer than 10 of these.
    let refusedCount = 0;
    const paying = Array.from({ length: 60 }, async () => {
      const response = await server.post('/deposit', deposits, 'application/octet-stream');
      if (response.status === 503) {
        assert.equal(response.headers.get('retry-after'), '1');
        refusedCount++;
      }
      return commandsAnswerOf(response);
    });
    await until('requests are refused', () => (refusedCount >= 50 ? true : undefined));
    let refusedCancels = 0;
    const cancelling = Array.from({ length: 20 }, async () => {
      const answer = await server.sendCommands(cancels, '/cancel');
      if (answer.status === 503) refusedCancels++;
      return answer;
    });
    await until('even cancels are refused', () => (refusedCancels > 0 ? true : undefined));
    await goOn();
    const paid = await Promise.all(paying);
    const cancelled = await Promise.all(cancelling);
    assertAllOrNone(paid);
    assertAllOrNone(cancelled);
    assert.ok(statusCount(paid, 200) > 0);
    const room = Math.floor(RESERVE_BYTES / (BATCH * CANCEL_FRAME_BYTES));
    assert.ok(statusCount(cancelled, 200) >= room, `${statusCount(cancelled, 200)} cancels passed`);
    const depositCount = BATCH * statusCount(paid, 200);
    const { executed } = (await server.waitForProjection()).sequence;
    assert.equal(executed - earlier, depositCount + BATCH * statusCount(cancelled, 200));
    const { body } = await server.get('/balances?userId=1');
    const [won] = body['balances'] as { available: number }[];
    assert.equal(won?.available, depositCount);
  });

  it('answers every message of a flood, and journals no other than it acknowledged', async () => {
    await fund(server);
    const terms = { transport: 'websocket', connections: 4, batch: 2, inFlight: 2 } as const;
    const flood = await Flood.open(new URL(server.address), terms);
    // The rings hold a small part of this while the disk hangs.
    const messages = 3_000;
    const goOn = stallJournal(folder.path);
    const flooding = flood.runOpen(messages, 1, 1);
    await until('messages are refused', () => (flood.figures.refused > 1_000 ? true : undefined));
    await goOn();
    const { sent, heldBack, acknowledged, refused } = await flooding;
    flood.close();
    assert.equal(sent + heldBack, messages);
    assert.equal(acknowledged + refused, sent);
    const journaled = await flood.ledger.compare(folder.path);
    const right = { lost: 0, refusedJournaled: 0, unansweredJournaled: 0 };
    assert.deepEqual(journaled, { acknowledged: 2 * acknowledged, ...right });
    assert.ok(acknowledged > 0);
  });

  it('takes every batch of many clients that try again, exactly once', async () => {
    const { executed: earlier } = (await server.health()).sequence;
    const clients = Array.from({ length: 6 }, () => new CommandClient(server.address));
    const batches = 20;
    const sequences = new Set<number>();
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < batches; i++) {
          await client.send(deposits, (_, { sequence, rejectReason }) => {
            assert.equal(rejectReason, RejectReason.None);
            sequences.add(sequence);
          });
        }
        client.close();
      }),
    );
    assert.equal(sequences.size, clients.length * batches * BATCH);
    assert.equal((await server.waitForProjection()).sequence.executed - earlier, sequences.size);
  });
});

it('a disk that hangs does not keep the exchange from ending when it is told to', async () => {
  const folder = await temporaryDataFolder();
  const impatient = ['--stop-timeout-ms', '1000', '--drain-timeout-ms', '100'];
  const server = await ServerProcess.start(folder.path, impatient, NO_DATABASE);
  const { sequence: earlier } = await server.health();
  const goOn = stallJournal(folder.path);
  try {
    const unanswered = server.send('/deposit', `1,${KRW},1`).catch(() => undefined);
    await until('the deposit is executed', async () =>
      (await server.health()).sequence.executed > earlier.executed ? true : undefined,
    );
    const patience = new AbortController();
    const late = sleep(STOP_PATIENCE_MS, 'still running', { signal: patience.signal }).catch(
      () => undefined,
    );
    const outcome = await Promise.race([server.end('SIGTERM'), late]);
    patience.abort();
    assert.equal(outcome, null, 'it ends itself by SIGKILL: an ordinary exit would hang too');
    assert.match(server.log.at(-1)!.msg, /not everything ended in time/);
    assert.equal(await unanswered, undefined);
  } finally {
    await server.end('SIGKILL');
    await goOn();
    await folder.remove();
  }
});

describe('a ring of events smaller than what one request causes', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    server = await ServerProcess.start(folder.path, SMALL_RINGS, NO_DATABASE);
  });

  // Not SIGTERM: an exchange that does not go on does not stop either.
  after(async () => {
    await server.end('SIGKILL');
    await folder.remove();
  });

  const bounded = { timeout: 20_000 };

  it(
    'makes the exchange wait for its readers, and go on when they have read',
    bounded,
    async () => {
      await server.send('/deposit', `1,${KRW},1000000000`);
      await server.send('/deposit', '2,10,1000000000');
      const orders = encodeCommands(
        Array.from({ length: 100 }, () => newOrder({ accountId: 1, price: 10 })),
      );
      for (let round = 0; round < 20; round++) {
        assert.equal((await server.sendCommands(orders)).results.length, 100);
      }
      // One command whose events are many times the ring.
      const { body } = await server.send('/order', '2,1,10,2000,2,limit,IOC');
      assert.equal(body['status'], 'Filled');
      assert.equal((body['fills'] as unknown[]).length, 2_000);
    },
  );
});
