/**
 * Gives a new order that the engine has checked its slot and its reservation: the table of
 * `reservations.ts`. Made of closures (ADR 0009). Hot path.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { MarketSweep } from '../engine/market-sweep.ts';
import type { MatchingEngine } from '../engine/matching-engine.ts';
import type { OrderBook } from '../engine/order-book.ts';
import { mayRest, type OrderTicket } from '../engine/order-ticket.ts';
import { OrderType, Side, SlippageAction, TradingState } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { RiskEngine } from '../risk/risk-engine.ts';
import type { Reservations } from './reservations.ts';
import type { RiskDesk } from './risk-desk.ts';
import { isUnbounded, protectionPrice, slippageBound } from './slippage.ts';

const ACCEPTED: number = RejectReason.None;
const { Market, Stop } = OrderType;
const { Buy } = Side;
const { Continuous } = TradingState;

export type Admission = ReturnType<typeof createAdmission>;

export function createAdmission(
  engine: MatchingEngine,
  risk: RiskEngine,
  reservations: Reservations,
  desk: RiskDesk,
) {
  const { books, orders, levels } = engine;
  const { admit: takeSlot, discard } = engine;
  const { reserve } = risk;
  const { beginAmount, beginSwept, checkPosition, setStopSlippage } = reservations;
  const sweep = new MarketSweep();
  const admitted = new Int32Array([NO_SLOT]);

  /** The best opposite price; the engine has found that there is one. */
  function bestOpposite(book: OrderBook, side: number): number {
    return levels.price(book.opposite(side).best());
  }

  /** Looks what the book can fill of a market order now; returns why it is refused, if so. */
  function sweepBook(
    ticket: OrderTicket,
    book: OrderBook,
    slippageBps: number,
    slippageAction: number,
  ): number {
    const { side } = ticket;
    if (slippageBps !== 0) {
      ticket.price = slippageBound(side, bestOpposite(book, side), slippageBps);
    }
    sweep.run(engine, book, ticket);
    const isRefused = sweep.isCut && slippageAction === SlippageAction.Reject;
    return isRefused ? RejectReason.SlippageExceeded : ACCEPTED;
  }

  return {
    /** The slot of the order that `admit` accepted last. */
    order(): number {
      return admitted[0]!;
    },

    /**
     * Admits an order of an account, by its slot, or says why not.
     *
     * @param maxSlippageBps as the order says; 0: the market's
     */
    admit(
      ticket: OrderTicket,
      account: number,
      symbolIndex: number,
      maxSlippageBps: number,
      slippageAction: number,
    ): number {
      const { side, amount, orderType } = ticket;
      const book = books[symbolIndex]!;
      const isContinuous = book.state === Continuous;
      const isSwept = orderType === Market && isContinuous;
      const isStop = orderType === Stop;
      let slippageBps = 0;
      if (isStop || isSwept) {
        slippageBps = maxSlippageBps || (desk.maxSlippageBps[symbolIndex] ?? 0);
        if (isStop && isUnbounded(side, book, slippageBps)) return RejectReason.NoPriceBand;
        const refused = isSwept ? sweepBook(ticket, book, slippageBps, slippageAction) : ACCEPTED;
        if (refused !== ACCEPTED) return refused;
      }
      const order = takeSlot(ticket);
      let price = orders.price(order);
      if (isStop) {
        price = protectionPrice(side, ticket.stopPrice, book, slippageBps);
        setStopSlippage(order, slippageBps);
      }
      let coveredQty = ticket.qty;
      if (amount !== 0) {
        price = amount;
        coveredQty = 1;
      } else if (isSwept) {
        price = sweep.price;
        coveredQty = sweep.qty;
        beginSwept(order, coveredQty);
      }
      const qty = orders.leavesQty(order);
      const costPrice = isStop && side !== Buy ? ticket.stopPrice : price;
      const rests = mayRest(ticket.timeInForce) || !isContinuous;
      const reason =
        risk.checkLimits(account, symbolIndex, qty, costPrice, coveredQty, rests) ||
        checkPosition(account, symbolIndex, side, qty) ||
        reserve(order, account, symbolIndex, side, price, coveredQty, qty);
      if (reason !== ACCEPTED) {
        discard(order);
        return reason;
      }
      admitted[0] = order;
      if (amount !== 0) beginAmount(order, amount);
      return ACCEPTED;
    },
  };
}
