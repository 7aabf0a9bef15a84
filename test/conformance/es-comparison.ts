/**
 * Compares what an engine did with what the exchange did, as the README.md of the session's folder
 * prescribes: counts what is exact and keeps a sentence for everything that is not.
 */
import type { BookRow, ExpectedFill, Fill, Metric, Session, SessionCommand } from './es-session.ts';

export class Comparison {
  readonly found: Record<Metric, number> = {
    accepted: 0,
    opening_price: 0,
    opening_qty: 0,
    opening_orders: 0,
    fills: 0,
    fills_exact: 0,
    smp_cancels: 0,
    smp_cancels_exact: 0,
    book_orders: 0,
    book_orders_exact: 0,
  };
  readonly mismatches: string[] = [];

  accept(): void {
    this.found.accepted++;
  }

  refuse({ seq, row }: SessionCommand, reason: string): void {
    this.mismatches.push(
      `seq ${seq} ${row.command} ${row.orderId}: expected to be accepted, found ${reason}`,
    );
  }

  /** @param fills merged by price and resting order, each at the place of its first part */
  compareFills(command: SessionCommand, fills: readonly Fill[]): void {
    const expectedInOrder = command.fills.filter((fill) => !fill.isLate);
    const expectedLate = command.fills.filter((fill) => fill.isLate);
    const isLate = (fill: Fill) => expectedLate.some((late) => isSameMatch(late, fill));
    const inOrder = fills.filter((fill) => !isLate(fill));
    if (command.row.command === 'OPEN') this.found.opening_orders += fills.length;
    this.found.fills += fills.length;
    for (let i = 0; i < Math.max(expectedInOrder.length, inOrder.length); i++) {
      this.compareFill(command.seq, `fill ${i + 1}`, expectedInOrder[i], inOrder[i]);
    }
    for (const late of expectedLate) {
      const fill = fills.find((candidate) => isSameMatch(late, candidate));
      this.compareFill(command.seq, 'fill at any place', late, fill);
    }
  }

  compareSelfMatchCancels(command: SessionCommand, orderIds: readonly number[]): void {
    const expectedIds = command.selfMatchCancels;
    this.found.smp_cancels += orderIds.length;
    for (let i = 0; i < Math.max(expectedIds.length, orderIds.length); i++) {
      if (expectedIds[i] === orderIds[i]) this.found.smp_cancels_exact++;
      else {
        const what = `seq ${command.seq}: self-match cancel ${i + 1}`;
        this.differ(what, expectedIds[i]?.toString(), orderIds[i]?.toString());
      }
    }
  }

  /** Row by row: one order too many or too few puts all orders behind it out of place. */
  compareBook({ finalBook }: Session, rows: readonly BookRow[]): void {
    this.found.book_orders += rows.length;
    for (let i = 0; i < Math.max(finalBook.length, rows.length); i++) {
      if (isSameOrder(finalBook[i], rows[i])) this.found.book_orders_exact++;
      else {
        const what = `final book row ${i + 1}`;
        this.differ(what, describeBookRow(finalBook[i]), describeBookRow(rows[i]));
      }
    }
  }

  private compareFill(
    seq: number,
    what: string,
    expected: ExpectedFill | undefined,
    found: Fill | undefined,
  ): void {
    const expectedText = describeFill(expected);
    const foundText = describeFill(found);
    if (expectedText === foundText) this.found.fills_exact++;
    else this.differ(`seq ${seq}: ${what}`, expectedText, foundText);
  }

  private differ(what: string, expected = 'none', found = 'none'): void {
    this.mismatches.push(`${what}: expected ${expected}, found ${found}`);
  }
}

/** One fill for all that a command trades with one order at one price. */
export function mergeFills(fills: readonly Fill[]): Fill[] {
  const merged: Fill[] = [];
  for (const fill of fills) {
    const index = merged.findIndex((candidate) => isSameMatch(candidate, fill));
    if (index === -1) merged.push(fill);
    else merged[index] = { ...fill, qty: merged[index]!.qty + fill.qty };
  }
  return merged;
}

function isSameMatch(a: Fill, b: Fill): boolean {
  return a.restingOrderId === b.restingOrderId && a.price === b.price;
}

function describeFill(fill: Fill | undefined): string | undefined {
  if (fill === undefined) return undefined;
  const { aggressorOrderId, restingOrderId, price, qty } = fill;
  const aggressor = aggressorOrderId === 0 ? '' : ` by ${aggressorOrderId}`;
  return `${qty} of ${restingOrderId} at ${price}${aggressor}`;
}

/** Rows are in book order, so a row's number is its place. */
function isSameOrder(expected: BookRow | undefined, found: BookRow | undefined): boolean {
  return (
    expected?.side === found?.side &&
    expected?.price === found?.price &&
    expected?.orderId === found?.orderId &&
    expected?.shownQty === found?.shownQty
  );
}

function describeBookRow(row: BookRow | undefined): string | undefined {
  if (row === undefined) return undefined;
  const { side, price, priority, orderId, shownQty } = row;
  return `${side} ${price} place ${priority}: ${orderId} shows ${shownQty}`;
}
