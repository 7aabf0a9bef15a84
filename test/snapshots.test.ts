/**
 * Snapshots of a running exchange: written beside it, begun with at the next start, passed over
 * where they are damaged; and the journal before them archived, trimmed and taken in again.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hashState } from '../exchange/state-hash.ts';
import { JournalStore } from '../journal/journal-store.ts';
import { importArchive } from '../journal/journal-surgery.ts';
import { listSnapshots, replayWhole } from '../journal/snapshots.ts';
import {
  NO_DATABASE,
  runCli,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';

const OFTEN = ['--snapshot-every', '60', '--snapshots-kept', '2'];

/** Deposits and crossing orders, so that there are balances, books and fills. */
async function trade(server: ServerProcess, orders: number): Promise<void> {
  await server.send('/deposit', '1,1,1000000000');
  await server.send('/deposit', '2,10,1000000000');
  for (let i = 0; i < orders; i++) {
    const [account, side] = i % 2 === 0 ? [1, 1] : [2, 2];
    assert.equal((await server.send('/order', `${account},1,100,${1 + i},${side}`)).status, 200);
  }
}

/** Waits until the newest snapshot has all that was sent but for less than the next one's due. */
async function waitForSnapshot(server: ServerProcess): Promise<void> {
  const { executed } = (await server.health()).sequence;
  await server.waitForLog(({ msg, sequence }) => {
    return msg === 'snapshot written' && executed - (sequence as number) < 60;
  });
}

/** What a replay of all that is left of the journal comes to. */
async function replayedHash(folder: string): Promise<string> {
  return withJournal(folder, (store) => {
    const replay = replayWhole(store, folder);
    replay.runToEnd();
    return hashState(replay.exchange);
  });
}

async function withJournal<Found>(
  folder: string,
  use: (store: JournalStore) => Found,
  readOnly = true,
): Promise<Found> {
  const store = new JournalStore(folder, { mapBytes: 2 ** 28, readOnly });
  try {
    return use(store);
  } finally {
    await store.close();
  }
}

describe('an exchange with snapshots', () => {
  it('begins with the newest good one, after kill -9 too', async () => {
    const folder = await temporaryDataFolder();
    let server: ServerProcess | undefined;
    try {
      const retention = ['--journal-retention', 'snapshots'];
      server = await ServerProcess.start(folder.path, [...OFTEN, ...retention], NO_DATABASE);
      for (let n = 0; n < 2; n++) {
        await trade(server, 60);
        await waitForSnapshot(server);
      }
      await server.end('SIGKILL');
      const [newest, older, ...others] = listSnapshots(folder.path);
      assert.equal(others.length, 0, 'two are kept');
      const first = await withJournal(folder.path, (store) => store.firstSequence());
      assert.equal(first, 1, 'nothing is trimmed that PostgreSQL has not');
      const stateHash = await replayedHash(folder.path);

      server = await ServerProcess.start(folder.path, ['--snapshot-every', '0'], NO_DATABASE);
      let recovered = await server.waitForLog(({ msg }) => msg === 'recovered from the journal');
      assert.equal(recovered['snapshotSequence'], newest!.sequence);
      assert.equal(recovered['stateHash'], stateHash);
      await server.end('SIGTERM');

      writeFileSync(newest!.path, readFileSync(newest!.path).fill(1, 500, 501));
      const verified = await runCli(['verify', '--data', folder.path]);
      assert.equal(verified.code, 1, 'verify finds the bad snapshot');
      assert.ok(verified.stderr.includes(newest!.path));
      const trained = ['--snapshot-every', '0', '--warm-up', '9000'];
      server = await ServerProcess.start(folder.path, trained, NO_DATABASE);
      const warmed = await server.waitForLog(({ msg }) => msg === 'exchange warmed up');
      assert.equal(warmed['commands'], 9_000);
      const refused = await server.waitForLog(({ msg }) => msg.startsWith('snapshot refused'));
      assert.ok(refused.msg.includes(newest!.path));
      recovered = await server.waitForLog(({ msg }) => msg === 'recovered from the journal');
      assert.equal(recovered['snapshotSequence'], older!.sequence);
      assert.equal(recovered['stateHash'], stateHash);
      // On demand, beside it; the bad one was set aside.
      await trade(server, 1);
      const demanded = await runCli(['snapshot', '--data', folder.path]);
      assert.match(demanded.stdout, /kept +2 snapshots/, demanded.stderr);
      await server.end('SIGTERM');
    } finally {
      await server?.end('SIGKILL');
      await folder.remove();
    }
  });

  it('trims what is archived and projected; the archives give it back', async () => {
    const folder = await temporaryDataFolder();
    const archive = join(folder.path, 'archive');
    let server: ServerProcess | undefined;
    try {
      const retention = ['--journal-retention', 'snapshots', '--journal-archive', archive];
      server = await ServerProcess.start(folder.path, [...OFTEN, ...retention]);
      for (let n = 0; n < 2; n++) {
        await trade(server, 60);
        await waitForSnapshot(server);
      }
      await server.waitForProjection();
      await server.waitForLog(({ msg }) => msg === 'journal trimmed');
      await until('the journal begins later', () =>
        withJournal(folder.path, (store) => store.firstSequence() !== 1 || undefined),
      );
      await server.end('SIGKILL');

      server = await ServerProcess.start(folder.path, ['--snapshot-every', '0']);
      const { stateHash } = await server.waitForLog((line) => line.msg.startsWith('recovered'));
      assert.equal((await server.waitForProjection()).projection.state, 'running');
      await server.end('SIGTERM');
      const verified = await runCli(['verify', '--data', folder.path]);
      assert.equal(verified.code, 0, verified.stderr);
      assert.equal(await replayedHash(folder.path), stateHash);
      server = await ServerProcess.start(folder.path, ['--rebuild-projection']);
      const kept = await server.waitForLog(({ msg }) => msg.startsWith('The tables stay'));
      assert.match(kept.msg, /begins with \d+\. Take in the archives/);
      assert.equal((await server.get('/balances?userId=1')).status, 200);
      await server.end('SIGTERM');
      const refused = await runCli(['audit', '--data', folder.path]);
      assert.equal(refused.code, 2, 'that is no violation');
      assert.match(refused.stderr, /was trimmed, and begins with command \d+: .*import/);

      const takeIn = (store: JournalStore) => {
        for (const name of readdirSync(archive).sort().reverse()) {
          importArchive(store, join(archive, name));
        }
        assert.equal(store.firstSequence(), 1);
      };
      await withJournal(folder.path, takeIn, false);
      assert.equal(await replayedHash(folder.path), stateHash);
    } finally {
      await server?.end('SIGKILL');
      await folder.remove();
    }
  });
});
