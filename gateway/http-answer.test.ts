/** Answers to clients that read late, or not at all. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { HttpAnswer } from './http-answer.ts';
import {
  App,
  type TemplatedApp,
  type us_listen_socket,
  us_listen_socket_close,
  us_socket_local_port,
} from './uws.ts';

const HOST = '127.0.0.1';
const REQUEST = 'GET /long HTTP/1.1\r\nHost: hoga\r\n\r\n';
/** More than a socket's buffers take on both sides. */
const LONG = Array.from({ length: 2 ** 21 }, (_, index) => `${index}`.padStart(8)).join('');

describe('an answer longer than what the client has room for', { timeout: 60_000 }, () => {
  let app: TemplatedApp;
  let listening: us_listen_socket;
  let answers = 0;

  before(async () => {
    app = App().get('/long', (response) => {
      answers++;
      new HttpAnswer(response).text(LONG, 'text/plain');
    });
    const { promise, resolve } = Promise.withResolvers<us_listen_socket | false>();
    app.listen(HOST, 0, resolve);
    const socket = await promise;
    assert.ok(socket !== false);
    listening = socket;
  });

  after(() => {
    us_listen_socket_close(listening);
    app.close();
  });

  /** A client that has asked, and does not read. */
  async function ask(): Promise<Socket> {
    const socket = connect(us_socket_local_port(listening), HOST);
    await once(socket, 'connect');
    const before = answers;
    socket.write(REQUEST);
    while (answers === before) await new Promise(setImmediate);
    return socket;
  }

  it('comes whole to a client that reads late', async () => {
    const socket = await ask();
    let text = '';
    for await (const chunk of socket.setEncoding('latin1')) {
      text += chunk;
      if (text.length > LONG.length && text.endsWith(LONG.slice(-8))) break;
    }
    const [head, body] = text.split('\r\n\r\n');
    assert.match(head!, new RegExp(`Content-Length: ${LONG.length}`, 'i'));
    assert.ok(body === LONG, `${body?.length} characters came`);
  });

  it('is the last one of a client that asks again and again and does not read', async () => {
    const socket = await ask();
    let isClosed = false;
    for (const event of ['error', 'close']) socket.on(event, () => (isClosed = true));
    const before = answers;
    while (!isClosed && answers <= before + 1) {
      socket.write(REQUEST);
      await new Promise(setImmediate);
    }
    assert.ok(isClosed);
    assert.ok(answers <= before + 1);
  });
});
