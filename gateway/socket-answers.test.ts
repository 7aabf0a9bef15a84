/** Answers over WebSocket: refusals in a row are one text, ahead of answers to later messages. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { busyRefusal, fieldRefusal } from './command-intake.ts';
import { type AnsweredSocket, AnswersOfTurn, SocketAnswers } from './socket-answers.ts';
import { DROPPED } from './websocket-upgrade.ts';

const BUSY = busyRefusal('the exchange is busy');
const FULL = busyRefusal('200 messages of this connection wait for an answer');
const wrong = () => fieldRefusal({ field: 'qty', value: '호가', allowed: 'a whole number' });

/** What a connection was sent: texts, and the first byte of binary messages. */
class Connection {
  readonly sent: (string | number)[] = [];
  corks = 0;
  closes = 0;
  /** Of the next sends; then all are taken. */
  readonly results: number[] = [];
  readonly answers: SocketAnswers;

  constructor(turn: AnswersOfTurn) {
    const socket = {
      cork: (send: () => void) => {
        this.corks++;
        send();
        return socket;
      },
      send: (message: string | Uint8Array) => {
        this.sent.push(typeof message === 'string' ? message : message[0]!);
        return this.results.shift() ?? 1;
      },
      close: () => {
        this.closes++;
        this.answers.close();
      },
    };
    this.answers = new SocketAnswers(socket as unknown as AnsweredSocket, turn);
  }
}

describe('answers of a turn', () => {
  let turn: AnswersOfTurn;
  let client: Connection;
  let answers: SocketAnswers;

  beforeEach(() => {
    turn = new AnswersOfTurn();
    client = new Connection(turn);
    answers = client.answers;
  });

  const told = (firstMessage: number, lastMessage: number, refusal: object) =>
    JSON.stringify({ firstMessage, lastMessage, ...refusal });

  it('messages in a row that were refused for one reason are one text', async () => {
    for (let message = 7; message <= 106; message++) answers.refuse(message, BUSY);
    assert.deepEqual(client.sent, []);
    await nextTurn();
    assert.deepEqual(client.sent, [told(7, 106, BUSY)]);
    answers.refuse(107, BUSY);
    await nextTurn();
    assert.deepEqual(client.sent.slice(1), [told(107, 107, BUSY)]);
    assert.equal(client.corks, 2);
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
    assert.deepEqual(client.sent, [
      told(1, 1, BUSY),
      told(2, 3, FULL),
      told(5, 5, FULL),
      told(6, 6, first),
      told(7, 7, second),
    ]);
  });

  it('a refusal is told before the answer to a later message, and once', async () => {
    answers.refuse(1, BUSY);
    answers.add(Uint8Array.of(2));
    await nextTurn();
    assert.deepEqual(client.sent, [told(1, 1, BUSY), 2]);
    answers.add(Uint8Array.of(3));
    answers.refuse(4, BUSY);
    await Promise.resolve();
    assert.deepEqual(client.sent.slice(2), [told(4, 4, BUSY), 3]);
    answers.refuse(5, BUSY);
    await nextTurn();
    await nextTurn();
    assert.deepEqual(client.sent.slice(4), [told(5, 5, BUSY)]);
    assert.equal(client.corks, 3);
  });

  it('each connection is told of its own', async () => {
    const other = new Connection(turn);
    answers.refuse(1, BUSY);
    other.answers.refuse(1, FULL);
    answers.refuse(2, BUSY);
    await nextTurn();
    assert.deepEqual(client.sent, [told(1, 2, BUSY)]);
    assert.deepEqual(other.sent, [told(1, 1, FULL)]);
  });

  it('a connection that is gone is told nothing', async () => {
    answers.refuse(1, BUSY);
    answers.add(Uint8Array.of(2));
    answers.close();
    await nextTurn();
    assert.deepEqual([client.sent, client.corks, client.closes], [[], 0, 0]);
  });

  const results = [
    { what: 'a refusal', dropped: [DROPPED], sent: [told(1, 1, BUSY)] },
    { what: 'an answer', dropped: [1, DROPPED], sent: [told(1, 1, BUSY), 2] },
  ];
  for (const { what, dropped, sent } of results) {
    it(`where ${what} is dropped nothing comes behind it, and the connection ends`, async () => {
      client.results.push(...dropped);
      answers.refuse(1, BUSY);
      answers.add(Uint8Array.of(2));
      answers.add(Uint8Array.of(3));
      await nextTurn();
      answers.refuse(4, BUSY);
      answers.add(Uint8Array.of(5));
      await nextTurn();
      assert.deepEqual(client.sent, sent);
      assert.equal(client.closes, 1);
    });
  }

  it('the same where the next message is refused for another reason', () => {
    client.results.push(DROPPED);
    answers.refuse(1, BUSY);
    answers.refuse(2, FULL);
    assert.deepEqual([client.sent, client.closes], [[told(1, 1, BUSY)], 1]);
  });
});
