/**
 * A gateway without a network: puts commands into its ring, and reads stream 20 as far as it may.
 * It puts together what belongs to one command, and tells it.
 */
import { EventBuffer } from '../../exchange/event-sink.ts';
import type { Durability } from '../../journal/durability.ts';
import { BOOK_IMAGE_REQUEST } from '../../protocol/command-layout.ts';
import { CommandHeader } from '../../protocol/commands.ts';
import { BOOK_IMAGE, COMMAND_DONE } from '../../protocol/event-layout.ts';
import {
  copyRecord,
  type RecordBuffer,
  recordLengthAt,
  templateIdAt,
} from '../../protocol/record.ts';
import { BookImageRequest } from '../../protocol/venue-commands.ts';
import { RingProducer, RingReader } from '../../ring/ring.ts';
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
  private readonly events: RingReader;
  private readonly group = new EventBuffer(4_096);
  private readonly header = new CommandHeader();
  private readonly onGroup: GroupListener;
  private lastSequence: number;
  private isInImage = false;

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
    this.events = new RingReader(links.eventRing, gatewayReader(index), gatewayBound(durability));
    this.lastSequence = lastSequence;
    this.onGroup = onGroup;
  }

  /** Stamps a command and sends it; false where the ring is full. */
  send(command: RecordBuffer, correlationId: number, timeUs: number): boolean {
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
    new BookImageRequest().write(this.commands.record, at).gatewayId = this.gatewayId;
    this.commands.commit();
    return true;
  }

  /** Reads up to so many frames; returns how many there were. */
  poll(most: number): number {
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
