/** A journal that is gone or cut off is refused at the start, in words, and nothing is touched. */
import assert from 'node:assert/strict';
import { renameSync, rmSync, truncateSync } from 'node:fs';
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

describe('a data folder whose journal', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;

  before(async () => {
    folder = await temporaryDataFolder();
    const server = await ServerProcess.start(folder.path, [], NO_DATABASE);
    const deposits = encodeCommands(
      Array.from({ length: 10_000 }, () => deposit({ accountId: 1, currencyId: 1, amount: 1 })),
    );
    for (let round = 0; round < 5; round++) await server.sendCommands(deposits);
    assert.equal(await server.end('SIGTERM'), 0);
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
    assert.match(await refusal(), /is empty, but this folder has held an exchange: restore/);
    rmSync(journalFolderOf(folder.path), { recursive: true });
    renameSync(away, journalFolderOf(folder.path));
    const server = await ServerProcess.start(folder.path, [], NO_DATABASE);
    assert.ok((await server.health()).sequence.executed > 50_000);
    assert.equal(await server.end('SIGTERM'), 0);
  });

  it('is cut off in the middle is refused by start and replay', async () => {
    const path = journalFileOf(folder.path);
    truncateSync(path, Math.floor(usedBytesOf(path) / 2));
    assert.match(await refusal(), /the journal cannot be read: /);
    const { code, stderr } = await runCli(['replay', '--data', folder.path]);
    assert.equal(code, 1);
    assert.match(stderr, /truncated|damaged|missing/);
  });

  it('has lost its header is refused', async () => {
    truncateSync(journalFileOf(folder.path), 4_100);
    assert.match(await refusal(), /is damaged: no LMDB header/);
  });
});
