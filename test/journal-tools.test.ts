/** The journal's tools on the command line: what people do when something is wrong, in words. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deposit, encodeCommands } from './support/commands.ts';
import {
  NO_DATABASE,
  runCli,
  ServerProcess,
  temporaryDataFolder,
} from './support/server-process.ts';

const DEPOSITS = 300;

describe('the journal at rest', () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let last = 0;

  before(async () => {
    folder = await temporaryDataFolder();
    const server = await ServerProcess.start(folder.path, [], NO_DATABASE);
    for (let i = 0; i < DEPOSITS; i += 10) {
      const body = encodeCommands(
        Array.from({ length: 10 }, () => deposit({ accountId: 1, currencyId: 1, amount: 1 })),
      );
      const { results } = await server.sendCommands(body);
      last = results.at(-1)!.sequence;
    }
    const refused = await runCli([
      'journal',
      'truncate',
      '--data',
      folder.path,
      '--after',
      '5',
      '--yes',
    ]);
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stderr, /in use|running|pid/i);
    assert.equal(await server.end('SIGTERM'), 0);
  });

  after(() => folder.remove());

  async function metric(args: readonly string[], name: string): Promise<unknown> {
    const { code, stdout, stderr } = await runCli([...args, '--json']);
    assert.equal(code, 0, stderr);
    const { results } = JSON.parse(stdout) as { results: { metric: string; value: unknown }[] };
    return results.find((result) => result.metric === name)?.value;
  }

  it('is verified, and says so', async () => {
    assert.equal(await metric(['verify', '--data', folder.path], 'violations'), 0);
    assert.equal(await metric(['verify', '--data', folder.path], 'final_sequence'), last);
  });

  it('is audited to the end, though nobody reads what it says', async () => {
    const readsNothing = ['bash', '-o', 'pipefail', '-c', '"$@" | true', 'bash'];
    const { code, stderr } = await runCli(['audit', '--data', folder.path], readsNothing);
    assert.equal(stderr, '');
    assert.equal(code, 0);
  });

  it('is exported, and imported elsewhere to the same state', async () => {
    const archive = join(folder.path, 'all.archive');
    const copy = join(folder.path, 'copy');
    assert.ok(
      Number(await metric(['journal', 'export', archive, '--data', folder.path], 'batches')) > 0,
    );
    assert.ok(Number(await metric(['journal', 'import', archive, '--data', copy], 'batches')) > 0);
    const hashes = await Promise.all(
      [folder.path, copy].map((path) => metric(['replay', '--data', path], 'state_hash')),
    );
    assert.equal(hashes[0], hashes[1]);
    const twice = await runCli(['journal', 'export', archive, '--data', folder.path]);
    assert.equal(twice.code, 1);
    assert.match(twice.stderr, /exists already/);
  });

  it('is cut only when told so, keeps what it cuts, and the exchange goes on', async () => {
    const args = ['journal', 'truncate', '--data', folder.path, '--after', `${last - 25}`];
    const asked = await runCli(args);
    assert.equal(asked.code, 2);
    assert.match(asked.stdout, /would cut 25 commands .* add --yes/);
    assert.equal(await metric(['replay', '--data', folder.path], 'final_sequence'), last);
    const done = await runCli([...args, '--yes']);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /cut 25 commands .* --rebuild-projection/s);
    assert.ok(existsSync(join(folder.path, 'journal', `cut-after-${last - 25}.archive`)));
    assert.equal(await metric(['verify', '--data', folder.path], 'final_sequence'), last - 25);
    const again = await runCli([...args, '--yes']);
    assert.equal(again.code, 0, again.stderr);
    const server = await ServerProcess.start(folder.path, [], NO_DATABASE);
    const { body } = await server.send('/deposit', '1,1,1');
    assert.equal(body['sequence'], last - 24);
    assert.equal(await server.end('SIGTERM'), 0);
  });

  it('bad arguments say what is allowed', async () => {
    for (const sequence of ['-1', 'x', '1.5', '99999999999999999']) {
      const { code, stderr } = await runCli(['journal', 'truncate', '--after', sequence]);
      assert.equal(code, 2);
      assert.match(stderr, /allowed: a whole number from 0/);
    }
    const nowhere = await runCli(['journal', 'export', 'x.archive', '--data', '/nonexistent']);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /holds no journal/);
  });
});
