/**
 * Executes the commands about one order: new, cancel and replace. Their fields are read from the
 * record's words: the protocol's flyweights share their getters with all commands, which V8 does
 * not compile well. Made of closures (ADR 0009). Hot path.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import { mayRest, OrderTicket, TICKET_LANE } from '../engine/order-ticket.ts';
import { ORDER } from '../engine/orders.ts';
import {
  CANCEL_ORDER,
  COMMAND_HEADER,
  NEW_ORDER,
  REPLACE_ORDER,
} from '../protocol/command-layout.ts';
import { NewOrder } from '../protocol/commands.ts';
import { QtyMeaning, TradingState } from '../protocol/enums.ts';
import { getInt64, getInt64Into, type RecordBuffer } from '../protocol/record.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import type { Admission } from './admission.ts';
import type { EventWriter } from './event-writer.ts';
import type { OrderAnswers } from './order-answers.ts';
import type { Reservations } from './reservations.ts';
import type { Venue } from './venue.ts';

const ACCEPTED: number = RejectReason.None;
const OPEN_QTY: number = QtyMeaning.Open;
const { PreOpen } = TradingState;
const { ORDER_WORDS } = ORDER;
const OWN_ACCOUNT_ID = ORDER.ACCOUNT_ID;
const TICKET_ACCOUNT_ID = TICKET_LANE.accountId;
const TICKET_AMOUNT = TICKET_LANE.amount;
const TICKET_CLIENT_ORDER_ID = TICKET_LANE.clientOrderId;
const TICKET_DISPLAY_QTY = TICKET_LANE.displayQty;
const TICKET_EXPIRE_TIME = TICKET_LANE.expireTime;
const TICKET_GROUP_ID = TICKET_LANE.groupId;
const TICKET_ORDER_ID = TICKET_LANE.orderId;
const TICKET_PRICE = TICKET_LANE.price;
const TICKET_QTY = TICKET_LANE.qty;
const TICKET_STOP_PRICE = TICKET_LANE.stopPrice;
/** Lanes of what a command names an order by; the client order id is behind the account's. */
const NAMED_ACCOUNT = 0;
const NAMED_CLIENT_ORDER = 1;
const NAMED_ORDER = 2;

const ACCOUNT_ID = COMMAND_HEADER.accountId >> 2;

const CLIENT_ORDER_ID = NEW_ORDER.clientOrderId >> 2;
const PRICE = NEW_ORDER.price >> 2;
const QTY = NEW_ORDER.qty >> 2;
const SYMBOL_ID = NEW_ORDER.symbolId >> 2;
/** side, orderType, timeInForce, selfTradePrevention: a byte each, the lowest first. */
const KIND = NEW_ORDER.side >> 2;
const STOP_PRICE = NEW_ORDER.stopPrice >> 2;
const DISPLAY_QTY = NEW_ORDER.displayQty >> 2;
const AMOUNT = NEW_ORDER.amount >> 2;
const EXPIRE_TIME = NEW_ORDER.expireTime >> 2;
const GROUP_ID = NEW_ORDER.groupId >> 2;
/** postOnly, slippageAction: a byte each. */
const CONDITIONS = NEW_ORDER.postOnly >> 2;
const MAX_SLIPPAGE_BPS = NEW_ORDER.maxSlippageBps >> 2;

/** An order is named alike in a cancel and in a replace, but for its market. */
const NAMED_ORDER_ID = CANCEL_ORDER.orderId >> 2;
const NAMED_CLIENT_ORDER_ID = CANCEL_ORDER.clientOrderId >> 2;
const CANCEL_SYMBOL_ID = CANCEL_ORDER.symbolId >> 2;

const NEW_PRICE = REPLACE_ORDER.price >> 2;
const NEW_QTY = REPLACE_ORDER.qty >> 2;
const REPLACE_SYMBOL_ID = REPLACE_ORDER.symbolId >> 2;
const QTY_MEANING = REPLACE_ORDER.qtyMeaning >> 2;
const NEW_DISPLAY_QTY = REPLACE_ORDER.displayQty >> 2;
const NEW_STOP_PRICE = REPLACE_ORDER.stopPrice >> 2;

export interface OrderCommandParts {
  readonly engine: MatchingEngine;
  readonly risk: RiskEngine;
  readonly venue: Venue;
  readonly admission: Admission;
  readonly reservations: Reservations;
  readonly answers: OrderAnswers;
  readonly events: EventWriter;
  /** The command's sequence number, in a lane: a new order's id. */
  readonly sequence: Float64Array;
}

/** Each function returns why its command was refused, or RejectReason.None. */
export function createOrderCommands(parts: OrderCommandParts) {
  const { admission, answers, engine, events, reservations, risk, sequence, venue } = parts;
  const { books, orders } = engine;
  const { words: terms } = orders;
  const { cancelOrder, check, checkReplace, execute, findClientOrderIn, findOrderIn } = engine;
  const { replaceOrder, symbolIndexOf } = engine;
  const { accounts } = risk;
  const { holds } = risk.state;
  const ticket = new OrderTicket();
  const { lanes } = ticket;
  /** Ids in lanes: whatever has more than 31 bits would be boxed for a call. */
  const named = new Float64Array(3);
  const rejected = new NewOrder();

  /** A NewOrder's terms as the engine takes them; an order's id is its sequence number. */
  function readTicket(words: Int32Array, at: number): void {
    const kind = words[at + KIND]!;
    ticket.symbolId = words[at + SYMBOL_ID]! >>> 0;
    ticket.side = kind & 0xff;
    ticket.orderType = (kind >> 8) & 0xff;
    ticket.timeInForce = (kind >> 16) & 0xff;
    ticket.selfTradePrevention = kind >>> 24;
    lanes[TICKET_ORDER_ID] = sequence[0]!;
    getInt64Into(words, at + ACCOUNT_ID, lanes, TICKET_ACCOUNT_ID);
    getInt64Into(words, at + PRICE, lanes, TICKET_PRICE);
    getInt64Into(words, at + QTY, lanes, TICKET_QTY);
    getInt64Into(words, at + CLIENT_ORDER_ID, lanes, TICKET_CLIENT_ORDER_ID);
    getInt64Into(words, at + STOP_PRICE, lanes, TICKET_STOP_PRICE);
    getInt64Into(words, at + DISPLAY_QTY, lanes, TICKET_DISPLAY_QTY);
    getInt64Into(words, at + AMOUNT, lanes, TICKET_AMOUNT);
    getInt64Into(words, at + EXPIRE_TIME, lanes, TICKET_EXPIRE_TIME);
    getInt64Into(words, at + GROUP_ID, lanes, TICKET_GROUP_ID);
    ticket.postOnly = (words[at + CONDITIONS]! & 0xff) !== 0;
  }

  function isOneTooMany(symbolIndex: number): boolean {
    if (engine.openOrderCount < venue.limits.maxOpenOrders) return false;
    // While a market collects orders for an auction, those rest too that otherwise never do.
    return mayRest(ticket.timeInForce) || books[symbolIndex]!.state === PreOpen;
  }

  function isClientOrderIdTaken(): boolean {
    return ticket.clientOrderId !== 0 && findClientOrderIn(lanes, TICKET_ACCOUNT_ID) !== NO_SLOT;
  }

  function tryNewOrder(words: Int32Array, at: number): number {
    readTicket(words, at);
    if (venue.cancelOnlyReasons !== 0) return RejectReason.CancelOnly;
    const symbolIndex = symbolIndexOf(ticket.symbolId);
    if (symbolIndex === NO_SLOT) return RejectReason.UnknownSymbol;
    if (isClientOrderIdTaken()) return RejectReason.DuplicateClientOrderId;
    const account = accounts.findIn(lanes, TICKET_ACCOUNT_ID);
    if (account === NO_SLOT) return RejectReason.UnknownAccount;
    const barred = risk.checkAccount(account, symbolIndex, ticket.side);
    if (barred !== ACCEPTED) return barred;
    if (isOneTooMany(symbolIndex)) return RejectReason.TooManyOpenOrders;
    const { amount } = ticket;
    const budget = amount === 0 ? 0 : risk.budgetOf(symbolIndex, amount);
    if (budget !== 0) ticket.amount = budget;
    const refused = check(ticket);
    if (refused !== ACCEPTED) return refused;
    if (amount !== 0 && budget === 0) return RejectReason.AmountTooSmall;
    const slippageBps = words[at + MAX_SLIPPAGE_BPS]! >>> 0;
    const slippageAction = (words[at + CONDITIONS]! >> 8) & 0xff;
    const unfunded = admission.admit(ticket, account, symbolIndex, slippageBps, slippageAction);
    if (unfunded !== ACCEPTED) return unfunded;
    const order = admission.order();
    if (amount !== 0) events.beginAmount(order, amount);
    execute(order);
    return ACCEPTED;
  }

  /** Who has no account could fill the memory of client order ids for nothing. */
  function isAccountKnown(words: Int32Array, at: number): boolean {
    getInt64Into(words, at + ACCOUNT_ID, named, NAMED_ACCOUNT);
    return accounts.findIn(named, NAMED_ACCOUNT) !== NO_SLOT;
  }

  function executeFirst(record: RecordBuffer, offset: number): number {
    const reason = tryNewOrder(record.words, offset >> 2);
    return reason === ACCEPTED ? reason : reject(record, offset, reason);
  }

  function reject(record: RecordBuffer, offset: number, reason: number): number {
    events.writeRejected(rejected.wrap(record, offset), reason);
    return reason;
  }

  /** The account's open order in a market, by order id or else by client order id. */
  function findOrder(words: Int32Array, at: number, symbolId: number): number {
    getInt64Into(words, at + ACCOUNT_ID, named, NAMED_ACCOUNT);
    getInt64Into(words, at + NAMED_CLIENT_ORDER_ID, named, NAMED_CLIENT_ORDER);
    getInt64Into(words, at + NAMED_ORDER_ID, named, NAMED_ORDER);
    const order =
      named[NAMED_ORDER] !== 0
        ? findOrderIn(named, NAMED_ORDER)
        : findClientOrderIn(named, NAMED_ACCOUNT);
    if (order === NO_SLOT) return NO_SLOT;
    if (terms[(order << ORDER_WORDS) + OWN_ACCOUNT_ID] !== named[NAMED_ACCOUNT]) return NO_SLOT;
    return books[orders.symbolIndex(order)]!.symbolId === symbolId ? order : NO_SLOT;
  }

  return {
    /** What is sent again is told the first answer, and nothing is done. */
    executeNewOrder(record: RecordBuffer, offset: number): number {
      const { words } = record;
      const at = offset >> 2;
      if (!answers.concerns(words, at) || !isAccountKnown(words, at)) {
        return executeFirst(record, offset);
      }
      const known = answers.find(words, at);
      if (known !== NO_SLOT) {
        if (!answers.isSame(known, words, at)) {
          return reject(record, offset, RejectReason.ClientOrderIdConflict);
        }
        events.writeAnswer(known);
        return answers.rejectReason(known);
      }
      if (!answers.begin(words, at)) {
        return reject(record, offset, RejectReason.TooManyClientOrderIds);
      }
      const reason = executeFirst(record, offset);
      answers.end();
      return reason;
    },

    executeCancel({ words }: RecordBuffer, offset: number): number {
      const at = offset >> 2;
      const order = findOrder(words, at, words[at + CANCEL_SYMBOL_ID]! >>> 0);
      if (order === NO_SLOT) return RejectReason.UnknownOrder;
      cancelOrder(order);
      return ACCEPTED;
    },

    executeReplace({ words }: RecordBuffer, offset: number): number {
      if (venue.cancelOnlyReasons !== 0) return RejectReason.CancelOnly;
      const at = offset >> 2;
      const order = findOrder(words, at, words[at + REPLACE_SYMBOL_ID]! >>> 0);
      if (order === NO_SLOT) return RejectReason.UnknownOrder;
      const price = getInt64(words, at + NEW_PRICE);
      const displayQty = getInt64(words, at + NEW_DISPLAY_QTY);
      const stopPrice = getInt64(words, at + NEW_STOP_PRICE);
      const told = getInt64(words, at + NEW_QTY);
      const isOpenQty = (words[at + QTY_MEANING]! & 0xff) === OPEN_QTY;
      const qty = isOpenQty ? orders.cumQty(order) + told : told;
      const symbolIndex = orders.symbolIndex(order);
      const barred = risk.checkAccount(holds.account(order), symbolIndex, orders.side(order));
      if (barred !== ACCEPTED) return barred;
      const refused = checkReplace(order, price, qty, displayQty, stopPrice);
      if (refused !== ACCEPTED) return refused;
      const unfunded = reservations.replace(order, price, qty, stopPrice);
      if (unfunded !== ACCEPTED) return unfunded;
      replaceOrder(order, price, qty, displayQty, stopPrice);
      return ACCEPTED;
    },
  };
}
