/** Refusals over WebSocket: each names its message, whichever came before it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyRefusal, fieldRefusal } from './command-intake.ts';
import { RefusalMessages } from './refusal-messages.ts';

const BUSY = busyRefusal('the exchange is busy');
const WRONG = fieldRefusal({ field: 'qty', value: '호가', allowed: 'a whole number' });
const NUMBERS = [1, 2, 9, 10, 11, 99, 100, 101, 1_000, 99_999, 100_000, 2 ** 32 + 1, 2 ** 53 - 1];

test('a refusal is JSON that begins with the number of its message', () => {
  const messages = new RefusalMessages();
  const tell = (message: number, refusal: typeof BUSY) => {
    const told = Buffer.from(messages.messageOf(message, refusal)).toString();
    assert.equal(told, JSON.stringify({ message, ...refusal }));
  };
  for (const message of NUMBERS) tell(message, BUSY);
  for (const message of NUMBERS.toReversed()) tell(message, WRONG);
  for (const message of NUMBERS) {
    tell(message, BUSY);
    tell(message, WRONG);
    tell(message, WRONG);
  }
});
