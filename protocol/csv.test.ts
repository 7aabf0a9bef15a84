/**
 * The CSV bodies: what each line means, and that every kind of bad input is refused with field,
 * value and what is allowed.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testSeed } from '../test/support/seed.ts';
import {
  CANCEL_ORDER,
  FUNDING,
  KILL_SWITCH,
  MASS_CANCEL,
  NEW_ORDER,
  NEW_TRANSFER,
  RESOLVE_TRANSFER,
  REVERSE_TRANSFER,
  SET_FEE_TIER,
  SET_FEES,
  SET_PERMISSION,
  SET_PRICE_BAND,
  SET_RISK_LIMITS,
  SET_SLIPPAGE,
  SET_TRADING_STATE,
  SET_VENUE_MODE,
} from './command-layout.ts';
import { validateCommand } from './command-validation.ts';
import { CancelOrder, Funding, MassCancel, NewOrder } from './commands.ts';
import { CSV_COLUMNS, type CsvKind, encodeCsv } from './csv.ts';
import { OrderType, SelfTradePrevention, Side, TimeInForce, TradingState } from './enums.ts';
import { describeFieldError } from './field-error.ts';
import { RecordBuffer, recordLengthAt, templateIdAt } from './record.ts';
import { SetPriceBand, SetTradingState } from './venue-commands.ts';

const LAYOUTS = {
  deposit: FUNDING,
  withdraw: FUNDING,
  transfer: NEW_TRANSFER,
  'resolve-transfer': RESOLVE_TRANSFER,
  'reverse-transfer': REVERSE_TRANSFER,
  order: NEW_ORDER,
  cancel: CANCEL_ORDER,
  'mass-cancel': MASS_CANCEL,
  'trading-state': SET_TRADING_STATE,
  'price-band': SET_PRICE_BAND,
  fees: SET_FEES,
  'fee-tier': SET_FEE_TIER,
  'risk-limits': SET_RISK_LIMITS,
  permission: SET_PERMISSION,
  'kill-switch': KILL_SWITCH,
  slippage: SET_SLIPPAGE,
  'venue-mode': SET_VENUE_MODE,
};
const AT = 8;
const MAX = Number.MAX_SAFE_INTEGER;
const MAX_UINT32 = 2 ** 32 - 1;
const WHOLE = `a whole number from 1 to ${MAX}`;
const WHOLE_32 = `a whole number from 1 to ${MAX_UINT32}`;

/** The record of a body that must be right. */
function encode(kind: CsvKind, text: string): RecordBuffer {
  const record = RecordBuffer.allocate(192);
  record.bytes.fill(0xff);
  assert.equal(encodeCsv(kind, text, record, AT), undefined, text);
  assert.equal(validateCommand(record, AT, recordLengthAt(record, AT)), undefined, text);
  return record;
}

function encodeOrder(text: string): NewOrder {
  return new NewOrder().wrap(encode('order', text), AT);
}

function errorOf(kind: CsvKind, text: string): object | undefined {
  return encodeCsv(kind, text, RecordBuffer.allocate(192), AT);
}

function assertRefused(
  kind: CsvKind,
  text: string,
  field: string,
  value: string | number,
  allowed: string,
): void {
  assert.deepEqual(errorOf(kind, text), { field, value, allowed }, JSON.stringify(text));
}

test('a deposit line names account, currency and amount', () => {
  const record = encode('deposit', '7,2,1000');
  const deposit = new Funding().wrap(record, AT);
  assert.equal(templateIdAt(record, AT), FUNDING.depositTemplateId);
  assert.deepEqual([deposit.accountId, deposit.currencyId, deposit.amount], [7, 2, 1_000]);
  assert.deepEqual([deposit.sequence, deposit.time, deposit.gatewayId], [0, 0, 0]);
});

test('an order line is a limit order, good till cancelled, if it says nothing else', () => {
  const order = encodeOrder('7,10,500,3,1');
  assert.deepEqual([order.accountId, order.symbolId, order.price, order.qty], [7, 10, 500, 3]);
  assert.deepEqual([order.side, order.orderType], [Side.Buy, OrderType.Limit]);
  assert.deepEqual([order.timeInForce, order.clientOrderId], [TimeInForce.GTC, 0]);
});

test('an order line may name type, time in force and client order id', () => {
  const order = encodeOrder('7,10,500,3,2,limit,IOC,42');
  assert.deepEqual([order.side, order.orderType], [Side.Sell, OrderType.Limit]);
  assert.deepEqual([order.timeInForce, order.clientOrderId], [TimeInForce.IOC, 42]);
});

test('a market order is IOC by default and has no price', () => {
  for (const text of ['7,10,0,3,1,market', '7,10,0,3,1,market,IOC', '7,10,0,3,1,market,,']) {
    const order = encodeOrder(text);
    assert.deepEqual([order.orderType, order.price], [OrderType.Market, 0]);
    assert.equal(order.timeInForce, TimeInForce.IOC);
  }
});

test('a cancel line names account, order and market', () => {
  const record = encode('cancel', '7,99,10');
  const cancel = new CancelOrder().wrap(record, AT);
  assert.equal(templateIdAt(record, AT), CANCEL_ORDER.templateId);
  assert.deepEqual([cancel.accountId, cancel.orderId, cancel.symbolId], [7, 99, 10]);
  assert.equal(cancel.clientOrderId, 0);
});

test('a line may end as lines do; blanks, case and empty optional columns do not matter', () => {
  for (const text of [
    '7,10,500,3,1\n',
    '7,10,500,3,1\r\n',
    ' 7 ,\t10, 500,3 , 1 ',
    '7,10,500,3,1,LIMIT,gtc',
    '7,10,500,3,1,Limit,Gtc,0',
    '7,10,500,3,1,,,',
    '007,10,0500,3,1',
  ]) {
    const order = encodeOrder(text);
    assert.deepEqual([order.accountId, order.symbolId, order.price], [7, 10, 500], text);
    assert.deepEqual([order.qty, order.side, order.timeInForce], [3, Side.Buy, TimeInForce.GTC]);
  }
});

test('the largest numbers there are pass', () => {
  const order = encodeOrder(`${MAX},${MAX_UINT32},${MAX},${MAX},2,limit,GTC,${MAX}`);
  assert.deepEqual([order.accountId, order.symbolId, order.price], [MAX, MAX_UINT32, MAX]);
  assert.deepEqual([order.qty, order.clientOrderId], [MAX, MAX]);
});

test('missing and surplus columns, no line and two lines are refused with the columns', () => {
  const texts: Readonly<Record<CsvKind, readonly string[]>> = {
    deposit: ['', '\n', '\r\n', '1', '1,2', '1,2,3,4,5,6,,8,9', '1,2,3\n4,5,6', '\n1,2,3'],
    withdraw: ['', '1,2', '1,2,3,4,5,6,,8,9', '1,2,3\n\n'],
    transfer: ['', '1,2,3', '1,2,3,4,5,6,7,,9,10'],
    'resolve-transfer': ['', '1', '1,post,3,4,5'],
    'reverse-transfer': ['', '1', '1,2,3,4,5,6'],
    order: [
      '',
      '1,2,3,4',
      '1,2,3,4,1,limit,GTC,5,0,0,0,,0,0,0,0,reject,0',
      '1,2,3,4,1\n1,2,3,4,1\n',
    ],
    cancel: ['', '1,2', '1,2,3,4', '1;2;3', '[1,2]', '{"userId":1}'],
    'mass-cancel': ['', '\n', '1,2,1,1', '1\n2'],
    'trading-state': ['', '1', '1,halted,2'],
    'price-band': ['', '1,2', '1,2,3,4'],
    fees: ['', '1,2', '1,2,3,4,5'],
    'fee-tier': ['', '1,2', '1,2,3,4'],
    'risk-limits': ['', '1', '1,2,3,4,5,6,7,8'],
    permission: ['', '1', '1,active,2'],
    'kill-switch': ['', 'engage,1,0,0'],
    slippage: ['', '1', '1,2,3'],
    'venue-mode': ['', 'normal,1'],
  };
  for (const [kind, bad] of Object.entries(texts) as [CsvKind, string[]][]) {
    for (const text of bad) {
      assertRefused(kind, text, 'body', text, `one line ${CSV_COLUMNS[kind]}`);
    }
  }
});

/** Optional columns of an order that are any number, by their index. */
const OPTIONAL_NUMBERS: readonly (readonly [number, string])[] = [
  [7, 'clientOrderId'],
  [8, 'stopPrice'],
  [9, 'displayQty'],
  [12, 'groupId'],
  [13, 'expireTime'],
  [14, 'amount'],
];

test('what is no whole number of its range is refused with field, value and range', () => {
  const values = [
    '0',
    '-0',
    '-1',
    '+1',
    '1.0',
    '1.5',
    '.5',
    '1e3',
    '0x1f',
    'NaN',
    'Infinity',
    'one',
    '',
  ];
  values.push('9007199254740992', '9007199254740993', '99999999999999999999', '1'.repeat(17));
  values.push('1 2', '1_000', '"1"', "'1", '١', '１', '²', '१२', '1\u200b', '\u0000', '1\u00001');
  values.push('=1+1', '@SUM(1)', '=cmd|/c calc', '-2+3', '1;DROP TABLE orders', '<script>', '💰');
  for (const value of values) {
    assertRefused('deposit', `${value},1,1`, 'userId', value, WHOLE);
    assertRefused('deposit', `1,${value},1`, 'currencyId', value, WHOLE_32);
    assertRefused('deposit', `1,1,${value}`, 'amount', value, WHOLE);
    assertRefused('order', `${value},1,1,1,1`, 'userId', value, WHOLE);
    assertRefused('order', `1,${value},1,1,1`, 'symbolId', value, WHOLE_32);
    assertRefused('order', `1,1,1,1,${value}`, 'side', value, '1 (Buy), 2 (Sell)');
    assertRefused('cancel', `1,${value},1`, 'orderId', value, WHOLE);
    if (value === '0') continue;
    const orZero = `a whole number from 0 to ${MAX}`;
    assertRefused('order', `1,1,${value},1,1`, 'price', value, orZero);
    assertRefused('order', `1,1,1,${value},1`, 'qty', value, orZero);
    if (value === '') continue;
    for (const [index, field] of OPTIONAL_NUMBERS) {
      const line = ['1,1,1,1,1,limit,GTC', ...Array(index - 7).fill(''), value].join(',');
      assertRefused('order', line, field, value, orZero);
    }
  }
  assertRefused('deposit', '1,4294967296,1', 'currencyId', '4294967296', WHOLE_32);
  assertRefused('cancel', '1,1,4294967296', 'symbolId', '4294967296', WHOLE_32);
  assertRefused('order', '1,1,1,1,3', 'side', '3', '1 (Buy), 2 (Sell)');
});

test('an unknown word is refused with the words there are, a name objects inherit too', () => {
  for (const word of ['stp', '2', 'FOKK', 'constructor', '__proto__', 'toString', 'limit limit']) {
    const line = `1,1,1,1,1,${word}`;
    assertRefused('order', line, 'type', word, 'limit, market, stop, stop-limit');
    const times = 'DAY, GTC, IOC, FOK, GTD';
    assertRefused('order', `1,1,1,1,1,limit,${word}`, 'timeInForce', word, times);
    const modes = 'none, cancel-taker, cancel-maker, cancel-both, decrement';
    assertRefused('order', `1,1,1,1,1,limit,GTC,,,,,${word}`, 'stp', word, modes);
  }
  assertRefused('order', '1,1,1,1,1,,,,,,2', 'postOnly', '2', 'a whole number from 0 to 1');
});

test('an order line may hold every term there is', () => {
  const iceberg = encodeOrder('7,10,500,30,2,limit,GTD,42,,10,1,cancel-maker,9,1000000');
  assert.deepEqual([iceberg.orderType, iceberg.timeInForce], [OrderType.Limit, TimeInForce.GTD]);
  assert.deepEqual([iceberg.displayQty, iceberg.postOnly, iceberg.groupId], [10, 1, 9]);
  assert.equal(iceberg.selfTradePrevention, SelfTradePrevention.CancelMaker);
  assert.deepEqual([iceberg.expireTime, iceberg.stopPrice, iceberg.amount], [1_000_000, 0, 0]);
  const stop = encodeOrder('7,10,0,3,1,stop,DAY,,510');
  assert.deepEqual([stop.orderType, stop.timeInForce, stop.stopPrice], [3, TimeInForce.DAY, 510]);
  const stopLimit = encodeOrder('7,10,520,3,1,Stop-Limit,,,510,2,0,Decrement');
  assert.deepEqual([stopLimit.orderType, stopLimit.timeInForce, stopLimit.price], [4, 1, 520]);
  assert.deepEqual([stopLimit.stopPrice, stopLimit.displayQty], [510, 2]);
  assert.equal(stopLimit.selfTradePrevention, SelfTradePrevention.Decrement);
  const byAmount = encodeOrder('7,10,0,0,1,market,,,,,,,,,25000');
  assert.deepEqual([byAmount.qty, byAmount.amount, byAmount.timeInForce], [0, 25_000, 3]);
});

test('a mass-cancel line names an account, and a market and a side if it means only those', () => {
  for (const [text, symbolId, side] of [
    ['7', 0, 0],
    ['7,10', 10, 0],
    ['7,,2', 0, Side.Sell],
    ['7,10,1\n', 10, Side.Buy],
  ] as const) {
    const command = new MassCancel().wrap(encode('mass-cancel', text), AT);
    assert.deepEqual([command.accountId, command.symbolId, command.side], [7, symbolId, side]);
  }
  assertRefused('mass-cancel', '0', 'userId', '0', WHOLE);
  assertRefused('mass-cancel', '1,x', 'symbolId', 'x', `a whole number from 0 to ${MAX_UINT32}`);
  assertRefused('mass-cancel', '1,1,3', 'side', '3', '0 (Both), 1 (Buy), 2 (Sell)');
});

test('a trading-state line names a market and its next state by its word', () => {
  for (const [word, state] of [
    ['halted', TradingState.Halted],
    ['Continuous', TradingState.Continuous],
    ['CLOSED', TradingState.Closed],
    ['pre-open', TradingState.PreOpen],
    ['auction', TradingState.Auction],
  ] as const) {
    const command = new SetTradingState().wrap(encode('trading-state', `10,${word}`), AT);
    assert.deepEqual([command.symbolId, command.state, command.accountId], [10, state, 0], word);
  }
  const states = 'halted, continuous, closed, pre-open, auction';
  for (const bad of ['', 'open', '1']) {
    assertRefused('trading-state', `10,${bad}`, 'state', bad, states);
  }
});

test('a price-band line names a market, the reference price and how far prices may go', () => {
  for (const [text, reference, ticks] of [
    ['10,500,25', 500, 25],
    ['10,500,0', 500, 0],
    ['10,0,0', 0, 0],
  ] as const) {
    const command = new SetPriceBand().wrap(encode('price-band', text), AT);
    assert.deepEqual(
      [command.symbolId, command.referencePrice, command.bandTicks],
      [10, reference, ticks],
    );
  }
  assertRefused('price-band', '10,0,5', 'bandTicks', 5, '0 without a referencePrice');
});

test('a limit order without a price and a market order with one are refused', () => {
  assertRefused('order', '1,1,0,1,1', 'price', 0, `${WHOLE} for a limit order`);
  assertRefused('order', '1,1,5,1,1,market', 'price', 5, '0 for a market order');
  const qty = `${WHOLE} for an order without an amount`;
  assertRefused('order', '1,1,5,0,1', 'qty', 0, qty);
});

test('a market order that is to rest is told its own word and the word that would be right', () => {
  const error = encodeCsv('order', '1,1,0,1,1,market,GTC', RecordBuffer.allocate(192), AT);
  assert.deepEqual([error?.field, error?.value], ['timeInForce', 'GTC']);
  assert.match(error?.allowed ?? '', /^ioc\b/i);
});

test('the first wrong column is named when several are', () => {
  assertRefused('order', '0,0,x,0,9,trailing', 'userId', '0', WHOLE);
  assertRefused('order', '1,1,x,0,9,trailing', 'price', 'x', `a whole number from 0 to ${MAX}`);
});

test('a huge value is shown shortened', () => {
  const long = 'x'.repeat(100_000);
  assertRefused('deposit', `${long},1,1`, 'userId', `${'x'.repeat(100)}…`, WHOLE);
  assertRefused('deposit', long, 'body', `${'x'.repeat(100)}…`, `one line ${CSV_COLUMNS.deposit}`);
});

test('the sentence for people says field, value and what is allowed', () => {
  const error = encodeCsv('deposit', '1,1,0', RecordBuffer.allocate(192), AT)!;
  assert.equal(describeFieldError(error), `amount: "0" is not allowed; allowed: ${WHOLE}`);
});

test('any text is either refused with field, value and allowed, or a well-formed command', (t) => {
  const column = fc.oneof(
    fc.integer({ min: -2, max: 5 }).map(String),
    fc.constantFrom('', ' ', 'limit', 'market', 'GTC', 'IOC', '\r', '9007199254740991'),
    fc.constantFrom('stop', 'stop-limit', 'GTD', 'FOK', 'decrement', '1', '0'),
    fc.constantFrom('pending', 'one-step', 'post', 'void', 'mark-unknown'),
    fc.string({ maxLength: 5, unit: 'binary' }),
  );
  const text = fc.array(column, { maxLength: 16 }).map((columns) => columns.join(','));
  const kind = fc.constantFrom(...(Object.keys(CSV_COLUMNS) as CsvKind[]));
  fc.assert(
    fc.property(kind, text, (of, body) => {
      const record = RecordBuffer.allocate(192);
      const error = encodeCsv(of, body, record, AT);
      if (error === undefined) {
        assert.equal(validateCommand(record, AT, 184), undefined);
        const expected = LAYOUTS[of];
        assert.equal(recordLengthAt(record, AT), expected.length);
      } else {
        assert.ok(error.field.length > 0 && error.allowed.length > 0);
        assert.ok(String(error.value).length <= 101);
      }
    }),
    { seed: testSeed(t), numRuns: 3_000 },
  );
});
