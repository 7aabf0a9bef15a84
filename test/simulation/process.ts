/**
 * One life of the exchange's process: its rings and what its threads do, each as a turn that ends.
 * The threads' own loops are in server/threads/; what they call is called here.
 */
import { writeBookImage } from '../../exchange/book-image.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { Sequencer } from '../../exchange/sequencer.ts';
import { JournalWriter } from '../../journal/journal-writer.ts';
import { Staging } from '../../journal/staging.ts';
import { BOOK_IMAGE_REQUEST } from '../../protocol/command-layout.ts';
import { CommandHeader } from '../../protocol/commands.ts';
import { templateIdAt } from '../../protocol/record.ts';
import { RingProducer, RingReader } from '../../ring/ring.ts';
import { RingSink } from '../../server/threads/ring-sink.ts';
import {
  createThreadLinks,
  JOURNAL_READER,
  SUPERVISOR_PRODUCER,
  type ThreadLinks,
} from '../../server/threads/thread-links.ts';
import type { SimulatedDisk } from './disk.ts';
import { type GroupListener, SimulatedGateway } from './gateway.ts';
import type { Settings } from './settings.ts';

export class SimulatedProcess {
  readonly exchange: Exchange;
  readonly writer: JournalWriter;
  readonly gateways: readonly SimulatedGateway[];
  /** Stream 10 of the supervisor. */
  readonly supervisor: RingProducer;
  private readonly settings: Settings;
  private readonly disk: SimulatedDisk;
  private readonly sink: RingSink;
  private readonly sequencer: Sequencer;
  private readonly readers: readonly RingReader[];
  private readonly header = new CommandHeader();

  /** @param whileFull lets others run while the exchange waits for room on stream 20 */
  constructor(
    exchange: Exchange,
    disk: SimulatedDisk,
    settings: Settings,
    onGroup: GroupListener,
    whileFull: () => void,
  ) {
    const { durability } = settings;
    const links = createThreadLinks(settings);
    this.exchange = exchange;
    this.disk = disk;
    this.settings = settings;
    this.writer = createWriter(links, disk, settings);
    const idling = { idle: (workCount: number) => workCount === 0 && whileFull() };
    this.sink = new RingSink(new RingProducer(links.eventRing), [], [], idling);
    exchange.events.redirect(this.sink);
    this.sequencer = new Sequencer(exchange, this.sink);
    this.readers = links.commandRings.map((ring) => new RingReader(ring, 0));
    this.supervisor = new RingProducer(links.commandRings[SUPERVISOR_PRODUCER]!);
    this.gateways = Array.from({ length: settings.gateways }, (_, index) => {
      return new SimulatedGateway(index, links, durability, exchange.sequence, onGroup);
    });
  }

  /** The exchange's thread drains each ring for a while; returns how many commands there were. */
  turnExchange(): number {
    let count = 0;
    for (const reader of this.readers) count += this.drain(reader);
    if (count > 0) this.sink.publish();
    return count;
  }

  /** The journal's thread hears of its writes, and takes a batch; returns how many frames. */
  turnJournal(): number {
    this.disk.tell();
    return this.writer.poll();
  }

  private drain(reader: RingReader): number {
    let count = 0;
    for (; count < this.settings.turnCommands; count++) {
      const at = reader.read();
      if (at < 0) break;
      if (templateIdAt(reader.record, at) === BOOK_IMAGE_REQUEST.templateId) {
        const { gatewayId, correlationId } = this.header.wrap(reader.record, at);
        writeBookImage(this.exchange, this.sink, gatewayId, correlationId);
      } else this.sequencer.sequence(reader.record, at);
    }
    if (count > 0) reader.release();
    return count;
  }
}

function createWriter(links: ThreadLinks, disk: SimulatedDisk, settings: Settings): JournalWriter {
  const { durability, batchBytes, unflushedBytes, control } = settings;
  const isStaged = durability === 'commit';
  const Reader = control === 'early-release' ? EarlyReader : RingReader;
  const staging = isStaged && new Staging(disk.stagingFiles, unflushedBytes, disk.bootId);
  if (isStaged) disk.areStagingFilesExpected = true;
  return new JournalWriter(disk, new Reader(links.eventRing, JOURNAL_READER), {
    ...{ durability, batchBytes, unflushedBytes },
    ...(staging && { staging }),
  });
}

/** Of a control: releases what it reads before anybody has written it. */
class EarlyReader extends RingReader {
  override read(): number {
    const at = super.read();
    if (at >= 0) this.release();
    return at;
  }
}
