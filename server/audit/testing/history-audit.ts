/**
 * Audits what a recorded exchange did, everything after every command, in an exchange that executes
 * the same commands anew and that a test may tamper with.
 */
import assert from 'node:assert/strict';
import { EventBuffer } from '../../../exchange/event-sink.ts';
import { Exchange } from '../../../exchange/exchange.ts';
import type { RecordedExchange } from '../../../exchange/testing/recorded-exchange.ts';
import {
  type Flyweight,
  type RecordBuffer,
  recordLengthAt,
  templateIdAt,
} from '../../../protocol/record.ts';
import { Auditor } from '../auditor.ts';
import { Violation } from '../violation.ts';

const CAPACITY = { openOrders: 256, accounts: 1 };

export interface Tampering {
  /** Does something to the exchange before it executes the last command. */
  readonly before?: (exchange: Exchange) => void;
  /** Does something to it, or to the command's events, before the audit looks. */
  readonly after?: (exchange: Exchange, events: RecordBuffer) => void;
}

/** What the audit finds; the last command is the one that is tampered with. */
export function auditHistory(
  history: readonly RecordBuffer[],
  { before, after }: Tampering = {},
): Violation | undefined {
  const sink = new EventBuffer();
  const exchange = new Exchange(sink, CAPACITY);
  const auditor = new Auditor(
    () => exchange,
    () => true,
  );
  for (const [index, command] of history.entries()) {
    const isLast = index === history.length - 1;
    if (isLast) before?.(exchange);
    sink.clear();
    exchange.execute(command, 0);
    if (isLast) after?.(exchange, sink.record);
    try {
      auditor.onCommand(command, 0, sink.record, sink.length);
    } catch (error) {
      if (error instanceof Violation) return error;
      throw error;
    }
  }
  return undefined;
}

/** What happened passes, and with the last command tampered with it is found at that. */
export function assertFound(venue: RecordedExchange, what: RegExp, tampering: Tampering): void {
  assertClean(venue);
  const found = auditHistory(venue.history, tampering);
  assert.ok(found, 'the fault was found');
  assert.match(found.what, what);
  assert.equal(found.sequence, venue.exchange.sequence);
}

export function assertClean(venue: RecordedExchange): void {
  const found = auditHistory(venue.history);
  assert.equal(found, undefined, found?.message);
}

/** The first event of a kind among a command's. */
export function firstEvent<Event extends Flyweight>(
  events: RecordBuffer,
  event: Event,
  templateId: number,
): Event {
  let at = 0;
  while (templateIdAt(events, at) !== templateId) at += recordLengthAt(events, at);
  return event.wrap(events, at);
}
