/** The examples run as they stand and print what they promise. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('../examples', import.meta.url));

const PRINTS: Readonly<Record<string, readonly string[]>> = {
  'order-book.ts': [
    '3 traded at 101, offered by order 2',
    '1 traded at 102, offered by order 1',
    'ask 102 x 4',
    'bid 99 x 6',
  ],
  // 500 offers up to 1,049 of 5 lots each: the order for 3,000 lots leaves 500, the cancel takes 5.
  'hot-path.ts': [
    '500 trades of 2500 lots, 505 lots canceled',
    '499 orders are open, 1 was rejected',
    // 1,000 on arrival, 50 taken, one by the cancel, two by the replace.
    '1053 changes of a price level were told',
  ],
};

describe('the examples', () => {
  for (const example of readdirSync(FOLDER)) {
    it(`${example} prints what it promises`, async () => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [example], {
        cwd: FOLDER,
      });
      assert.deepEqual(stdout.trimEnd().split('\n'), PRINTS[example], stderr);
      assert.equal(stderr, '');
    });
  }
});
