/**
 * Commands over WebSocket, at /ws/commands: a binary message is what the body of `POST /commands`
 * is, and is answered by a binary message of results. Many may be on their way. docs/websocket.md
 * describes it.
 */
import { busyRefusal, type CommandIntake, fieldRefusal, type Refusal } from './command-intake.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import { AnswersOfTurn, SocketAnswers } from './socket-answers.ts';
import type { TemplatedApp } from './uws.ts';
import { type ConnectionCount, upgrade } from './websocket-upgrade.ts';

class Session {
  /** Messages received, and how many of them are not answered yet. */
  messages = 0;
  unanswered = 0;
  readonly answers: SocketAnswers;
  /** To the oldest message that is not answered yet. */
  readonly answer = (results: Uint8Array): void => {
    this.unanswered--;
    this.answers.add(results);
  };

  constructor(answers: SocketAnswers) {
    this.answers = answers;
  }
}

/** uWebSockets copies what a WebSocket is opened with, so the session is made when it is open. */
interface UserData {
  session: Session | undefined;
}

export function addCommandSocket(
  app: TemplatedApp,
  settings: GatewaySettings,
  intake: CommandIntake,
  connections: ConnectionCount,
): void {
  const { wsMaxUnanswered } = settings;
  const tooMany = busyRefusal(`${wsMaxUnanswered} messages of this connection wait for an answer`);
  const turn = new AnswersOfTurn();
  app.ws<UserData>('/ws/commands', {
    maxPayloadLength: settings.maxBodyBytes,
    maxBackpressure: settings.wsMaxBackpressureBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: settings.wsIdleSeconds,
    upgrade: (response, request, context) => {
      upgrade(response, request, context, connections, { session: undefined });
    },
    open: (ws) => {
      ws.getUserData().session = new Session(new SocketAnswers(ws, turn));
    },
    message: (ws, message, isBinary) => {
      const session = ws.getUserData().session!;
      session.messages++;
      const refusal = receive(session, message, isBinary);
      if (refusal !== undefined) session.answers.refuse(session.messages, refusal);
    },
    close: (ws) => {
      ws.getUserData().session!.answers.close();
      connections.closed();
    },
  });

  function receive(session: Session, message: ArrayBuffer, isBinary: boolean): Refusal | undefined {
    if (!isBinary) {
      const value = `a text of ${message.byteLength} bytes`;
      return fieldRefusal({ field: 'message', value, allowed: 'command records, binary' });
    }
    if (session.unanswered >= wsMaxUnanswered) return tooMany;
    const refusal = intake.takeBinary('commands', new Uint8Array(message), session.answer);
    if (refusal === undefined) session.unanswered++;
    return refusal;
  }
}
