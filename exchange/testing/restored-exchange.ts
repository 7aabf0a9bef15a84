/** A state that is passed on in memory, and exchanges that were made from one: for tests. */
import assert from 'node:assert/strict';
import type { RecordBuffer } from '../../protocol/record.ts';
import { EventBuffer } from '../event-sink.ts';
import { Exchange, type ExchangeCapacity } from '../exchange.ts';
import { loadExchange, saveExchange } from '../snapshot/snapshot.ts';
import type { Section, StateReader, StateWriter } from '../snapshot/state-stream.ts';
import { hashState } from '../state-hash.ts';

export class StateInMemory implements StateReader, StateWriter {
  readonly numbers: number[];
  private at = 0;

  /** @param numbers a state that another one wrote */
  constructor(numbers: number[] = []) {
    this.numbers = numbers;
  }

  section(section: Section, version?: number): number {
    if (version !== undefined) this.numbers.push(section, version);
    else assert.equal(this.next(), section, 'section');
    return version ?? this.next();
  }

  add(value: number): void {
    assert.ok(Number.isSafeInteger(value), `${value} cannot be stored`);
    this.numbers.push(value);
  }

  addWords(words: Int32Array, from: number, to: number): void {
    this.numbers.push(...words.subarray(from, to));
  }

  next(): number {
    assert.ok(this.at < this.numbers.length, 'the state ends too early');
    return this.numbers[this.at++]!;
  }

  nextWords(target: Int32Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) target[at + i] = this.next();
  }

  assertAtEnd(): void {
    assert.equal(this.at, this.numbers.length, 'all of the state is read');
  }
}

/** An exchange with the state of another. */
export function restoredFrom(exchange: Exchange, capacity: ExchangeCapacity): Exchange {
  const state = new StateInMemory();
  saveExchange(exchange, state);
  const restored = new Exchange(new EventBuffer(), capacity);
  loadExchange(restored, state);
  state.assertAtEnd();
  assert.equal(hashState(restored), hashState(exchange), 'state after restoring');
  return restored;
}

/**
 * Executes recorded commands, each time behind `every` of them in an exchange that was made from a
 * snapshot of the one before; the last one must be as if there had been none.
 */
export function assertSnapshotsReplay(
  history: readonly RecordBuffer[],
  every: number,
  expected: Exchange,
): void {
  const capacity = (n: number) => ({ openOrders: 4_000 + (n % 3), accounts: 2 + (n % 7) });
  let exchange = new Exchange(new EventBuffer(), capacity(0));
  for (const [n, record] of history.entries()) {
    if (n > 0 && n % every === 0) exchange = restoredFrom(exchange, capacity(n));
    exchange.events.redirect(new EventBuffer());
    exchange.execute(record, 0);
  }
  assert.equal(`${exchange.events.hash}`, `${expected.events.hash}`, 'events');
  assert.equal(hashState(exchange), hashState(expected), 'state');
}
