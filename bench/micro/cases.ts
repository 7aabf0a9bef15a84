/** What the micro-benchmarks measure: the small parts that every command goes through. */
import type { Case } from '../measuring/campaign.ts';
import { CHECKSUM } from './checksum.ts';
import { CODEC } from './codec.ts';
import { DECIMAL } from './decimal.ts';
import type { MicroOperations } from './micro-operation.ts';
import { ORDER_BOOK } from './order-book.ts';
import { RING } from './ring-frame.ts';

export const DEFAULT_OPERATIONS = 2_000_000;

export const OPERATIONS: MicroOperations = {
  ...CODEC,
  ...RING,
  ...DECIMAL,
  ...CHECKSUM,
  ...ORDER_BOOK,
};

export const CASES: readonly Case[] = Object.entries(OPERATIONS).map(
  ([operation, { part = 1 }]) => {
    return { name: operation, part, task: { operation } };
  },
);
