/**
 * A journal whose process is killed at any moment, again and again: what was released is in it, and
 * it passes every check.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seededRandom, testSeed } from '../test/support/seed.ts';
import { JournalReplay } from './journal-replay.ts';
import { JournalStore } from './journal-store.ts';
import { SMALL_CAPACITY, STORE_OPTIONS, temporaryFolder } from './testing/journal-rig.ts';

const ROUNDS = 8;
const KILL_AFTER_MS_MAX = 120;
const WRITER = fileURLToPath(import.meta.resolve('./testing/crash-writer.ts'));

/** Lets a writer go on with the journal and kills it; each line it printed. */
async function writeAndKill(folder: string, seed: number, lifeMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [WRITER, folder, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines: string[] = [];
  const input = createInterface(child.stdout);
  const end = once(input, 'close');
  input.on('line', (line) => lines.push(line));
  await Promise.race([once(input, 'line'), exit]);
  await setTimeout(lifeMs);
  child.kill('SIGKILL');
  assert.deepEqual(await exit, [null, 'SIGKILL'], 'the writer ended before it was killed');
  await end;
  return lines;
}

/** The event hash after `sequence`, from a replay of all of the journal with every check. */
async function hashAfter(folder: string, sequence: number): Promise<string | undefined> {
  const store = new JournalStore(folder, STORE_OPTIONS);
  let eventHash: string | undefined;
  const onCommand = () => {
    if (replay.exchange.sequence === sequence) eventHash = replay.eventHash;
  };
  const replay = new JournalReplay(store, { onCommand }, SMALL_CAPACITY);
  replay.runToEnd();
  await store.close();
  return eventHash;
}

test('after a SIGKILL at any moment the journal is whole, with all that was told', async (t) => {
  const random = seededRandom(testSeed(t));
  const folder = temporaryFolder();
  let released = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = await writeAndKill(folder, random(2 ** 31), random(KILL_AFTER_MS_MAX));
    // The kill may have cut the last line.
    const last = lines.findLast((line) => /^\d+ [0-9a-f]{16}$/.test(line));
    assert.ok(last !== undefined);
    const [sequence, eventHash] = last.split(' ');
    assert.ok(Number(sequence) > released, 'the writer went on where the journal ended');
    released = Number(sequence);
    assert.equal(await hashAfter(folder, released), eventHash);
  }
  t.diagnostic(`${released} commands released in ${ROUNDS} lives`);
});
