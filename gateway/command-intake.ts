/**
 * Takes the commands of a request, whatever brought it: reads them, refuses what must not be
 * sequenced, hands the rest to the exchange, and makes the answer in records. All of a request is
 * taken, or nothing of it.
 */
import { COMMAND_HEADER } from '../protocol/command-layout.ts';
import type { CsvKind } from '../protocol/csv.ts';
import { describeFieldError, type FieldError } from '../protocol/field-error.ts';
import { getInt64, RecordBuffer } from '../protocol/record.ts';
import { describeRejectReason, RejectReason } from '../protocol/reject-reason.ts';
import { COMMAND_RESULT } from '../protocol/result-layout.ts';
import type { BookReplica } from './book-replica.ts';
import { type CommandOutcome, writeOutcome } from './command-outcome.ts';
import type { CommandList, CommandReply } from './command-port.ts';
import {
  beginsWithCancel,
  CommandReader,
  type CommandRoute,
  isCancelKind,
  type ParsedRequest,
} from './command-request.ts';

/** Why nothing of a request was taken: an HTTP status, and what is told beside it. */
export interface Refusal {
  readonly status: 400 | 503;
  readonly error: { readonly message: string };
  /** When to try again; not where the request itself is wrong. */
  readonly retryAfterSeconds?: number;
}

/** What the intake needs of the gateway around it. */
export interface IntakeServices {
  readonly replica: BookReplica;
  /** false where the exchange is too busy: nothing was sent. */
  submit(commands: CommandList, reply: CommandReply, receivedNs: number): boolean;
  /** Whether so much is unanswered that a request is refused unread. */
  isBusyFor(isCancelsOnly: boolean): boolean;
  /** A request's commands begin to be read: its stamp, or 0 where it is not measured. */
  beginRequest(): number;
}

const BUSY_SECONDS = 1;
const CANCEL_ONLY_SECONDS = 5;

/** Refusing is what there is most of where there is too much of all: made once. */
const BUSY = busyRefusal('the exchange is busy');
const CANCEL_ONLY = cancelOnlyRefusal();

export class CommandIntake {
  private readonly services: IntakeServices;
  private readonly reader = new CommandReader();
  private readonly results = new ResultBuffer();

  constructor(services: IntakeServices) {
    this.services = services;
  }

  /** A line of CSV. */
  takeCsv(kind: CsvKind, body: Uint8Array, reply: CommandReply): Refusal | undefined {
    if (this.services.isBusyFor(isCancelKind(kind))) return BUSY;
    const receivedNs = this.services.beginRequest();
    return this.take(this.reader.readCsv(kind, body), () => reply, receivedNs);
  }

  /**
   * Records. `send` is given one CommandResult for each when the last is known; the bytes are good
   * during the call only.
   */
  takeBinary(
    route: CommandRoute,
    body: Uint8Array,
    send: (results: Uint8Array) => void,
  ): Refusal | undefined {
    if (this.services.isBusyFor(beginsWithCancel(body))) return BUSY;
    const receivedNs = this.services.beginRequest();
    const parsed = this.reader.readBinary(route, body);
    const replyTo = (commands: CommandList) => new BinaryReply(commands, this.results, send);
    return this.take(parsed, replyTo, receivedNs);
  }

  private take(
    { commands, error }: ParsedRequest,
    replyTo: (commands: CommandList) => CommandReply,
    receivedNs: number,
  ): Refusal | undefined {
    if (error !== undefined) return fieldRefusal(error);
    const { replica } = this.services;
    // A refusal that is sequenced is journaled too, and would help to fill the disk.
    if (commands.beginsSomething && replica.cancelOnlyReasons !== 0) return CANCEL_ONLY;
    if (this.services.submit(commands, replyTo(commands), receivedNs)) return undefined;
    return BUSY;
  }
}

/** Something is wrong with a field of the request. */
export function fieldRefusal(error: FieldError): Refusal {
  return { status: 400, error: { message: describeFieldError(error), ...error } };
}

/** There is no room for the request now. */
export function busyRefusal(why: string): Refusal {
  const message = `${why}: nothing of this request was taken, try again in a second`;
  return { status: 503, error: { message }, retryAfterSeconds: BUSY_SECONDS };
}

function cancelOnlyRefusal(): Refusal {
  const rejectReason = describeRejectReason(RejectReason.CancelOnly);
  const message = `${rejectReason.text} Nothing of this request was taken, try again later`;
  const error = { message, rejectReason };
  return { status: 503, error, retryAfterSeconds: CANCEL_ONLY_SECONDS };
}

/**
 * Where the results of one request are put together, of one after the other: outcomes come in the
 * order of the commands, so no two requests fill it at a time.
 */
class ResultBuffer {
  private record = RecordBuffer.allocate(COMMAND_RESULT.length);

  /** With room for so many results. */
  recordFor(count: number): RecordBuffer {
    const bytes = count * COMMAND_RESULT.length;
    if (this.record.bytes.length < bytes) this.record = RecordBuffer.allocate(bytes);
    return this.record;
  }

  bytes(count: number): Uint8Array {
    return this.record.bytes.subarray(0, count * COMMAND_RESULT.length);
  }
}

/** One CommandResult for each command, sent when the last is known. */
class BinaryReply implements CommandReply {
  readonly wantsFills = false;
  private readonly correlationIds: readonly number[];
  private readonly results: ResultBuffer;
  private readonly send: (results: Uint8Array) => void;

  constructor(
    { record, offsets }: CommandList,
    results: ResultBuffer,
    send: (results: Uint8Array) => void,
  ) {
    this.correlationIds = offsets.map((offset) =>
      getInt64(record.words, (offset + COMMAND_HEADER.correlationId) >> 2),
    );
    this.results = results;
    this.send = send;
  }

  onOutcome(index: number, outcome: CommandOutcome): void {
    const count = this.correlationIds.length;
    const record = this.results.recordFor(count);
    writeOutcome(outcome, this.correlationIds[index]!, record, index * COMMAND_RESULT.length);
    if (index === count - 1) this.send(this.results.bytes(count));
  }
}
