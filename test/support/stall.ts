/**
 * Stalls a thread of a running exchange, without its help: through the inspector, as a debugger
 * would, its event loop is blocked for a time. The exchange must have been started with
 * WITH_INSPECTOR.
 */
import { once } from 'node:events';
import type { ServerProcess } from './server-process.ts';

export const WITH_INSPECTOR = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** What the inspector says: answers to requests, and news of workers. */
interface InspectorMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly sessionId: string;
    readonly workerInfo?: { readonly title: string };
    readonly message?: string;
  };
}

/**
 * Blocks the thread of that name from about now on; resolves when it goes on.
 *
 * @param thread `gateway-2` for example
 */
export async function stallThread(
  server: ServerProcess,
  thread: string,
  durationMs: number,
): Promise<void> {
  const address = /Debugger listening on (ws:\S+)/.exec(server.output.join('\n'))?.[1];
  if (address === undefined) throw new Error('the exchange was not started with WITH_INSPECTOR');
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const over = Promise.withResolvers<void>();
  const send = (id: number, method: string, params: object) =>
    socket.send(JSON.stringify({ id, method, params }));
  let session: string | undefined;
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(String(data)) as InspectorMessage;
    if (method === 'NodeWorker.attachedToWorker') {
      if (!params!.workerInfo!.title.endsWith(`hoga-${thread}`)) return;
      session = params!.sessionId;
      const cell = 'new Int32Array(new SharedArrayBuffer(4))';
      const expression = `Atomics.wait(${cell}, 0, 0, ${durationMs})`;
      const message = { id: 1, method: 'Runtime.evaluate', params: { expression } };
      send(2, 'NodeWorker.sendMessageToWorker', {
        sessionId: session,
        message: JSON.stringify(message),
      });
    } else if (method === 'NodeWorker.receivedMessageFromWorker' && params!.sessionId === session) {
      over.resolve();
    }
  });
  socket.addEventListener('close', () => over.reject(new Error('the inspector went away')));
  send(1, 'NodeWorker.enable', { waitForDebuggerOnStart: false });
  await over.promise;
  // A process does not end while a debugger is connected.
  socket.close();
}
