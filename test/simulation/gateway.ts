/**
 * A gateway without a network: puts commands into its ring, and reads stream 20 as far as it may.
 * It puts together what belongs to one command, and tells it.
 */
import { EventBuffer } from '../../exchange/event-sink.ts';
import type { Durability } from '../../journal/durability.ts';
import { BOOK_IMAGE_REQUEST } from '../../protocol/command-layout.ts';
import { CommandHeader } from '../../protocol/commands.ts';
import { BOOK_IMAGE, COMMAND_DONE } from '../../protocol/event-layout.ts';
import { BookImage } from '../../protocol/events.ts';
import {
  copyRecord,
  type RecordBuffer,
  recordLengthAt,
  templateIdAt,
} from '../../protocol/record.ts';
import { BookImageRequest } from '../../protocol/venue-commands.ts';
import { CopyingReader } from '../../ring/copying-reader.ts';
import { ReaderWatch } from '../../ring/reader-watch.ts';
import { RingProducer } from '../../ring/ring.ts';
import {
  gatewayBound,
  gatewayProducer,
  gatewayReader,
  type ThreadLinks,
} from '../../server/threads/thread-links.ts';
import { must } from './failure.ts';

/** What a gateway saw of a command: the command and its events, in `record` from 0. */
export interface Group {
  /** Who saw it. */
  readonly gatewayId: number;
  readonly sequence: number;
  readonly record: RecordBuffer;
  readonly bytes: number;
}
export type GroupListener = (group: Group) => void;

export class SimulatedGateway {
  readonly gatewayId: number;
  /** Turns for which it does nothing yet. */
  stalledTurns = 0;
  private readonly commands: RingProducer;
  private readonly events: CopyingReader;
  private readonly watch: ReaderWatch;
  private readonly group = new EventBuffer(4_096);
  private readonly header = new CommandHeader();
  private readonly onGroup: GroupListener;
  private lastSequence: number;
  private readonly bracket = new BookImage();
  private isInImage = false;
  private imageNumber = 0;
  /** Of the image that everything before is passed over; 0: none is awaited. */
  private awaited = 0;
  private wantsImage = false;

  /** @param lastSequence that the exchange recovered: what it does next comes next */
  constructor(
    index: number,
    links: ThreadLinks,
    durability: Durability,
    lastSequence: number,
    onGroup: GroupListener,
  ) {
    this.gatewayId = gatewayProducer(index);
    this.commands = new RingProducer(links.commandRings[this.gatewayId]!);
    const [ring, reader, bound] = [links.eventRing, gatewayReader(index), gatewayBound(durability)];
    this.events = new CopyingReader(ring, reader, bound);
    this.watch = new ReaderWatch(ring, reader, bound);
    this.lastSequence = lastSequence;
    this.onGroup = onGroup;
  }

  get isCutOff(): boolean {
    return this.events.isCutOff;
  }

  /** Passes over all until its image has come. */
  private get isBehindImage(): boolean {
    return this.wantsImage || this.awaited > 0;
  }

  /** The supervisor does, at any moment. */
  cutOff(): void {
    this.watch.cutOff();
  }

  /** What was released meanwhile it never sees; it goes on behind an image of the books. */
  rejoin(): void {
    this.events.join();
    this.group.clear();
    this.isInImage = false;
    this.wantsImage = true;
  }

  /** Stamps a command and sends it; false where the ring is full, or nobody can connect to it. */
  send(command: RecordBuffer, correlationId: number, timeUs: number): boolean {
    if (this.isCutOff || this.isBehindImage) return false;
    const length = recordLengthAt(command, 0);
    const at = this.commands.tryClaim(length);
    if (at < 0) return false;
    const { record } = this.commands;
    copyRecord(command.words, 0, record.words, at, length);
    const { gatewayId } = this;
    Object.assign(this.header.wrap(record, at), { correlationId, gatewayId, time: timeUs });
    this.commands.commit();
    return true;
  }

  askForBooks(): boolean {
    const at = this.commands.tryClaim(BOOK_IMAGE_REQUEST.length);
    if (at < 0) return false;
    const request = new BookImageRequest().write(this.commands.record, at);
    Object.assign(request, { gatewayId: this.gatewayId, correlationId: ++this.imageNumber });
    this.commands.commit();
    return true;
  }

  /** Reads up to so many frames; returns how many there were. */
  poll(most: number): number {
    if (this.wantsImage && this.askForBooks()) {
      this.wantsImage = false;
      this.awaited = this.imageNumber;
    }
    let frames = 0;
    for (; frames < most; frames++) {
      const at = this.events.read();
      if (at < 0) break;
      this.take(this.events.record, at, this.events.length);
    }
    if (frames > 0) this.events.release();
    return frames;
  }

  private take(record: RecordBuffer, at: number, length: number): void {
    const templateId = templateIdAt(record, at);
    if (this.isBehindImage) {
      if (templateId !== BOOK_IMAGE.beginTemplateId) return;
      const { gatewayId, imageNumber, sequence } = this.bracket.wrap(record, at);
      if (gatewayId !== this.gatewayId || imageNumber !== this.awaited) return;
      this.awaited = 0;
      this.lastSequence = sequence;
    }
    if (templateId === BOOK_IMAGE.beginTemplateId) this.isInImage = true;
    if (this.isInImage) {
      this.isInImage = templateId !== BOOK_IMAGE.endTemplateId;
      return;
    }
    const { group } = this;
    const to = group.claim(length);
    copyRecord(record.words, at, group.record.words, to, length);
    if (templateId !== COMMAND_DONE.templateId) return;
    const { sequence } = this.header.wrap(group.record, 0);
    must(
      sequence === this.lastSequence + 1,
      `gateway ${this.gatewayId} saw command ${sequence} after ${this.lastSequence}`,
    );
    this.lastSequence = sequence;
    const { gatewayId } = this;
    this.onGroup({ gatewayId, sequence, record: group.record, bytes: group.length });
    group.clear();
  }
}
