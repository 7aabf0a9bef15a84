/**
 * Settles fills: pays out of the reservations of both orders, takes the fees, and gives back at
 * once what the fill's better price or lower fee left over. Made of closures over slabs (ADR 0009).
 * Hot path.
 */
import { NO_SLOT } from '../collections/id-table.ts';
import { Side, TransferKind } from '../protocol/enums.ts';
import { FEE, ROUNDING } from './accounts.ts';
import { BALANCE_WORD } from './balances.ts';
import { CURRENCY_WORD, type CurrencyWord } from './currencies.ts';
import { type BalanceWord, EXPOSURE_WORD } from './exposures.ts';
import { feeOf, feeRestOf } from './fee.ts';
import type { FeeSchedule } from './fee-schedule.ts';
import { MoneyBounds } from './money-bounds.ts';
import { HOLD } from './order-holds.ts';
import type { Reserving } from './reserving.ts';
import type { RiskListener } from './risk-listener.ts';
import { RISK_REGISTERS, type RiskState } from './risk-state.ts';

const { Buy, Sell } = Side;
const { Fee, FeeRounding, TradeBase, TradeQuote } = TransferKind;
const { EXPOSURE, HOLDER, HOLD_LINKS, HOLD_WORDS, RESERVED, WORST_PPM } = HOLD;
const RESERVED_PRICE = HOLD.PRICE;
const { BASE_BALANCE, QUOTE_BALANCE } = EXPOSURE_WORD;
const { FEE_BALANCE, ROUNDING_BALANCE } = CURRENCY_WORD;
const PRICE = RISK_REGISTERS.price;
const QTY = RISK_REGISTERS.qty;
const COVERED_QTY = RISK_REGISTERS.coveredQty;
const AMOUNT = RISK_REGISTERS.amount;
const REFERENCE_ID = RISK_REGISTERS.referenceId;
const MAKER_FEE = RISK_REGISTERS.makerFee;
const TAKER_FEE = RISK_REGISTERS.takerFee;
const NOTIONAL = RISK_REGISTERS.notional;
const REQUIRED = RISK_REGISTERS.required;
const MILLION = 1_000_000;
/** An amount, as a lane. */
const NOTHING = new Float64Array(1);
const { AVAILABLE, LOCKED } = BALANCE_WORD;

export type Settlement = ReturnType<typeof createSettlement>;

export function createSettlement(
  state: RiskState,
  fees: FeeSchedule,
  { fits }: Reserving,
  listener: RiskListener,
) {
  const { balances, clock, currencies, exposures, holds, markets, registers, volumes } = state;
  const { change, difference } = balances;
  const { findOrOpenBalance } = state;
  const { words, links } = holds;
  const bounds = new MoneyBounds(balances);

  /** What a fill's side receives, in its account's balance of the market's other currency. */
  function receiverOf(order: number, word: BalanceWord, currency: number): number {
    const exposure = links[(order << HOLD_LINKS) + EXPOSURE]!;
    const known = exposures.balance(exposure, word);
    if (known !== NO_SLOT) return known;
    const found = findOrOpenBalance(exposures.account(exposure), currency);
    exposures.setBalance(exposure, word, found);
    return found;
  }

  /** A balance of one of the venue's own accounts. */
  function ownBalance(account: number, currency: number, word: CurrencyWord): number {
    const known = currencies.balance(currency, word);
    if (known !== NO_SLOT) return known;
    const found = findOrOpenBalance(account, currency);
    currencies.setBalance(currency, word, found);
    return found;
  }

  /** The tier that an account is of, by its balance of a quote currency. */
  function tierOf(balance: number, quote: number, day: number): number {
    return currencies.hasTiers(quote) ? fees.tierOf(quote, volumes.total(balance, day)) : 0;
  }

  function worstPpm(order: number): number {
    return links[(order << HOLD_LINKS) + WORST_PPM]!;
  }

  /**
   * Posts each whole minor unit of what rounding fees down left, where no balance exceeds 2^53−1 by
   * it; else it waits. `rest` is in millionths.
   */
  function postFeeRest(currency: number, rest: number): void {
    const sum = currencies.feeRest(currency) + rest;
    let whole = Math.floor(sum / MILLION);
    if (whole > currencies.roundingRoom(currency)) {
      currencies.setRoundingRoom(currency, bounds.roundingRoom(currency));
      whole = Math.min(whole, currencies.roundingRoom(currency));
    }
    currencies.setFeeRest(currency, sum - whole * MILLION);
    if (whole === 0) return;
    currencies.setRoundingRoom(currency, currencies.roundingRoom(currency) - whole);
    const payer = ownBalance(ROUNDING, currency, ROUNDING_BALANCE);
    const collector = ownBalance(FEE, currency, FEE_BALANCE);
    balances.add(payer, -whole, 0);
    balances.add(collector, whole, 0);
    registers[AMOUNT] = whole;
    listener.onTransfer(FeeRounding, payer, collector);
  }

  return {
    /**
     * Settles the fill in `registers` between two reserved orders. In an auction nobody takes: both
     * pay the maker's fee. A balance is changed once for all that the fill does to it.
     */
    settle(
      market: number,
      takerSide: number,
      maker: number,
      taker: number,
      isAuction: boolean,
    ): void {
      const isTakerBuyer = takerSide === Buy;
      const buyer = isTakerBuyer ? taker : maker;
      const seller = isTakerBuyer ? maker : taker;
      const quote = markets.quote(market);
      const qty = registers[QTY]!;
      const notional = registers[PRICE]! * qty * markets.tickValue(market);
      const delivered = qty * markets.lotSize(market);
      registers[NOTIONAL] = notional;
      const buyerQuote = links[(buyer << HOLD_LINKS) + HOLDER]!;
      const sellerBase = links[(seller << HOLD_LINKS) + HOLDER]!;
      const sellerQuote = receiverOf(seller, QUOTE_BALANCE, quote);
      const buyerBase = receiverOf(buyer, BASE_BALANCE, markets.base(market));

      // By the volumes before the fill, whose days may have passed.
      const day = volumes.dayOf(clock, 0);
      const makerTier = tierOf(isTakerBuyer ? sellerQuote : buyerQuote, quote, day);
      const takerTier = tierOf(isTakerBuyer ? buyerQuote : sellerQuote, quote, day);
      const takerRate = isAuction
        ? markets.makerPpm(market, takerTier)
        : markets.takerPpm(market, takerTier);
      const makerPpm = Math.min(markets.makerPpm(market, makerTier), worstPpm(maker));
      const takerPpm = Math.min(takerRate, worstPpm(taker));
      const makerFee = feeOf(notional, makerPpm);
      const takerFee = feeOf(notional, takerPpm);
      const buyerFee = isTakerBuyer ? takerFee : makerFee;
      const sellerFee = isTakerBuyer ? makerFee : takerFee;
      registers[MAKER_FEE] = makerFee;
      registers[TAKER_FEE] = takerFee;

      // What this fill no longer needs is unlocked; postings move available money only.
      const bought = buyer << HOLD_WORDS;
      fits(market, Buy, words[bought + RESERVED_PRICE]!, registers[COVERED_QTY]!, worstPpm(buyer));
      const unlocked = words[bought + RESERVED]! - registers[REQUIRED]!;
      words[bought + RESERVED] = registers[REQUIRED]!;
      words[(seller << HOLD_WORDS) + RESERVED]! -= delivered;
      difference[AVAILABLE] = unlocked - notional - buyerFee;
      difference[LOCKED] = -unlocked;
      change(buyerQuote);
      difference[AVAILABLE] = 0;
      difference[LOCKED] = -delivered;
      change(sellerBase);
      difference[AVAILABLE] = delivered;
      difference[LOCKED] = 0;
      change(buyerBase);
      difference[AVAILABLE] = notional - sellerFee;
      change(sellerQuote);
      registers[AMOUNT] = delivered;
      listener.onTransfer(TradeBase, sellerBase, buyerBase);
      registers[AMOUNT] = notional;
      listener.onTransfer(TradeQuote, buyerQuote, sellerQuote);
      if (makerFee !== 0 || takerFee !== 0) {
        const collector = ownBalance(FEE, quote, FEE_BALANCE);
        difference[AVAILABLE] = makerFee + takerFee;
        change(collector);
        registers[AMOUNT] = buyerFee;
        if (buyerFee !== 0) listener.onTransfer(Fee, buyerQuote, collector);
        registers[AMOUNT] = sellerFee;
        if (sellerFee !== 0) listener.onTransfer(Fee, sellerQuote, collector);
      }
      const rest = feeRestOf(notional, makerPpm) + feeRestOf(notional, takerPpm);
      if (rest !== 0) postFeeRest(quote, rest);
      volumes.add(buyerQuote, day, registers, NOTIONAL);
      volumes.add(sellerQuote, day, registers, NOTIONAL);
      holds.addOpenQty(buyer, Buy, -qty);
      holds.addOpenQty(seller, Sell, -qty);
      if (balances.isShort(buyerQuote, NOTHING, 0)) {
        const trade = registers[REFERENCE_ID];
        throw new Error(`trade ${trade} cost its buyer more than was reserved`);
      }
    },
  };
}
