/** A thread stands back, and nobody else with it; a process does, with what it starts. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { standBack } from './standing-back.ts';

const MODULE = new URL('./standing-back.ts', import.meta.url).href;
const IS_LINUX = process.platform === 'linux';
const SCHED_IDLE = 5;
/** In /proc/PID/stat behind the name, which may have spaces. */
const [NICE, POLICY] = [16, 38];
const OWN_NICE = getPriority();

/** Whether it stands back in one of the two ways. */
function standsBack(stat: string): boolean {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return fields[POLICY] === SCHED_IDLE || fields[NICE]! > OWN_NICE;
}

const isBack = (pid: number) => standsBack(readFileSync(`/proc/${pid}/stat`, 'utf8'));

function threadsThatStandBack(): number {
  const tasks = readdirSync('/proc/self/task');
  const stats = tasks.map((id) => readFileSync(`/proc/self/task/${id}/stat`, 'utf8'));
  return stats.filter(standsBack).length;
}

/** Why a thread of ours did not stand back; it lives until it is told to end. */
async function threadStandingBack(path: string): Promise<{ why: string; worker: Worker }> {
  const code = `
    process.env.PATH = ${JSON.stringify(path)};
    const { parentPort } = require('node:worker_threads');
    import(${JSON.stringify(MODULE)}).then(({ standBackAlone }) => {
      parentPort.postMessage(String(standBackAlone()));
      parentPort.on('message', () => process.exit());
    });`;
  const worker = new Worker(code, { eval: true });
  const [why] = await once(worker, 'message');
  return { why, worker };
}

for (const [how, path] of [
  ['by the idle policy', process.env['PATH']!],
  ['by niceness where chrt is not to be had', '/nowhere'],
] as const) {
  test(`a thread stands back by its own, ${how}`, async () => {
    const { why, worker } = await threadStandingBack(path);
    try {
      if (!IS_LINUX) return assert.match(why, /no priority of their own/);
      assert.equal(why, 'undefined');
      assert.equal(threadsThatStandBack(), 1);
      assert.equal(isBack(process.pid), false);
    } finally {
      worker.postMessage('end');
      await once(worker, 'exit');
    }
  });
}

test('a process stands back, and those that it starts then', async (t) => {
  const shell = spawn('sh', ['-c', 'read line; sleep 60 & echo $!; wait'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => shell.kill());
  assert.equal(standBack(shell.pid!), undefined);
  shell.stdin.end('\n');
  const [output] = (await once(shell.stdout, 'data')) as [Buffer];
  const child = Number(output.toString());
  t.after(() => process.kill(child));
  if (IS_LINUX) assert.deepEqual([isBack(shell.pid!), isBack(child)], [true, true]);
  else assert.ok(getPriority(shell.pid!) > OWN_NICE);
});

test('who is gone does not stand back', () => {
  const { pid } = spawnSync('true');
  assert.match(standBack(pid)!, /ESRCH/);
});
