/**
 * Writes the events of one command into a sink and keeps their rolling hash: what happens to orders
 * and money and what is told again, which files of their own write, to markets, and CommandDone.
 * Made of closures over the engine's slabs and risk's (ADR 0009). Hot path.
 */
import type { EngineState } from '../engine/engine-state.ts';
import type { OrderBook } from '../engine/order-book.ts';
import {
  COMMAND_DONE,
  PRICE_BAND_CHANGED,
  TRADING_STATE_CHANGED,
  VENUE_MODE_CHANGED,
} from '../protocol/event-layout.ts';
import { headerWord, setInt64 } from '../protocol/record.ts';
import type { RiskState } from '../risk/risk-state.ts';
import { createAnswerEventWriter } from './answer-event-writer.ts';
import { createEventFrame } from './event-frame.ts';
import type { EventSink } from './event-sink.ts';
import { createMoneyEventWriter } from './money-event-writer.ts';
import type { OrderAnswers } from './order-answers.ts';
import { createOrderEventWriter } from './order-event-writer.ts';

const STATE_HEADER = headerWord(TRADING_STATE_CHANGED);
const AUCTION_PRICE = TRADING_STATE_CHANGED.auctionPrice >> 2;
const AUCTION_QTY = TRADING_STATE_CHANGED.auctionQty >> 2;
const STATE_SYMBOL_ID = TRADING_STATE_CHANGED.symbolId >> 2;
const STATE = TRADING_STATE_CHANGED.state >> 2;

const BAND_HEADER = headerWord(PRICE_BAND_CHANGED);
const REFERENCE_PRICE = PRICE_BAND_CHANGED.referencePrice >> 2;
const BAND_TICKS = PRICE_BAND_CHANGED.bandTicks >> 2;
const BAND_SYMBOL_ID = PRICE_BAND_CHANGED.symbolId >> 2;

const MODE_HEADER = headerWord(VENUE_MODE_CHANGED);
/** mode, reasons: a byte each. */
const MODE = VENUE_MODE_CHANGED.mode >> 2;

const DONE_HEADER = headerWord(COMMAND_DONE);
const EVENT_HASH = COMMAND_DONE.eventHash >> 2;
const REJECT_REASON = COMMAND_DONE.rejectReason >> 2;
const EVENT_COUNT = COMMAND_DONE.eventCount >> 2;

export type EventWriter = ReturnType<typeof createEventWriter>;

/**
 * Of the events of an engine and a risk with these states.
 *
 * @param answers what orders are answered
 */
export function createEventWriter(
  engine: EngineState,
  risk: RiskState,
  answers: OrderAnswers,
  sink: EventSink,
) {
  const frame = createEventFrame(sink);
  const { hash } = frame;
  const orderEvents = createOrderEventWriter(frame, engine, risk, answers);
  const answerEvents = createAnswerEventWriter(frame, answers);
  const moneyEvents = createMoneyEventWriter(frame, risk);

  return {
    ...orderEvents,
    ...answerEvents,
    ...moneyEvents,

    /** Over all events of all commands so far. */
    hash,

    /** Events of the current command so far. CommandDone tells how many came before it. */
    eventCount: frame.eventCount,

    /** As if nothing had been written; the sink stays. */
    clear(): void {
      frame.clear();
      orderEvents.forgetAmount();
    },

    /** Sends events to another sink from now on: after recovery, from memory to the ring. */
    redirect: frame.redirect,

    /** @param sequence the command's number, in a lane */
    begin(sequence: Float64Array): void {
      frame.beginCommand(sequence);
      orderEvents.forgetAmount();
    },

    /** A market's new state, with its auction if the change made one. */
    writeTradingState({ symbolId, state, auctionPrice, auctionQty }: OrderBook): void {
      const at = frame.begin(STATE_HEADER);
      const words = frame.words();
      setInt64(words, at + AUCTION_PRICE, auctionPrice);
      setInt64(words, at + AUCTION_QTY, auctionQty);
      words[at + STATE_SYMBOL_ID] = symbolId;
      words[at + STATE] = state;
      frame.finish(at, STATE_HEADER);
    },

    writePriceBand({ symbolId, referencePrice, bandTicks }: OrderBook): void {
      const at = frame.begin(BAND_HEADER);
      const words = frame.words();
      setInt64(words, at + REFERENCE_PRICE, referencePrice);
      setInt64(words, at + BAND_TICKS, bandTicks);
      words[at + BAND_SYMBOL_ID] = symbolId;
      words[at + BAND_SYMBOL_ID + 1] = 0;
      frame.finish(at, BAND_HEADER);
    },

    /** The venue's mode and the sum of the reasons for it. */
    writeVenueMode(mode: number, reasons: number): void {
      const at = frame.begin(MODE_HEADER);
      const words = frame.words();
      words[at + MODE] = mode | (reasons << 8);
      words[at + MODE + 1] = 0;
      frame.finish(at, MODE_HEADER);
    },

    /** Closes the command's group. The hash it carries covers its own outcome too. */
    writeDone(rejectReason: number): void {
      const at = frame.begin(DONE_HEADER);
      const words = frame.words();
      words[at + EVENT_HASH] = 0;
      words[at + EVENT_HASH + 1] = 0;
      words[at + REJECT_REASON] = rejectReason;
      words[at + EVENT_COUNT] = frame.eventCount();
      frame.finish(at, DONE_HEADER);
      words[at + EVENT_HASH] = hash.low;
      words[at + EVENT_HASH + 1] = hash.high;
    },
  };
}
