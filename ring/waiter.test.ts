/** Waiting and waking: the doorbell, and the rounds after which a thread spins or parks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import { createSignal, Signal, Waiter, type WaitStrategy } from './waiter.ts';

/** Far longer than any wake-up takes: who sleeps that long was not woken. */
const FOREVER_MS = 10_000;
const SPINS = 3;

/** Notes what a Waiter does with its signal, and never sleeps. */
class RecordingSignal extends Signal {
  readonly calls: string[] = [];

  override prepare(): void {
    this.calls.push('prepare');
  }

  override cancel(): void {
    this.calls.push('cancel');
  }

  override sleep(timeoutMs: number): void {
    this.calls.push(`sleep ${timeoutMs}`);
  }
}

/** What a waiter does with its signal in each of these rounds; '' where it leaves it alone. */
function callsOf(strategy: WaitStrategy, spins: number, rounds: readonly number[]): string[] {
  const signal = new RecordingSignal(createSignal());
  const waiter = new Waiter(signal, strategy, spins);
  return rounds.map((workCount) => {
    signal.calls.length = 0;
    waiter.idle(workCount);
    return signal.calls.join();
  });
}

function assertWakesAtOnce(sleep: () => void): void {
  const startMs = performance.now();
  sleep();
  assert.ok(performance.now() - startMs < FOREVER_MS, 'slept until the timeout: a lost wake-up');
}

function flagOf(buffer: SharedArrayBuffer): number {
  return new Int32Array(buffer)[0]!;
}

test('park prepares in the first idle round and sleeps without a limit in the second', () => {
  assert.deepEqual(callsOf('park', SPINS, [0, 0, 0, 0]), [
    'prepare',
    'sleep Infinity',
    'prepare',
    'sleep Infinity',
  ]);
});

test('spin-then-park leaves its signal alone for as many rounds as it may spin, then parks', () => {
  const parked = ['', '', '', 'prepare', 'sleep Infinity'];
  const rounds = [0, 0, 0, 0, 0];
  assert.deepEqual(callsOf('spin-then-park', SPINS, [...rounds, ...rounds]), [
    ...parked,
    ...parked,
  ]);
});

test('busy-spin never touches its signal', () => {
  const rounds = Array.from({ length: 1_000 }, (_, round) => (round % 100 === 99 ? 1 : 0));
  assert.ok(callsOf('busy-spin', SPINS, rounds).every((call) => call === ''));
});

test('work found in the poll after prepare cancels it, and the spinning starts again', () => {
  assert.deepEqual(callsOf('spin-then-park', SPINS, [0, 0, 0, 0, 7, 0, 0, 0, 0, 0]), [
    ...['', '', '', 'prepare', 'cancel'],
    ...['', '', '', 'prepare', 'sleep Infinity'],
  ]);
});

test('work before prepare starts the spinning again without touching the signal', () => {
  assert.deepEqual(callsOf('spin-then-park', SPINS, [0, 0, 0, 1, 0, 0, 0, 0]), [
    ...['', '', '', '', '', '', '', 'prepare'],
  ]);
});

test('whatever the rounds bring, only an empty poll is between prepare and sleep', (t) => {
  const rounds = fc.array(fc.nat({ max: 2 }), { maxLength: 60 });
  const property = fc.property(fc.nat({ max: 5 }), rounds, (spins, works) => {
    let idleRounds = 0;
    const expected = works.map((workCount) => {
      const wasPrepared = idleRounds === spins + 1;
      idleRounds = workCount > 0 || wasPrepared ? 0 : idleRounds + 1;
      if (wasPrepared) return workCount > 0 ? 'cancel' : 'sleep Infinity';
      return idleRounds === spins + 1 ? 'prepare' : '';
    });
    assert.deepEqual(callsOf('spin-then-park', spins, works), expected);
  });
  fc.assert(property, { seed: testSeed(t), numRuns: 500 });
});

test('a ring between prepare and sleep is not lost: the sleep returns at once', () => {
  const signal = new Signal(createSignal());
  signal.prepare();
  signal.ring();
  assertWakesAtOnce(() => signal.sleep(FOREVER_MS));
});

test('a ring between the two idle rounds of a waiter is not lost', () => {
  class ImpatientSignal extends Signal {
    override sleep(): void {
      super.sleep(FOREVER_MS);
    }
  }
  const signal = new ImpatientSignal(createSignal());
  const waiter = new Waiter(signal, 'park', 0);
  waiter.idle(0);
  signal.ring();
  assertWakesAtOnce(() => waiter.idle(0));
});

test('nobody at the signal: a ring changes nothing, and does not wake a later sleeper', () => {
  const buffer = createSignal();
  const signal = new Signal(buffer);
  signal.ring();
  assert.equal(flagOf(buffer), 0);
  signal.prepare();
  assert.equal(flagOf(buffer), 1);
});

test('the flag is down after a cancel, a sleep that ran out and one that was rung', () => {
  const buffer = createSignal();
  const signal = new Signal(buffer);
  signal.prepare();
  signal.cancel();
  assert.equal(flagOf(buffer), 0);
  signal.prepare();
  signal.sleep(1);
  assert.equal(flagOf(buffer), 0);
  signal.prepare();
  signal.ring();
  signal.sleep(FOREVER_MS);
  assert.equal(flagOf(buffer), 0);
});

/** Waiting at a signal does not keep an event loop alive; a timer does. */
async function stayAlive(sleeping: Promise<void>): Promise<void> {
  const timer = setTimeout(() => {}, FOREVER_MS);
  const startMs = performance.now();
  await sleeping;
  clearTimeout(timer);
  assert.ok(performance.now() - startMs < FOREVER_MS, 'slept until the timeout: a lost wake-up');
}

test('sleepAsync wakes when rung, and the flag is down', async () => {
  const buffer = createSignal();
  const signal = new Signal(buffer);
  signal.prepare();
  const sleeping = signal.sleepAsync(FOREVER_MS);
  assert.equal(flagOf(buffer), 1);
  new Signal(buffer).ring();
  await stayAlive(sleeping);
  assert.equal(flagOf(buffer), 0);
});

test('sleepAsync returns at once when rung since prepare', async () => {
  const signal = new Signal(createSignal());
  signal.prepare();
  signal.ring();
  await stayAlive(signal.sleepAsync(FOREVER_MS));
});

test('sleepAsync ends when its time is over, and the flag is down', async () => {
  const buffer = createSignal();
  const signal = new Signal(buffer);
  signal.prepare();
  await stayAlive(signal.sleepAsync(1));
  assert.equal(flagOf(buffer), 0);
});
