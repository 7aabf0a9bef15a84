/**
 * Answers over WebSocket leave together: what one turn of the gateway has for a connection is one
 * write, and messages in a row that were refused for the same reason are one text. A write for each
 * answer is most of what an order costs a gateway, and a text for each most of what a refusal does.
 */
import type { Refusal } from './command-intake.ts';
import type { WebSocket } from './uws.ts';

const INITIAL_BYTES = 1_024;
/** What a connection keeps for its next answers. */
const MOST_KEPT_BYTES = 65_536;

/** The connections that have answers of this turn. */
export class AnswersOfTurn {
  private waiting: SocketAnswers[] = [];
  private refusing: SocketAnswers[] = [];
  private refusal: Refusal | undefined;
  private words = '';

  /** To be sent when the turn is over: when the code that runs now has ended. */
  add(answers: SocketAnswers): void {
    if (this.waiting.push(answers) === 1) queueMicrotask(() => this.send());
  }

  /** To be sent when all messages that are there now were received: each is code of its own. */
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

/** Of one connection: answers that were not sent yet, behind each other. */
export class SocketAnswers {
  private readonly socket: Pick<WebSocket<unknown>, 'cork' | 'send'>;
  private readonly turn: AnswersOfTurn;
  private bytes = new Uint8Array(INITIAL_BYTES);
  /** Where each answer ends. */
  private readonly ends: number[] = [];
  /** Why messages in a row were refused that were not told so yet; undefined: none. */
  private refusal: Refusal | undefined;
  private firstRefused = 0;
  private refusedCount = 0;
  private isOpen = true;

  constructor(socket: Pick<WebSocket<unknown>, 'cork' | 'send'>, turn: AnswersOfTurn) {
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
   * are.
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
    else this.sendRefusal();
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
    }
    ends.length = 0;
    if (this.bytes.length > MOST_KEPT_BYTES) this.bytes = new Uint8Array(INITIAL_BYTES);
  }

  private sendRefusal(): void {
    const { refusal } = this;
    if (refusal === undefined || !this.isOpen) return;
    this.refusal = undefined;
    const numbers = `"message":${this.firstRefused},"count":${this.refusedCount}`;
    this.socket.send(`{${numbers},${this.turn.wordsOf(refusal)}`);
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
