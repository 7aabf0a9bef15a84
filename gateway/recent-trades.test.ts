/** The last trades of a market: as many as are wanted, oldest first, numbered from the start. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { TakerSide } from '../protocol/enums.ts';
import { TRADE } from '../protocol/event-layout.ts';
import { Trade } from '../protocol/events.ts';
import { RecordBuffer } from '../protocol/record.ts';
import { RecentTrades } from './recent-trades.ts';

const SIDES = [TakerSide.None, TakerSide.Buy, TakerSide.Sell] as const;
const SIDE_NAMES = ['None', 'Buy', 'Sell'];

function trade(number: number): Trade {
  const event = new Trade().write(RecordBuffer.allocate(TRADE.length), 0);
  event.tradeId = 2 ** 40 + number;
  event.price = 10 * number;
  event.qty = number;
  event.takerSide = SIDES[number % 3]!;
  return event;
}

const json = (number: number) => ({
  number,
  tradeId: 2 ** 40 + number,
  price: 10 * number,
  qty: number,
  takerSide: SIDE_NAMES[number % 3],
  time: 1_700_000_000_000_000 + number,
});

for (const most of [0, 1, 2, 7]) {
  it(`keeps ${most} of any number of trades`, () => {
    const recent = new RecentTrades(most);
    assert.deepEqual(recent.list(), []);
    for (let number = 1; number <= 20; number++) {
      recent.add(trade(number), 1_700_000_000_000_000 + number);
      assert.equal(recent.number, number);
      const kept = Array.from({ length: Math.min(most, number) }, (_, i) => json(number - i));
      assert.deepEqual(recent.list(), kept.reverse());
    }
  });
}
