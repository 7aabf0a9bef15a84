/**
 * Brings the venue to its configuration through the supervisor's own command ring: limits that
 * differ, and the default markets of an exchange that has none.
 */
import { setTimeout } from 'node:timers/promises';
import type { CurrencyDefinition, SymbolDefinition, VenueLimits } from '../exchange/venue.ts';
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import type { CommandHeader } from '../protocol/commands.ts';
import { RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { AddCurrency, AddSymbol, SetLimits } from '../protocol/venue-commands.ts';
import { Counter, Counters } from '../ring/counters.ts';
import { RingProducer } from '../ring/ring.ts';
import { Signal } from '../ring/waiter.ts';
import { defaultMarkets } from './default-markets.ts';
import { SUPERVISOR_PRODUCER, type ThreadLinks } from './threads/thread-links.ts';

export interface VenueState {
  readonly sequence: number;
  readonly symbolCount: number;
  readonly limits: VenueLimits;
}

const POLL_MS = 2;

export class VenueSetup {
  private readonly producer: RingProducer;
  private readonly exchange: Signal;
  private readonly counters: Counters;
  private readonly record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  private sent = 0;

  constructor(links: ThreadLinks) {
    this.producer = new RingProducer(links.commandRings[SUPERVISOR_PRODUCER]!);
    this.exchange = new Signal(links.signals.exchange);
    this.counters = new Counters(links.counters);
  }

  /** Resolves when all of it is journaled. Returns how many commands it took. */
  async apply(
    state: VenueState,
    limits: VenueLimits,
    withDefaultMarkets: boolean,
  ): Promise<number> {
    const names = Object.keys(limits) as (keyof VenueLimits)[];
    if (names.some((name) => limits[name] !== state.limits[name])) {
      this.send(Object.assign(new SetLimits().write(this.record, 0), limits));
    }
    if (withDefaultMarkets && state.symbolCount === 0) {
      const { currencies, symbols } = defaultMarkets();
      for (const currency of currencies) this.addCurrency(currency);
      for (const symbol of symbols) this.addSymbol(symbol);
    }
    // Published at once, so that they are journaled at once: a market is there whole or not at all.
    this.producer.commit();
    this.exchange.ring();
    const end = state.sequence + this.sent;
    while (this.counters.get(Counter.ReleasedSequence) < end) await setTimeout(POLL_MS);
    return this.sent;
  }

  private addCurrency(currency: CurrencyDefinition): void {
    this.send(Object.assign(new AddCurrency().write(this.record, 0), currency));
  }

  private addSymbol(symbol: SymbolDefinition): void {
    this.send(Object.assign(new AddSymbol().write(this.record, 0), symbol));
  }

  private send(command: CommandHeader): void {
    command.time = Date.now() * 1_000;
    const length = recordLengthAt(this.record, 0);
    const at = this.producer.tryClaim(length);
    if (at < 0) throw new Error("no room in the supervisor's command ring");
    this.producer.record.bytes.set(this.record.bytes.subarray(0, length), at);
    this.sent++;
  }
}
