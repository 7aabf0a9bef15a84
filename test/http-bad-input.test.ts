/**
 * Bad input of every kind over HTTP: the answer names what was wrong, with the value, and what
 * would be right; and nothing of it is ever sequenced.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  type Answer,
  answerOf,
  NO_DATABASE,
  ServerProcess,
  temporaryDataFolder,
} from './support/server-process.ts';

const BODY_LIMIT = 1_024;

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(
    folder.path,
    ['--max-body-bytes', `${BODY_LIMIT}`],
    NO_DATABASE,
  );
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

/** The error of an answer; it must tell what was wrong, with the value, and what would be right. */
function assertError(answer: Answer, status: number, field: string, about: string): void {
  assert.equal(answer.status, status, `${about}: ${JSON.stringify(answer.body)}`);
  const error = answer.body['error'] as Record<string, unknown>;
  assert.deepEqual(Object.keys(error).slice(0, 4), ['message', 'field', 'value', 'allowed'], about);
  assert.equal(error['field'], field, about);
  assert.match(error['message'] as string, new RegExp(`^${field}: .* allowed: .`, 's'), about);
  assert.ok(JSON.stringify(error).length < 1_000, `${about}: the error repeats too much`);
}

/** Runs something that must not reach the exchange. */
async function nothingSequenced(run: () => Promise<void>): Promise<void> {
  const { sequence: earlier } = await server.health();
  await run();
  assert.equal((await server.health()).sequence.executed, earlier.executed);
}

describe('bad input', () => {
  it('is a 400 that names field, value and what is allowed, and is never sequenced', async () => {
    const numbers = ['', '-1', '0', '1.5', '1e3', '0x10', '+1', 'NaN', 'Infinity', 'null', '１'];
    numbers.push('9007199254740992', '9007199254740993', '9'.repeat(400), '"1"', "1'", '1 2', '1;');
    const cases: [string, string, string][] = [];
    const columns: [string, string[], string[]][] = [
      ['/deposit', ['userId', 'currencyId', 'amount'], ['1', '1', '1']],
      ['/cancel', ['userId', 'orderId', 'symbolId'], ['1', '1', '1']],
      ['/order', ['userId', 'symbolId', 'price', 'qty', 'side'], ['1', '1', '1', '1', '1']],
    ];
    for (const [path, fields, good] of columns) {
      for (const [index, field] of fields.entries()) {
        for (const bad of numbers) cases.push([path, good.with(index, bad).join(','), field]);
      }
      const line = good.join(',');
      const tooFew = good.slice(1).join(',');
      const bodies = [
        '',
        '\n',
        tooFew,
        `${line}${','.repeat(13)}`,
        `${line}\n${line}`,
        `${line}\n\n`,
        '{"a":1}',
      ];
      for (const body of [...bodies, 'x'.repeat(BODY_LIMIT)]) cases.push([path, body, 'body']);
    }
    for (const side of ['3', 'buy', 'B']) cases.push(['/order', `1,1,1,1,${side}`, 'side']);
    cases.push(['/order', '1,1,1,1,1,oco', 'type'], ['/order', '1,1,1,1,1,__proto__', 'type']);
    cases.push(['/order', '1,1,1,1,1,stop', 'price'], ['/order', '1,1,0,1,1,stop', 'stopPrice']);
    cases.push(['/order', '1,1,1,1,1,limit,AON', 'timeInForce']);
    cases.push(['/order', '1,1,0,1,1,stop,IOC,,9', 'timeInForce']);
    cases.push(['/order', '1,1,1,1,1,limit,IOC,,,1', 'displayQty']);
    cases.push(['/order', '1,1,1,1,1,limit,IOC,,,,1', 'postOnly']);
    cases.push(['/order', '1,1,1,1,1,limit,GTC,,,,,both', 'stp']);
    cases.push(['/order', '1,1,1,1,1,limit,GTD', 'expireTime']);
    cases.push(['/order', '1,1,0,0,2,market,IOC,,,,,,,,9', 'amount']);
    cases.push(['/mass-cancel', '', 'body'], ['/mass-cancel', '1,1,3', 'side']);
    cases.push(['/trading-state', '1,open', 'state'], ['/trading-state', '0,halted', 'symbolId']);
    cases.push(['/price-band', '1,0,5', 'bandTicks'], ['/price-band', '1,9', 'body']);
    cases.push(['/order', '1,1,1,1,1,limit,GTC,-5', 'clientOrderId']);
    cases.push(['/order', '1,1,5,1,1,market', 'price'], ['/order', '1,1,0,1,1', 'price']);
    cases.push(['/order', '1,1,0,1,1,market,GTC', 'timeInForce']);
    await nothingSequenced(async () => {
      for (const [path, body, field] of cases) {
        const about = `${path} ${JSON.stringify(body.slice(0, 60))}`;
        assertError(await server.send(path, body), 400, field, about);
      }
    });
  });

  it('the error of a CSV line speaks the words of CSV', async () => {
    const { body } = await server.send('/order', '1,1,0,1,1,market,GTC');
    const { value, allowed } = body['error'] as Record<string, string>;
    assert.match(`${value}`, /GTC/i);
    assert.match(allowed!, /^ioc/i);
  });

  it('an unknown path and a wrong content type are told what is right', async () => {
    await nothingSequenced(async () => {
      assertError(await server.get('/nothing'), 404, 'path', '/nothing');
      assertError(await server.send('/orders', '1,1,1,1,1'), 404, 'path', '/orders');
      for (const type of ['application/json', 'application/xml', 'image/png']) {
        const answer = await answerOf(await server.post('/deposit', '1,1,1', type));
        assertError(answer, 415, 'Content-Type', type);
      }
      assertError(await server.send('/commands', '1,1,1'), 415, 'Content-Type', 'CSV');
    });
  });

  it('a wrong method is told the right one', async () => {
    await nothingSequenced(async () => {
      for (const path of ['/deposit', '/order', '/cancel', '/commands']) {
        const response = await fetch(`${server.address}${path}`);
        assert.equal(response.headers.get('allow'), 'POST');
        assertError(await answerOf(response), 405, 'method', path);
      }
      assertError(await server.send('/health', '1'), 405, 'method', '/health');
    });
  });

  it('media types are case-insensitive', async () => {
    for (const type of ['text/csv; charset=utf-8', 'Text/CSV', 'TEXT/PLAIN']) {
      assert.equal((await server.post('/deposit', '1,1,1', type)).status, 200, type);
    }
  });

  it('a client that leaves in the middle of its body leaves nothing behind', async () => {
    await nothingSequenced(async () => {
      const { hostname, port } = new URL(server.address);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(
        `POST /deposit HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 20\r\n\r\n1,1,1`,
      );
      await server.health();
      socket.resetAndDestroy();
      await server.health();
    });
    assert.equal((await server.send('/deposit', '1,1,1')).body['status'], 'Accepted');
  });

  it('a bad query is a 400 that names its field', async () => {
    const bad = ['', 'symbolId=', 'symbolId=0', 'symbolId=-1', 'symbolId=1.5', 'symbolId=x'];
    bad.push('symbolId=4294967296', 'symbolId=%00', `symbolId=${'9'.repeat(500)}`);
    for (const query of bad) {
      assertError(await server.get(`/orderbook?${query}`), 400, 'symbolId', query);
    }
    for (const depth of ['0', '-1', '10001', '1e3', '', 'all']) {
      const answer = await server.get(`/orderbook?symbolId=1&depth=${depth}`);
      assertError(answer, 400, 'depth', `depth ${depth}`);
    }
    for (const userId of ['', '0', '-2', '1.0', '9007199254740992', '1%20or%201=1']) {
      assertError(await server.get(`/balances?userId=${userId}`), 400, 'userId', userId);
    }
    assertError(await server.get('/orderbook?symbolId=77'), 404, 'symbolId', 'unknown market');
  });

  it('refuses a longer body, announced or in chunks, and takes nothing of it', async () => {
    const { sequence: earlier } = await server.health();
    const line = `1,1,1`.padEnd(BODY_LIMIT);
    for (const length of [BODY_LIMIT + 1, 100 * BODY_LIMIT, 5_000 * BODY_LIMIT]) {
      const body = line.padEnd(length);
      assertError(await server.send('/deposit', body), 413, 'body', `${length} bytes`);
      const chunks = new ReadableStream({
        start: (controller) => {
          for (let at = 0; at < length; at += 1_000) {
            controller.enqueue(Buffer.from(body.slice(at, at + 1_000)));
          }
          controller.close();
        },
      });
      const init = { method: 'POST', body: chunks, duplex: 'half' } as RequestInit;
      const response = await fetch(`${server.address}/deposit`, init);
      assertError(await answerOf(response), 413, 'body', `${length} bytes in chunks`);
    }
    assert.equal((await server.health()).sequence.executed, earlier.executed);
    assert.equal((await server.send('/deposit', line)).body['status'], 'Accepted');
  });
});
