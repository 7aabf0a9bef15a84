/**
 * Pours orders over many connections: in a closed loop, which finds out how many are taken, and in
 * an open one, where each is due at a planned time whatever became of those before.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { newHistogram } from '../../../bench/measuring/histograms.ts';
import {
  type FloodConnection,
  type FloodListener,
  openFlood,
  type Transport,
} from './flood-connection.ts';
import { FloodLedger } from './flood-ledger.ts';

export interface FloodOptions {
  readonly transport: Transport;
  readonly connections: number;
  /** Orders a message. */
  readonly batch: number;
  /** Messages a connection has on its way in the closed loop. */
  readonly inFlight: number;
}

/** Of one loop. Latencies in ns. */
export class FloodFigures {
  sent = 0;
  writes = 0;
  acknowledged = 0;
  /** Before the loop's time was over. */
  acknowledgedInTime = 0;
  refused = 0;
  /** Due, and not sent since no connection took more. */
  heldBack = 0;
  seconds = 0;
  readonly acceptedFromSending = new FloodLatencies();
  readonly acceptedFromDue = new FloodLatencies();
  readonly refusedFromSending = new FloodLatencies();

  /** Messages. */
  get acknowledgedPerSecond(): number {
    return this.acknowledgedInTime / this.seconds;
  }

  /** Messages that went together. */
  get messagesPerWrite(): number {
    return this.sent / Math.max(1, this.writes);
  }

  get unanswered(): number {
    return this.sent - this.acknowledged - this.refused;
  }
}

/**
 * Messages that were sent together and answered together took the same time: counted, and recorded
 * once, since clients share the machine with what they measure.
 */
export class FloodLatencies {
  private readonly histogram = newHistogram();
  private tookNs = 0;
  private count = 0;

  record(tookMs: number): void {
    const tookNs = Math.round(tookMs * 1e6);
    if (tookNs !== this.tookNs) this.recordAll();
    this.tookNs = tookNs;
    this.count++;
  }

  /** In ms; 0 where there are none. */
  percentileMs(percentile: number): number {
    this.recordAll();
    const { histogram } = this;
    return histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
  }

  private recordAll(): void {
    if (this.count > 0) this.histogram.recordValueWithCount(this.tookNs, this.count);
    this.count = 0;
  }
}

/** Longer than any answer takes that comes at all. */
const LAST_ANSWER_MS = 30_000;
const POLL_MS = 10;
const TICK_MS = 1;
/** Of a client of the closed loop that was refused. */
const PAUSE_MS = 20;

export class Flood implements FloodListener {
  readonly ledger: FloodLedger;
  /** Of the loop that runs, or ran last. */
  figures = new FloodFigures();
  private readonly inFlight: number;
  private connections: FloodConnection[] = [];
  /** When the answers came that are being told now; 0: none are. */
  private answeredMs = 0;
  /** Of the closed loop: sends as many as were answered. */
  private onAnswered: (connection: number) => void = () => {};
  private onTurnedAway: (connection: number) => void = () => {};

  private constructor(options: FloodOptions) {
    this.ledger = new FloodLedger(options.batch);
    this.inFlight = options.transport === 'http' ? 1 : options.inFlight;
  }

  static async open(url: URL, options: FloodOptions): Promise<Flood> {
    const flood = new Flood(options);
    for (let index = 0; index < options.connections; index++) {
      const listener: FloodListener = {
        onAcknowledged: (message, firstSequence) => {
          flood.onAcknowledged(message, firstSequence);
          flood.onAnswered(index);
        },
        onRefused: (message) => {
          flood.onRefused(message);
          flood.onTurnedAway(index);
        },
      };
      flood.connections.push(await openFlood(options.transport, url, options.batch, listener));
    }
    return flood;
  }

  onAcknowledged(message: number, firstSequence: number): void {
    const { figures, ledger } = this;
    const nowMs = this.nowMs();
    ledger.acknowledge(message, firstSequence);
    figures.acknowledged++;
    figures.acceptedFromSending.record(nowMs - ledger.sentAt(message));
    figures.acceptedFromDue.record(nowMs - ledger.dueAt(message));
  }

  onRefused(message: number): void {
    const { figures, ledger } = this;
    ledger.refuse(message);
    figures.refused++;
    figures.refusedFromSending.record(this.nowMs() - ledger.sentAt(message));
  }

  /** Each connection sends as soon as it is answered; waits for the last answers. */
  async runClosed(seconds: number): Promise<FloodFigures> {
    const figures = this.begin();
    const owed = new Uint32Array(this.connections.length);
    const endMs = performance.now() + seconds * 1_000;
    const pay = (index: number) => {
      const messages = owed[index]!;
      owed[index] = 0;
      const nowMs = performance.now();
      if (nowMs < endMs) this.send(this.connections[index]!, messages, () => nowMs);
    };
    this.onAnswered = (index) => {
      // Answers that came together are answered together: as one write.
      if (owed[index]!++ === 0) queueMicrotask(() => pay(index));
    };
    // At once it would be turned away again, and all that would be measured is refusing.
    this.onTurnedAway = (index) => setTimeout(() => this.onAnswered(index), PAUSE_MS);
    for (let index = 0; index < owed.length; index++) {
      owed[index] = this.inFlight;
      pay(index);
    }
    await sleep(seconds * 1_000);
    return this.end(figures, seconds);
  }

  /**
   * `rate` messages a second are due, in turns over the connections.
   *
   * @param together of those that are due each write has so many, and more only where there are not
   *   enough connections: as in the closed loop that the rate is from, since writes cost, too
   */
  async runOpen(
    rate: number,
    together: number,
    seconds: number,
    onSecond: (figures: FloodFigures) => void = () => {},
  ): Promise<FloodFigures> {
    const figures = this.begin();
    const { connections } = this;
    const startMs = performance.now();
    const planned = Math.round(rate * seconds);
    const dueAt = (message: number) => startMs + (message * 1_000) / rate;
    let due = 0;
    let turn = 0;
    let second = 1;
    while (due < planned) {
      const nowMs = performance.now();
      const dueNow = Math.min(planned, Math.ceil(((nowMs - startMs) * rate) / 1_000)) - due;
      if (dueNow > 0) {
        let left = dueNow;
        const ready = connections.filter((connection) => connection.isReady);
        const most = Math.max(together, Math.ceil(dueNow / ready.length));
        for (let i = 0; i < ready.length && left > 0; i++, turn++) {
          const first = due + dueNow - left;
          const count = Math.min(left, most, this.mostAtOnce);
          left -= this.send(ready[turn % ready.length]!, count, (at) => dueAt(first + at));
        }
        figures.heldBack += left;
        due += dueNow;
      }
      if (nowMs - startMs >= second * 1_000) {
        figures.seconds = second++;
        onSecond(figures);
      }
      await sleep(TICK_MS);
    }
    return this.end(figures, seconds);
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }

  /** One time for all answers that came together. */
  private nowMs(): number {
    if (this.answeredMs === 0) {
      this.answeredMs = performance.now();
      queueMicrotask(() => {
        this.answeredMs = 0;
      });
    }
    return this.answeredMs;
  }

  private get mostAtOnce(): number {
    return this.inFlight === 1 ? 1 : Number.POSITIVE_INFINITY;
  }

  private begin(): FloodFigures {
    this.figures = new FloodFigures();
    return this.figures;
  }

  /** What was acknowledged in the time counts; then all must be answered. */
  private async end(figures: FloodFigures, seconds: number): Promise<FloodFigures> {
    figures.acknowledgedInTime = figures.acknowledged;
    figures.seconds = seconds;
    this.onAnswered = () => {};
    this.onTurnedAway = () => {};
    const deadlineMs = performance.now() + LAST_ANSWER_MS;
    while (figures.unanswered > 0 && performance.now() < deadlineMs) await sleep(POLL_MS);
    return figures;
  }

  private send(
    connection: FloodConnection,
    count: number,
    dueAt: (index: number) => number,
  ): number {
    const nowMs = performance.now();
    const messages: number[] = [];
    for (let i = 0; i < count; i++) messages.push(this.ledger.add(dueAt(i), nowMs));
    if (count > 0) connection.send(messages);
    this.figures.sent += count;
    if (count > 0) this.figures.writes++;
    return count;
  }
}
