/**
 * Matching and fees where their rules decide between orders that drawn commands rarely bring
 * together: who of two is first, which of two prices an auction takes, when a tier is reached. Each
 * would come out otherwise by another rule.
 */
import { OrderType, Side, TimeInForce, TradingState } from '../../protocol/enums.ts';
import {
  type CommandWriter,
  replaceOrder,
  setFees,
  setFeeTier,
  setPriceBand,
  setTradingState,
} from '../support/commands.ts';
import {
  ALICE,
  BOB,
  buy,
  CAROL,
  clearBooks,
  DAVE,
  ERIN,
  MARKET,
  order,
  sell,
} from './golden-orders.ts';
import { ACCOUNTS, MIDDLE_PRICE } from './golden-venue.ts';

const PRICE = MIDDLE_PRICE;
const KRW = 3;
/** BTC/ETH, in which nobody has traded yet. */
const NEW_MARKET = 3;
/** Of the last account, which has not traded yet. */
const NEW_ACCOUNT = { accountId: ACCOUNTS.at(-1)! };

export function matchingDrill(): CommandWriter[] {
  return [
    ...placesInLevel(),
    ...icebergs(),
    ...stopsInOrder(),
    ...auction(NEW_MARKET, []),
    ...auction(NEW_MARKET, []),
    ...auction(MARKET, [setPriceBand({ symbolId: MARKET, referencePrice: PRICE + 4 })]),
    ...openingWithoutAuction(),
    ...exactFeeRest(),
    ...raisedFees(),
    ...tiers(),
  ];
}

/** First come first, a replace with less keeps its place, one with more loses it. */
function placesInLevel(): CommandWriter[] {
  const replace = (clientOrderId: number, qty: number) =>
    replaceOrder({ accountId: BOB, symbolId: MARKET, clientOrderId, price: PRICE, qty });
  return [
    sell(3, PRICE, BOB, { clientOrderId: 9_200 }),
    sell(3, PRICE, CAROL),
    sell(3, PRICE, BOB, { clientOrderId: 9_201 }),
    sell(3, PRICE, DAVE),
    replace(9_200, 4),
    replace(9_201, 2),
    buy(4, PRICE),
    replace(9_201, 1),
    buy(5, PRICE),
    ...clearBooks(),
  ];
}

function icebergs(): CommandWriter[] {
  return [
    sell(9, PRICE, BOB, { displayQty: 2 }),
    sell(5, PRICE, CAROL, { displayQty: 3 }),
    sell(3, PRICE, DAVE),
    buy(3, PRICE),
    buy(4, PRICE),
    buy(2, PRICE + 1, { displayQty: 1 }),
    buy(9, PRICE, { displayQty: 4 }),
    ...clearBooks(),
    sell(5, PRICE, BOB, { displayQty: 2 }),
    buy(6, PRICE, { timeInForce: TimeInForce.FOK }),
    buy(5, PRICE, { timeInForce: TimeInForce.FOK }),
  ];
}

/** One sweep hits buy stops and sell stops, two of each at one price. */
function stopsInOrder(): CommandWriter[] {
  const stop = { orderType: OrderType.StopLimit, qty: 1 };
  const toSell = { ...stop, side: Side.Sell, stopPrice: PRICE, price: PRICE - 20 };
  const toBuy = { ...stop, stopPrice: PRICE + 10, price: PRICE + 20 };
  return [
    sell(1, PRICE + 5, BOB),
    buy(1, PRICE + 5),
    order({ ...toSell, accountId: DAVE }),
    order({ ...toSell, accountId: ERIN }),
    order({ ...toSell, accountId: CAROL, stopPrice: PRICE + 1 }),
    order({ ...toBuy, accountId: DAVE }),
    order({ ...toBuy, accountId: ERIN }),
    order({ ...toBuy, accountId: BOB, stopPrice: PRICE + 9 }),
    sell(1, PRICE, BOB),
    sell(1, PRICE + 10, BOB),
    sell(1, PRICE + 11, CAROL),
    buy(1, PRICE - 5, { accountId: CAROL }),
    buy(2, PRICE + 10),
    ...clearBooks(),
  ];
}

/**
 * As much trades from 5 ticks below the middle price to 10 above, with nobody left over only above
 * the middle: there the reference price decides, or else the last one, or else the middle.
 */
function auction(symbolId: number, reference: readonly CommandWriter[]): CommandWriter[] {
  const { Auction, Continuous, PreOpen } = TradingState;
  const inMarket = { symbolId };
  return [
    setFees({ symbolId, makerFeePpm: 0, takerFeePpm: 0 }),
    setTradingState({ symbolId, state: PreOpen }),
    ...reference,
    buy(5, PRICE + 10, inMarket),
    buy(3, PRICE, inMarket),
    sell(2, PRICE - 5, BOB, inMarket),
    sell(4, PRICE - 5, CAROL, { ...inMarket, displayQty: 2 }),
    buy(1, PRICE + 3, { ...inMarket, accountId: DAVE }),
    setTradingState({ symbolId, state: Auction }),
    setTradingState({ symbolId, state: Continuous }),
    ...clearBooks(),
  ];
}

/** Continuous trading uncrosses too, and stops are held against the price of that. */
function openingWithoutAuction(): CommandWriter[] {
  const { Continuous, PreOpen } = TradingState;
  const stop = { orderType: OrderType.StopLimit, stopPrice: PRICE - 4, price: PRICE - 10 };
  return [
    setTradingState({ symbolId: MARKET, state: PreOpen }),
    buy(5, PRICE - 5),
    sell(3, PRICE - 5, BOB),
    sell(1, PRICE - 10, DAVE, stop),
    setTradingState({ symbolId: MARKET, state: Continuous }),
    sell(1, PRICE - 10, ERIN, stop),
    ...clearBooks(),
  ];
}

/** Half a minor unit is rounded off both fees: together they are one. */
function exactFeeRest(): CommandWriter[] {
  const inMarket = { symbolId: NEW_MARKET };
  return [
    setFees({ ...inMarket, makerFeePpm: 1_000, takerFeePpm: 1_000 }),
    sell(1, PRICE / 2, BOB, inMarket),
    buy(1, PRICE / 2, inMarket),
    setFees({ ...inMarket, makerFeePpm: 1_001, takerFeePpm: 2_003 }),
  ];
}

/** The second tier is reached exactly; the first is passed by whoever trades on. */
function tiers(): CommandWriter[] {
  return [
    setFees({ symbolId: MARKET, makerFeePpm: 1_001, takerFeePpm: 2_003 }),
    setFees({ symbolId: MARKET, makerFeePpm: 601, takerFeePpm: 907, tier: 1 }),
    setFees({ symbolId: MARKET, makerFeePpm: 0, takerFeePpm: 411, tier: 2 }),
    setFeeTier({ currencyId: KRW, tier: 1, minVolume: 10_000 }),
    setFeeTier({ currencyId: KRW, tier: 2, minVolume: 30 * PRICE }),
    sell(32, PRICE, BOB),
    buy(29, PRICE, NEW_ACCOUNT),
    buy(1, PRICE, NEW_ACCOUNT),
    buy(1, PRICE, NEW_ACCOUNT),
    buy(1, PRICE, { accountId: ALICE }),
    ...daysLater(29),
    ...daysLater(1),
    setFeeTier({ currencyId: KRW, tier: 2, minVolume: 200_000 }),
    ...clearBooks(),
  ];
}

function daysLater(days: number): CommandWriter[] {
  const inBook = { time: days * 86_400_000_000 };
  return [sell(1, PRICE, BOB, inBook), buy(1, PRICE, NEW_ACCOUNT)];
}

/** An order that rests pays no more than when it came. */
function raisedFees(): CommandWriter[] {
  return [
    sell(9, PRICE, BOB),
    setFees({ symbolId: MARKET, makerFeePpm: 9_000, takerFeePpm: 9_500 }),
    buy(5, PRICE),
    setFees({ symbolId: MARKET, makerFeePpm: 1_001, takerFeePpm: 2_003 }),
    ...clearBooks(),
  ];
}
