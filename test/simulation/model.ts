/**
 * What the commands in the journal come to, in one exchange that never ends: under audit, and with
 * the first answer to every id. All that was told must be what it says.
 */
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange, type ExchangeCapacity } from '../../exchange/exchange.ts';
import { hashState } from '../../exchange/state-hash.ts';
import { BATCH } from '../../journal/batch-layout.ts';
import { RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { Auditor } from '../../server/audit/auditor.ts';
import { type Answer, answerOf, retryKeyOf } from './answers.ts';
import type { StoredBatch } from './disk.ts';
import { must } from './failure.ts';

/** Other ones than the simulated exchanges have: no outcome may show which. */
const CAPACITY: ExchangeCapacity = { openOrders: 2_048, accounts: 32 };
const AUDIT_EVERY = 100;

export class Model {
  /** By sequence number: the event hash after it. */
  readonly eventHashes = ['0'.repeat(16)];
  private readonly sink = new EventBuffer(16_384);
  private readonly exchange = new Exchange(this.sink, CAPACITY);
  private readonly auditor = new Auditor(
    () => this.exchange,
    ({ sequence, checkedSequence }) => sequence - checkedSequence >= AUDIT_EVERY,
  );
  /** By retry key; of those that are final. */
  private readonly answers = new Map<string, Answer>();

  get sequence(): number {
    return this.exchange.sequence;
  }

  get stateHash(): string {
    return hashState(this.exchange);
  }

  get eventHash(): string {
    return this.exchange.events.hash.toString();
  }

  /**
   * Executes what it has not of a journal's commands, and audits the whole.
   *
   * @param told what gateways saw, by sequence number: a command and its events
   */
  advance(batches: readonly StoredBatch[], told: ReadonlyMap<number, Uint8Array>): void {
    for (const { firstSequence, written } of batches) {
      if (firstSequence <= this.sequence) continue;
      must(firstSequence === this.sequence + 1, `no batch begins with ${this.sequence + 1}`);
      const record = RecordBuffer.allocate(written.length);
      record.bytes.set(written);
      for (let at: number = BATCH.commands; at < written.length; at += recordLengthAt(record, at)) {
        this.execute(record, at, told);
      }
    }
    this.auditor.checkAll();
  }

  private execute(record: RecordBuffer, at: number, told: ReadonlyMap<number, Uint8Array>): void {
    const { exchange, sink } = this;
    const { time } = exchange;
    sink.clear();
    exchange.execute(record, at);
    const { sequence } = exchange;
    must(exchange.time >= time, `time runs back at command ${sequence}`);
    this.eventHashes.push(this.eventHash);
    this.auditor.onCommand(record, at, sink.record, sink.length);
    this.checkRetry(record, at);
    const seen = told.get(sequence);
    if (seen === undefined) return;
    const length = recordLengthAt(record, at);
    const isSame =
      seen.length === length + sink.length &&
      Buffer.compare(seen.subarray(0, length), record.bytes.subarray(at, at + length)) === 0 &&
      Buffer.compare(seen.subarray(length), sink.record.bytes.subarray(0, sink.length)) === 0;
    must(isSame, `what was told of command ${sequence} is not what a clean replay tells`);
  }

  private checkRetry(record: RecordBuffer, at: number): void {
    const key = retryKeyOf(record, at);
    if (key === undefined) return;
    const answer = answerOf(record, at, this.sink.record, 0, this.sink.length);
    if (!answer.isFinal) return;
    const first = this.answers.get(key);
    const { sequence } = this;
    if (first === undefined) {
      must(!answer.isRepeat, `${key}: command ${sequence} repeats an answer that nobody got`);
      this.answers.set(key, answer);
      return;
    }
    const isSame = answer.isRepeat && first.text === answer.text;
    must(isSame, `${key}: '${first.text}', then '${answer.text}' by command ${sequence}`);
  }
}
