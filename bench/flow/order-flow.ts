/**
 * Reads an order flow: `commands.csv.gz` of a recorded session, one command a row, in the columns
 * seq, ts_ns, command, orderId, ownerId, side, price, qty, displayQty, tif, flags, smpCancels.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

export interface FlowRow {
  readonly command: 'NEW' | 'CANCEL' | 'REPLACE' | 'OPEN';
  readonly orderId: number;
  /** 0: not known. */
  readonly ownerId: number;
  readonly side: 'B' | 'S' | '';
  readonly price: number;
  /** Of a REPLACE: the new open quantity. */
  readonly qty: number;
  readonly displayQty: number;
  readonly timeInForce: 'GTC' | 'IOC' | '';
}

const COLUMNS = ['command', 'orderId', 'ownerId', 'side', 'price', 'qty', 'displayQty', 'tif'];

export async function readOrderFlow(folder: string): Promise<FlowRow[]> {
  return (await readGzipCsv(folder, 'commands.csv.gz', COLUMNS)).map(parseRow);
}

/** The cells of some columns, row by row, of a gzip CSV file whose first line names its columns. */
export async function readGzipCsv(
  folder: string,
  fileName: string,
  columns: readonly string[],
): Promise<string[][]> {
  const file = createReadStream(join(folder, fileName));
  const rows: string[][] = [];
  // A pipeline, so that an archive that ends too early is an error of this call.
  await pipeline(file, createGunzip(), async (bytes: AsyncIterable<Buffer>) => {
    let indexes: number[] | undefined;
    for await (const line of createInterface({ input: Readable.from(bytes) })) {
      const cells = line.split(',');
      indexes ??= indexesOf(columns, cells, fileName);
      rows.push(indexes.map((index) => cells[index] ?? ''));
    }
  });
  return rows.slice(1);
}

function indexesOf(columns: readonly string[], cells: string[], fileName: string): number[] {
  const missing = columns.filter((column) => !cells.includes(column));
  if (missing.length > 0) throw new Error(`${fileName} has no column ${missing.join(', ')}`);
  return columns.map((column) => cells.indexOf(column));
}

function parseRow(cells: readonly string[]): FlowRow {
  const [command, orderId, ownerId, side, price, qty, displayQty, tif] = cells;
  return {
    command: command as FlowRow['command'],
    orderId: Number(orderId),
    ownerId: Number(ownerId),
    side: side as FlowRow['side'],
    price: Number(price),
    qty: Number(qty),
    displayQty: Number(displayQty),
    timeInForce: tif as FlowRow['timeInForce'],
  };
}
