/**
 * What the engine tells of its orders becomes money and events: the exchange as the engine's
 * listener. Made of closures over the engine's slabs and risk's (ADR 0009). Hot path.
 */
import type { EngineListener } from '../engine/engine-listener.ts';
import { type EngineState, REGISTERS } from '../engine/engine-state.ts';
import { ExecType, Liquidity } from '../protocol/enums.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import { RISK_REGISTERS } from '../risk/risk-state.ts';
import type { EventWriter } from './event-writer.ts';
import type { Reservations } from './reservations.ts';

const { Canceled, Expired, Restated, Triggered } = ExecType;
const { Auction, Maker, Taker } = Liquidity;
const { isAuction } = REGISTERS;
const MAKER_FEE = RISK_REGISTERS.makerFee;
const TAKER_FEE = RISK_REGISTERS.takerFee;

export function createOrderOutcomes(
  engine: EngineState,
  risk: RiskEngine,
  reservations: Reservations,
  events: EventWriter,
): EngineListener {
  const { books, orders, registers } = engine;
  const { release } = risk;
  const { boundTriggered, cancelReason, settle, shrink } = reservations;
  const { writeFill, writeLevel, writeReport, writeTrade, writeTradingState } = events;

  return {
    onFill(maker: number, taker: number): void {
      settle(maker, taker);
      writeTrade(maker, taker);
      if (registers[isAuction] !== 0) {
        writeFill(maker, Auction, MAKER_FEE);
        writeFill(taker, Auction, TAKER_FEE);
      } else {
        writeFill(taker, Taker, TAKER_FEE);
        writeFill(maker, Maker, MAKER_FEE);
      }
    },

    onReport(order: number, execType: number, reason: number): void {
      if (execType === Canceled || execType === Expired) release(order, orders.side(order));
      else if (execType === Restated) shrink(order);
      else if (execType === Triggered) boundTriggered(order);
      writeReport(order, execType, cancelReason(order, reason));
    },

    /** The exchange itself rejects: it asks the engine before it reserves. */
    onRejected(_ticket, reason: number): void {
      throw new Error(`the engine rejected a checked order: ${reason}`);
    },

    onLevel: writeLevel,

    onTradingState(symbolIndex: number): void {
      writeTradingState(books[symbolIndex]!);
    },
  };
}
