/** The process that writes snapshots one after the other, of a journal that is on the disk. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { hashState } from '../exchange/state-hash.ts';
import { JournalStore } from '../journal/journal-store.ts';
import { listSnapshots } from '../journal/snapshots.ts';
import { STORE_OPTIONS } from '../journal/testing/journal-rig.ts';
import { RECORDED_COMMANDS, recordDay, runFromSnapshot } from '../journal/testing/recorded-day.ts';
import { seededRandom } from '../test/support/seed.ts';
import { CLI } from '../test/support/server-process.ts';
import { CHILD_VARIABLE } from './journal-child.ts';
import type { Result } from './json-report.ts';
import { SnapshotWriter } from './snapshot-writer.ts';

const argsFor = (folder: string) => ['--data', folder, '--keep', '2', '--pace', '100'];
const stopping = new AbortController();

function figure(results: readonly Result[], metric: string): number {
  return Number(results.find((result) => result.metric === metric)?.value);
}

describe('a writer of snapshots', () => {
  for (const seesOldest of [false, true]) {
    const how = seesOldest ? ', and sees the oldest' : '';
    it(`writes one for each number it is told, and ends${how}`, async () => {
      const { folder, stateHash } = await recordDay(seededRandom(7), 0);
      const args = [...argsFor(folder), ...(seesOldest ? ['--see-oldest'] : [])];
      const writer = new SnapshotWriter(args, stopping.signal);
      let before = 0;
      for (const to of [200, 400, RECORDED_COMMANDS]) {
        const results = await writer.write(to);
        const sequence = figure(results, 'sequence');
        assert.ok(sequence > before && sequence <= to, `${sequence} of ${to}`);
        assert.equal(figure(results, 'replayed'), sequence - before);
        assert.equal(listSnapshots(folder)[0]?.sequence, sequence);
        assert.equal(figure(results, 'trimmable'), seesOldest ? before : Number.NaN);
        before = sequence;
      }
      assert.equal(writer.hasEnded, false);
      await writer.end();
      assert.equal(writer.hasEnded, true);
      assert.equal(writer.takeSaid(), '');
      assert.equal(listSnapshots(folder).length, 2, 'two are kept');
      const store = new JournalStore(folder, { ...STORE_OPTIONS, readOnly: true });
      const { replay, from, bad } = runFromSnapshot(store, folder);
      await store.close();
      assert.deepEqual([from, bad], [RECORDED_COMMANDS, []]);
      assert.equal(hashState(replay.exchange), stateHash);
    });
  }

  it('says why it ended', async () => {
    const { folder } = await recordDay(seededRandom(7), 0);
    const writer = new SnapshotWriter(argsFor(folder), stopping.signal);
    await assert.rejects(writer.write(Number.NaN), /snapshot ended with 1: .*whole number/);
    const none = new SnapshotWriter(['--data', `${folder}/none`], stopping.signal);
    await assert.rejects(none.write(1), /snapshot ended with 2: .*holds no journal/);
  });

  it('writes nothing more for an exchange that was killed', async () => {
    const { folder } = await recordDay(seededRandom(7), 0);
    const args = [CLI, 'snapshot', ...argsFor(folder), '--to', '-', '--json'];
    // A shell in the place of the exchange: what it starts reads what we write, also without it.
    const shell = ['-c', 'exec 3<&0; "$@" <&3 & wait', 'sh', process.execPath, ...args];
    const env = { ...process.env, [CHILD_VARIABLE]: '1' };
    const exchange = spawn('sh', shell, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    exchange.stdin.write('200\n');
    await once(exchange.stdout, 'data');
    const [written, ...others] = listSnapshots(folder);
    assert.equal(others.length, 0);
    exchange.kill('SIGKILL');
    await once(exchange, 'exit');
    exchange.stdin.write('400\n');
    await once(exchange.stdout.resume(), 'end');
    assert.deepEqual(listSnapshots(folder), [written]);
  });

  it('ends at once with the exchange', async () => {
    const { folder } = await recordDay(seededRandom(7), 0);
    const writer = new SnapshotWriter(argsFor(folder), stopping.signal);
    const written = writer.write(RECORDED_COMMANDS);
    stopping.abort();
    await assert.rejects(written);
    assert.equal(writer.hasEnded, true);
  });
});
