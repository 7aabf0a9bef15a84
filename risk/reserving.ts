/**
 * What an order locks when it comes, when its terms change and when it ends. A buy reserves its
 * notional at a price that the caller names and the worst fee on it; a sell reserves what it
 * delivers. Made of closures over slabs (ADR 0009). Hot path.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { Side } from '../protocol/enums.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import { BALANCE_WORD } from './balances.ts';
import { EXPOSURE_WORD } from './exposures.ts';
import { addFee } from './fee.ts';
import { HOLD } from './order-holds.ts';
import { RISK_REGISTERS, type RiskState } from './risk-state.ts';

const ACCEPTED: number = RejectReason.None;
const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;
const { Buy, Sell } = Side;
const { ACCOUNT, EXPOSURE, HOLDER, HOLD_LINKS, HOLD_WORDS, PRICE, RESERVED, WORST_PPM } = HOLD;
const { BASE_BALANCE, QUOTE_BALANCE } = EXPOSURE_WORD;
const REQUIRED = RISK_REGISTERS.required;
const MORE = RISK_REGISTERS.more;
const { AVAILABLE, LOCKED } = BALANCE_WORD;

/** What a snapshot knows of an open order. */
export interface RestoredHold {
  /** A slot. */
  readonly account: number;
  readonly reserved: number;
  readonly price: number;
  readonly worstPpm: number;
  readonly openQty: number;
}

export type Reserving = ReturnType<typeof createReserving>;

export function createReserving(state: RiskState) {
  const { balances, exposures, holds, markets, registers } = state;
  const { change, difference } = balances;
  const { words, links } = holds;

  /** Works out what an order needs in its holding currency; false where it exceeds 2^53−1. */
  function fits(market: number, side: number, price: number, qty: number, ppm: number): boolean {
    if (side === Sell) {
      const delivered = qty * markets.lotSize(market);
      registers[REQUIRED] = delivered;
      return delivered <= MAX_AMOUNT;
    }
    // A product or sum beyond 2^53−1 may be rounded, but never to below it.
    registers[REQUIRED] = price * qty * markets.tickValue(market);
    addFee(registers, REQUIRED, ppm);
    return registers[REQUIRED]! <= MAX_AMOUNT;
  }

  /** The account's balance that an order of that side is paid from, or NO_SLOT. */
  function findHolder(account: number, exposure: number, market: number, side: number): number {
    const word = side === Buy ? QUOTE_BALANCE : BASE_BALANCE;
    const known = exposure === NO_SLOT ? NO_SLOT : exposures.balance(exposure, word);
    if (known !== NO_SLOT) return known;
    return balances.find(account, side === Buy ? markets.quote(market) : markets.base(market));
  }

  return {
    fits,

    /**
     * Locks what a new order may cost, of an account by its slot. `price` is its limit, or the
     * worst price that it may trade at; `coveredQty` is what of its quantity may trade.
     */
    reserve(
      order: number,
      account: number,
      market: number,
      side: number,
      price: number,
      coveredQty: number,
      qty: number,
    ): number {
      const worstPpm = markets.worstPpm(market);
      if (!fits(market, side, price, coveredQty, worstPpm)) return RejectReason.NotionalTooLarge;
      let exposure = exposures.find(account, market);
      const holder = findHolder(account, exposure, market, side);
      if (holder === NO_SLOT || balances.isShort(holder, registers, REQUIRED)) {
        return RejectReason.InsufficientFunds;
      }
      if (exposure === NO_SLOT) exposure = exposures.findOrOpen(account, market);
      exposures.setBalance(exposure, side === Buy ? QUOTE_BALANCE : BASE_BALANCE, holder);
      const word = order << HOLD_WORDS;
      const link = order << HOLD_LINKS;
      const required = registers[REQUIRED]!;
      difference[AVAILABLE] = -required;
      difference[LOCKED] = required;
      change(holder);
      words[word + RESERVED] = required;
      words[word + PRICE] = price;
      links[link + HOLDER] = holder;
      links[link + EXPOSURE] = exposure;
      links[link + WORST_PPM] = worstPpm;
      links[link + ACCOUNT] = account;
      holds.open(order, side, qty);
      return ACCEPTED;
    },

    /** Changes a reservation to what the order needs at a new price and covered quantity. */
    adjust(
      order: number,
      market: number,
      side: number,
      price: number,
      coveredQty: number,
      leavesQty: number,
    ): number {
      const word = order << HOLD_WORDS;
      const link = order << HOLD_LINKS;
      if (!fits(market, side, price, coveredQty, links[link + WORST_PPM]!)) {
        return RejectReason.NotionalTooLarge;
      }
      const holder = links[link + HOLDER]!;
      const required = registers[REQUIRED]!;
      const more = required - words[word + RESERVED]!;
      registers[MORE] = more;
      if (balances.isShort(holder, registers, MORE)) return RejectReason.InsufficientFunds;
      if (more !== 0) {
        difference[AVAILABLE] = -more;
        difference[LOCKED] = more;
        change(holder);
      }
      words[word + RESERVED] = required;
      words[word + PRICE] = price;
      holds.setOpenQty(order, side, leavesQty);
      return ACCEPTED;
    },

    /** An open order as it was: the balance holds its reservation already. */
    restore(order: number, market: number, side: number, hold: RestoredHold): void {
      const { account, openQty, price, reserved, worstPpm } = hold;
      const exposure = exposures.findOrOpen(account, market);
      const link = order << HOLD_LINKS;
      words[(order << HOLD_WORDS) + RESERVED] = reserved;
      words[(order << HOLD_WORDS) + PRICE] = price;
      links[link + HOLDER] = findHolder(account, exposure, market, side);
      links[link + EXPOSURE] = exposure;
      links[link + WORST_PPM] = worstPpm;
      links[link + ACCOUNT] = account;
      holds.open(order, side, openQty);
    },

    /** From its next fill on an order's reservation is for another price, at most what it was. */
    setReservedPrice(order: number, price: number): void {
      words[(order << HOLD_WORDS) + PRICE] = price;
    },

    /** Gives back what is still reserved. */
    release(order: number, side: number): void {
      const word = order << HOLD_WORDS;
      const amount = words[word + RESERVED]!;
      difference[AVAILABLE] = amount;
      difference[LOCKED] = -amount;
      change(links[(order << HOLD_LINKS) + HOLDER]!);
      words[word + RESERVED] = 0;
      holds.end(order, side);
    },
  };
}
