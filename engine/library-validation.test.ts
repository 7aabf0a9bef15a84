/** How `PlainEngine` is made, which markets it takes, what may be asked of its books. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Side } from '../protocol/enums.ts';
import { PlainEngine } from './plain-engine.ts';

const ORDERS = 'an integer from 1 to 4194304';
const ID_32 = 'an integer from 1 to 4294967295';

/** @param call what a program without types may do */
function assertRefused(call: () => unknown, field: string, value: string, allowed: string): void {
  const message = `${field}: ${value} is not allowed; allowed: ${allowed}`;
  assert.throws(call, { name: 'RangeError', message });
}

function createEngine(): PlainEngine {
  const engine = new PlainEngine({ orders: 4 });
  engine.addSymbol(1);
  return engine;
}

describe('the capacity', () => {
  const create = (capacity: unknown) => () => new PlainEngine(capacity as never);

  it('is refused where no engine can have it', () => {
    const invalid = [
      [Number.NaN, 'NaN'],
      [0, '0'],
      [-1, '-1'],
      [2.5, '2.5'],
      [2 ** 22 + 1, '4194305'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      ['10', '"10"'],
      [10n, '10n'],
      [null, 'null'],
      [undefined, 'undefined'],
    ] as const;
    for (const [value, text] of invalid) {
      assertRefused(create({ orders: value }), 'orders', text, ORDERS);
    }
    assertRefused(create({}), 'orders', 'undefined', ORDERS);
    assertRefused(create(null), 'capacity', 'null', 'an object with orders');
    assertRefused(create(10), 'capacity', '10', 'an object with orders');
  });

  it('may be the smallest', () => {
    const engine = new PlainEngine({ orders: 1 });
    engine.addSymbol(1);
    const terms = { orderId: 1, symbolId: 1, side: Side.Buy, price: 5, qty: 1 };
    assert.equal(engine.execute({ command: 'new', ...terms }).rejectReason, 0);
  });
});

describe('a market', () => {
  it('is refused with an id that no command can name', () => {
    const invalid = [
      [0, '0'],
      [-1, '-1'],
      [1.5, '1.5'],
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      [2 ** 32, '4294967296'],
      [2 ** 53, '9007199254740992'],
      ['1', '"1"'],
      [null, 'null'],
      [undefined, 'undefined'],
    ] as const;
    const engine = new PlainEngine();
    for (const [value, text] of invalid) {
      assertRefused(() => engine.addSymbol(value as never), 'symbolId', text, ID_32);
    }
    assert.equal(engine.engine.books.length, 0);
  });

  it('is refused with the id of another', () => {
    const engine = createEngine();
    assertRefused(() => engine.addSymbol(1), 'symbolId', '1', 'an id that no market has yet');
    assert.equal(engine.engine.books.length, 1);
  });

  it('may have the smallest and the greatest id', () => {
    const engine = createEngine();
    engine.addSymbol(2 ** 32 - 1);
    assert.deepEqual(engine.levels(2 ** 32 - 1, Side.Buy), []);
  });
});

describe('the book', () => {
  const QUERIES = ['levels', 'restingOrders', 'waitingStops'] as const;

  it('has two sides and no other', () => {
    const engine = createEngine();
    const invalid = [
      [0, '0'],
      [3, '3'],
      ['1', '"1"'],
      [undefined, 'undefined'],
    ] as const;
    for (const query of QUERIES) {
      for (const [value, text] of invalid) {
        const ask = () => engine[query](1, value as never);
        assertRefused(ask, 'side', text, '1 (Buy), 2 (Sell)');
      }
    }
  });

  it('is that of a market that was added', () => {
    const engine = createEngine();
    const asks = [
      ...QUERIES.map((query) => (symbolId: number) => engine[query](symbolId, Side.Buy)),
      (symbolId: number) => engine.lastPrice(symbolId),
    ];
    for (const ask of asks) {
      assertRefused(() => ask(7), 'symbolId', '7', 'the id of a market that was added');
      assertRefused(() => ask(0), 'symbolId', '0', ID_32);
      assertRefused(() => ask('1' as never), 'symbolId', '"1"', ID_32);
    }
  });

  it('has no order with an id that none can have', () => {
    const engine = createEngine();
    const allowed = 'an integer from 1 to 9007199254740991';
    assertRefused(() => engine.order(0), 'orderId', '0', allowed);
    assertRefused(() => engine.order('1' as never), 'orderId', '"1"', allowed);
    assert.equal(engine.order(1), undefined);
  });
});
