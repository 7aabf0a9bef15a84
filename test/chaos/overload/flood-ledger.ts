/**
 * What became of each message of a flood: when it was sent, and which sequence number its first
 * command got, or that it was refused. The journal is held against it afterwards.
 */
import { JournalReplay } from '../../../journal/journal-replay.ts';
import { JournalStore } from '../../../journal/journal-store.ts';
import { NEW_ORDER } from '../../../protocol/command-layout.ts';
import { NewOrder } from '../../../protocol/commands.ts';
import { templateIdAt } from '../../../protocol/record.ts';
import { SETTINGS } from '../../../server/configuration.ts';

const UNANSWERED = 0;
const REFUSED = 2 ** 32 - 1;
const INITIAL_MESSAGES = 2 ** 16;

/** What the journal says to what was answered, in commands. */
export interface JournalComparison {
  readonly acknowledged: number;
  /** Acknowledged, and not in the journal under the sequence number that was told. */
  readonly lost: number;
  /** Refused, and in the journal all the same. */
  readonly refusedJournaled: number;
  /** Neither acknowledged nor refused, and in the journal. */
  readonly unansweredJournaled: number;
}

export class FloodLedger {
  /** Commands a message: of message `m` they have the client order ids from `m * batch + 1` on. */
  readonly batch: number;
  messages = 0;
  private firstSequences = new Uint32Array(INITIAL_MESSAGES);
  private dueMs = new Float64Array(INITIAL_MESSAGES);
  private sentMs = new Float64Array(INITIAL_MESSAGES);

  constructor(batch: number) {
    this.batch = batch;
  }

  /** The next message; returns its number. */
  add(dueMs: number, sentMs: number): number {
    const message = this.messages++;
    if (message === this.dueMs.length) this.grow();
    this.dueMs[message] = dueMs;
    this.sentMs[message] = sentMs;
    return message;
  }

  dueAt(message: number): number {
    return this.dueMs[message]!;
  }

  sentAt(message: number): number {
    return this.sentMs[message]!;
  }

  /** @throws Error where it was answered before */
  acknowledge(message: number, firstSequence: number): void {
    this.answer(message, firstSequence);
  }

  /** @throws Error where it was answered before */
  refuse(message: number): void {
    this.answer(message, REFUSED);
  }

  /** Replays the journal, with every check, and holds each order in it against its answer. */
  async compare(dataFolder: string): Promise<JournalComparison> {
    const mapBytes = SETTINGS.journalMapBytes.default;
    const store = new JournalStore(dataFolder, { mapBytes, readOnly: true });
    const { batch, firstSequences, messages } = this;
    const order = new NewOrder();
    let found = 0;
    let refusedJournaled = 0;
    let unansweredJournaled = 0;
    const replay = new JournalReplay(store, {
      onCommand: (record, at) => {
        if (templateIdAt(record, at) !== NEW_ORDER.templateId) return;
        const { clientOrderId, sequence } = order.wrap(record, at);
        if (clientOrderId === 0) return;
        const index = (clientOrderId - 1) % batch;
        const told = firstSequences[(clientOrderId - 1 - index) / batch]!;
        if (told === REFUSED) refusedJournaled++;
        else if (told === UNANSWERED) unansweredJournaled++;
        else if (told + index === sequence) found++;
      },
    });
    replay.runToEnd();
    await store.close();
    const isTold = (first: number) => first !== UNANSWERED && first !== REFUSED;
    const acknowledged = batch * firstSequences.subarray(0, messages).filter(isTold).length;
    return { acknowledged, lost: acknowledged - found, refusedJournaled, unansweredJournaled };
  }

  private answer(message: number, answer: number): void {
    if (this.firstSequences[message] !== UNANSWERED) {
      throw new Error(`message ${message} was answered twice`);
    }
    this.firstSequences[message] = answer;
  }

  private grow(): void {
    const { firstSequences, dueMs, sentMs } = this;
    this.firstSequences = new Uint32Array(2 * firstSequences.length);
    this.firstSequences.set(firstSequences);
    this.dueMs = new Float64Array(2 * dueMs.length);
    this.dueMs.set(dueMs);
    this.sentMs = new Float64Array(2 * sentMs.length);
    this.sentMs.set(sentMs);
  }
}
