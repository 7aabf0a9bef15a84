/**
 * Runs one sequenced command to completion: its events, each changed balance, and CommandDone. Made
 * of closures (ADR 0009). Hot path: no allocation per command.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import {
  CANCEL_ORDER,
  COMMAND_HEADER,
  NEW_ORDER,
  REPLACE_ORDER,
  TICK,
} from '../protocol/command-layout.ts';
import { getInt64Into, type RecordBuffer } from '../protocol/record.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import type { EventWriter } from './event-writer.ts';
import type { createOrderCommands } from './order-commands.ts';
import type { Reservations } from './reservations.ts';

const SEQUENCE = COMMAND_HEADER.sequence >> 2;
const TIME = COMMAND_HEADER.time >> 2;
const NEW_ORDER_TEMPLATE = NEW_ORDER.templateId;
const CANCEL_ORDER_TEMPLATE = CANCEL_ORDER.templateId;
const REPLACE_ORDER_TEMPLATE = REPLACE_ORDER.templateId;
const TICK_TEMPLATE = TICK.templateId;

export interface ExecutionParts {
  readonly engine: MatchingEngine;
  readonly risk: RiskEngine;
  readonly reservations: Reservations;
  readonly events: EventWriter;
  readonly orderCommands: ReturnType<typeof createOrderCommands>;
  /** Executes a command that is not about one order; returns why it was refused. */
  readonly executeOther: (templateId: number, record: RecordBuffer, offset: number) => number;
  /** Sequence number and time of the last command, each in a lane. */
  readonly sequence: Float64Array;
  readonly clock: Float64Array;
}

export function createExecution(parts: ExecutionParts) {
  const { clock, engine, events, executeOther, orderCommands, reservations, risk } = parts;
  const { sequence } = parts;
  const { executeCancel, executeNewOrder, executeReplace } = orderCommands;
  const { balances, transfers } = risk;
  const { firstChanged, forgetChanged } = balances;
  const { begin, writeBalance, writeDone } = events;
  const { clock: engineClock } = engine;
  const { begin: beginReservations } = reservations;

  const next = new Float64Array(1);

  /** The command's number and time. */
  function take(words: Int32Array, at: number): void {
    getInt64Into(words, at + SEQUENCE, next, 0);
    if (next[0] !== sequence[0]! + 1) {
      throw new Error(`command ${next[0]} came after ${sequence[0]}: the sequence has a gap`);
    }
    sequence[0] = next[0]!;
    getInt64Into(words, at + TIME, clock, 0);
    engineClock[0] = clock[0]!;
  }

  /** What is due happens in a Tick of its own, which the sequencer puts before the command. */
  function assertNothingDue(): void {
    if (engine.nextExpireTime > clock[0]! && transfers.nextExpireTime > clock[0]!) return;
    throw new Error(`something is due before command ${sequence[0]}: a Tick must come first`);
  }

  function dispatch(templateId: number, record: RecordBuffer, offset: number): number {
    switch (templateId) {
      case REPLACE_ORDER_TEMPLATE:
        return executeReplace(record, offset);
      case NEW_ORDER_TEMPLATE:
        return executeNewOrder(record, offset);
      case CANCEL_ORDER_TEMPLATE:
        return executeCancel(record, offset);
      default:
        return executeOther(templateId, record, offset);
    }
  }

  function writeBalances(): void {
    let balance = firstChanged();
    while (balance !== NO_SLOT) {
      writeBalance(balance);
      balance = forgetChanged(balance);
    }
  }

  return function execute(record: RecordBuffer, offset: number): void {
    const { words } = record;
    const at = offset >> 2;
    const templateId = words[at]! >>> 16;
    take(words, at);
    begin(sequence);
    beginReservations();
    if (templateId !== TICK_TEMPLATE) assertNothingDue();
    const rejectReason = dispatch(templateId, record, offset);
    writeBalances();
    writeDone(rejectReason);
  };
}
