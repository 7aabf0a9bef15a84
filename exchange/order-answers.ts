/**
 * What new orders were answered, by account and client order id, for as long as the venue's limits
 * say: an order that is sent again is told the same and does nothing. Time is the commands'. Hot
 * path.
 *
 * ```
 *  word 0          2       4           6         7           8           9          10
 *  +---------------+-------+-----------+---------+-----------+-----------+----------+---------
 *  | accountId     | time  | leavesQty | outcome | fillCount | firstFill | isUnused | orderId
 *  +---------------+-------+-----------+---------+-----------+-----------+----------+---------
 *  12: all of the NewOrder behind its header, at the words where it has it    32
 * ```
 * The outcome is rejectReason + 2^16 × orderStatus + 2^24 × cancelReason, as in an OrderAnswer. The
 * oldest are forgotten when their time has passed, two for each that comes, so that no command
 * waits for many; one that is past its time but still there counts for nothing.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { RecordQueue } from '../collections/record-queue.ts';
import { COMMAND_HEADER, NEW_ORDER } from '../protocol/command-layout.ts';
import { ExecType } from '../protocol/enums.ts';
import { EXECUTION_REPORT } from '../protocol/event-layout.ts';
import { getInt64Into } from '../protocol/record.ts';

export const ANSWER_WORD = {
  ACCOUNT_ID: 0,
  TIME: 2,
  LEAVES_QTY: 4,
  OUTCOME: 6,
  FILL_COUNT: 7,
  FIRST_FILL: 8,
  IS_UNUSED: 9,
  ORDER_ID: 10,
  CONTENT: 12,
  END: 32,
} as const;
/** Each of two words: tradeId, price, qty, fee. */
export const ANSWER_FILL_WORDS = 8;
/** The fills that are remembered, for each client order id that may be. */
const FILLS_AN_ID = 4;

const { ACCOUNT_ID, TIME, LEAVES_QTY, OUTCOME, FILL_COUNT, FIRST_FILL } = ANSWER_WORD;
const { IS_UNUSED, ORDER_ID, CONTENT, END } = ANSWER_WORD;
const RECORD_BITS = 5;
const FILL_BITS = 3;
const US_A_SECOND = 1_000_000;

const SEQUENCE_WORD = COMMAND_HEADER.sequence >> 2;
const TIME_WORD = COMMAND_HEADER.time >> 2;
const ACCOUNT_WORD = COMMAND_HEADER.accountId >> 2;
const CLIENT_WORD = NEW_ORDER.clientOrderId >> 2;

const REPORT_ORDER_ID = EXECUTION_REPORT.orderId >> 2;
const REPORT_LEAVES_QTY = EXECUTION_REPORT.leavesQty >> 2;
const REPORT_KIND = EXECUTION_REPORT.execType >> 2;
const REPORT_REJECT_REASON = EXECUTION_REPORT.timeInForce >> 2;
const REPORT_CANCEL_REASON = EXECUTION_REPORT.cancelReason >> 2;
const REPORT_TRADE_ID = EXECUTION_REPORT.tradeId >> 2;
const REPORT_LAST_PRICE = EXECUTION_REPORT.lastPrice >> 2;
const REPORT_LAST_QTY = EXECUTION_REPORT.lastQty >> 2;
const REPORT_FEE = EXECUTION_REPORT.fee >> 2;
const BY_TRADE = ExecType.Trade;

export type OrderAnswers = ReturnType<typeof createOrderAnswers>;

export function createOrderAnswers() {
  const records = new RecordQueue(RECORD_BITS);
  const fills = new RecordQueue(FILL_BITS);
  /** Window, time of the command, and one to hold against it, µs. */
  const lanes = new Float64Array(3);
  const WINDOW = 0;
  const NOW = 1;
  const THEN = 2;
  /** Most ids, ids that are remembered, and the record that listens to reports. */
  const registers = new Int32Array([1, 0, NO_SLOT]);
  const MOST = 0;
  const KNOWN = 1;
  const OPEN = 2;
  /** Slot + 1, or 0 where free; found by account and client order id, at most half full. */
  let index = new Int32Array(2);

  /** Ids that an account gives in a row stand in a row, sixteen to a cache line. */
  function homeOf(words: Int32Array, account: number, client: number): number {
    const low = words[client]!;
    let hash = Math.imul(low >> 4, 0x9e3779b1) ^ Math.imul(words[client + 1]!, 0x85ebca6b);
    hash ^= Math.imul(words[account]!, 0xc2b2ae35) ^ Math.imul(words[account + 1]!, 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
    return ((((hash >>> 8) ^ hash) << 4) | (low & 15)) & (index.length - 1);
  }

  function homeOfSlot(slot: number): number {
    const at = records.wordOf(slot);
    return homeOf(records.page(slot), at + ACCOUNT_ID, at + CLIENT_WORD);
  }

  function put(slot: number): void {
    const mask = index.length - 1;
    let at = homeOfSlot(slot);
    while (index[at] !== 0) at = (at + 1) & mask;
    index[at] = slot + 1;
  }

  /** Deletion by backward shift, as in `IdTable`. */
  function take(slot: number): void {
    const mask = index.length - 1;
    let hole = homeOfSlot(slot);
    while (index[hole] !== slot + 1) hole = (hole + 1) & mask;
    let at = hole;
    for (;;) {
      at = (at + 1) & mask;
      const moved = index[at]!;
      if (moved === 0) break;
      const home = homeOfSlot(moved - 1);
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = moved;
      hole = at;
    }
    index[hole] = 0;
  }

  function isPast(slot: number): boolean {
    getInt64Into(records.page(slot), records.wordOf(slot) + TIME, lanes, THEN);
    return lanes[THEN]! + lanes[WINDOW]! <= lanes[NOW]!;
  }

  /** Its client order id is free again; the record goes when it is the oldest. */
  function forget(slot: number): void {
    take(slot);
    records.page(slot)[records.wordOf(slot) + IS_UNUSED] = 1;
    registers[KNOWN]!--;
  }

  function dropOldest(): void {
    const slot = records.first;
    const page = records.page(slot);
    const at = records.wordOf(slot);
    if (page[at + IS_UNUSED] === 0) forget(slot);
    for (let i = page[at + FILL_COUNT]!; i > 0; i--) fills.drop();
    records.drop();
  }

  function isFull(): boolean {
    return registers[KNOWN]! >= registers[MOST]! || fills.count >= registers[MOST]! * FILLS_AN_ID;
  }

  function isOldestPast(): boolean {
    return records.first !== records.end && isPast(records.first);
  }

  return {
    /** Slots of what is remembered, oldest first; those past their time are in it. */
    records,
    fills,

    /** New limits: what is past its time, by the old or the new ones, is forgotten at once. */
    configure(windowSeconds: number, maxIds: number, now: number): void {
      lanes[NOW] = now;
      while (isOldestPast()) dropOldest();
      lanes[WINDOW] = windowSeconds * US_A_SECOND;
      registers[MOST] = maxIds;
      while (isOldestPast()) dropOldest();
      const most = Math.max(maxIds, registers[KNOWN]!);
      const length = windowSeconds === 0 ? 2 : 2 ** Math.ceil(Math.log2(most * 2));
      if (length === index.length) return;
      index = new Int32Array(length);
      for (let slot = records.first; slot !== records.end; slot = records.next(slot)) {
        if (records.page(slot)[records.wordOf(slot) + IS_UNUSED] === 0) put(slot);
      }
    },

    /** Remembers nothing, and nothing is to be remembered. */
    clear(): void {
      records.clear();
      fills.clear();
      lanes.fill(0);
      registers[MOST] = 1;
      registers[KNOWN] = 0;
      registers[OPEN] = NO_SLOT;
      index = new Int32Array(2);
    },

    /** Whether a NewOrder at a word index has an id that is to be remembered. */
    concerns(words: Int32Array, at: number): boolean {
      if (lanes[WINDOW] === 0) return false;
      return words[at + CLIENT_WORD] !== 0 || words[at + CLIENT_WORD + 1] !== 0;
    },

    /** The record of the id that a NewOrder has, or NO_SLOT where it is not, or not any more. */
    find(words: Int32Array, at: number): number {
      getInt64Into(words, at + TIME_WORD, lanes, NOW);
      const account = at + ACCOUNT_WORD;
      const client = at + CLIENT_WORD;
      const mask = index.length - 1;
      let home = homeOf(words, account, client);
      for (;;) {
        const slot = index[home]! - 1;
        if (slot === NO_SLOT) return NO_SLOT;
        const page = records.page(slot);
        const word = records.wordOf(slot);
        if (
          page[word + CLIENT_WORD] === words[client] &&
          page[word + CLIENT_WORD + 1] === words[client + 1] &&
          page[word + ACCOUNT_ID] === words[account] &&
          page[word + ACCOUNT_ID + 1] === words[account + 1]
        ) {
          if (!isPast(slot)) return slot;
          forget(slot);
          return NO_SLOT;
        }
        home = (home + 1) & mask;
      }
    },

    /** Whether a NewOrder is the one that a record is of, sent again. */
    isSame(slot: number, words: Int32Array, at: number): boolean {
      const page = records.page(slot);
      const word = records.wordOf(slot);
      for (let i = CONTENT; i < END; i++) {
        if (page[word + i] !== words[at + i]) return false;
      }
      return true;
    },

    rejectReason(slot: number): number {
      return records.page(slot)[records.wordOf(slot) + OUTCOME]! & 0xffff;
    },

    /**
     * Begins to remember a NewOrder that `find` did not find; what is reported of it until `end`
     * is its answer. False where there is no room.
     */
    begin(words: Int32Array, at: number): boolean {
      for (let i = 0; (i < 2 || isFull()) && isOldestPast(); i++) dropOldest();
      if (isFull()) return false;
      const slot = records.push();
      const page = records.page(slot);
      const word = records.wordOf(slot);
      page[word + ACCOUNT_ID] = words[at + ACCOUNT_WORD]!;
      page[word + ACCOUNT_ID + 1] = words[at + ACCOUNT_WORD + 1]!;
      page[word + TIME] = words[at + TIME_WORD]!;
      page[word + TIME + 1] = words[at + TIME_WORD + 1]!;
      page[word + FILL_COUNT] = 0;
      page[word + FIRST_FILL] = fills.end;
      page[word + IS_UNUSED] = 0;
      page[word + ORDER_ID] = words[at + SEQUENCE_WORD]!;
      page[word + ORDER_ID + 1] = words[at + SEQUENCE_WORD + 1]!;
      for (let i = CONTENT; i < END; i++) page[word + i] = words[at + i]!;
      put(slot);
      registers[KNOWN]!++;
      registers[OPEN] = slot;
      return true;
    },

    /** An ExecutionReport at a word index: the answer, if it is about the order in execution. */
    onReport(words: Int32Array, at: number): void {
      const slot = registers[OPEN]!;
      if (slot === NO_SLOT) return;
      const page = records.page(slot);
      const word = records.wordOf(slot);
      if (
        words[at + REPORT_ORDER_ID] !== page[word + ORDER_ID] ||
        words[at + REPORT_ORDER_ID + 1] !== page[word + ORDER_ID + 1]
      ) {
        return;
      }
      page[word + LEAVES_QTY] = words[at + REPORT_LEAVES_QTY]!;
      page[word + LEAVES_QTY + 1] = words[at + REPORT_LEAVES_QTY + 1]!;
      page[word + OUTCOME] =
        (words[at + REPORT_REJECT_REASON]! >>> 16) |
        (((words[at + REPORT_KIND]! >>> 8) & 0xff) << 16) |
        (words[at + REPORT_CANCEL_REASON]! << 24);
      if ((words[at + REPORT_KIND]! & 0xff) !== BY_TRADE) return;
      page[word + FILL_COUNT]!++;
      const fill = fills.push();
      const fillPage = fills.page(fill);
      const first = fills.wordOf(fill);
      for (let i = 0; i < 2; i++) {
        fillPage[first + i] = words[at + REPORT_TRADE_ID + i]!;
        fillPage[first + 2 + i] = words[at + REPORT_LAST_PRICE + i]!;
        fillPage[first + 4 + i] = words[at + REPORT_LAST_QTY + i]!;
        fillPage[first + 6 + i] = words[at + REPORT_FEE + i]!;
      }
    },

    /** An answer as it was; its fills are pushed behind it. */
    restore(words: Int32Array): void {
      const slot = records.push();
      const at = records.wordOf(slot);
      const page = records.page(slot);
      page.set(words, at);
      page[at + FIRST_FILL] = fills.end;
      put(slot);
      registers[KNOWN]!++;
    },

    /** The command is done. */
    end(): void {
      registers[OPEN] = NO_SLOT;
    },

    rememberedCount(now: number): number {
      let count = 0;
      for (const _ of this.remembered(now)) count++;
      return count;
    },

    /** What is still remembered at a time, oldest first: for hashes and snapshots. */
    *remembered(now: number): Generator<number> {
      lanes[NOW] = now;
      for (let slot = records.first; slot !== records.end; slot = records.next(slot)) {
        const isUnused = records.page(slot)[records.wordOf(slot) + IS_UNUSED] !== 0;
        if (!isUnused && !isPast(slot)) yield slot;
      }
    },
  };
}
