/** The keeper of snapshots beside a journal on the disk, with the processes that it starts. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { listSnapshots, snapshotsFolderOf } from '../journal/snapshots.ts';
import { RECORDED_COMMANDS, recordDay } from '../journal/testing/recorded-day.ts';
import { Counter, Counters, createCounters } from '../ring/counters.ts';
import { seededRandom } from '../test/support/seed.ts';
import { until } from '../test/support/server-process.ts';
import type { Logger } from './log.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';

const LOOK_MS = 5;
/** A process would have written one by then, or failed. */
const WRITING_MS = 1_500;

/** A keeper of a journal of which so much is said to be stored, and what it logs. */
async function keepBeside(options: { every: number; isDiskLow?: () => boolean; folder?: string }) {
  const folder = options.folder ?? (await recordDay(seededRandom(7), 0)).folder;
  const counters = new Counters(createCounters());
  const lines: { text: string; details: Record<string, unknown> }[] = [];
  const write = (details: Record<string, unknown>, text: string) => lines.push({ text, details });
  const log = { info: write, warn: write, error: write } as unknown as Logger;
  const settings = {
    dataFolder: folder,
    snapshotEvery: options.every,
    snapshotsKept: 3,
    isTrimmed: false,
    archiveFolder: '',
    isDiskLow: options.isDiskLow ?? (() => false),
    onTrimmable: () => {},
  };
  const keeper = new SnapshotKeeper(settings, counters, log);
  keeper.start(LOOK_MS);
  const told = (text: string) => lines.filter((line) => line.text.startsWith(text));
  return { folder, counters, keeper, lines, told };
}

describe('a keeper of snapshots', () => {
  it('has the next one written as soon as it is due, and none before', async () => {
    const { folder, counters, keeper, lines, told } = await keepBeside({ every: 200 });
    for (const [count, stored] of [200, 400, RECORDED_COMMANDS].entries()) {
      counters.set(Counter.StoredSequence, stored - 1);
      await new Promise((resolve) => setTimeout(resolve, 10 * LOOK_MS));
      assert.equal(told('snapshot written').length, count, `not due at ${stored - 1}`);
      counters.set(Counter.StoredSequence, stored);
      await until(
        'it is written',
        async () => told('snapshot written').length > count || undefined,
      );
      assert.ok(listSnapshots(folder)[0]!.sequence > stored - 200);
      assert.equal(counters.get(Counter.SnapshotSequence), listSnapshots(folder)[0]!.sequence);
    }
    keeper.stop();
    assert.equal(lines.length, 3, 'no warning, no error');
  });

  it('tells what fails, and tries again only after a pause', async () => {
    const { folder, counters, keeper, told } = await keepBeside({ every: 100 });
    rmSync(folder, { recursive: true });
    counters.set(Counter.StoredSequence, RECORDED_COMMANDS);
    await until('it fails', async () => told('no snapshot was written').length > 0 || undefined);
    await new Promise((resolve) => setTimeout(resolve, WRITING_MS));
    keeper.stop();
    const [failure, ...more] = told('no snapshot was written');
    assert.match(String(failure!.details['error']), /ended with 2: .*holds no journal/);
    assert.equal(more.length, 0);
  });

  it('has none written so soon behind a large one', async () => {
    const { folder } = await recordDay(seededRandom(7), 0);
    mkdirSync(snapshotsFolderOf(folder));
    const large = join(snapshotsFolderOf(folder), 'snapshot-0000000000000001');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 30);
    const { counters, keeper, lines } = await keepBeside({ every: 100, folder });
    counters.set(Counter.StoredSequence, RECORDED_COMMANDS);
    await new Promise((resolve) => setTimeout(resolve, WRITING_MS));
    keeper.stop();
    assert.equal(lines.length, 0);
    truncateSync(large, 0);
    const again = await keepBeside({ every: 100, folder });
    again.counters.set(Counter.StoredSequence, RECORDED_COMMANDS);
    await until(
      'one is written',
      async () => again.told('snapshot written').length > 0 || undefined,
    );
    again.keeper.stop();
  });

  it('has none written while the disk is low', async () => {
    let isLow = true;
    const { counters, keeper, told } = await keepBeside({ every: 100, isDiskLow: () => isLow });
    counters.set(Counter.StoredSequence, RECORDED_COMMANDS);
    await new Promise((resolve) => setTimeout(resolve, WRITING_MS));
    assert.equal(told('').length, 0);
    isLow = false;
    await until('it is written', async () => told('snapshot written').length > 0 || undefined);
    keeper.stop();
  });
});
