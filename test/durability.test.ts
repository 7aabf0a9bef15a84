/**
 * The modes of durability through a running exchange: each is shown, trades and leaves a sound
 * journal that any other goes on with; and killed amid traffic, all but `none` keep what was told.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DURABILITIES } from '../journal/durability.ts';
import { killOften } from './chaos/kill/kill.ts';
import { testSeed } from './support/seed.ts';
import {
  NO_DATABASE,
  runCli,
  ServerProcess,
  temporaryDataFolder,
} from './support/server-process.ts';

const KILLS = 2;

describe('durability', () => {
  it('is shown; each mode leaves a journal that the others go on with', async () => {
    const folder = await temporaryDataFolder();
    try {
      for (const durability of [...DURABILITIES, 'fsync']) {
        const settings = ['--durability', durability];
        const server = await ServerProcess.start(folder.path, settings, NO_DATABASE);
        assert.equal((await server.get('/health')).body['durability'], durability);
        for (let i = 0; i < 20; i++) {
          assert.equal((await server.send('/deposit', '1,1,1')).status, 200);
        }
        assert.equal(await server.end('SIGTERM'), 0);
      }
      const verified = await runCli(['verify', '--data', folder.path, '--json']);
      assert.equal(verified.code, 0, verified.stdout + verified.stderr);
      assert.match(verified.stdout, /"metric":"violations","value":0/);
    } finally {
      await folder.remove();
    }
  });

  for (const durability of ['fsync', 'commit'] as const) {
    it(`${durability} keeps what was told when the process is killed`, async (t) => {
      const options = { kills: KILLS, seed: testSeed(t), durability };
      const outcome = await killOften(options, () => {});
      assert.deepEqual(outcome.failures, []);
      assert.ok(outcome.answered > 0);
      assert.equal(outcome.lost + outcome.badJournals, 0);
    });
  }
});
