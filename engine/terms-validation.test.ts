/** `PlainEngine` refuses invalid commands: the field, its value as given, and what is allowed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OrderType, SelfTradePrevention, Side, TimeInForce } from '../protocol/enums.ts';
import type { EngineCommand } from './engine-commands.ts';
import { OrderTicket } from './order-ticket.ts';
import { PlainEngine } from './plain-engine.ts';
import { assertTicket } from './terms-validation.ts';

const { Market, Stop } = OrderType;
const { DAY, IOC, FOK, GTD } = TimeInForce;

const FROM_0 = 'an integer from 0 to 9007199254740991';
const FROM_1 = 'an integer from 1 to 9007199254740991';
const QTY = `${FROM_1}, or 0 with an amount`;
const ID_32 = 'an integer from 1 to 4294967295';
const SIDES = '1 (Buy), 2 (Sell)';
/** The words of protocol/order-terms.ts, which joins fields. */
const WHOLE = 'a whole number from 1 to 9007199254740991';
const NAMES = '"new", "replace", "cancel", "massCancel", "state", "band", "time"';
const NEW_FIELDS =
  'orderId, symbolId, side, qty, price, orderType, timeInForce, accountId, groupId, ' +
  'clientOrderId, displayQty, stopPrice, amount, expireTime, postOnly, selfTradePrevention';

const NEW = { command: 'new', orderId: 1, symbolId: 1, side: Side.Buy, price: 5, qty: 1 };
const REPLACE = { command: 'replace', orderId: 9, price: 5, qty: 1 };
const CANCEL = { command: 'cancel', orderId: 9 };
const MASS_CANCEL = { command: 'massCancel', accountId: 0, symbolId: 0, side: 0 };
const STATE = { command: 'state', symbolId: 1, state: 1 };
const BAND = { command: 'band', symbolId: 1, referencePrice: 0, bandTicks: 0 };
const TIME = { command: 'time', time: 1 };

type Case = readonly [command: unknown, field: string, value: string, allowed: string];

const NOT_COMMANDS: readonly Case[] = [
  [null, 'command', 'null', `an object whose command is one of ${NAMES}`],
  [undefined, 'command', 'undefined', `an object whose command is one of ${NAMES}`],
  ['new', 'command', '"new"', `an object whose command is one of ${NAMES}`],
  [() => NEW, 'command', 'a function', `an object whose command is one of ${NAMES}`],
  [{}, 'command', 'undefined', NAMES],
  [[], 'command', 'undefined', NAMES],
  [{ ...CANCEL, command: 'New' }, 'command', '"New"', NAMES],
  [{ ...CANCEL, command: 'constructor' }, 'command', '"constructor"', NAMES],
  [{ ...CANCEL, command: ['cancel'] }, 'command', '["cancel"]', NAMES],
];

const WRONG_TYPES: readonly Case[] = [
  [{ ...NEW, price: '5' }, 'price', '"5"', FROM_0],
  [{ ...NEW, qty: true }, 'qty', 'true', QTY],
  [{ ...NEW, orderId: [7] }, 'orderId', '[7]', FROM_1],
  [{ ...NEW, orderId: [[7], {}] }, 'orderId', '[an array, an object]', FROM_1],
  [{ ...NEW, orderId: { id: 7 } }, 'orderId', 'an object', FROM_1],
  [{ ...NEW, orderId: 7n }, 'orderId', '7n', FROM_1],
  [{ ...NEW, orderId: Symbol('7') }, 'orderId', 'Symbol(7)', FROM_1],
  [{ ...NEW, orderId: 'x'.repeat(200) }, 'orderId', `"${'x'.repeat(99)}…`, FROM_1],
  [{ ...NEW, accountId: null }, 'accountId', 'null', FROM_0],
  [{ ...NEW, groupId: null }, 'groupId', 'null', FROM_0],
  [{ ...NEW, symbolId: '1' }, 'symbolId', '"1"', ID_32],
  [{ ...NEW, side: 'Buy' }, 'side', '"Buy"', SIDES],
  [
    { ...NEW, timeInForce: null },
    'timeInForce',
    'null',
    '0 (DAY), 1 (GTC), 3 (IOC), 4 (FOK), 6 (GTD)',
  ],
  [{ ...NEW, postOnly: 1 }, 'postOnly', '1', 'true or false'],
  [{ ...NEW, postOnly: 'false' }, 'postOnly', '"false"', 'true or false'],
  [{ ...NEW, postOnly: null }, 'postOnly', 'null', 'true or false'],
];

const OUT_OF_RANGE: readonly Case[] = [
  [{ ...NEW, orderId: Number.NaN }, 'orderId', 'NaN', FROM_1],
  [{ ...NEW, orderId: undefined }, 'orderId', 'undefined', FROM_1],
  [{ ...NEW, orderId: 0 }, 'orderId', '0', FROM_1],
  [{ ...NEW, qty: Number.POSITIVE_INFINITY }, 'qty', 'Infinity', QTY],
  [{ ...NEW, qty: undefined }, 'qty', 'undefined', QTY],
  [{ ...NEW, qty: 1.5 }, 'qty', '1.5', QTY],
  [{ ...NEW, qty: 2 ** 53 }, 'qty', '9007199254740992', QTY],
  [{ ...NEW, price: -1 }, 'price', '-1', FROM_0],
  [{ ...NEW, side: 3 }, 'side', '3', SIDES],
  [{ ...NEW, symbolId: 2 ** 32 }, 'symbolId', '4294967296', ID_32],
  [{ ...NEW, orderType: 9 }, 'orderType', '9', '1 (Market), 2 (Limit), 3 (Stop), 4 (StopLimit)'],
  [{ ...NEW, timeInForce: 2 }, 'timeInForce', '2', '0 (DAY), 1 (GTC), 3 (IOC), 4 (FOK), 6 (GTD)'],
  [
    { ...NEW, selfTradePrevention: 5 },
    'selfTradePrevention',
    '5',
    '0 (None), 1 (CancelTaker), 2 (CancelMaker), 3 (CancelBoth), 4 (Decrement)',
  ],
];

const DO_NOT_FIT: readonly Case[] = [
  [{ ...NEW, qty: 0 }, 'qty', '0', `${WHOLE} for an order without an amount`],
  [{ ...NEW, price: 0 }, 'price', '0', `${WHOLE} for a limit order`],
  [{ ...NEW, price: undefined }, 'price', 'undefined', `${WHOLE} for a limit order`],
  [{ ...NEW, stopPrice: 4 }, 'stopPrice', '4', '0 for a limit order'],
  [{ ...NEW, orderType: Market }, 'price', '5', '0 for a market order'],
  [{ ...NEW, orderType: Stop, price: 0 }, 'stopPrice', 'undefined', `${WHOLE} for a stop order`],
  [
    { ...NEW, orderType: Stop, timeInForce: IOC },
    'timeInForce',
    '3',
    '0 (DAY), 1 (GTC), 6 (GTD) for a stop order',
  ],
  [{ ...NEW, timeInForce: GTD }, 'expireTime', 'undefined', `${WHOLE} for this time in force`],
  [{ ...NEW, timeInForce: DAY, expireTime: 7 }, 'expireTime', '7', '0 for this time in force'],
  [{ ...NEW, amount: 4 }, 'amount', '4', '0, but for market buys that are IOC'],
  [
    { ...NEW, timeInForce: IOC, displayQty: 1 },
    'displayQty',
    '1',
    '0, but for limit and stop-limit orders that may rest',
  ],
  [
    { ...NEW, timeInForce: FOK, postOnly: true },
    'postOnly',
    'true',
    '0 (false), but for limit orders that may rest',
  ],
];

const TYPING_ERRORS: readonly Case[] = [
  [{ ...NEW, displayQuantity: 5 }, 'displayQuantity', '5', `the fields ${NEW_FIELDS}`],
  [{ ...NEW, quantity: undefined }, 'quantity', 'undefined', `the fields ${NEW_FIELDS}`],
  [{ ...NEW, toString: 5 }, 'toString', '5', `the fields ${NEW_FIELDS}`],
  [JSON.parse('{"command":"time","__proto__":1,"time":1}'), '__proto__', '1', 'the fields time'],
  [{ ...CANCEL, symbolId: 1 }, 'symbolId', '1', 'the fields orderId'],
];

const OTHER_COMMANDS: readonly Case[] = [
  [{ ...REPLACE, orderId: '9' }, 'orderId', '"9"', FROM_1],
  [{ ...REPLACE, price: undefined }, 'price', 'undefined', FROM_0],
  [{ ...REPLACE, qty: 0 }, 'qty', '0', FROM_1],
  [{ ...REPLACE, qtyMeaning: 2 }, 'qtyMeaning', '2', '0 (Total), 1 (Open)'],
  [{ ...REPLACE, displayQty: null }, 'displayQty', 'null', FROM_0],
  [{ ...REPLACE, stopPrice: '' }, 'stopPrice', '""', FROM_0],
  [{ ...CANCEL, orderId: undefined }, 'orderId', 'undefined', FROM_1],
  [{ ...MASS_CANCEL, accountId: undefined }, 'accountId', 'undefined', FROM_0],
  [{ ...MASS_CANCEL, symbolId: 0.5 }, 'symbolId', '0.5', 'an integer from 0 to 4294967295'],
  [{ ...MASS_CANCEL, side: 3 }, 'side', '3', '0 (Both), 1 (Buy), 2 (Sell)'],
  [
    { ...STATE, state: 5 },
    'state',
    '5',
    '1 (Halted), 2 (Continuous), 3 (Closed), 4 (PreOpen), 21 (Auction)',
  ],
  [{ ...STATE, symbolId: 0 }, 'symbolId', '0', ID_32],
  [{ ...BAND, referencePrice: false }, 'referencePrice', 'false', FROM_0],
  [{ ...BAND, bandTicks: Number.NEGATIVE_INFINITY }, 'bandTicks', '-Infinity', FROM_0],
  [{ ...BAND, bandTicks: 5 }, 'bandTicks', '5', '0 without a referencePrice'],
  [{ ...TIME, time: 1n }, 'time', '1n', FROM_0],
  [{ command: 'time' }, 'time', 'undefined', FROM_0],
];

const SUBJECTS: Readonly<Record<string, readonly Case[]>> = {
  'what is no command': NOT_COMMANDS,
  'values of another type': WRONG_TYPES,
  'values outside their range': OUT_OF_RANGE,
  'terms that do not go together': DO_NOT_FIT,
  'fields that the command does not have': TYPING_ERRORS,
  'invalid commands other than new orders': OTHER_COMMANDS,
};

function createEngine(): PlainEngine {
  const engine = new PlainEngine();
  engine.addSymbol(1);
  return engine;
}

describe('PlainEngine refuses', () => {
  for (const [subject, cases] of Object.entries(SUBJECTS)) {
    it(subject, () => {
      const engine = createEngine();
      for (const [command, field, value, allowed] of cases) {
        assert.throws(() => engine.execute(command as EngineCommand), {
          name: 'RangeError',
          message: `${field}: ${value} is not allowed; allowed: ${allowed}`,
        });
        assert.equal(engine.engine.openOrderCount, 0, field);
      }
    });
  }
});

describe('PlainEngine takes', () => {
  it('the commands from which the invalid ones are made', () => {
    const engine = createEngine();
    for (const command of [NEW, REPLACE, CANCEL, MASS_CANCEL, STATE, BAND, TIME]) {
      assert.doesNotThrow(() => engine.execute(command as EngineCommand), command.command);
    }
  });

  it('optional fields that are undefined as left out', () => {
    const optional = ['timeInForce', 'groupId', 'amount', 'postOnly', 'expireTime', 'accountId'];
    const left = Object.fromEntries(optional.map((field) => [field, undefined]));
    const { rejectReason } = createEngine().execute({ ...left, ...NEW } as EngineCommand);
    assert.equal(rejectReason, 0);
  });

  it('each property once, so that what was checked is what is executed', () => {
    const engine = createEngine();
    let reads = 0;
    const command = {
      ...NEW,
      get price() {
        reads++;
        return reads === 1 ? 5 : Number.NaN;
      },
    };
    engine.execute(command as EngineCommand);
    assert.deepEqual(engine.levels(1, Side.Buy), [{ price: 5, qty: 1, orderCount: 1 }]);
  });
});

describe('assertTicket', () => {
  const ticket = () => new OrderTicket().limit(1, 0, 1, Side.Buy, 5, 1);

  it('takes a ticket whose terms are valid', () => {
    assertTicket(ticket());
  });

  it('refuses a ticket that the engine may not get', () => {
    const wrong: [Partial<OrderTicket>, string][] = [
      [{ qty: Number.NaN }, `qty: NaN is not allowed; allowed: ${QTY}`],
      [{ symbolId: 0 }, `symbolId: 0 is not allowed; allowed: ${ID_32}`],
      [{ price: 0 }, `price: 0 is not allowed; allowed: ${WHOLE} for a limit order`],
      [
        { selfTradePrevention: SelfTradePrevention.Decrement + 1 },
        'selfTradePrevention: 5 is not allowed; allowed: ' +
          '0 (None), 1 (CancelTaker), 2 (CancelMaker), 3 (CancelBoth), 4 (Decrement)',
      ],
    ];
    for (const [terms, message] of wrong) {
      assert.throws(() => assertTicket(Object.assign(ticket(), terms)), {
        name: 'RangeError',
        message,
      });
    }
  });
});
