/**
 * A client of one account, behind one gateway: sends random commands, sends again what was not
 * answered when its connection or the exchange came back, and sometimes what was. A retry must get
 * the first answer.
 */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { validateCommand } from '../../protocol/command-validation.ts';
import { RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import type { CommandWriter } from '../support/commands.ts';
import { type Answer, retryKeyOf } from './answers.ts';
import { must } from './failure.ts';
import type { RandomSource } from './random-source.ts';

interface Request {
  readonly command: RecordBuffer;
  /** By which it can be sent again; undefined: it cannot. */
  readonly key: string | undefined;
  isAnswered: boolean;
  /** What it was answered first, and by which command; kept where that is final. */
  answer: string | undefined;
  answeredBy: number;
}

export interface ClientTally {
  /** Refused by the gateway: no command. */
  refused: number;
  retries: number;
  /** Answers that were told again. */
  repeats: number;
  /** Answers that never came for what cannot be sent again. */
  unknown: number;
  fullRings: number;
}

/** Sends a command; undefined where there is no room. */
export type Sending = (command: RecordBuffer) => number | undefined;

const MOST_ON_THEIR_WAY = 8;
const MOST_AT_ONCE = 4;

export class SimulatedClient {
  readonly accountId: number;
  /** Of the gateways there are: which is its. */
  readonly gateway: number;
  private readonly random: RandomSource;
  private readonly draw: () => CommandWriter;
  private readonly tally: ClientTally;
  /** To be sent, oldest first: new ones, and ones to be sent again. */
  private waiting: Request[] = [];
  /** By correlation id. */
  private readonly sent = new Map<number, Request>();
  private readonly answered: Request[] = [];

  constructor(
    accountId: number,
    gateway: number,
    random: RandomSource,
    draw: () => CommandWriter,
    tally: ClientTally,
  ) {
    this.accountId = accountId;
    this.gateway = gateway;
    this.random = random;
    this.draw = draw;
    this.tally = tally;
  }

  /** Something is on its way, or wants to be. */
  get isBusy(): boolean {
    return this.waiting.length + this.sent.size > 0;
  }

  request(write: CommandWriter): void {
    const command = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
    write(command, 0);
    const length = recordLengthAt(command, 0);
    if (validateCommand(command, 0, length) !== undefined) {
      this.tally.refused++;
      return;
    }
    const key = retryKeyOf(command, 0);
    this.waiting.push({ command, key, isAnswered: false, answer: undefined, answeredBy: 0 });
  }

  act(send: Sending): void {
    const { random } = this;
    if (random.oneIn(80)) this.reconnect();
    for (let count = random.between(1, MOST_AT_ONCE); count > 0; count--) {
      if (this.waiting.length + this.sent.size >= MOST_ON_THEIR_WAY) break;
      const again = random.oneIn(8) ? this.oldRequest() : undefined;
      if (again === undefined) this.request(this.draw());
      else this.waiting.push(again);
    }
    this.sendWaiting(send);
  }

  /** Sends what waits, as far as there is room. */
  sendWaiting(send: Sending): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const correlationId = send(next.command);
      if (correlationId === undefined) {
        this.tally.fullRings++;
        return;
      }
      this.waiting.shift();
      this.sent.set(correlationId, next);
    }
  }

  /** The connection was lost, or the exchange: what was on its way may have been executed. */
  reconnect(): void {
    const lost = [...this.sent.values()];
    this.sent.clear();
    const again = lost.filter(({ key }) => key !== undefined);
    this.tally.retries += again.length;
    this.tally.unknown += lost.length - again.length;
    this.waiting.unshift(...again);
  }

  /** @param answer undefined for what cannot be sent again */
  onAnswer(correlationId: number, sequence: number, answer: Answer | undefined): void {
    const request = this.sent.get(correlationId);
    if (request === undefined) return;
    this.sent.delete(correlationId);
    const isFirst = !request.isAnswered;
    request.isAnswered = true;
    if (isFirst) this.answered.push(request);
    if (answer === undefined || !answer.isFinal) return;
    if (answer.isRepeat) this.tally.repeats++;
    if (request.answer === undefined) {
      request.answer = answer.text;
      request.answeredBy = sequence;
      return;
    }
    must(
      request.answer === answer.text,
      `${request.key} was answered '${request.answer}' by command ${request.answeredBy}, and ` +
        `'${answer.text}' by command ${sequence}`,
    );
    must(answer.isRepeat, `${request.key} was executed again by command ${sequence}`);
  }

  /** The journal ends with this command: what was answered by later ones never happened. */
  forgetBehind(sequence: number): void {
    for (const request of this.answered) {
      if (request.answeredBy <= sequence) continue;
      request.answer = undefined;
      request.answeredBy = 0;
    }
  }

  private oldRequest(): Request | undefined {
    const { answered, random } = this;
    const request = answered.length === 0 ? undefined : random.pick(answered);
    return request?.key === undefined ? undefined : request;
  }
}
