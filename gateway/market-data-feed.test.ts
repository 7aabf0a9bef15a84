/** What subscribers are told, and what is counted while nobody listens. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Side, TakerSide } from '../protocol/enums.ts';
import { BookLevel, Trade } from '../protocol/events.ts';
import { RecordBuffer } from '../protocol/record.ts';
import { BookReplica } from './book-replica.ts';
import { MarketDataFeed, topicOf } from './market-data-feed.ts';

const SYMBOL = 1;
const BOOK_TOPIC = topicOf('book', SYMBOL, 'json');

function made() {
  const replica = new BookReplica();
  const terms = { lotSize: 1, tickValue: 1, makerFeePpm: 0, takerFeePpm: 0 };
  const currencies = { baseCurrencyId: 2, quoteCurrencyId: 1 };
  replica.addSymbol({ symbolId: SYMBOL, code: 'A/B', ...currencies, ...terms });
  const told: Record<string, unknown>[] = [];
  const publisher = {
    numSubscribers: (topic: string) => Number(topic.endsWith('/json')),
    publish: (topic: string, message: string | Uint8Array) => {
      told.push({ topic, ...JSON.parse(String(message)) });
      return true;
    },
  };
  const feed = new MarketDataFeed(replica, publisher, 10);
  const record = RecordBuffer.allocate(256);
  const level = (price: number) => {
    const terms = { symbolId: SYMBOL, side: Side.Buy, price, qty: 1, orderCount: 1 };
    feed.onLevel(Object.assign(new BookLevel().write(record, 0), terms));
  };
  const trade = () => {
    const terms = { symbolId: SYMBOL, price: 5, qty: 1, takerSide: TakerSide.Buy };
    feed.onTrade(Object.assign(new Trade().write(record, 0), terms), 1);
  };
  const version = () => replica.book(SYMBOL, 1)?.version;
  return { feed, told, level, trade, version };
}

describe('the market-data feed', () => {
  it('counts each change of a book once, though nobody listens, and tells nobody', () => {
    const { feed, told, level, trade, version } = made();
    level(1);
    level(2);
    trade();
    feed.endGroup(1, 1);
    level(3);
    feed.endGroup(2, 2);
    assert.deepEqual(told, []);
    assert.equal(version(), 2);
    assert.equal((feed.snapshot('trades', SYMBOL) as { number: number }).number, 1);
  });

  it('tells who listens every change from then on, numbered behind the snapshot', () => {
    const { feed, told, level, version } = made();
    level(1);
    feed.endGroup(1, 1);
    level(2);
    // In the middle of a group: the snapshot has what came of it already.
    feed.onSubscriptions('book', SYMBOL, 1);
    assert.equal((feed.snapshot('book', SYMBOL) as { version: number }).version, 1);
    level(3);
    feed.endGroup(2, 2);
    level(4);
    feed.endGroup(3, 3);
    const updates = told.map(({ topic, version, levels }) => [topic, version, levels]);
    const levelAt = (price: number) => ({ side: 'Buy', price, qty: 1, orders: 1 });
    assert.deepEqual(updates, [
      [BOOK_TOPIC, 2, [levelAt(3)]],
      [BOOK_TOPIC, 3, [levelAt(4)]],
    ]);
    feed.onSubscriptions('book', SYMBOL, -1);
    level(5);
    feed.endGroup(4, 4);
    assert.equal(told.length, 2);
    assert.equal(version(), 4);
  });

  it('goes on while one of two subscriptions is left', () => {
    const { feed, told, level } = made();
    feed.onSubscriptions('book', SYMBOL, 1);
    feed.onSubscriptions('book', SYMBOL, 1);
    feed.onSubscriptions('book', SYMBOL, -1);
    level(1);
    feed.endGroup(1, 1);
    assert.equal(told.length, 1);
  });
});
