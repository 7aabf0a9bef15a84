/** Who stands on a port: real listeners, here and in another process. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { assertPortIsFree, PortInUseError } from './listening-port.ts';

const isLinux = process.platform === 'linux';

const LISTENER_SOURCE = `
  const server = require('node:net').createServer();
  const options = { ...JSON.parse(process.argv[1]), port: 0 };
  server.listen(options, () => console.log(server.address().port));
`;

/** A listener in another process, for as long as `body` runs. */
async function withListener(
  options: { host: string; reusePort?: boolean },
  body: (port: number, pid: number) => Promise<void>,
): Promise<void> {
  const listener = spawn(process.execPath, ['-e', LISTENER_SOURCE, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(listener.stdout, 'data');
    assert.ok(listener.pid !== undefined);
    await body(Number(String(line)), listener.pid);
  } finally {
    listener.kill('SIGKILL');
    await once(listener, 'exit');
  }
}

function assertNamesHolder(error: unknown, pid: number): true {
  assert.ok(error instanceof PortInUseError);
  if (isLinux) {
    assert.equal(error.holder?.pid, pid);
    assert.ok(error.message.includes(`pid ${pid} (`));
    assert.ok(error.message.includes('node'));
  } else {
    assert.match(error.message, /could not be determined/);
  }
  return true;
}

test('a port another process listens on is refused with its pid and command line', async () => {
  await withListener({ host: '127.0.0.1' }, async (port, pid) => {
    await assert.rejects(assertPortIsFree('127.0.0.1', port), (e) => assertNamesHolder(e, pid));
  });
});

test('a listener that would share its port (SO_REUSEPORT) is found all the same', async () => {
  await withListener({ host: '127.0.0.1', reusePort: true }, async (port, pid) => {
    await assert.rejects(assertPortIsFree('127.0.0.1', port), (e) => assertNamesHolder(e, pid));
  });
});

test('a listener on every address holds the port of one address', { skip: !isLinux }, async () => {
  await withListener({ host: '0.0.0.0' }, async (port, pid) => {
    await assert.rejects(assertPortIsFree('127.0.0.1', port), (e) => assertNamesHolder(e, pid));
  });
  await withListener({ host: '127.0.0.1' }, async (port, pid) => {
    await assert.rejects(assertPortIsFree('0.0.0.0', port), (e) => assertNamesHolder(e, pid));
  });
});

test('another address with the same port number is not blamed', { skip: !isLinux }, async () => {
  await withListener({ host: '127.0.0.2' }, async (port) => {
    await assertPortIsFree('127.0.0.1', port);
  });
});

test('a port is free again after its listener closed, and the check leaves it free', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await assert.rejects(assertPortIsFree('127.0.0.1', port), PortInUseError);
  server.close();
  await once(server, 'close');
  await assertPortIsFree('127.0.0.1', port);
  await assertPortIsFree('127.0.0.1', port);
});

test('port 0 is free on any host', async () => {
  await assertPortIsFree('192.0.2.1', 0);
});

test('an address this machine does not have is named with its port', async () => {
  await assert.rejects(assertPortIsFree('192.0.2.1', 8080), /192\.0\.2\.1 port 8080/);
});

test('a number that is no port is refused with its value', async () => {
  for (const port of [-1, 65_536, 80.5, Number.NaN]) {
    await assert.rejects(assertPortIsFree('127.0.0.1', port), new RegExp(`port ${port} `));
  }
});
