/**
 * Commands over WebSocket, at /ws/commands: a binary message is what the body of `POST /commands`
 * is, and is answered by a binary message of results. Many may be on their way. docs/websocket.md
 * describes it.
 */
import { busyRefusal, type CommandIntake, fieldRefusal, type Refusal } from './command-intake.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import { RefusalMessages } from './refusal-messages.ts';
import { AnswersOfTurn, SocketAnswers } from './socket-answers.ts';
import type { TemplatedApp } from './uws.ts';
import { type ConnectionCount, upgrade } from './websocket-upgrade.ts';

interface Session {
  /** Messages received, and how many of them are not answered yet. */
  messages: number;
  unanswered: number;
  /** undefined until it is open. */
  answers: SocketAnswers | undefined;
}

export function addCommandSocket(
  app: TemplatedApp,
  settings: GatewaySettings,
  intake: CommandIntake,
  connections: ConnectionCount,
): void {
  const { wsMaxUnanswered } = settings;
  const tooMany = busyRefusal(`${wsMaxUnanswered} messages of this connection wait for an answer`);
  const refusals = new RefusalMessages();
  const turn = new AnswersOfTurn();
  app.ws<Session>('/ws/commands', {
    maxPayloadLength: settings.maxBodyBytes,
    maxBackpressure: settings.wsMaxBackpressureBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: settings.wsIdleSeconds,
    upgrade: (response, request, context) => {
      const session: Session = { messages: 0, unanswered: 0, answers: undefined };
      upgrade(response, request, context, connections, session);
    },
    open: (ws) => {
      ws.getUserData().answers = new SocketAnswers(ws, turn);
    },
    message: (ws, message, isBinary) => {
      const session = ws.getUserData();
      session.messages++;
      const refusal = receive(session, message, isBinary);
      if (refusal !== undefined) ws.send(refusals.messageOf(session.messages, refusal));
    },
    close: (ws) => {
      ws.getUserData().answers!.close();
      connections.closed();
    },
  });

  function receive(session: Session, message: ArrayBuffer, isBinary: boolean): Refusal | undefined {
    if (!isBinary) {
      const value = `a text of ${message.byteLength} bytes`;
      return fieldRefusal({ field: 'message', value, allowed: 'command records, binary' });
    }
    if (session.unanswered >= wsMaxUnanswered) return tooMany;
    const refusal = intake.takeBinary('commands', new Uint8Array(message), (results) => {
      session.unanswered--;
      session.answers!.add(results);
    });
    if (refusal === undefined) session.unanswered++;
    return refusal;
  }
}
