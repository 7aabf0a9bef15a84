/**
 * Cuts off gateways that are stalled. A gateway holds the exchange back when stream 20 is full:
 * that bounds memory where gateways are slow, but one whose event loop stands still would halt the
 * venue. So the main thread looks at each gateway's cursor. One that did not move it for the stall
 * time, while it had something to read, is cut off as soon as it holds a part of the ring that
 * matters: below that nobody waits for it, and its clients lose less if it goes on by itself.
 *
 * Time counts by looks: if the main thread itself had no turn (a stopped process, a machine that
 * slept), the gateways had none either, and that is nobody's stall.
 */
import { GatewayCounter, GatewayCounters } from '../ring/gateway-counters.ts';
import { ReaderWatch } from '../ring/reader-watch.ts';
import { Signal } from '../ring/waiter.ts';
import { gatewayBound, gatewayReader, type ThreadLinks } from './threads/thread-links.ts';

/** Of the ring: what a stalled gateway must hold to be cut off. */
const HELD_SHARE = 1 / 4;
/** Looks in a stall time; so a gateway is cut off up to a tenth later. */
const LOOKS_A_STALL = 10;

/** What was seen of a gateway that is cut off. */
export interface Stall {
  /** Its number, from 1. */
  readonly gateway: number;
  readonly stalledMs: number;
  readonly heldBytes: number;
  readonly ringBytes: number;
}

interface Watched {
  readonly reader: ReaderWatch;
  readonly signal: Signal;
  /** As they were at the last look. */
  cursor: number;
  heldBytes: number;
  stalledMs: number;
}

export class GatewayWatch {
  private readonly stallMs: number;
  private readonly lookMs: number;
  private readonly watched: readonly Watched[];
  private readonly exchange: Signal;
  private readonly counters: GatewayCounters;
  private readonly onCutOff: (stall: Stall) => void;
  private lastLookMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(links: ThreadLinks, stallMs: number, onCutOff: (stall: Stall) => void) {
    this.stallMs = stallMs;
    this.lookMs = Math.max(1, Math.floor(stallMs / LOOKS_A_STALL));
    this.exchange = new Signal(links.signals.exchange);
    this.counters = new GatewayCounters(links.gatewayCounters);
    this.onCutOff = onCutOff;
    const bound = gatewayBound(links.durability);
    this.watched = links.signals.gateways.map((signal, gateway) => {
      const reader = new ReaderWatch(links.eventRing, gatewayReader(gateway), bound);
      return {
        reader,
        signal: new Signal(signal),
        cursor: reader.cursor,
        heldBytes: 0,
        stalledMs: 0,
      };
    });
  }

  start(): void {
    this.lastLookMs = performance.now();
    this.timer = setInterval(() => this.look(performance.now()), this.lookMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** @param nowMs of a clock that never runs back */
  look(nowMs: number): void {
    const passedMs = Math.min(nowMs - this.lastLookMs, 2 * this.lookMs);
    this.lastLookMs = nowMs;
    for (const [index, watched] of this.watched.entries()) {
      const { reader, cursor: cursorBefore, heldBytes: heldBefore } = watched;
      const heldBytes = reader.isJoined ? reader.lagBytes : 0;
      Object.assign(watched, { cursor: reader.cursor, heldBytes });
      if (heldBefore === 0 || watched.cursor !== cursorBefore) watched.stalledMs = 0;
      else watched.stalledMs += passedMs;
      const ringBytes = reader.capacityBytes;
      if (watched.stalledMs < this.stallMs || heldBytes < ringBytes * HELD_SHARE) continue;
      if (!reader.cutOff()) continue;
      this.counters.add(index, GatewayCounter.CutOffs, 1);
      const stalledMs = Math.round(watched.stalledMs);
      Object.assign(watched, { heldBytes: 0, stalledMs: 0 });
      // The exchange may be waiting for the room; the gateway has to know when it wakes.
      this.exchange.ring();
      watched.signal.ring();
      this.onCutOff({ gateway: index + 1, stalledMs, heldBytes, ringBytes });
    }
  }

  /** Gateways that have ended read nothing any more: nobody is to wait for them. */
  release(): void {
    for (const { reader } of this.watched) reader.cutOff();
    this.exchange.ring();
  }
}
