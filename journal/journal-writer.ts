/**
 * Writes the journal: takes sequenced commands off stream 20 and appends them in batches. A batch
 * is whatever waited, so load makes batches larger, not later. The reader's cursor moves only when
 * everything before it is on disk: it is the release cursor.
 */
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import { CommandHeader } from '../protocol/commands.ts';
import { COMMAND_DONE, FIRST_EVENT_TEMPLATE } from '../protocol/event-layout.ts';
import { CommandDone } from '../protocol/events.ts';
import { templateIdAt } from '../protocol/record.ts';
import type { RingReader } from '../ring/ring.ts';
import { BatchBuilder } from './batch.ts';
import type { JournalStore } from './journal-store.ts';

export class JournalWriter {
  /** The last command that is on disk. */
  releasedSequence: number;
  private readonly store: JournalStore;
  private readonly reader: RingReader;
  private readonly batch: BatchBuilder;
  private readonly header = new CommandHeader();
  private readonly done = new CommandDone();

  /** @param batchBytes the largest batch, in bytes of commands */
  constructor(store: JournalStore, reader: RingReader, batchBytes: number) {
    const link = store.lastLink();
    this.store = store;
    this.reader = reader;
    this.releasedSequence = link.lastSequence;
    this.batch = new BatchBuilder(link, batchBytes);
  }

  /** Journals what waits, up to one batch, and releases it. Returns how many frames it took. */
  poll(): number {
    const frames = this.collect();
    if (frames === 0) return 0;
    if (this.batch.commandCount > 0) {
      const { firstSequence, bytes } = this.batch.finish();
      this.store.append(firstSequence, bytes);
      this.releasedSequence = this.batch.lastSequence;
    }
    this.reader.release();
    return frames;
  }

  private collect(): number {
    const { reader, batch } = this;
    let frames = 0;
    while (batch.hasRoomFor(MAX_COMMAND_LENGTH)) {
      const at = reader.read();
      if (at < 0) break;
      frames++;
      const templateId = templateIdAt(reader.record, at);
      if (templateId < FIRST_EVENT_TEMPLATE) this.appendCommand(at);
      else if (templateId === COMMAND_DONE.templateId) this.noteHash(at);
    }
    return frames;
  }

  private appendCommand(at: number): void {
    const { reader, batch } = this;
    const sequence = this.header.wrap(reader.record, at).sequence;
    // Definitions inside an image of the books have no sequence number: they are no commands.
    if (sequence === 0) return;
    if (sequence !== batch.lastSequence + 1) {
      throw new Error(`journal expected command ${batch.lastSequence + 1}, got ${sequence}`);
    }
    batch.append(reader.record.words, at, reader.length);
  }

  private noteHash(at: number): void {
    const done = this.done.wrap(this.reader.record, at);
    this.batch.complete(done.sequence, done.eventHashLow, done.eventHashHigh);
  }
}
