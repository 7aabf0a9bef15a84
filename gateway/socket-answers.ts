/**
 * Answers over WebSocket leave together: what one turn of the gateway has for a connection is one
 * write. A write for each answer is most of what an order costs a gateway.
 */
import type { WebSocket } from './uws.ts';

const INITIAL_BYTES = 1_024;
/** What a connection keeps for its next answers. */
const MOST_KEPT_BYTES = 65_536;

/** The connections that have answers of this turn. */
export class AnswersOfTurn {
  private waiting: SocketAnswers[] = [];

  /** To be sent when the turn is over: when the code that runs now has ended. */
  add(answers: SocketAnswers): void {
    if (this.waiting.push(answers) === 1) queueMicrotask(() => this.send());
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const answers of waiting) answers.send();
  }
}

/** Of one connection: answers that were not sent yet, behind each other. */
export class SocketAnswers {
  private readonly socket: WebSocket<unknown>;
  private readonly turn: AnswersOfTurn;
  private bytes = new Uint8Array(INITIAL_BYTES);
  /** Where each answer ends. */
  private readonly ends: number[] = [];
  private isOpen = true;

  constructor(socket: WebSocket<unknown>, turn: AnswersOfTurn) {
    this.socket = socket;
    this.turn = turn;
  }

  /** An answer, whose bytes are good during the call only. */
  add(answer: Uint8Array): void {
    const { ends } = this;
    const start = ends.at(-1) ?? 0;
    const end = start + answer.length;
    if (end > this.bytes.length) this.grow(end);
    this.bytes.set(answer, start);
    if (ends.push(end) === 1) this.turn.add(this);
  }

  /** The connection is gone: nothing is sent any more. */
  close(): void {
    this.isOpen = false;
  }

  send(): void {
    if (this.isOpen) this.socket.cork(() => this.sendEach());
    this.ends.length = 0;
    if (this.bytes.length > MOST_KEPT_BYTES) this.bytes = new Uint8Array(INITIAL_BYTES);
  }

  private sendEach(): void {
    let start = 0;
    for (const end of this.ends) {
      // One answer too many for a client that does not read closes the connection.
      if (this.isOpen) this.socket.send(this.bytes.subarray(start, end), true);
      start = end;
    }
  }

  private grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
