/**
 * Sends a Tick when an order or a transfer is due to expire, so that it does even if no other
 * command comes. Looks every `intervalMs`; where commands flow, the sequencer has put a Tick of its
 * own before them.
 */
import { Tick } from '../protocol/venue-commands.ts';
import { Counter, type Counters } from '../ring/counters.ts';
import type { SupervisorPort } from './supervisor-port.ts';

export class DueTicks {
  private readonly port: SupervisorPort;
  private readonly counters: Counters;
  private readonly tick = new Tick();
  private timer: NodeJS.Timeout | undefined;

  constructor(port: SupervisorPort, counters: Counters) {
    this.port = port;
    this.counters = counters;
  }

  start(intervalMs: number): void {
    this.timer = setInterval(() => this.sendIfDue(), intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sendIfDue(): void {
    if (this.counters.get(Counter.NextExpireTime) > Date.now() * 1_000) return;
    // Without room the exchange is behind: the next look is soon enough.
    if (this.port.send(this.tick.write(this.port.record, 0))) this.port.publish();
  }
}
