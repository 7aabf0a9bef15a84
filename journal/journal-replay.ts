/**
 * The one way a journal is read: batch by batch through an exchange, with every check. Recovery,
 * the replay command, reconciliation and the follower are this with another listener.
 */
import { EventBuffer } from '../exchange/event-sink.ts';
import { DEFAULT_CAPACITY, Exchange, type ExchangeCapacity } from '../exchange/exchange.ts';
import { formatHash } from '../exchange/rolling-hash.ts';
import { UnknownRulesError } from '../exchange/rules.ts';
import { type RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { CHAIN_START, type ChainLink, readBatch } from './batch.ts';
import type { BatchSource } from './batch-storage.ts';
import { JournalError } from './journal-error.ts';

/** Sees each command with its events: `eventBytes` bytes from 0, valid during the call only. */
export interface ReplayListener {
  onCommand(command: RecordBuffer, offset: number, events: RecordBuffer, eventBytes: number): void;
}

const SILENT: ReplayListener = { onCommand: () => {} };

/** Brings an exchange to where a replay begins; returns the end of the chain there. */
export type ReplayStart = (exchange: Exchange) => ChainLink;

const AT_THE_BEGINNING: ReplayStart = () => CHAIN_START;

export class JournalReplay {
  readonly exchange: Exchange;
  commandCount = 0;
  eventCount = 0;
  private readonly store: BatchSource;
  private readonly listener: ReplayListener;
  private readonly events = new EventBuffer();
  /** Of the last batch. */
  link: ChainLink;

  /** @param exchange one that is as new, in place of one of that capacity */
  constructor(
    store: BatchSource,
    listener: ReplayListener = SILENT,
    capacity: ExchangeCapacity = DEFAULT_CAPACITY,
    start: ReplayStart = AT_THE_BEGINNING,
    exchange: Exchange = new Exchange(new EventBuffer(), capacity),
  ) {
    this.store = store;
    this.listener = listener;
    this.exchange = exchange;
    exchange.events.redirect(this.events);
    this.link = start(this.exchange);
  }

  /** Replays the next batch that is on disk; false when there is none. Throws JournalError. */
  next(): boolean {
    const firstSequence = this.link.lastSequence + 1;
    const value = this.store.read(firstSequence);
    if (value === undefined) {
      this.assertNotCutOff();
      return false;
    }
    const batch = readBatch(value, firstSequence, this.link);
    // Where no group of the batch was complete yet, its hash is that of a command before it.
    if (batch.link.hashedSequence === this.exchange.sequence) this.checkHash(batch.link);
    for (let at = batch.start; at < batch.end; at += recordLengthAt(batch.record, at)) {
      this.replayCommand(batch.record, at, batch.link);
    }
    if (this.exchange.sequence !== batch.link.lastSequence) {
      throw new JournalError(
        firstSequence,
        `batch ends with command ${this.exchange.sequence}, it says ${batch.link.lastSequence}`,
      );
    }
    this.link = batch.link;
    return true;
  }

  /** Replays everything there is; throws where a batch is missing before the journal's end. */
  runToEnd(): void {
    for (;;) {
      while (this.next());
      const end = this.store.lastLink().lastSequence;
      if (end === this.exchange.sequence) return;
      // A running exchange may just have added a batch; what is missing now is missing for good.
      if (!this.next()) {
        const sequence = this.exchange.sequence + 1;
        throw new JournalError(sequence, `batch is missing, though the journal goes on to ${end}`);
      }
    }
  }

  /** What comes next was trimmed. */
  get isCutOff(): boolean {
    const first = this.store.firstSequence();
    return first !== undefined && first > this.link.lastSequence + 1;
  }

  /** The rolling event hash after the last command, 16 hexadecimal digits. */
  get eventHash(): string {
    return this.exchange.events.hash.toString();
  }

  /** @throws JournalError where what comes next was trimmed */
  assertNotCutOff(): void {
    if (!this.isCutOff) return;
    throw new JournalError(
      this.link.lastSequence + 1,
      `batch is missing, the journal begins with command ${this.store.firstSequence()}`,
      'What was before is in the archives that were made when it was trimmed: take them in with ' +
        '`npm run journal -- import`, newest first.',
    );
  }

  private replayCommand(record: RecordBuffer, at: number, link: ChainLink): void {
    const { exchange, events } = this;
    events.clear();
    const sequence = exchange.sequence + 1;
    try {
      exchange.execute(record, at);
    } catch (error) {
      if (error instanceof UnknownRulesError) throw ofNewerRules(sequence, error);
      throw new JournalError(sequence, `command cannot be executed (${error})`);
    }
    this.commandCount++;
    this.eventCount += exchange.events.eventCount();
    if (exchange.sequence === link.hashedSequence) this.checkHash(link);
    this.listener.onCommand(record, at, events.record, events.length);
  }

  private checkHash(link: ChainLink): void {
    const { hash } = this.exchange.events;
    if (hash.low === link.eventHashLow && hash.high === link.eventHashHigh) return;
    const recorded = formatHash(link.eventHashLow, link.eventHashHigh);
    throw new JournalError(
      link.hashedSequence,
      `recorded event hash ${recorded} is not reproduced, replay gives ${hash.toString()}`,
    );
  }
}

/** A newer release has taken the venue to rules that this one does not know. */
function ofNewerRules(sequence: number, { message }: UnknownRulesError): JournalError {
  return new JournalError(
    sequence,
    `this command activates ${message}`,
    'It is not damaged: go on with the release that wrote it, or a newer one; or, to give up ' +
      `this command and all behind it, \`npm run journal -- truncate --after ${sequence - 1}\`.`,
  );
}
