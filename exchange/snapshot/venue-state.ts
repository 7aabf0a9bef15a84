/** Of a snapshot: the clock, limits, currencies and markets, with their fees, states and bands. */
import { REGISTERS } from '../../engine/engine-state.ts';
import { TIERS } from '../../risk/currencies.ts';
import type { Exchange } from '../exchange.ts';
import { addText, nextText, Section, type StateReader, type StateWriter } from './state-stream.ts';

const VERSION = 1;

export function saveVenue(exchange: Exchange, to: StateWriter): void {
  const { currencies, engine, events, limits, symbols } = exchange;
  to.section(Section.Venue, VERSION);
  for (const value of [exchange.sequence, exchange.time, exchange.lastTradeId]) to.add(value);
  to.add(exchange.rules.version);
  to.add(exchange.venue.cancelOnlyReasons);
  to.add(events.hash.low);
  to.add(events.hash.high);
  to.add(limits.maxOpenOrders);
  to.add(limits.maxAccounts);
  to.add(limits.maxCurrencies);
  to.add(limits.maxSymbols);
  to.add(limits.maxTransfers);
  to.add(limits.clientOrderIdSeconds);
  to.add(limits.maxClientOrderIds);
  to.add(currencies.length);
  for (let currency = 0; currency < currencies.length; currency++) {
    saveCurrency(exchange, currency, to);
  }
  to.add(symbols.length);
  for (let market = 0; market < symbols.length; market++) {
    saveMarket(exchange, market, to);
    const { state, referencePrice, bandTicks, lastPrice } = engine.books[market]!;
    for (const value of [state, referencePrice, bandTicks, lastPrice]) to.add(value);
  }
}

export function loadVenue(exchange: Exchange, from: StateReader): void {
  const { engine, events, venue } = exchange;
  from.section(Section.Venue);
  exchange.sequence = from.next();
  const time = from.next();
  exchange.clock[0] = time;
  engine.clock[0] = time;
  engine.state.registers[REGISTERS.tradeId] = from.next();
  exchange.rules.activate(from.next());
  venue.cancelOnlyReasons = from.next();
  events.hash.restore(from.next(), from.next());
  venue.limits = {
    maxOpenOrders: from.next(),
    maxAccounts: from.next(),
    maxCurrencies: from.next(),
    maxSymbols: from.next(),
    maxTransfers: from.next(),
    clientOrderIdSeconds: from.next(),
    maxClientOrderIds: from.next(),
  };
  for (let count = from.next(); count > 0; count--) loadCurrency(exchange, from);
  for (let count = from.next(); count > 0; count--) {
    loadMarket(exchange, from);
    const book = engine.books.at(-1)!;
    book.state = from.next();
    book.setBand(from.next(), from.next());
    book.lastPrice = from.next();
  }
}

function saveCurrency({ currencies, risk }: Exchange, currency: number, to: StateWriter): void {
  const { currencyId, decimals, kind, code } = currencies[currency]!;
  for (const value of [currencyId, decimals, kind]) to.add(value);
  addText(to, code);
  to.add(risk.feeRest(currency));
  for (let tier = 0; tier < TIERS; tier++) to.add(risk.state.currencies.minVolume(currency, tier));
}

function loadCurrency({ risk, venue }: Exchange, from: StateReader): void {
  const [currencyId, decimals, kind] = [from.next(), from.next(), from.next()];
  venue.defineCurrency({ currencyId, decimals, kind, code: nextText(from) });
  const currency = venue.currencies.length - 1;
  risk.state.currencies.setFeeRest(currency, from.next());
  for (let tier = 0; tier < TIERS; tier++) {
    risk.state.currencies.setMinVolume(currency, tier, from.next());
  }
}

function saveMarket({ desk, risk, symbols, venue }: Exchange, market: number, to: StateWriter) {
  const { symbolId, baseCurrencyId, quoteCurrencyId, lotSize, tickValue, code } = symbols[market]!;
  for (const value of [symbolId, baseCurrencyId, quoteCurrencyId, lotSize, tickValue]) {
    to.add(value);
  }
  addText(to, code);
  for (let tier = 0; tier < TIERS; tier++) {
    const { makerPpm, takerPpm } = risk.fees.setFor(market, tier);
    to.add(makerPpm);
    to.add(takerPpm);
  }
  to.add(Number(risk.preTrade.isMarketStopped(market)));
  to.add(desk.maxSlippageBps[market] ?? 0);
  const { gatewayId, time } = venue.stateChange(market);
  to.add(gatewayId);
  to.add(time);
}

function loadMarket({ desk, risk, venue }: Exchange, from: StateReader): void {
  const symbolId = from.next();
  const [baseCurrencyId, quoteCurrencyId] = [from.next(), from.next()];
  const [lotSize, tickValue] = [from.next(), from.next()];
  const code = nextText(from);
  const [makerFeePpm, takerFeePpm] = [from.next(), from.next()];
  const currencies = { baseCurrencyId, quoteCurrencyId };
  venue.defineSymbol({
    ...{ symbolId, ...currencies, lotSize, tickValue },
    ...{ makerFeePpm, takerFeePpm, code },
  });
  const market = venue.symbols.length - 1;
  for (let tier = 1; tier < TIERS; tier++) {
    risk.fees.setFees(market, tier, from.next(), from.next());
  }
  if (from.next() !== 0) risk.preTrade.stopMarket(market, true);
  desk.maxSlippageBps[market] = from.next();
  venue.noteStateChange(market, { gatewayId: from.next(), time: from.next() });
}
