/** The README's first screen works when pasted. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { MADE_CLUSTER_VARIABLE } from './support/made-cluster.ts';
import { ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the quick start trades, line by line as it stands in the README', async () => {
  const block = /```sh quick-start\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(block, 'the README has no quick start');
  const folder = await temporaryDataFolder();
  // As at the very first start, with nothing prepared.
  const server = await ServerProcess.start(folder.path, [], { [MADE_CLUSTER_VARIABLE]: '' });
  try {
    const here = block.replaceAll('localhost:8080', new URL(server.address).host);
    const lines = here.split('\n').filter((line) => line.startsWith('curl'));
    assert.equal(lines.length, 6);
    const answers: Record<string, unknown>[] = [];
    for (const line of lines) {
      if (line.includes('/balances')) await server.waitForProjection();
      const { stdout } = await promisify(execFile)('bash', ['-c', line.replace('curl', 'curl -s')]);
      answers.push(JSON.parse(stdout));
    }
    const [depositA, depositB, sell, buy, book] = answers;
    assert.equal(depositA?.['status'], 'Accepted');
    assert.equal(depositB?.['status'], 'Accepted');
    assert.equal(sell?.['status'], 'New');
    assert.equal(buy?.['status'], 'Filled');
    assert.deepEqual(book?.['asks'], [{ price: 140_000, qty: 2, orders: 1 }]);
    assert.deepEqual(
      (answers[5]!['balances'] as { currency: string; availableText: string }[]).map(
        ({ currency, availableText }) => `${currency} ${availableText}`,
      ),
      // 200,000,000 won less 0.003 × 140,000,000 and 0.015 % of it, rounded down.
      ['KRW 199579937', 'BTC 0.00300000'],
    );
  } finally {
    await server.end('SIGTERM');
    await folder.remove();
  }
});

it('names the two commands, which package.json has', () => {
  assert.match(readme, /npm ci && npm start/);
  assert.match(readme, /npm ci && npm test/);
  const scripts = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  for (const [, script] of readme.matchAll(/`npm run ([a-z:]+)/g)) {
    assert.match(scripts, new RegExp(`"${script}":`), `package.json has no script ${script}`);
  }
});

it('the library’s example runs as it stands in the README', async () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(code, 'the README has no example of the library');
  const show = 'console.log(JSON.stringify(engine.levels(1, Side.Sell)));';
  const cwd = new URL('..', import.meta.url);
  const options = ['--input-type=module-typescript', '--eval', code + show];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd });
  assert.deepEqual(JSON.parse(stdout), [{ price: 101, qty: 2, orderCount: 1 }]);
});
