/**
 * Answers a gateway's request for an image of the books: the venue's mode, and the definitions,
 * states, price bands and levels of all markets, between BookImageBegin and BookImageEnd. It is no
 * command: nothing changes, and journal and hash do not see it.
 */
import { ADD_CURRENCY, ADD_SYMBOL } from '../protocol/command-layout.ts';
import { Side } from '../protocol/enums.ts';
import {
  BOOK_IMAGE,
  BOOK_LEVEL,
  PRICE_BAND_CHANGED,
  TRADING_STATE_CHANGED,
  VENUE_MODE_CHANGED,
} from '../protocol/event-layout.ts';
import { BookImage, BookLevel, PriceBandChanged, TradingStateChanged } from '../protocol/events.ts';
import { AddCurrency, AddSymbol } from '../protocol/venue-commands.ts';
import { VenueModeChanged } from '../protocol/venue-mode.ts';
import type { EventSink } from './event-sink.ts';
import type { Exchange } from './exchange.ts';
import { levelView, orderedLevels } from './state-view.ts';

/** @param imageNumber by which the gateway knows the answer to its last request from others */
export function writeBookImage(
  exchange: Exchange,
  sink: EventSink,
  gatewayId: number,
  imageNumber: number,
): void {
  const { sequence } = exchange;
  const bracket = new BookImage();
  bracket.writeBegin(sink.record, sink.claim(BOOK_IMAGE.length));
  Object.assign(bracket, { sequence, gatewayId, imageNumber });
  writeDefinitions(exchange, sink);
  for (let index = 0; index < exchange.symbols.length; index++) {
    writeLevels(exchange, sink, index, Side.Buy);
    writeLevels(exchange, sink, index, Side.Sell);
  }
  bracket.writeEnd(sink.record, sink.claim(BOOK_IMAGE.length));
  Object.assign(bracket, { sequence, gatewayId, imageNumber });
}

function writeDefinitions(exchange: Exchange, sink: EventSink): void {
  const { mode, cancelOnlyReasons: reasons } = exchange.venue;
  const venueMode = new VenueModeChanged().write(
    sink.record,
    sink.claim(VENUE_MODE_CHANGED.length),
  );
  Object.assign(venueMode, { sequence: exchange.sequence, mode, reasons });
  const currency = new AddCurrency();
  for (const definition of exchange.currencies) {
    const at = sink.claim(ADD_CURRENCY.length);
    Object.assign(currency.write(sink.record, at), definition);
  }
  const symbol = new AddSymbol();
  for (const definition of exchange.symbols) {
    const at = sink.claim(ADD_SYMBOL.length);
    Object.assign(symbol.write(sink.record, at), definition);
  }
  const { sequence } = exchange;
  const change = new TradingStateChanged();
  const band = new PriceBandChanged();
  for (const { symbolId, state, referencePrice, bandTicks } of exchange.engine.books) {
    let at = sink.claim(TRADING_STATE_CHANGED.length);
    Object.assign(change.write(sink.record, at), { sequence, symbolId, state });
    at = sink.claim(PRICE_BAND_CHANGED.length);
    const terms = { sequence, symbolId, referencePrice, bandTicks };
    Object.assign(band.write(sink.record, at), terms);
  }
}

function writeLevels(exchange: Exchange, sink: EventSink, index: number, side: number): void {
  const level = new BookLevel();
  for (const slot of orderedLevels(exchange, index, side)) {
    const at = sink.claim(BOOK_LEVEL.length);
    Object.assign(level.write(sink.record, at), levelView(exchange, side, slot));
    level.sequence = exchange.sequence;
    level.symbolId = exchange.symbols[index]!.symbolId;
  }
}
