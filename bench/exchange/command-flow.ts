/**
 * A flow of commands for the exchange benchmark: a struct of arrays. The first `buildUp` commands
 * fill the books, those up to `measuredFrom` warm up. Before the flow its accounts are funded.
 */
import type { Totals } from '../measuring/totals.ts';

/** What a command does. */
export const Kind = { New: 1, ImmediateOrCancel: 2, Cancel: 3, Replace: 4 } as const;

export interface CommandTotals extends Totals {
  /** Commands that made one trade at least. */
  readonly tradingCommands: number;
}

export interface CommandFlow {
  readonly symbols: number;
  readonly accounts: number;
  /** Commands in all. */
  readonly length: number;
  readonly buildUp: number;
  readonly measuredFrom: number;
  readonly kind: Uint8Array;
  /** Index of the market, from 0. */
  readonly symbol: Uint8Array;
  /** Side; of a cancel or replace, the order's. */
  readonly side: Uint8Array;
  /** The owner, from 1. */
  readonly account: Int32Array;
  /** The place in this flow of the command that made the order: of a new one, its own. */
  readonly order: Int32Array;
  /** Ticks; 0 for a cancel. */
  readonly price: Int32Array;
  /** Lots; of a replace, the new open quantity; 0 for a cancel. */
  readonly qty: Int32Array;
  /** What the exchange must come to when it has executed the whole flow. */
  readonly totals: CommandTotals;
}
