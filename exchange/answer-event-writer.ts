/**
 * Writes what an order that is sent again was answered at first: OrderAnswer and its fills. Made of
 * closures (ADR 0009).
 */
import { NEW_ORDER } from '../protocol/command-layout.ts';
import { ORDER_ANSWER, ORDER_ANSWER_FILL } from '../protocol/event-layout.ts';
import { headerWord } from '../protocol/record.ts';
import type { EventFrame } from './event-frame.ts';
import { ANSWER_FILL_WORDS, ANSWER_WORD, type OrderAnswers } from './order-answers.ts';

const ANSWER = headerWord(ORDER_ANSWER);
const ORDER_ID = ORDER_ANSWER.orderId >> 2;
const CLIENT_ORDER_ID = ORDER_ANSWER.clientOrderId >> 2;
const ACCOUNT_ID = ORDER_ANSWER.accountId >> 2;
const TIME = ORDER_ANSWER.time >> 2;
const LEAVES_QTY = ORDER_ANSWER.leavesQty >> 2;
const SYMBOL_ID = ORDER_ANSWER.symbolId >> 2;
const FILL_COUNT = ORDER_ANSWER.fillCount >> 2;
/** rejectReason of 16 bits, orderStatus, cancelReason. */
const OUTCOME = ORDER_ANSWER.rejectReason >> 2;

const FILL = headerWord(ORDER_ANSWER_FILL);
const TRADE_ID = ORDER_ANSWER_FILL.tradeId >> 2;

export function createAnswerEventWriter(frame: EventFrame, answers: OrderAnswers) {
  const { records, fills } = answers;

  function copy(from: Int32Array, fromWord: number, at: number, count: number): void {
    const words = frame.words();
    for (let i = 0; i < count; i++) words[at + i] = from[fromWord + i]!;
  }

  function writeFill(slot: number): void {
    const at = frame.begin(FILL);
    copy(fills.page(slot), fills.wordOf(slot), at + TRADE_ID, ANSWER_FILL_WORDS);
    frame.finish(at, FILL);
  }

  return {
    /** @param slot of a record in `answers` */
    writeAnswer(slot: number): void {
      const page = records.page(slot);
      const record = records.wordOf(slot);
      const at = frame.begin(ANSWER);
      const words = frame.words();
      copy(page, record + ANSWER_WORD.ORDER_ID, at + ORDER_ID, 2);
      copy(page, record + (NEW_ORDER.clientOrderId >> 2), at + CLIENT_ORDER_ID, 2);
      copy(page, record + ANSWER_WORD.ACCOUNT_ID, at + ACCOUNT_ID, 2);
      copy(page, record + ANSWER_WORD.TIME, at + TIME, 2);
      copy(page, record + ANSWER_WORD.LEAVES_QTY, at + LEAVES_QTY, 2);
      words[at + SYMBOL_ID] = page[record + (NEW_ORDER.symbolId >> 2)]!;
      words[at + FILL_COUNT] = page[record + ANSWER_WORD.FILL_COUNT]!;
      words[at + OUTCOME] = page[record + ANSWER_WORD.OUTCOME]!;
      words[at + OUTCOME + 1] = 0;
      frame.finish(at, ANSWER);
      let fill = page[record + ANSWER_WORD.FIRST_FILL]!;
      for (let i = page[record + ANSWER_WORD.FILL_COUNT]!; i > 0; i--) {
        writeFill(fill);
        fill = fills.next(fill);
      }
    },
  };
}
