/**
 * How the venue of a golden journal begins, and the refusals of a venue that is at its bounds.
 */
import { VenueMode, VenueModeReason } from '../../protocol/enums.ts';
import {
  addCurrency,
  addSymbol,
  type CommandWriter,
  deposit,
  massCancel,
  newOrder,
  newTransfer,
  setFees,
  setFeeTier,
  setLimits,
  setRiskLimits,
  setRulesVersion,
  setVenueMode,
  withdraw,
} from '../support/commands.ts';

export const ACCOUNTS = [1, 2, 3, 4, 5, Number.MAX_SAFE_INTEGER];
export const CURRENCIES = [1, 2, 3];
export const SYMBOLS = [1, 2, 3];
export const MIDDLE_PRICE = 1_000;
export const FIRST_TIME_US = 1_767_225_600_000_000; // 2026-01-01
const [BTC, ETH, KRW] = [1, 2, 3];
/** Of nobody but the commands at the end. */
const GOLD = 4;
const MAX_INT = Number.MAX_SAFE_INTEGER;
const CLIENT_ORDER_ID_SECONDS = 30;
const LIMITS = { clientOrderIdSeconds: CLIENT_ORDER_ID_SECONDS, maxClientOrderIds: 4_096 };

/** Three markets with odd fees, of which two share their quote currency; money for everybody. */
export function openVenue(): CommandWriter[] {
  const money = ACCOUNTS.flatMap((accountId) => [
    deposit({ accountId, currencyId: BTC, amount: 50_000 }),
    deposit({ accountId, currencyId: ETH, amount: 20_000, transferId: accountId }),
    deposit({ accountId, currencyId: KRW, amount: 3_000_000 }),
  ]);
  return [
    setLimits(LIMITS),
    addCurrency({ currencyId: BTC, decimals: 8, code: 'BTC' }),
    addCurrency({ currencyId: ETH, decimals: 8, kind: 1, code: 'ETH' }),
    addCurrency({ currencyId: KRW, decimals: 0, code: 'KRW' }),
    addMarket(1, BTC, KRW, { lotSize: 100, tickValue: 3, code: 'BTC/KRW' }),
    addMarket(2, ETH, KRW, { lotSize: 7, tickValue: 1, code: 'ETH/KRW' }),
    addMarket(3, BTC, ETH, { lotSize: 10, tickValue: 1, code: 'BTC/ETH' }),
    setFees({ symbolId: 1, makerFeePpm: 333, takerFeePpm: 777, tier: 1 }),
    setFeeTier({ currencyId: KRW, tier: 1, minVolume: 500_000 }),
    ...money,
  ];
}

/** Each bound is set so that it is met, and set back at the end. */
export function strainVenue(): CommandWriter[] {
  const inGold = { currencyId: GOLD, amount: MAX_INT };
  const order = { accountId: 1, symbolId: 1, price: 1 };
  return [
    addCurrency({ currencyId: KRW, decimals: 0, code: 'WON' }),
    addMarket(1, BTC, KRW, { code: 'BTC/WON' }),
    addMarket(9, BTC, BTC, { code: 'BTC/BTC' }),
    addMarket(9, BTC, 99, { code: 'BTC/NIL' }),
    addCurrency({ currencyId: GOLD, decimals: 2, code: 'GOLD' }),
    deposit({ accountId: 1, ...inGold }),
    deposit({ accountId: 2, ...inGold }),
    withdraw({ accountId: 1, currencyId: GOLD, amount: 1 }),
    newTransfer({ debitAccountId: 1, creditAccountId: 1, currencyId: GOLD, amount: 1 }),
    newOrder({ ...order, price: MAX_INT, qty: 9 }),
    newOrder({ ...order, qty: MAX_INT }),
    setLimits({ ...LIMITS, maxCurrencies: 4, maxSymbols: 3, maxAccounts: 6, maxTransfers: 1 }),
    addCurrency({ currencyId: 5, decimals: 2, code: 'OIL' }),
    addMarket(4, BTC, GOLD, { code: 'BTC/GOLD' }),
    deposit({ accountId: 99, currencyId: KRW, amount: 1 }),
    deposit({ accountId: 1, currencyId: KRW, amount: 1, transferId: 777 }),
    setLimits({ ...LIMITS, maxOpenOrders: 1, maxClientOrderIds: 1 }),
    newOrder({ ...order, clientOrderId: 9_001 }),
    newOrder({ ...order, clientOrderId: 9_002 }),
    newOrder(order),
    newOrder(order),
    setLimits(LIMITS),
  ];
}

/** Activates a version of the rules, and does what versions decide otherwise. */
export function changeRules(rulesVersion: number): CommandWriter[] {
  const newId = 60 + rulesVersion;
  return [
    setRulesVersion({ rulesVersion }),
    setRulesVersion({ rulesVersion: 1 }),
    addCurrency({ currencyId: newId, decimals: 0, code: 'KRW' }),
    addMarket(newId, BTC, KRW, { code: 'BTC/KRW' }),
    ...positions(newId),
    ...cancelsOnly(newId),
  ];
}

/** A limit over all markets meets part of a lot, and an open buy in another market. */
function positions(accountId: number): CommandWriter[] {
  const buy = (symbolId: number, qty: number) =>
    newOrder({ accountId, symbolId, price: MIDDLE_PRICE - 9, qty });
  const limit = (maxPosition: number) => setRiskLimits({ accountId, symbolId: 0, maxPosition });
  return [
    deposit({ accountId, currencyId: BTC, amount: 250 }),
    deposit({ accountId, currencyId: ETH, amount: 100_000 }),
    deposit({ accountId, currencyId: KRW, amount: 1_000_000 }),
    limit(3),
    buy(1, 1),
    limit(0),
    buy(3, 20),
    limit(5),
    buy(1, 2),
    limit(0),
    massCancel({ accountId }),
  ];
}

/** What is there can be ended, nothing can begin. */
function cancelsOnly(newId: number): CommandWriter[] {
  const reason = VenueModeReason.Operator;
  const begins = [
    newOrder({ accountId: 1, price: MIDDLE_PRICE }),
    deposit({ accountId: 1, currencyId: KRW, amount: 1 }),
    newTransfer({ debitAccountId: 1, creditAccountId: 2, currencyId: KRW, amount: 1 }),
    addCurrency({ currencyId: newId + 20, decimals: 0, code: `N${newId}` }),
  ];
  return [
    setVenueMode({ mode: VenueMode.CancelOnly, reason }),
    ...begins,
    massCancel({ accountId: 1 }),
    setVenueMode({ mode: VenueMode.Normal, reason }),
  ];
}

function addMarket(
  symbolId: number,
  baseCurrencyId: number,
  quoteCurrencyId: number,
  terms: { readonly lotSize?: number; readonly tickValue?: number; readonly code: string },
): CommandWriter {
  const fees = { makerFeePpm: 1_001, takerFeePpm: 2_003 };
  return addSymbol({ symbolId, baseCurrencyId, quoteCurrencyId, ...fees, ...terms });
}
