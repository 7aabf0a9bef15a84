/** The lock on a data folder, against real processes and a real SIGKILL. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  acquireDataFolderLock,
  DataFolderInUseError,
  isDataFolderLocked,
} from './data-folder-lock.ts';

const root = mkdtempSync(join(tmpdir(), 'hoga-lock-'));
after(() => rmSync(root, { recursive: true }));

const LOCK_URL = import.meta.resolve('./data-folder-lock.ts');
const HOLDER_SOURCE = `
  import { spawn } from 'node:child_process';
  import { acquireDataFolderLock } from ${JSON.stringify(LOCK_URL)};
  acquireDataFolderLock(process.argv[1], { address: 'http://127.0.0.1:8080' });
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  console.log(child.pid);
  setInterval(() => {}, 1000);
`;

/** A process that holds the lock on `folder` and has a child of its own. */
async function startHolder(folder: string): Promise<{ holder: ChildProcess; childPid: number }> {
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER_SOURCE, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(holder.stdout, 'data');
  return { holder, childPid: Number(String(line)) };
}

test('a folder another process holds is refused with its pid, address and what to do', async () => {
  const folder = join(root, 'other-process');
  const { holder, childPid } = await startHolder(folder);
  try {
    assert.throws(
      () => acquireDataFolderLock(folder, { address: 'mine' }),
      (error: unknown) => {
        assert.ok(error instanceof DataFolderInUseError);
        assert.equal(error.holder.pid, holder.pid);
        assert.ok(error.message.includes(folder));
        assert.ok(error.message.includes(`pid ${holder.pid} `));
        assert.ok(error.message.includes('http://127.0.0.1:8080'));
        assert.match(error.message, /since \d{4}-\d\d-\d\dT/);
        assert.match(error.message, /--data/);
        return true;
      },
    );
    assert.equal(isDataFolderLocked(folder)?.pid, holder.pid);
  } finally {
    process.kill(childPid, 'SIGKILL');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
});

test('a SIGKILL of the holder frees the folder at once, even while its child lives', async () => {
  const folder = join(root, 'killed');
  const { holder, childPid } = await startHolder(folder);
  try {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    process.kill(childPid, 0);
    assert.equal(isDataFolderLocked(folder), undefined);
    acquireDataFolderLock(folder, { address: 'next' }).release();
  } finally {
    process.kill(childPid, 'SIGKILL');
  }
});

test('the same process cannot lock a folder twice', () => {
  const folder = join(root, 'twice');
  const lock = acquireDataFolderLock(folder, { address: 'first' });
  assert.throws(() => acquireDataFolderLock(folder, { address: 'second' }), {
    name: 'DataFolderInUseError',
    message: new RegExp(`pid ${process.pid} \\(address first,`),
  });
  lock.release();
});

test('a released folder can be locked again, and a second release does nothing', () => {
  const folder = join(root, 'released');
  const first = acquireDataFolderLock(folder, { address: 'first' });
  first.release();
  const second = acquireDataFolderLock(folder, { address: 'second' });
  first.release();
  assert.equal(isDataFolderLocked(folder)?.address, 'second');
  second.release();
  assert.equal(isDataFolderLocked(folder), undefined);
});

test('asking about a folder that was never locked creates nothing', () => {
  assert.equal(isDataFolderLocked(join(root, 'missing')), undefined);
  assert.equal(isDataFolderLocked(root), undefined);
  assert.ok(!readdirSync(root).includes('hoga.lock'));
});

test('a machine without flock is told which program to install', {
  skip: process.platform !== 'linux',
}, () => {
  const { PATH } = process.env;
  Object.assign(process.env, { PATH: root });
  try {
    assert.throws(
      () => acquireDataFolderLock(join(root, 'no-flock'), { address: '' }),
      /util-linux/,
    );
  } finally {
    Object.assign(process.env, { PATH });
  }
});

test('a folder that cannot be made is an error, not an endless wait', {
  skip: process.platform !== 'linux',
}, () => {
  assert.throws(() => acquireDataFolderLock('/proc/hoga/data', { address: '' }), /ENOENT.*\/proc/);
});
