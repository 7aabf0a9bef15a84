/** The benchmark's own client: answers come in any pieces, and a wrong one ends the benchmark. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { RecordBuffer } from '../../protocol/record.ts';
import { seededRandom } from '../../test/support/seed.ts';
import { HttpConnection } from './http-connection.ts';
import { Trader } from './trader.ts';
import { FRAME_HEAD_BYTES, WebSocketConnection } from './websocket-connection.ts';

describe('the connections of the HTTP benchmark', () => {
  let server: Server;
  let url: URL;

  before(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  after(() => {
    server.close();
  });

  /** Writes byte by byte, each in a packet of its own. */
  async function trickle(socket: Socket, bytes: Buffer): Promise<void> {
    socket.setNoDelay();
    for (const byte of bytes) {
      await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
      await new Promise(setImmediate);
    }
  }

  async function accepted(): Promise<Socket> {
    return (await once(server, 'connection'))[0];
  }

  it('put an HTTP answer together, and tell its status and body', async () => {
    const accepting = accepted();
    const client = await HttpConnection.open(url);
    const peer = await accepting;
    for (const [status, body] of [
      ['200 OK', '{"orderId":1}'],
      ['503 Service Unavailable', 'busy'],
    ]) {
      const answered = new Promise((resolve) => {
        client.onAnswer = (code, bytes) => resolve([code, bytes.toString()]);
      });
      client.send('GET / HTTP/1.1\r\n\r\n');
      const head = `HTTP/1.1 ${status}\r\nDate: now\r\nContent-Length: ${body!.length}\r\n\r\n`;
      await trickle(peer, Buffer.from(head + body));
      assert.deepEqual(await answered, [Number(status!.slice(0, 3)), body]);
    }
    client.close();
  });

  it('put WebSocket messages of any length together, and frame their own', async () => {
    const accepting = accepted();
    const opening = WebSocketConnection.open(url);
    const peer = await accepting;
    await once(peer, 'data');
    await trickle(peer, Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    const client = await opening;
    const messages: [boolean, number][] = [];
    const lengths = [0, 125, 126, 500, 70_000];
    const received = new Promise<void>((resolve) => {
      client.onMessage = (isBinary, body) => {
        assert.ok(body.every((byte) => byte === 7));
        if (messages.push([isBinary, body.length]) === lengths.length + 1) resolve();
      };
    });
    await trickle(peer, Buffer.concat([Buffer.of(0x81, 3), Buffer.alloc(3, 7)]));
    const frames = lengths.map((length) => {
      const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
      head[0] = 0x82;
      head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
      if (head.length === 4) head.writeUInt16BE(length, 2);
      if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
      return Buffer.concat([head, Buffer.alloc(length, 7)]);
    });
    peer.write(Buffer.concat(frames));
    await received;
    assert.deepEqual(messages, [[false, 3], ...lengths.map((length) => [true, length])]);
    const sent: number[] = [];
    peer.on('data', (bytes) => sent.push(...bytes));
    client.send(new Uint8Array(FRAME_HEAD_BYTES + 5));
    client.send(new Uint8Array(FRAME_HEAD_BYTES + 300));
    while (sent.length < 6 + 5 + 8 + 300) await once(peer, 'data');
    assert.deepEqual(sent.slice(0, 6), [0x82, 0x85, 0, 0, 0, 0]);
    assert.deepEqual(sent.slice(11, 19), [0x82, 0xfe, 1, 44, 0, 0, 0, 0]);
    client.close();
  });
});

describe('a trader of the HTTP benchmark', () => {
  const ADDED = '{"orderId":5,"status":"New","cumQty":0,"fills":[]}';

  it('takes the answers that its commands must come to', () => {
    const trader = new Trader(seededRandom(1), 10);
    trader.encodeAdd(RecordBuffer.allocate(256), 0);
    trader.onJson(ADDED);
    const { path, line } = trader.nextLine();
    const taken = line.includes('IOC');
    const canceled = taken ? '{"orderId":6,"status":"Filled","fills":[{"tradeId":1}]}' : ADDED;
    trader.onJson(path === '/cancel' ? '{"orderId":5,"status":"Canceled"}' : canceled);
    assert.equal(trader.tally.commands, 2);
  });

  it('stops at an answer that is not one', () => {
    const rejected = '{"orderId":5,"status":"Rejected","rejectReason":{"code":3,"name":"%"}}';
    const wrong = [
      ADDED.replace('New', 'Filled'),
      rejected.replace('%', 'InsufficientFunds'),
      rejected.replace('%', 'UnknownOrder'),
      '{"error":{"message":"no"}}',
    ];
    for (const text of wrong) {
      const trader = new Trader(seededRandom(1), 10);
      trader.encodeAdd(RecordBuffer.allocate(256), 0);
      assert.throws(() => trader.onJson(text), text);
    }
  });
});
