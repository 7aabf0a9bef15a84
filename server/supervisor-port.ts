/** The supervisor's own side of stream 10: its commands are stamped like a gateway's. */
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import type { CommandHeader } from '../protocol/commands.ts';
import { RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { SetTradingState } from '../protocol/venue-commands.ts';
import { SetVenueMode } from '../protocol/venue-mode.ts';
import { RingProducer } from '../ring/ring.ts';
import { Signal } from '../ring/waiter.ts';
import { SUPERVISOR_PRODUCER, type ThreadLinks } from './threads/thread-links.ts';

export class SupervisorPort {
  /** Where a command is written, at 0, before it is sent. */
  readonly record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  private readonly producer: RingProducer;
  private readonly exchange: Signal;

  constructor(links: ThreadLinks) {
    this.producer = new RingProducer(links.commandRings[SUPERVISOR_PRODUCER]!);
    this.exchange = new Signal(links.signals.exchange);
  }

  /** Stamps the command in `record` and puts it into the ring; false where that has no room. */
  send(command: CommandHeader): boolean {
    command.time = Date.now() * 1_000;
    const length = recordLengthAt(this.record, 0);
    const at = this.producer.tryClaim(length);
    if (at < 0) return false;
    this.producer.record.bytes.set(this.record.bytes.subarray(0, length), at);
    return true;
  }

  /** Sends and publishes it; false where there is no room. */
  sendTradingState(symbolId: number, state: number): boolean {
    const command = new SetTradingState().write(this.record, 0);
    const isSent = this.send(Object.assign(command, { symbolId, state }));
    if (isSent) this.publish();
    return isSent;
  }

  /** The same of the venue's mode. */
  sendVenueMode(mode: number, reason: number): boolean {
    const command = new SetVenueMode().write(this.record, 0);
    const isSent = this.send(Object.assign(command, { mode, reason }));
    if (isSent) this.publish();
    return isSent;
  }

  /** Shows the exchange all that was sent, at once. */
  publish(): void {
    this.producer.commit();
    this.exchange.ring();
  }
}
