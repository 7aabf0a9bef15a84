/**
 * Answers a gateway's request for an image of the books: the definitions, states and levels
 * of all markets, between BookImageBegin and BookImageEnd. It is no command: nothing changes, and journal
 * and hash do not see it.
 */
import { ADD_CURRENCY, ADD_SYMBOL } from '../protocol/command-layout.ts';
import { Side } from '../protocol/enums.ts';
import { BOOK_IMAGE, BOOK_LEVEL, TRADING_STATE_CHANGED } from '../protocol/event-layout.ts';
import { BookImage, BookLevel, TradingStateChanged } from '../protocol/events.ts';
import { AddCurrency, AddSymbol } from '../protocol/venue-commands.ts';
import type { EventSink } from './event-sink.ts';
import type { Exchange } from './exchange.ts';
import { levelView, orderedLevels } from './state-view.ts';

export function writeBookImage(exchange: Exchange, sink: EventSink, gatewayId: number): void {
  const bracket = new BookImage();
  let at = sink.claim(BOOK_IMAGE.length);
  bracket.writeBegin(sink.record, at);
  bracket.sequence = exchange.sequence;
  bracket.gatewayId = gatewayId;
  writeDefinitions(exchange, sink);
  for (let index = 0; index < exchange.symbols.length; index++) {
    writeLevels(exchange, sink, index, Side.Buy);
    writeLevels(exchange, sink, index, Side.Sell);
  }
  at = sink.claim(BOOK_IMAGE.length);
  bracket.writeEnd(sink.record, at);
  bracket.sequence = exchange.sequence;
  bracket.gatewayId = gatewayId;
}

function writeDefinitions(exchange: Exchange, sink: EventSink): void {
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
  const change = new TradingStateChanged();
  for (const { symbolId, state } of exchange.engine.books) {
    const at = sink.claim(TRADING_STATE_CHANGED.length);
    Object.assign(change.write(sink.record, at), { symbolId, state });
    change.sequence = exchange.sequence;
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
