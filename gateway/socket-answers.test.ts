/** Answers over WebSocket: refusals in a row are one text, ahead of answers to later messages. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { busyRefusal, fieldRefusal } from './command-intake.ts';
import { AnswersOfTurn, SocketAnswers } from './socket-answers.ts';

const BUSY = busyRefusal('the exchange is busy');
const FULL = busyRefusal('200 messages of this connection wait for an answer');
const wrong = () => fieldRefusal({ field: 'qty', value: '호가', allowed: 'a whole number' });

describe('answers of a turn', () => {
  /** What was sent: texts, and the first byte of binary messages. */
  let sent: (string | number)[];
  let corks: number;
  let turn: AnswersOfTurn;
  let answers: SocketAnswers;

  function open(): SocketAnswers {
    return new SocketAnswers(
      {
        cork(send: () => void) {
          corks++;
          send();
          return this as never;
        },
        send(message: unknown) {
          sent.push(typeof message === 'string' ? message : (message as Uint8Array)[0]!);
          return 1;
        },
      },
      turn,
    );
  }

  beforeEach(() => {
    sent = [];
    corks = 0;
    turn = new AnswersOfTurn();
    answers = open();
  });

  const told = (message: number, count: number, refusal: object) =>
    JSON.stringify({ message, count, ...refusal });

  it('messages in a row that were refused for one reason are one text', async () => {
    for (let message = 7; message <= 106; message++) answers.refuse(message, BUSY);
    assert.deepEqual(sent, []);
    await nextTurn();
    assert.deepEqual(sent, [told(7, 100, BUSY)]);
    answers.refuse(107, BUSY);
    await nextTurn();
    assert.deepEqual(sent.slice(1), [told(107, 1, BUSY)]);
    assert.equal(corks, 2);
  });

  it('another reason, or a message between that was taken, begins another text', async () => {
    const [first, second] = [wrong(), wrong()];
    answers.refuse(1, BUSY);
    answers.refuse(2, FULL);
    answers.refuse(3, FULL);
    answers.refuse(5, FULL);
    answers.refuse(6, first);
    answers.refuse(7, second);
    await nextTurn();
    assert.deepEqual(sent, [
      told(1, 1, BUSY),
      told(2, 2, FULL),
      told(5, 1, FULL),
      told(6, 1, first),
      told(7, 1, second),
    ]);
  });

  it('a refusal is told before the answer to a later message, and once', async () => {
    answers.refuse(1, BUSY);
    answers.add(Uint8Array.of(2));
    await nextTurn();
    assert.deepEqual(sent, [told(1, 1, BUSY), 2]);
    answers.add(Uint8Array.of(3));
    answers.refuse(4, BUSY);
    await nextTurn();
    await nextTurn();
    assert.deepEqual(sent.slice(2), [told(4, 1, BUSY), 3]);
    assert.equal(corks, 2);
  });

  it('each connection is told of its own', async () => {
    const other = open();
    answers.refuse(1, BUSY);
    other.refuse(1, BUSY);
    answers.refuse(2, BUSY);
    await nextTurn();
    assert.deepEqual(sent, [told(1, 2, BUSY), told(1, 1, BUSY)]);
  });

  it('a connection that is gone is told nothing', async () => {
    answers.refuse(1, BUSY);
    answers.add(Uint8Array.of(2));
    answers.close();
    await nextTurn();
    assert.deepEqual([sent, corks], [[], 0]);
  });
});
