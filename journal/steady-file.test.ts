/** A long file that is flushed as it grows. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SteadyFile } from './steady-file.ts';
import { temporaryFolder } from './testing/journal-rig.ts';

const MIB = 2 ** 20;

test('has all that was written, in its order, and nothing of what was there before', () => {
  const path = join(temporaryFolder(), 'long');
  writeFileSync(path, Buffer.alloc(100 * MIB));
  const flushedAt: number[] = [];
  const file = new SteadyFile(path, () => flushedAt.push(file.bytes));
  const parts = [1, 15, 9, 7, 3].map((mib, index) => Buffer.alloc(mib * MIB + index, index + 1));
  for (const part of parts) file.write(part);
  assert.deepEqual(flushedAt, [16 * MIB + 1, 32 * MIB + 6]);
  file.flush();
  assert.equal(file.bytes, 35 * MIB + 10);
  file.close();
  assert.ok(readFileSync(path).equals(Buffer.concat(parts)));
});
