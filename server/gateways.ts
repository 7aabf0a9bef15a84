/**
 * The gateway threads as the supervisor sees them: all share one port (uWebSockets listens with
 * SO_REUSEPORT, so the kernel spreads connections over them), and are told the same.
 */
import { holdFreePort } from './listening-port.ts';
import type { ThreadHandle, ThreadRole } from './thread-handle.ts';
import type { GatewayThreadData } from './threads/gateway-thread.ts';
import type { GatewayRequest } from './threads/thread-messages.ts';

export type StartThread = (role: ThreadRole, name: string, data: unknown) => ThreadHandle;

export class Gateways {
  private readonly handles: ThreadHandle[] = [];
  private readonly startThread: StartThread;

  constructor(startThread: StartThread) {
    this.startThread = startThread;
  }

  /**
   * Starts so many; resolves to the port when all listen: where the setting is 0, to a free one
   * that they share.
   */
  async start(count: number, data: Omit<GatewayThreadData, 'gateway'>): Promise<number> {
    const { host, port } = data.settings;
    const held = port === 0 && count > 1 ? await holdFreePort(host) : undefined;
    const settings = { ...data.settings, port: held?.port ?? port };
    try {
      const started = Array.from({ length: count }, (_, index) =>
        this.startOne(index, { ...data, settings }).receive('listening'),
      );
      return (await Promise.all(started))[0]!.port;
    } finally {
      held?.release();
    }
  }

  post(request: GatewayRequest): void {
    for (const handle of this.handles) handle.post(request);
  }

  get names(): readonly string[] {
    return this.handles.map(({ name }) => name);
  }

  /** Closes those that live, without waiting for open requests. */
  async abandon(timeoutMs: number): Promise<void> {
    const alive = this.handles.filter(({ isAlive }) => isAlive);
    for (const handle of alive) handle.post({ kind: 'abandon' } satisfies GatewayRequest);
    await Promise.all(alive.map((handle) => handle.ended(timeoutMs)));
  }

  private startOne(gateway: number, data: Omit<GatewayThreadData, 'gateway'>): ThreadHandle {
    const own: GatewayThreadData = { ...data, gateway };
    const handle = this.startThread('gateway', `gateway-${gateway + 1}`, own);
    this.handles.push(handle);
    return handle;
  }
}
