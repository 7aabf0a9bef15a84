/**
 * How a thread waits for another. A Signal is a doorbell: who has news rings it, and that costs one
 * load unless someone sleeps at it. A Waiter decides what its thread does when a round of its duty
 * cycle found no work: spin, or park at the signal.
 *
 * Parking takes two idle rounds: the first raises the parked flag, the second sleeps. The caller
 * polls in between, so news published before the flag was seen is found, and news published after
 * it rings the bell (sequentially consistent Atomics on both sides): no wake-up is lost.
 */

const AWAKE = 0;
const PARKED = 1;

export function createSignal(): SharedArrayBuffer {
  return new SharedArrayBuffer(128);
}

export class Signal {
  private readonly flag: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.flag = new Int32Array(buffer);
  }

  /** Wakes the thread that sleeps at this signal, if it does. Call after publishing. */
  ring(): void {
    if (Atomics.load(this.flag, 0) !== PARKED) return;
    Atomics.store(this.flag, 0, AWAKE);
    Atomics.notify(this.flag, 0);
  }

  /** Announces that this thread is about to sleep: poll once more after it. */
  prepare(): void {
    Atomics.store(this.flag, 0, PARKED);
  }

  cancel(): void {
    Atomics.store(this.flag, 0, AWAKE);
  }

  /** Sleeps until rung; returns at once if rung since `prepare`. */
  sleep(timeoutMs: number): void {
    if (Atomics.wait(this.flag, 0, PARKED, timeoutMs) === 'timed-out') this.cancel();
  }

  /** The same for a thread with an event loop. */
  async sleepAsync(timeoutMs: number): Promise<void> {
    const waiting = Atomics.waitAsync(this.flag, 0, PARKED, timeoutMs);
    // Who rang has lowered the flag; by now it may be up again, for the next sleep.
    if (waiting.async && (await waiting.value) === 'timed-out') this.cancel();
  }
}

/** Names of wait strategies, as in the configuration. */
export const WAIT_STRATEGIES = ['busy-spin', 'spin-then-park', 'park'] as const;
export type WaitStrategy = (typeof WAIT_STRATEGIES)[number];

/** Who is told how much work a round did, and may wait for more. */
export interface Idling {
  idle(workCount: number): void;
}

export class Waiter implements Idling {
  private readonly signal: Signal;
  private readonly spins: number;
  private idleRounds = 0;

  /** @param spins rounds without work before `spin-then-park` parks */
  constructor(signal: Signal, strategy: WaitStrategy, spins: number) {
    this.signal = signal;
    this.spins = { 'busy-spin': Number.POSITIVE_INFINITY, 'spin-then-park': spins, park: 0 }[
      strategy
    ];
  }

  /** Tell the outcome of a round: call it after every round, with the amount of work it did. */
  idle(workCount: number): void {
    if (workCount > 0) {
      if (this.idleRounds > this.spins) this.signal.cancel();
      this.idleRounds = 0;
      return;
    }
    this.idleRounds++;
    if (this.idleRounds === this.spins + 1) this.signal.prepare();
    else if (this.idleRounds > this.spins) {
      this.signal.sleep(Number.POSITIVE_INFINITY);
      this.idleRounds = 0;
    }
  }
}
