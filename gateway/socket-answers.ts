/**
 * Answers over WebSocket leave together: what one turn of the gateway has for a connection is one
 * write, and messages in a row that were refused for the same reason are one text. A write for each
 * answer is most of what an order costs a gateway; a text for each refusal was a seventh of its
 * cost (docs/performance.md).
 */
import type { Refusal } from './command-intake.ts';
import type { WebSocket } from './uws.ts';
import { DROPPED } from './websocket-upgrade.ts';

const INITIAL_BYTES = 1_024;
/** What a connection keeps for its next answers. */
const MOST_KEPT_BYTES = 65_536;

/** The connections that have answers or refusals of this turn. */
export class AnswersOfTurn {
  private waiting: SocketAnswers[] = [];
  private refusing: SocketAnswers[] = [];
  private refusal: Refusal | undefined;
  private words = '';

  /** To be sent when the turn is over: when the code that runs now has ended. */
  add(answers: SocketAnswers): void {
    if (this.waiting.push(answers) === 1) queueMicrotask(() => this.send());
  }

  /**
   * To be sent when all messages that are there now were received. Microtasks run between one
   * message and the next, so they would be too early.
   */
  addRefusing(answers: SocketAnswers): void {
    if (this.refusing.push(answers) === 1) setImmediate(() => this.sendRefusals());
  }

  /** The refusal's JSON behind its first brace; the last one's are kept. */
  wordsOf(refusal: Refusal): string {
    if (refusal !== this.refusal) this.words = JSON.stringify(refusal).slice(1);
    this.refusal = refusal;
    return this.words;
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const answers of waiting) answers.send();
  }

  private sendRefusals(): void {
    const { refusing } = this;
    this.refusing = [];
    for (const answers of refusing) answers.send();
  }
}

/** What answers need of a WebSocket. */
export type AnsweredSocket = Pick<WebSocket<unknown>, 'cork' | 'send' | 'close'>;

/** Of one connection: answers and refusals that were not sent yet. */
export class SocketAnswers {
  private readonly socket: AnsweredSocket;
  private readonly turn: AnswersOfTurn;
  private bytes = new Uint8Array(INITIAL_BYTES);
  /** Where each answer ends. */
  private readonly ends: number[] = [];
  /** Why messages in a row were refused that were not told so yet; undefined: none. */
  private refusal: Refusal | undefined;
  private firstRefused = 0;
  private refusedCount = 0;
  private isOpen = true;
  /** An answer did not leave: the client would take the next one for it. */
  private isBroken = false;

  constructor(socket: AnsweredSocket, turn: AnswersOfTurn) {
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

  /**
   * Told before the answer to any message that came after it: who counts answers knows whose they
   * are. Reasons are the same where they are one object.
   *
   * @param message its number on this connection, from 1
   */
  refuse(message: number, refusal: Refusal): void {
    const isNext = message === this.firstRefused + this.refusedCount;
    if (refusal === this.refusal && isNext) {
      this.refusedCount++;
      return;
    }
    if (this.refusal === undefined) this.turn.addRefusing(this);
    else {
      this.sendRefusal();
      this.closeIfBroken();
    }
    this.refusal = refusal;
    this.firstRefused = message;
    this.refusedCount = 1;
  }

  /** The connection is gone: nothing is sent any more. */
  close(): void {
    this.isOpen = false;
  }

  send(): void {
    const { ends } = this;
    if (this.isOpen && (ends.length > 0 || this.refusal !== undefined)) {
      this.socket.cork(() => {
        this.sendRefusal();
        this.sendEach();
      });
      this.closeIfBroken();
    }
    ends.length = 0;
    if (this.bytes.length > MOST_KEPT_BYTES) this.bytes = new Uint8Array(INITIAL_BYTES);
  }

  private sendRefusal(): void {
    const { refusal, firstRefused } = this;
    if (refusal === undefined) return;
    this.refusal = undefined;
    const last = firstRefused + this.refusedCount - 1;
    const numbers = `"firstMessage":${firstRefused},"lastMessage":${last}`;
    this.sendOne(`{${numbers},${this.turn.wordsOf(refusal)}`, false);
  }

  private sendEach(): void {
    let start = 0;
    for (const end of this.ends) {
      this.sendOne(this.bytes.subarray(start, end), true);
      start = end;
    }
  }

  private sendOne(message: string | Uint8Array, isBinary: boolean): void {
    if (!this.isOpen || this.isBroken) return;
    this.isBroken = this.socket.send(message, isBinary) === DROPPED;
  }

  /** uWebSockets only stops to read, and sends on when the client has read. */
  private closeIfBroken(): void {
    if (this.isOpen && this.isBroken) this.socket.close();
  }

  private grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}
