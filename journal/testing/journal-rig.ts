/**
 * An exchange, stream 20 and its journal on one thread. Where the ring is full, the sink polls the
 * writer as the journal's thread would.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { EventBuffer, type EventSink } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { Sequencer } from '../../exchange/sequencer.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import { createRing, RingProducer, RingReader } from '../../ring/ring.ts';
import type { Durability } from '../durability.ts';
import { JournalStore } from '../journal-store.ts';
import { JournalWriter, type JournalWriterOptions } from '../journal-writer.ts';
import type { CommandFlow } from './command-flow.ts';

export const STORE_OPTIONS = { mapBytes: 2 ** 28, readOnly: false } as const;
/** Small exchanges start quickly; capacities decide no outcome. */
export const SMALL_CAPACITY = { openOrders: 4_096, accounts: 4 } as const;

let root: string | undefined;

/** A folder that is gone when the process ends. */
export function temporaryFolder(): string {
  if (root === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'hoga-journal-'));
    process.on('exit', () => rmSync(folder, { recursive: true }));
    root = folder;
  }
  return mkdtempSync(join(root, 'test-'));
}

/** A store that is closed when the test is over. */
export function openStore(
  t: TestContext,
  folder: string,
  durability: Durability = 'fsync',
): JournalStore {
  const store = new JournalStore(folder, { ...STORE_OPTIONS, durability });
  t.after(() => store.close());
  return store;
}

export interface JournalRigOptions {
  readonly ringBytes?: number;
  readonly batchBytes?: number;
  /** One that has recovered from the store. */
  readonly exchange?: Exchange;
  readonly writer?: Partial<JournalWriterOptions>;
}

export class JournalRig implements EventSink {
  readonly ring: SharedArrayBuffer;
  readonly record: RecordBuffer;
  readonly exchange: Exchange;
  readonly writer: JournalWriter;
  /** How often the ring was full. */
  fullCount = 0;
  private readonly producer: RingProducer;
  private readonly sequencer: Sequencer;

  constructor(store: JournalStore, options: JournalRigOptions = {}) {
    const { ringBytes = 2 ** 20, batchBytes = 2 ** 16 } = options;
    this.ring = createRing(ringBytes);
    this.producer = new RingProducer(this.ring);
    this.record = this.producer.record;
    const reader = new RingReader(this.ring, 0);
    reader.join();
    this.writer = new JournalWriter(store, reader, {
      durability: 'fsync',
      batchBytes,
      unflushedBytes: 0,
      ...options.writer,
    });
    this.exchange = options.exchange ?? new Exchange(new EventBuffer(), SMALL_CAPACITY);
    this.exchange.events.redirect(this);
    this.sequencer = new Sequencer(this.exchange, this);
  }

  claim(length: number): number {
    for (;;) {
      const at = this.producer.tryClaim(length);
      if (at >= 0) return at;
      this.fullCount++;
      this.producer.commit();
      this.writer.poll();
    }
  }

  /** Sequences and executes the command at offset 0. */
  execute(command: RecordBuffer): void {
    this.sequencer.sequence(command, 0);
  }

  run(flow: CommandFlow, commandCount: number): void {
    for (let i = 0; i < commandCount; i++) {
      flow.next();
      this.execute(flow.record);
    }
  }

  publish(): void {
    this.producer.commit();
  }

  /** Journals all that was executed. */
  flush(): void {
    this.publish();
    while (this.writer.poll() > 0);
  }
}
