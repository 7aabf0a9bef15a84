/**
 * The engine against the oracle: random commands in two markets; after each one its outcome and the
 * whole book are compared, and what must always hold is checked. `npm run fuzz:engine` does the
 * same for as long as one likes.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testSeed } from '../test/support/seed.ts';
import type { CommandEngine } from './engine-commands.ts';
import { Oracle } from './oracle.ts';
import { PlainEngine } from './plain-engine.ts';
import { findDifference } from './testing/difference.ts';
import { programOf } from './testing/duel.ts';

function checkSame(
  seed: number,
  sequences: number,
  maxLength: number,
  create: () => CommandEngine,
): void {
  const difference = findDifference({ seed, sequences, maxLength, create });
  if (difference === undefined) return;
  assert.fail(`seed ${seed}\n${difference.message}\n\n${programOf(difference)}\n`);
}

test('many short sequences of commands do in the engine what they do in the oracle', (t) => {
  checkSame(testSeed(t), 200, 200, () => new PlainEngine({ orders: 10_000 }));
});

test('orders that may make few fills do in the engine what they do in the oracle', (t) => {
  checkSame(testSeed(t), 100, 200, () => new PlainEngine({ orders: 1_000, fills: 3 }));
});

test('a long sequence of commands does in the engine what it does in the oracle', (t) => {
  checkSame(testSeed(t), 8, 3_000, () => new PlainEngine({ orders: 10_000 }));
});

test('what must always hold of a book holds of the oracle alone', (t) => {
  checkSame(testSeed(t), 50, 200, () => new Oracle());
});
