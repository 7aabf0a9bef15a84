/**
 * Commands over WebSocket, at /ws/commands: a binary message is what the body of `POST /commands`
 * is, and is answered by a binary message of results. Many may be on their way. docs/websocket.md
 * describes it.
 */
import { busyRefusal, type CommandIntake, fieldRefusal, type Refusal } from './command-intake.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import type { TemplatedApp, WebSocket } from './uws.ts';
import { type ConnectionCount, upgrade } from './websocket-upgrade.ts';

interface Session {
  /** Messages received, and how many of them are not answered yet. */
  messages: number;
  unanswered: number;
  isOpen: boolean;
}

export function addCommandSocket(
  app: TemplatedApp,
  settings: GatewaySettings,
  intake: CommandIntake,
  connections: ConnectionCount,
): void {
  app.ws<Session>('/ws/commands', {
    maxPayloadLength: settings.maxBodyBytes,
    maxBackpressure: settings.wsMaxBackpressureBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: settings.wsIdleSeconds,
    upgrade: (response, request, context) => {
      const session: Session = { messages: 0, unanswered: 0, isOpen: true };
      upgrade(response, request, context, connections, session);
    },
    message: (ws, message, isBinary) => {
      const session = ws.getUserData();
      session.messages++;
      const refusal = receive(ws, session, message, isBinary);
      if (refusal !== undefined) ws.send(textOf(session.messages, refusal));
    },
    close: (ws) => {
      ws.getUserData().isOpen = false;
      connections.closed();
    },
  });

  function receive(
    ws: WebSocket<Session>,
    session: Session,
    message: ArrayBuffer,
    isBinary: boolean,
  ): Refusal | undefined {
    if (!isBinary) {
      const value = `a text of ${message.byteLength} bytes`;
      return fieldRefusal({ field: 'message', value, allowed: 'command records, binary' });
    }
    if (session.unanswered >= settings.wsMaxUnanswered) {
      return busyRefusal(`${session.unanswered} messages of this connection wait for an answer`);
    }
    const refusal = intake.takeBinary('commands', new Uint8Array(message), (results) => {
      session.unanswered--;
      if (session.isOpen) ws.send(results, true);
    });
    if (refusal === undefined) session.unanswered++;
    return refusal;
  }
}

/** @param message its number on this connection, from 1 */
function textOf(message: number, refusal: Refusal): string {
  return JSON.stringify({ message, ...refusal });
}
