/** The fuzzer as it is called: a second of it, and its JSON. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const FUZZER = fileURLToPath(new URL('fuzz-engine.ts', import.meta.url));

test('the fuzzer prints one JSON object with its seed, its commands and no difference', () => {
  const args = [FUZZER, '--seconds', '1', '--seed', '4', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const { name, results } = JSON.parse(stdout) as {
    name: string;
    results: { case: string; metric: string; value: number }[];
  };
  assert.equal(name, 'fuzz:engine');
  const value = (metric: string) => results.find((each) => each.metric === metric)?.value;
  assert.deepEqual([value('seed'), value('differences')], [4, 0]);
  assert.ok(value('commands')! > 100);
});
