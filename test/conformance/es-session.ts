/**
 * The recorded session that the engine has to reproduce: E-mini S&P 500, 25 December 2023. Its
 * commands, the exchange's own fills and self-match cancels for each, and the book at the end. What
 * the columns mean is said in the README.md of the session's folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FlowRow, readGzipCsv, readOrderFlow } from '../../bench/flow/order-flow.ts';

export interface Fill {
  /** The incoming order; 0 in the opening, where each filled order of either side is one fill. */
  readonly aggressorOrderId: number;
  readonly restingOrderId: number;
  /** Ticks. */
  readonly price: number;
  /** Lots: all that the command traded with this order at this price. */
  readonly qty: number;
}

export interface ExpectedFill extends Fill {
  /** True where the exchange listed the fill behind others, so its place is not compared. */
  readonly isLate: boolean;
}

export interface SessionCommand {
  /** Counts from 1. */
  readonly seq: number;
  readonly row: FlowRow;
  /** What the command has to trade, in order. */
  readonly fills: readonly ExpectedFill[];
  /** Resting orders that it has to cancel by self-match prevention, in order. */
  readonly selfMatchCancels: readonly number[];
}

/** An order of the final book. */
export interface BookRow {
  readonly side: 'B' | 'S';
  /** Ticks. */
  readonly price: number;
  /** Place in the queue of its price, from 1. */
  readonly priority: number;
  readonly orderId: number;
  /** Lots. */
  readonly shownQty: number;
}

export interface Session {
  readonly commands: readonly SessionCommand[];
  /** Buys, then sells, each side best price first and then first come first. */
  readonly finalBook: readonly BookRow[];
}

/** What a correct engine reproduces, from the folder's README.md. */
export const EXPECTED = {
  accepted: 55_854,
  opening_price: 19_201,
  opening_qty: 44,
  opening_orders: 35,
  fills: 6_264,
  fills_exact: 6_264,
  smp_cancels: 152,
  smp_cancels_exact: 152,
  book_orders: 11_217,
  book_orders_exact: 11_217,
} as const;
export type Metric = keyof typeof EXPECTED;

const COMMANDS = 'commands.csv.gz';
const FILLS = 'fills.csv.gz';
const FINAL_BOOK = 'final_book.csv.gz';

/** @throws Error that says what to do, where the folder does not hold the whole session */
export async function readSession(folder: string): Promise<Session> {
  for (const name of [COMMANDS, FILLS, FINAL_BOOK]) {
    if (!existsSync(join(folder, name))) {
      throw new Error(
        `${join(folder, name)} does not exist: name the folder es-2023-12-25, ` +
          `which holds ${COMMANDS}, ${FILLS} and ${FINAL_BOOK}`,
      );
    }
  }
  const [commands, finalBook] = await Promise.all([readCommands(folder), readFinalBook(folder)]);
  const fillCount = commands.reduce((sum, { fills }) => sum + fills.length, 0);
  checkRowCount(folder, COMMANDS, commands.length, EXPECTED.accepted);
  checkRowCount(folder, FILLS, fillCount, EXPECTED.fills);
  checkRowCount(folder, FINAL_BOOK, finalBook.length, EXPECTED.book_orders);
  return { commands, finalBook };
}

async function readCommands(folder: string): Promise<SessionCommand[]> {
  const [rows, results, fillsOf] = await Promise.all([
    readOrderFlow(folder).catch(failedToRead(folder, COMMANDS)),
    readRows(folder, COMMANDS, ['seq', 'smpCancels']),
    readFills(folder),
  ]);
  return rows.map((row, index) => {
    const [seqText, smpCancels] = results[index]!;
    const seq = Number(seqText);
    const selfMatchCancels = (smpCancels ?? '').split(';').filter(Boolean).map(Number);
    return { seq, row, selfMatchCancels, fills: fillsOf.get(seq) ?? [] };
  });
}

/** Sequence number → the fills of that command. */
async function readFills(folder: string): Promise<Map<number, ExpectedFill[]>> {
  const columns = ['seq', 'aggressorOrderId', 'restingOrderId', 'price', 'qty', 'late'];
  const fillsOf = new Map<number, ExpectedFill[]>();
  for (const cells of await readRows(folder, FILLS, columns)) {
    const [seq = 0, aggressorOrderId = 0, restingOrderId = 0, price = 0, qty = 0, late = 0] =
      cells.map(Number);
    const fill = { aggressorOrderId, restingOrderId, price, qty, isLate: late !== 0 };
    const fills = fillsOf.get(seq);
    if (fills === undefined) fillsOf.set(seq, [fill]);
    else fills.push(fill);
  }
  return fillsOf;
}

async function readFinalBook(folder: string): Promise<BookRow[]> {
  const columns = ['side', 'price', 'priority', 'orderId', 'displayedQty'];
  const rows = await readRows(folder, FINAL_BOOK, columns);
  return rows.map(([side, price, priority, orderId, displayedQty]) => ({
    side: side as BookRow['side'],
    price: Number(price),
    priority: Number(priority),
    orderId: Number(orderId),
    shownQty: Number(displayedQty),
  }));
}

function readRows(folder: string, name: string, columns: readonly string[]): Promise<string[][]> {
  return readGzipCsv(folder, name, columns).catch(failedToRead(folder, name));
}

function failedToRead(folder: string, name: string): (error: Error) => never {
  return (error) => {
    throw new Error(
      `${join(folder, name)} cannot be read (${error.message}): copy the folder afresh`,
      { cause: error },
    );
  };
}

function checkRowCount(folder: string, name: string, found: number, expected: number): void {
  if (found === expected) return;
  throw new Error(
    `${join(folder, name)} has ${found} rows that belong to the session, ` +
      `es-2023-12-25 has ${expected}: copy the folder afresh`,
  );
}
