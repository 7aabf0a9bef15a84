/** A venue with money in it, and what its events say of transfers: for tests. */
import assert from 'node:assert/strict';
import { nameOf, TransferKind, TransferMode, TransferStatus } from '../../protocol/enums.ts';
import { CommandDone, Transfer } from '../../protocol/events.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';
import { orderedBalances } from '../state-view.ts';
import { type EventView, RecordedExchange, USD } from './recorded-exchange.ts';

export const ALICE = 101;
export const BOB = 102;
export const CAROL = 103;
export const pending = { mode: TransferMode.Pending };

/** Alice has 1,000 dollars, Bob 500. */
export function openVenue(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(ALICE, USD, 1_000);
  venue.deposit(BOB, USD, 500);
  return venue;
}

/** [available, locked]. */
export function held(
  { exchange }: RecordedExchange,
  accountId: number,
  currencyId = USD,
): number[] {
  const found = orderedBalances(exchange).find(
    (balance) => balance.accountId === accountId && balance.currencyId === currencyId,
  );
  return found === undefined ? [] : [found.available, found.locked];
}

export function reasonOf(events: readonly EventView[]): string {
  const done = events.at(-1);
  assert.ok(done instanceof CommandDone);
  return nameOf(RejectReason, done.rejectReason);
}

export function assertRefused(
  events: readonly EventView[],
  reason: keyof typeof RejectReason,
): void {
  assert.equal(reasonOf(events), reason);
}

export function accepted(events: EventView[]): EventView[] {
  assert.equal(reasonOf(events), 'None');
  return events;
}

export function reportsOf(events: readonly EventView[]): TransferReport[] {
  return events.filter((event) => event instanceof TransferReport);
}

export function statusOf(events: readonly EventView[]): string {
  return nameOf(TransferStatus, reportsOf(events)[0]!.status);
}

/** Kind, debit, credit, amount, reference and business reference. */
export function postingsOf(events: readonly EventView[]): unknown[][] {
  const postings = events.filter((event) => event instanceof Transfer);
  return postings.map((posting) => [
    nameOf(TransferKind, posting.kind),
    posting.debitAccountId,
    posting.creditAccountId,
    posting.amount,
    posting.referenceId,
    posting.businessRefId,
  ]);
}
