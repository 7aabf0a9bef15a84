/** A journal that is gone or cut off is refused at the start, in words, and nothing is touched. */
import assert from 'node:assert/strict';
import { copyFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { journalFileOf, journalFolderOf } from '../journal/journal-store.ts';
import { usedBytesOf } from '../journal/testing/used-bytes.ts';
import { deposit, encodeCommands } from './support/commands.ts';
import {
  NO_DATABASE,
  runCli,
  ServerProcess,
  temporaryDataFolder,
} from './support/server-process.ts';

const EXIT_CANNOT_START = 2;

const ROUND = 10_000;

/** A life of an exchange; returns its last command. */
async function live(folder: string, rounds: number, accountId = 1): Promise<number> {
  const server = await ServerProcess.start(folder, [], NO_DATABASE);
  const deposits = encodeCommands(
    Array.from({ length: ROUND }, () => deposit({ accountId, currencyId: 1, amount: 1 })),
  );
  for (let round = 0; round < rounds; round++) await server.sendCommands(deposits);
  const { executed } = (await server.health()).sequence;
  assert.equal(await server.end('SIGTERM'), 0);
  return executed;
}

describe('a data folder whose journal', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;

  before(async () => {
    folder = await temporaryDataFolder();
    await live(folder.path, 5);
  });

  after(() => folder.remove());

  async function refusal(): Promise<string> {
    const server = ServerProcess.launch(folder.path, [], NO_DATABASE);
    assert.equal(await server.ended(), EXIT_CANNOT_START);
    return server.log.at(-1)!.msg;
  }

  it('is missing is refused, and begins anew only when told to', async () => {
    const away = join(folder.path, 'elsewhere');
    renameSync(journalFolderOf(folder.path), away);
    assert.match(
      await refusal(),
      /is empty, but this folder has held an exchange: restore .* remove .*exchange\.json/,
    );
    rmSync(journalFolderOf(folder.path), { recursive: true });
    renameSync(away, journalFolderOf(folder.path));
    const server = await ServerProcess.start(folder.path, [], NO_DATABASE);
    assert.ok((await server.health()).sequence.executed > 50_000);
    assert.equal(await server.end('SIGTERM'), 0);
  });

  it('is an older copy, or of another exchange, is refused until it is cut', async () => {
    const path = journalFileOf(folder.path);
    const older = join(folder.path, 'older');
    copyFileSync(path, older);
    const end = await live(folder.path, 1);
    const another = await temporaryDataFolder();
    await live(another.path, 7, 2);
    copyFileSync(journalFileOf(another.path), path);
    assert.match(await refusal(), /another command \d+ than when it was last in use/);
    copyFileSync(older, path);
    const verified = await runCli(['verify', '--data', folder.path]);
    assert.equal(verified.code, 1);
    assert.match(verified.stderr, /it is an older copy/);
    const said = await refusal();
    assert.match(
      said,
      new RegExp(`had come to ${end} when it was last in use: it is an older copy`),
    );
    const after = /--after (\d+) --yes/.exec(said)![1]!;
    const cut = await runCli([
      'journal',
      'truncate',
      '--data',
      folder.path,
      '--after',
      after,
      '--yes',
    ]);
    assert.equal(cut.code, 0, cut.stderr);
    assert.ok((await live(folder.path, 1)) >= Number(after) + ROUND);
    await another.remove();
  });

  it('is cut off in the middle is refused by start and replay', async () => {
    const path = journalFileOf(folder.path);
    truncateSync(path, Math.floor(usedBytesOf(path) / 2));
    assert.match(await refusal(), /is damaged: it is cut off: it has \d+ bytes/);
    const { code, stderr } = await runCli(['replay', '--data', folder.path]);
    assert.equal(code, 1);
    assert.match(stderr, /truncated|damaged|missing/);
  });

  it('has lost its header is refused', async () => {
    truncateSync(journalFileOf(folder.path), 4_100);
    assert.match(await refusal(), /is damaged: no LMDB header/);
    const data = ['--data', folder.path];
    for (const command of [
      ['verify'],
      ['journal', 'export', join(folder.path, 'x.archive')],
      ['journal', 'truncate', '--after', '10', '--yes'],
    ]) {
      const { code, stderr } = await runCli([...command, ...data]);
      assert.equal(code, 1, command.join(' '));
      assert.match(stderr, /is damaged: no LMDB header/, command.join(' '));
    }
  });
});
