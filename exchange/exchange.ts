/**
 * The deterministic machine: risk and engine meet here. One sequenced command at a time, run to
 * completion; its events go to the sink and end with CommandDone. State is a function of the
 * commands alone: no clock, no randomness, no I/O.
 *
 * The events of a command come in the order of docs/matching.md; a fill's transfers come before its
 * Trade, and each changed Balance once behind the levels. What is hot is made of closures (ADR
 * 0009): `execute`, and the commands about one order in `order-commands.ts`.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { createEngineState } from '../engine/engine-state.ts';
import { MatchingEngine } from '../engine/matching-engine.ts';
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  FUNDING,
  MASS_CANCEL,
  NEW_TRANSFER,
  RESOLVE_TRANSFER,
  REVERSE_TRANSFER,
  SET_LIMITS,
  SET_PRICE_BAND,
  SET_RULES_VERSION,
  SET_TRADING_STATE,
  SET_VENUE_MODE,
  TICK,
} from '../protocol/command-layout.ts';
import { MassCancel } from '../protocol/commands.ts';
import { MAX_OPEN_ORDERS } from '../protocol/field-range.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import {
  AddCurrency,
  AddSymbol,
  SetLimits,
  SetPriceBand,
  SetRulesVersion,
  SetTradingState,
} from '../protocol/venue-commands.ts';
import { SetVenueMode } from '../protocol/venue-mode.ts';
import { RiskEngine } from '../risk/risk-engine.ts';
import { createRiskState } from '../risk/risk-state.ts';
import { createAdmission } from './admission.ts';
import type { EventSink } from './event-sink.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import { createExecution } from './execution.ts';
import { createOrderAnswers } from './order-answers.ts';
import { createOrderCommands } from './order-commands.ts';
import { createOrderOutcomes } from './order-outcomes.ts';
import { createReservations, type Reservations } from './reservations.ts';
import { RiskDesk } from './risk-desk.ts';
import { Rules } from './rules.ts';
import { TransferCommands } from './transfer-commands.ts';
import {
  type CurrencyDefinition,
  type SymbolDefinition,
  Venue,
  type VenueLimits,
} from './venue.ts';

export interface ExchangeCapacity {
  /** The most open orders, at least what the venue's limits may allow. */
  readonly openOrders: number;
  /** What the pages of tables are made for, which grow: it decides no outcome. */
  readonly accounts: number;
}

export const DEFAULT_CAPACITY: ExchangeCapacity = {
  openOrders: MAX_OPEN_ORDERS,
  accounts: 262_144,
};

/** What an exchange is made of; a test puts a part in a part's place. */
export interface ExchangeParts {
  readonly createEventWriter: typeof createEventWriter;
}

export const EXCHANGE_PARTS: ExchangeParts = { createEventWriter };

export class Exchange {
  readonly engine: MatchingEngine;
  readonly risk: RiskEngine;
  readonly venue: Venue;
  readonly desk: RiskDesk;
  readonly reservations: Reservations;
  readonly answers = createOrderAnswers();
  readonly rules = new Rules();
  readonly clock = new Float64Array(1);
  readonly events: EventWriter;
  /** Executes the sequenced command at a byte offset. Sequence numbers have no gap. */
  readonly execute: (record: RecordBuffer, offset: number) => void;
  private readonly latestSequence = new Float64Array(1);
  private readonly transferCommands: TransferCommands;

  constructor(
    sink: EventSink,
    capacity: ExchangeCapacity = DEFAULT_CAPACITY,
    parts: ExchangeParts = EXCHANGE_PARTS,
  ) {
    const { clock, latestSequence: sequence } = this;
    const engineState = createEngineState({ orders: capacity.openOrders });
    const riskState = createRiskState(capacity, clock);
    const events = parts.createEventWriter(engineState, riskState, this.answers, sink);
    const risk: RiskEngine = new RiskEngine(
      {
        onTransfer: events.writeTransfer,
        onTransferChanged: (transfer) => events.writeTransferReport(risk.transfers.table, transfer),
        onTransferRepeated: (transfer, isFirstAnswer) =>
          events.repeatTransferReport(risk.transfers.table, transfer, isFirstAnswer),
      },
      riskState,
    );
    const reservations = createReservations(engineState, risk, this.rules);
    const outcomes = createOrderOutcomes(engineState, risk, reservations, events);
    const engine = new MatchingEngine(outcomes, engineState);
    this.events = events;
    this.risk = risk;
    this.engine = engine;
    this.venue = new Venue(engine, risk, this.rules);
    this.desk = new RiskDesk(engine, risk, this.venue);
    this.reservations = reservations;
    this.transferCommands = new TransferCommands(risk.transfers);
    const admission = createAdmission(engine, risk, reservations, this.desk);
    const { answers, venue } = this;
    const checked = { risk, venue, admission, reservations, answers };
    const orders = { engine, ...checked, events, sequence };
    this.execute = createExecution({
      ...{ engine, risk, reservations, events, sequence, clock },
      orderCommands: createOrderCommands(orders),
      executeOther: (templateId, record, offset) => this.executeOther(templateId, record, offset),
    });
  }

  /**
   * Makes it as it was at first, in place, whatever it has executed or was restored from, also half
   * of it: for one that was warmed up, since a second exchange in a thread would slow both (ADR
   * 0009). The sink stays. It takes as long as what was ever used is large.
   */
  clear(): void {
    this.engine.clear();
    this.risk.clear();
    this.venue.clear();
    this.desk.clear();
    this.answers.clear();
    this.rules.clear();
    this.events.clear();
    this.clock[0] = 0;
    this.sequence = 0;
  }

  /** Of the last executed command. */
  get sequence(): number {
    return this.latestSequence[0]!;
  }
  set sequence(sequence: number) {
    this.latestSequence[0] = sequence;
  }

  /** Time of the last executed command, µs since 1970; kept in a lane, which is never boxed. */
  get time(): number {
    return this.clock[0]!;
  }

  get currencies(): CurrencyDefinition[] {
    return this.venue.currencies;
  }
  get symbols(): SymbolDefinition[] {
    return this.venue.symbols;
  }
  get limits(): VenueLimits {
    return this.venue.limits;
  }
  set limits(limits: VenueLimits) {
    this.venue.limits = limits;
  }

  /** When something is due next, of orders or of transfers; Infinity without any. */
  get nextExpireTime(): number {
    return Math.min(this.engine.nextExpireTime, this.risk.transfers.nextExpireTime);
  }
  /** The same, and the last sequence number, into a lane: numbers that are told may be boxed. */
  readNextExpireTime(lanes: Float64Array, lane: number): void {
    lanes[lane] = Math.min(this.engine.nextExpireTime, this.risk.transfers.nextExpireTime);
  }
  readSequence(lanes: Float64Array, lane: number): void {
    lanes[lane] = this.latestSequence[0]!;
  }

  get lastTradeId(): number {
    return this.engine.lastTradeId;
  }

  /** Executes a command that is not about one order. */
  private executeOther(templateId: number, record: RecordBuffer, offset: number): number {
    switch (templateId) {
      case MASS_CANCEL.templateId:
        return this.executeMassCancel(new MassCancel().wrap(record, offset));
      case FUNDING.depositTemplateId:
      case FUNDING.withdrawTemplateId:
      case NEW_TRANSFER.templateId:
      case RESOLVE_TRANSFER.templateId:
      case REVERSE_TRANSFER.templateId:
        this.beginTransfer();
        return this.transferCommands.execute(templateId, record, offset);
      case ADD_CURRENCY.templateId:
        return this.venue.addCurrency(new AddCurrency().wrap(record, offset));
      case ADD_SYMBOL.templateId:
        return this.venue.addSymbol(new AddSymbol().wrap(record, offset));
      case SET_LIMITS.templateId:
        return this.executeSetLimits(new SetLimits().wrap(record, offset));
      case SET_RULES_VERSION.templateId:
        return this.rules.activate(new SetRulesVersion().wrap(record, offset).rulesVersion);
      case SET_TRADING_STATE.templateId:
        return this.executeSetTradingState(new SetTradingState().wrap(record, offset));
      case SET_PRICE_BAND.templateId:
        return this.executeSetPriceBand(new SetPriceBand().wrap(record, offset));
      case SET_VENUE_MODE.templateId:
        return this.executeSetVenueMode(new SetVenueMode().wrap(record, offset));
      case TICK.templateId:
        this.engine.expireDue();
        this.beginTransfer();
        this.risk.transfers.expireDue();
        return RejectReason.None;
      default:
        return this.desk.execute(templateId, record, offset);
    }
  }

  private beginTransfer(): void {
    const { cancelOnlyReasons, limits } = this.venue;
    this.risk.transfers.begin(this.sequence, this.time, limits, cancelOnlyReasons !== 0);
  }

  private executeMassCancel({ accountId, symbolId, side }: MassCancel): number {
    if (this.risk.accounts.find(accountId) === NO_SLOT) return RejectReason.UnknownAccount;
    return this.engine.massCancel(accountId, symbolId, side);
  }

  private executeSetLimits(command: SetLimits): number {
    const { clientOrderIdSeconds, maxClientOrderIds } = command;
    this.answers.configure(clientOrderIdSeconds, maxClientOrderIds, this.time);
    return this.venue.setLimits(command);
  }

  private executeSetTradingState({ symbolId, state, gatewayId }: SetTradingState): number {
    const refused = this.engine.setTradingState(symbolId, state);
    if (refused !== RejectReason.None) return refused;
    const market = this.engine.symbolIndexOf(symbolId);
    this.venue.noteStateChange(market, { gatewayId, time: this.time });
    return RejectReason.None;
  }

  private executeSetVenueMode(command: SetVenueMode): number {
    const { events, venue } = this;
    const reason = venue.setMode(command);
    events.writeVenueMode(venue.mode, venue.cancelOnlyReasons);
    return reason;
  }

  private executeSetPriceBand({ symbolId, referencePrice, bandTicks }: SetPriceBand): number {
    const { engine } = this;
    const refused = engine.setPriceBand(symbolId, referencePrice, bandTicks);
    if (refused !== RejectReason.None) return refused;
    this.events.writePriceBand(engine.books[engine.symbolIndexOf(symbolId)]!);
    return RejectReason.None;
  }
}
