/**
 * Sends so many requests over some connections and times each until its answer. Closed loop: each
 * as soon as one before it is answered, latency from sending. Open loop: each when it is due,
 * latency from then, whether or not a connection was free.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Client } from './client.ts';

export interface Load {
  /** Requests that a connection has on its way at most. */
  readonly inFlight: number;
  /** Requests due in a second; 0: closed loop. */
  readonly rate: number;
}

/** Fills `tookMs`, one for each request; returns how long it took in all, in ms. */
export function run(clients: readonly Client[], load: Load, tookMs: Float64Array): Promise<number> {
  return load.rate === 0
    ? runClosedLoop(clients, load.inFlight, tookMs)
    : runOpenLoop(clients, load.rate, tookMs);
}

async function runClosedLoop(
  clients: readonly Client[],
  inFlight: number,
  tookMs: Float64Array,
): Promise<number> {
  const requests = tookMs.length;
  const { promise, resolve } = Promise.withResolvers<void>();
  let sent = 0;
  let answered = 0;
  const starts = clients.map((client) => {
    // When the requests on their way were sent, in the order in which they will be answered.
    const sentAt = new Float64Array(inFlight);
    let first = 0;
    let last = 0;
    const send = () => {
      sent++;
      sentAt[last++ % inFlight] = performance.now();
      client.send();
    };
    client.onAnswered = () => {
      tookMs[answered++] = performance.now() - sentAt[first++ % inFlight]!;
      if (sent < requests) send();
      else if (answered === requests) resolve();
    };
    return send;
  });
  const startedAt = performance.now();
  for (let round = 0; round < inFlight; round++) {
    for (const start of starts) if (sent < requests) start();
  }
  await promise;
  return performance.now() - startedAt;
}

async function runOpenLoop(
  clients: readonly Client[],
  rate: number,
  tookMs: Float64Array,
): Promise<number> {
  const requests = tookMs.length;
  const free = [...clients];
  const startedAt = performance.now();
  const dueAt = (request: number) => startedAt + (request * 1_000) / rate;
  let sent = 0;
  let answered = 0;
  const sendDue = () => {
    while (sent < requests && free.length > 0 && performance.now() >= dueAt(sent)) {
      const client = free.shift()!;
      const due = dueAt(sent++);
      client.onAnswered = () => {
        tookMs[answered++] = performance.now() - due;
        free.push(client);
        sendDue();
      };
      client.send();
    }
  };
  // No timer is as fine as the time between two requests.
  while (answered < requests) {
    sendDue();
    await nextTurn();
  }
  return performance.now() - startedAt;
}
