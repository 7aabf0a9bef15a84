/**
 * Rules that a golden journal meets on purpose, since drawn commands may miss them: transfers in
 * two steps, limits, permissions, slippage, bands, an auction, and trading with oneself. It needs
 * the venue of `golden-venue.ts`, calm, and leaves it so.
 */
import {
  KillSwitchAction,
  OrderType,
  Permission,
  SelfTradePrevention,
  Side,
  SlippageAction,
  SystemAccount,
  TimeInForce,
  TradingState,
  TransferAction,
  TransferMode,
} from '../../protocol/enums.ts';
import {
  type CommandWriter,
  deposit,
  killSwitch,
  massCancel,
  newTransfer,
  replaceOrder,
  resolveTransfer,
  reverseTransfer,
  setPermission,
  setPriceBand,
  setRiskLimits,
  setSlippage,
  setTradingState,
} from '../support/commands.ts';
import { ALICE, BOB, buy, CAROL, MARKET, order, sell } from './golden-orders.ts';
import { FIRST_TIME_US, MIDDLE_PRICE } from './golden-venue.ts';

const KRW = 3;
const IN_AN_HOUR_US = FIRST_TIME_US + 3_600_000_000;
const MARKET_ORDER = { orderType: OrderType.Market, timeInForce: TimeInForce.IOC } as const;

export function drill(): CommandWriter[] {
  return [
    ...transfersInTwoSteps(),
    ...reversals(),
    ...limits(),
    ...permissions(),
    ...killSwitches(),
    ...ordersSentAgain(),
    ...slippage(),
    ...priceBand(),
    ...auction(),
    ...selfTrades(),
  ];
}

function transfersInTwoSteps(): CommandWriter[] {
  const { Post, Void, MarkUnknown } = TransferAction;
  const resolve = (transferId: number, action: number, externalId = 0, amount = 0) =>
    resolveTransfer({ transferId, action, externalId, amount });
  return [
    transfer(901, SystemAccount.External, TransferMode.Pending),
    resolve(901, MarkUnknown),
    resolve(901, MarkUnknown, 5),
    resolve(901, Post, 6),
    resolve(901, Post, 5),
    resolve(901, Post, 5),
    resolve(901, Void, 5),
    transfer(902, BOB, TransferMode.Pending),
    resolve(902, MarkUnknown, 5),
    resolve(902, Post, 0, 10_000),
    resolve(902, Post, 0, 100),
    transfer(903, BOB, TransferMode.Pending),
    resolve(903, Void),
    transfer(904, SystemAccount.Pnl, TransferMode.Pending),
    transfer(904, SystemAccount.Pnl, TransferMode.Pending),
    transfer(904, SystemAccount.Pnl, TransferMode.OneStep),
    transfer(904, SystemAccount.Pnl, TransferMode.Pending, { businessRefId: 8 }),
    // Unknown, it does not expire; the other one does.
    transfer(912, SystemAccount.External, TransferMode.Pending, { expireTime: IN_AN_HOUR_US }),
    transfer(913, BOB, TransferMode.Pending, { expireTime: IN_AN_HOUR_US }),
    resolve(912, MarkUnknown, 7),
  ];
}

function reversals(): CommandWriter[] {
  const reverse = (transferId: number, originalTransferId: number, amount: number) =>
    reverseTransfer({ transferId, originalTransferId, amount });
  return [
    transfer(905, BOB, TransferMode.OneStep),
    transfer(905, BOB, TransferMode.OneStep),
    transfer(905, CAROL, TransferMode.OneStep),
    reverse(906, 905, 100),
    reverse(907, 905, 300),
    reverse(908, 906, 1),
    reverse(909, 905, 0),
    deposit({ accountId: ALICE, currencyId: KRW, amount: 77, transferId: 910 }),
    reverse(911, 910, 0),
    reverse(906, 910, 100),
  ];
}

function transfer(
  transferId: number,
  creditAccountId: number,
  mode: number,
  terms: Parameters<typeof newTransfer>[0] = {},
): CommandWriter {
  const accounts = { debitAccountId: ALICE, creditAccountId };
  return newTransfer({ transferId, ...accounts, currencyId: KRW, amount: 300, mode, ...terms });
}

function limits(): CommandWriter[] {
  const scope = { accountId: ALICE, symbolId: MARKET };
  const notional = 2 * MIDDLE_PRICE - 1;
  return [
    setRiskLimits({ ...scope, maxOrderQty: 1 }),
    buy(1, MIDDLE_PRICE),
    buy(2, MIDDLE_PRICE),
    setRiskLimits({ accountId: 0, symbolId: MARKET, maxOrderNotional: notional }),
    setRiskLimits(scope),
    buy(2, MIDDLE_PRICE),
    setRiskLimits({ accountId: 0, symbolId: MARKET }),
    setRiskLimits({ accountId: ALICE, symbolId: 0, maxPosition: 1 }),
    buy(2, MIDDLE_PRICE),
    massCancel({ accountId: ALICE }),
    setRiskLimits({ accountId: ALICE, symbolId: 0, maxOpenOrders: 1 }),
    buy(2, MIDDLE_PRICE),
    buy(2, MIDDLE_PRICE),
    setRiskLimits({ accountId: ALICE, symbolId: 0, maxMessageRate: 1 }),
    buy(2, MIDDLE_PRICE),
    buy(2, MIDDLE_PRICE),
    buy(2, MIDDLE_PRICE),
    setRiskLimits({ accountId: ALICE, symbolId: 0 }),
    massCancel({ accountId: ALICE }),
    ...whatLimitsAllow(),
  ];
}

/** Sells and changes to less need no room for a position; a stop to sell counts at its trigger. */
function whatLimitsAllow(): CommandWriter[] {
  const inMarket = { accountId: ALICE, symbolId: MARKET };
  const price = MIDDLE_PRICE - 9;
  const stop = { orderType: OrderType.Stop, price: 0, stopPrice: MIDDLE_PRICE };
  return [
    buy(3, price, { clientOrderId: 9_500 }),
    setRiskLimits({ accountId: ALICE, symbolId: 0, maxPosition: 1 }),
    replaceOrder({ ...inMarket, clientOrderId: 9_500, price, qty: 2 }),
    sell(2, MIDDLE_PRICE + 9, ALICE),
    setRiskLimits({ accountId: ALICE, symbolId: 0 }),
    setRiskLimits({ ...inMarket, maxOrderNotional: MIDDLE_PRICE - 1 }),
    order({ ...stop, qty: 1, side: Side.Sell, maxSlippageBps: 5_000 }),
    setRiskLimits(inMarket),
    massCancel({ ...inMarket, side: Side.Buy }),
    massCancel({ ...inMarket, symbolId: 1 }),
    massCancel(inMarket),
  ];
}

function permissions(): CommandWriter[] {
  const { Active, CloseOnly, Suspended } = Permission;
  const orders = [buy(1, MIDDLE_PRICE - 9), sell(1, MIDDLE_PRICE + 9, ALICE)];
  return [
    setPermission({ accountId: ALICE, permission: CloseOnly }),
    ...orders,
    setPermission({ accountId: ALICE, permission: Suspended }),
    ...orders,
    massCancel({ accountId: ALICE }),
    setPermission({ accountId: ALICE, permission: Active }),
  ];
}

/** One does not release another. */
function killSwitches(): CommandWriter[] {
  const { Engage, Release } = KillSwitchAction;
  const ofMarket = { symbolId: MARKET };
  return [
    buy(1, MIDDLE_PRICE - 9),
    killSwitch({ ...ofMarket, action: Engage }),
    buy(1, MIDDLE_PRICE - 9),
    buy(1, MIDDLE_PRICE - 9, { symbolId: 1 }),
    killSwitch({ action: Engage }),
    buy(1, MIDDLE_PRICE - 9, { symbolId: 1 }),
    killSwitch({ action: Release }),
    buy(1, MIDDLE_PRICE - 9),
    killSwitch({ ...ofMarket, action: Release }),
    buy(1, MIDDLE_PRICE - 9),
    massCancel({ accountId: ALICE }),
  ];
}

/** One that filled in part, one that was refused; the last time it is another order. */
function ordersSentAgain(): CommandWriter[] {
  const filled = buy(5, MIDDLE_PRICE, { clientOrderId: 9_300 });
  const refused = buy(5, MIDDLE_PRICE, { clientOrderId: 9_301, symbolId: 99 });
  return [
    sell(2, MIDDLE_PRICE - 1, BOB),
    sell(1, MIDDLE_PRICE, CAROL),
    ...[filled, filled, refused, refused],
    buy(6, MIDDLE_PRICE, { clientOrderId: 9_300 }),
    massCancel({ accountId: ALICE }),
    filled,
  ];
}

function slippage(): CommandWriter[] {
  const { Reject } = SlippageAction;
  const market = { ...MARKET_ORDER, price: 0 };
  const clientOrderId = 9_100;
  return [
    sell(5, MIDDLE_PRICE, BOB, { clientOrderId }),
    sell(5, MIDDLE_PRICE + 100, BOB),
    order({ ...market, qty: 6, maxSlippageBps: 50, slippageAction: Reject }),
    order({ ...market, qty: 0, amount: 1 }),
    order({ ...market, qty: 0, amount: 2 * MIDDLE_PRICE + 300 }),
    replaceOrder({ accountId: BOB, symbolId: MARKET, clientOrderId, price: MIDDLE_PRICE, qty: 1 }),
    order({ ...market, qty: 6, maxSlippageBps: 50 }),
    setSlippage({ symbolId: MARKET, maxSlippageBps: 100 }),
    order({ ...market, orderType: OrderType.Stop, timeInForce: TimeInForce.GTC, stopPrice: 1_050 }),
    order({ price: MIDDLE_PRICE + 100 }),
    setSlippage({ symbolId: MARKET, maxSlippageBps: 0 }),
    massCancel({ accountId: ALICE }),
    massCancel({ accountId: BOB }),
    sell(5, MIDDLE_PRICE, BOB),
    sell(5, MIDDLE_PRICE + 100, BOB),
    order({ ...market, qty: 0, amount: 7 * MIDDLE_PRICE + 150 }),
    massCancel({ accountId: BOB }),
  ];
}

function priceBand(): CommandWriter[] {
  const symbolId = MARKET;
  return [
    sell(1, MIDDLE_PRICE, BOB, { clientOrderId: 9_400 }),
    sell(1, MIDDLE_PRICE + 100, BOB),
    setPriceBand({ symbolId, referencePrice: MIDDLE_PRICE, bandTicks: 5 }),
    replaceOrder({
      ...{ accountId: BOB, symbolId, clientOrderId: 9_400 },
      ...{ price: MIDDLE_PRICE + 6, qty: 1 },
    }),
    buy(1, MIDDLE_PRICE + 6),
    order({ qty: 1, price: MIDDLE_PRICE, postOnly: 1 }),
    order({ ...MARKET_ORDER, price: 0, qty: 2 }),
    setPriceBand({ symbolId, referencePrice: 0, bandTicks: 0 }),
    massCancel({ accountId: BOB }),
  ];
}

function auction(): CommandWriter[] {
  const symbolId = MARKET;
  const { Auction, Continuous, PreOpen } = TradingState;
  return [
    setTradingState({ symbolId, state: PreOpen }),
    order({ ...MARKET_ORDER, price: 0, qty: 9 }),
    setPriceBand({ symbolId, referencePrice: MIDDLE_PRICE, bandTicks: 5 }),
    order({ ...MARKET_ORDER, price: 0, qty: 9 }),
    sell(3, MIDDLE_PRICE - 2, BOB),
    sell(4, MIDDLE_PRICE + 1, CAROL),
    setTradingState({ symbolId, state: Auction }),
    setTradingState({ symbolId, state: Continuous }),
    setPriceBand({ symbolId, referencePrice: 0, bandTicks: 0 }),
  ];
}

/** In each mode, with another's order behind. */
function selfTrades(): CommandWriter[] {
  const modes = Object.values(SelfTradePrevention).filter((mode) => mode !== 0);
  return modes.flatMap((selfTradePrevention) => [
    sell(4, MIDDLE_PRICE, ALICE),
    sell(4, MIDDLE_PRICE, BOB),
    order({ qty: 6, price: MIDDLE_PRICE, selfTradePrevention }),
    massCancel({ accountId: ALICE }),
    massCancel({ accountId: BOB }),
  ]);
}
