/** The list of all benchmarks: each is a command that writes results and can be run for a look. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { BENCHMARKS } from './benchmarks.ts';

describe('the list of benchmarks', () => {
  for (const { name, addTo, targets } of BENCHMARKS) {
    it(`has ${name} under the name of its command`, () => {
      const program = new Command();
      addTo(program);
      assert.deepEqual(
        program.commands.map((command) => command.name()),
        [name],
      );
      const options = program.commands[0]!.options.map((option) => option.long);
      for (const option of ['--out', '--quick', '--json'])
        assert.ok(options.includes(option), option);
      for (const { atLeast, atMost } of targets)
        assert.ok(atLeast !== undefined || atMost !== undefined);
    });
  }
});
