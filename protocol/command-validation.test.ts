/**
 * Binary commands from outside: what is well-formed passes, and everything else is refused with
 * field, value and what is allowed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandName, validateCommand } from './command-validation.ts';
import { OrderType, Side, TimeInForce } from './enums.ts';
import { Trade } from './events.ts';
import { RecordBuffer, SCHEMA_ID, SCHEMA_VERSION } from './record.ts';
import { NEWEST_RULES_VERSION } from './rules-version.ts';
import { type Fields, SAMPLES, Sent } from './testing/sent-command.ts';
import { BookImageRequest, Tick } from './venue-commands.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const FROM_0 = `a whole number from 0 to ${MAX}`;
const FROM_1 = `a whole number from 1 to ${MAX}`;
const ID_32 = 'a whole number from 1 to 4294967295';
const TRANSFER_ACCOUNT = `a whole number from -4 to ${MAX}, but not 0`;
const PPM = 'a whole number from 0 to 1000000';
const LIMIT = 'a whole number from 1 to 67108864';
const BPS = 'a whole number from 0 to 10000';
const RULES = `a whole number from 1 to ${NEWEST_RULES_VERSION}`;
const OPEN_ORDERS = 'a whole number from 1 to 4194304';

function assertRefused(sent: Sent, field: string, value: number | string, allowed: string): void {
  assert.deepEqual(sent.validate(), { field, value, allowed });
}

test('a well-formed command of each kind passes, with more bytes behind it too', () => {
  for (const kind of Object.keys(SAMPLES)) {
    assert.equal(new Sent(kind).validate(), undefined, kind);
    assert.equal(new Sent(kind).validate(240), undefined, kind);
    const withHeader = new Sent(kind, { correlationId: MAX, sequence: 5, time: 6, gatewayId: 7 });
    assert.equal(withHeader.validate(), undefined, kind);
  }
});

test('a header that is not there whole is refused', () => {
  for (const available of [0, 1, 7]) {
    assert.deepEqual(new Sent('NewOrder').validate(available), {
      field: 'header',
      value: available,
      allowed: 'at least 8 bytes for a message header',
    });
  }
});

test('a command that is cut off is refused, wherever it is cut', () => {
  for (const kind of Object.keys(SAMPLES)) {
    const sent = new Sent(kind);
    for (let available = 8; available < sent.length; available++) {
      const allowed = `${sent.length} bytes for ${kind}`;
      assert.deepEqual(sent.validate(available), { field: 'body', value: available, allowed });
    }
  }
});

test('another schema, version or template is refused', () => {
  for (const id of [0, SCHEMA_ID - 1, 0xffff]) {
    const sent = new Sent('NewOrder');
    sent.view.setUint16(4, id, true);
    assertRefused(sent, 'schemaId', id, `${SCHEMA_ID}`);
  }
  for (const version of [0, SCHEMA_VERSION + 1, 0xffff]) {
    const sent = new Sent('NewOrder');
    sent.view.setUint16(6, version, true);
    assertRefused(sent, 'version', version, `${SCHEMA_VERSION}`);
  }
  for (const templateId of [0, 5, 105, 200, 0xffff]) {
    const sent = new Sent('NewOrder');
    sent.view.setUint16(2, templateId, true);
    const error = sent.validate();
    assert.deepEqual([error?.field, error?.value], ['templateId', templateId]);
    for (const kind of Object.keys(SAMPLES)) assert.ok(error?.allowed.includes(`(${kind})`));
  }
});

test('what only the venue’s own threads send is refused: image requests, ticks, events', () => {
  const record = RecordBuffer.allocate(128);
  new BookImageRequest().write(record, 0);
  assert.equal(validateCommand(record, 0, 128)?.field, 'templateId');
  new Tick().write(record, 0);
  assert.equal(validateCommand(record, 0, 128)?.field, 'templateId');
  new Trade().write(record, 0);
  assert.equal(validateCommand(record, 0, 128)?.field, 'templateId');
});

test('another block length than the command’s is refused', () => {
  for (const kind of Object.keys(SAMPLES)) {
    for (const blockLength of [0, 8, 0xffff]) {
      const sent = new Sent(kind);
      sent.view.setUint16(0, blockLength, true);
      assertRefused(sent, 'blockLength', blockLength, `${sent.length - 8} for ${kind}`);
    }
  }
});

/** Kind, field, refused values and what is allowed. */
const RANGES: readonly (readonly [string, string, readonly number[], string])[] = [
  ['NewOrder', 'clientOrderId', [-1, 2 ** 53], FROM_0],
  ['NewOrder', 'price', [-1, 2 ** 53], FROM_0],
  ['NewOrder', 'qty', [-1, 2 ** 53], FROM_0],
  ['NewOrder', 'symbolId', [0], ID_32],
  ['NewOrder', 'side', [0, 3, 255], '1 (Buy), 2 (Sell)'],
  ['NewOrder', 'orderType', [0, 5, 255], '1 (Market), 2 (Limit), 3 (Stop), 4 (StopLimit)'],
  ['NewOrder', 'timeInForce', [2, 5, 7, 255], '0 (DAY), 1 (GTC), 3 (IOC), 4 (FOK), 6 (GTD)'],
  [
    'NewOrder',
    'selfTradePrevention',
    [5, 255],
    '0 (None), 1 (CancelTaker), 2 (CancelMaker), 3 (CancelBoth), 4 (Decrement)',
  ],
  ...['stopPrice', 'displayQty', 'amount', 'expireTime', 'groupId'].map(
    (field) => ['NewOrder', field, [-1, 2 ** 53], FROM_0] as const,
  ),
  ['NewOrder', 'postOnly', [2, 255], 'a whole number from 0 to 1'],
  ['CancelOrder', 'orderId', [-1, 2 ** 53], FROM_0],
  ['CancelOrder', 'clientOrderId', [-1, 2 ** 53], FROM_0],
  ['CancelOrder', 'symbolId', [0], ID_32],
  ['ReplaceOrder', 'orderId', [-1, 2 ** 53], FROM_0],
  ['ReplaceOrder', 'clientOrderId', [-1, 2 ** 53], FROM_0],
  ['ReplaceOrder', 'price', [-1, 2 ** 53], FROM_0],
  ['ReplaceOrder', 'qty', [0, -1, 2 ** 53], FROM_1],
  ['ReplaceOrder', 'symbolId', [0], ID_32],
  ['ReplaceOrder', 'qtyMeaning', [2, 255], '0 (Total), 1 (Open)'],
  ['ReplaceOrder', 'displayQty', [-1, 2 ** 53], FROM_0],
  ['ReplaceOrder', 'stopPrice', [-1, 2 ** 53], FROM_0],
  // An unsigned 32-bit id of 0 means all, and there is no other number that it cannot hold.
  ['MassCancel', 'symbolId', [], FROM_0],
  ['MassCancel', 'side', [3, 255], '0 (Both), 1 (Buy), 2 (Sell)'],
  ...['Deposit', 'Withdraw', 'NewTransfer'].flatMap((kind) => [
    [kind, 'amount', [0, -1, 2 ** 53], FROM_1] as const,
    [kind, 'currencyId', [0], ID_32] as const,
    [kind, 'mode', [2, 255], '0 (OneStep), 1 (Pending)'] as const,
    ...['transferId', 'businessRefId', 'externalId', 'expireTime'].map(
      (field) => [kind, field, [-1, 2 ** 53], FROM_0] as const,
    ),
  ]),
  ['NewTransfer', 'debitAccountId', [0, -5, 2 ** 53], TRANSFER_ACCOUNT],
  ['NewTransfer', 'creditAccountId', [0, -5, 2 ** 53], TRANSFER_ACCOUNT],
  ['ResolveTransfer', 'transferId', [0, -1, 2 ** 53], FROM_1],
  ['ResolveTransfer', 'amount', [-1, 2 ** 53], FROM_0],
  ['ResolveTransfer', 'externalId', [-1, 2 ** 53], FROM_0],
  ['ResolveTransfer', 'action', [0, 4, 255], '1 (Post), 2 (Void), 3 (MarkUnknown)'],
  ['ReverseTransfer', 'transferId', [0, -1, 2 ** 53], FROM_1],
  ['ReverseTransfer', 'originalTransferId', [0, -1, 2 ** 53], FROM_1],
  ...['amount', 'businessRefId', 'externalId'].map(
    (field) => ['ReverseTransfer', field, [-1, 2 ** 53], FROM_0] as const,
  ),
  ['AddCurrency', 'currencyId', [0], ID_32],
  ['AddCurrency', 'kind', [2, 255], '0 (Cash), 1 (Security)'],
  ['AddCurrency', 'decimals', [16, 255], 'a whole number from 0 to 15'],
  ['AddSymbol', 'lotSize', [0, -1, 2 ** 53], FROM_1],
  ['AddSymbol', 'tickValue', [0, -1, 2 ** 53], FROM_1],
  ['AddSymbol', 'symbolId', [0], ID_32],
  ['AddSymbol', 'baseCurrencyId', [0], ID_32],
  ['AddSymbol', 'quoteCurrencyId', [0], ID_32],
  ['AddSymbol', 'makerFeePpm', [1_000_001, 2 ** 32 - 1], PPM],
  ['AddSymbol', 'takerFeePpm', [1_000_001, 2 ** 32 - 1], PPM],
  ['SetLimits', 'maxOpenOrders', [0, 2 ** 22 + 1, 2 ** 32 - 1], OPEN_ORDERS],
  ...['maxAccounts', 'maxCurrencies', 'maxSymbols', 'maxTransfers'].map(
    (field) => ['SetLimits', field, [0, 2 ** 26 + 1, 2 ** 32 - 1], LIMIT] as const,
  ),
  ['SetLimits', 'clientOrderIdSeconds', [604_801, 2 ** 32 - 1], 'a whole number from 0 to 604800'],
  [
    'SetLimits',
    'maxClientOrderIds',
    [0, 2 ** 24 + 1, 2 ** 32 - 1],
    'a whole number from 1 to 16777216',
  ],
  ['SetTradingState', 'symbolId', [0], ID_32],
  [
    'SetTradingState',
    'state',
    [0, 5, 20, 22, 255],
    '1 (Halted), 2 (Continuous), 3 (Closed), 4 (PreOpen), 21 (Auction)',
  ],
  ['NewOrder', 'slippageAction', [2, 255], '0 (CancelRest), 1 (Reject)'],
  ['NewOrder', 'maxSlippageBps', [10_001, 2 ** 32 - 1], BPS],
  ['SetFees', 'symbolId', [0], ID_32],
  ['SetFees', 'makerFeePpm', [1_000_001, 2 ** 32 - 1], PPM],
  ['SetFees', 'takerFeePpm', [1_000_001, 2 ** 32 - 1], PPM],
  ['SetFees', 'tier', [10, 255], 'a whole number from 0 to 9'],
  ['SetFeeTier', 'minVolume', [-1, 2 ** 53], FROM_0],
  ['SetFeeTier', 'currencyId', [0], ID_32],
  ['SetFeeTier', 'tier', [0, 10, 255], 'a whole number from 1 to 9'],
  ...['maxOrderQty', 'maxOrderNotional', 'maxPosition'].map(
    (field) => ['SetRiskLimits', field, [-1, 2 ** 53], FROM_0] as const,
  ),
  // These hold any number, and 0 means none or all.
  ...['symbolId', 'maxOpenOrders', 'maxMessageRate'].map(
    (field) => ['SetRiskLimits', field, [], FROM_0] as const,
  ),
  ['SetPermission', 'permission', [3, 255], '0 (Active), 1 (CloseOnly), 2 (Suspended)'],
  ['KillSwitch', 'symbolId', [], FROM_0],
  ['KillSwitch', 'action', [2, 255], '0 (Release), 1 (Engage)'],
  ['SetSlippage', 'symbolId', [0], ID_32],
  ['SetSlippage', 'maxSlippageBps', [10_001, 2 ** 32 - 1], BPS],
  ['SetRulesVersion', 'rulesVersion', [0, NEWEST_RULES_VERSION + 1, 2 ** 32 - 1], RULES],
  ['SetVenueMode', 'mode', [2, 255], '0 (Normal), 1 (CancelOnly)'],
  ['SetVenueMode', 'reason', [0, 2, 3, 255], '1 (Operator)'],
  ['SetPriceBand', 'symbolId', [0], ID_32],
  ['SetPriceBand', 'referencePrice', [-1, 2 ** 53], FROM_0],
  ['SetPriceBand', 'bandTicks', [-1, 2 ** 53], FROM_0],
];

test('a field outside its range is refused with its name, its value and the range', () => {
  for (const [kind, field, values, allowed] of RANGES) {
    for (const value of values) {
      assertRefused(new Sent(kind, { [field]: value }), field, value, allowed);
    }
  }
});

test('every field of every command has a range', () => {
  for (const [kind, { fields }] of Object.entries(SAMPLES)) {
    const checked = RANGES.filter(([of]) => of === kind).map(([, field]) => field);
    const expected = Object.keys(fields).filter((f) => f !== 'accountId' && f !== 'code');
    assert.deepEqual(checked.toSorted(), expected.toSorted(), kind);
  }
});

test('the ends of the ranges pass', () => {
  const largest = { qty: MAX, price: MAX, accountId: MAX, clientOrderId: MAX };
  assert.equal(new Sent('NewOrder', { ...largest, symbolId: 2 ** 32 - 1 }).validate(), undefined);
  assert.equal(new Sent('Deposit', { amount: MAX }).validate(), undefined);
  assert.equal(new Sent('AddCurrency', { decimals: 15, code: 'ABCDEFGH' }).validate(), undefined);
  const fees = { makerFeePpm: 1_000_000, takerFeePpm: 1_000_000 };
  assert.equal(new Sent('AddSymbol', { ...fees, code: 'A/B-C.D_0123456Z' }).validate(), undefined);
  assert.equal(new Sent('SetLimits', { maxOpenOrders: 2 ** 22 }).validate(), undefined);
});

test('an account id is needed where money or orders are, and refused elsewhere', () => {
  for (const [kind, { fields }] of Object.entries(SAMPLES)) {
    const isOfAccount = 'accountId' in fields;
    const isForAll = kind === 'SetRiskLimits' || kind === 'KillSwitch';
    const wrong = isForAll ? [-1, 2 ** 53] : [0, -1, -2, 2 ** 53];
    for (const accountId of isOfAccount ? wrong : [1, -1]) {
      const allowed = isOfAccount ? FROM_1 : `0 in ${kind}`;
      assertRefused(new Sent(kind, { accountId }), 'accountId', accountId, allowed);
    }
    for (const correlationId of [-1, 2 ** 53]) {
      assertRefused(new Sent(kind, { correlationId }), 'correlationId', correlationId, FROM_0);
    }
  }
});

test('a 64-bit number beyond 2^53 is refused, even one that doubles cannot hold', () => {
  for (const value of [2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    const sent = new Sent('Deposit');
    sent.view.setBigInt64(48, value, true);
    assertRefused(sent, 'amount', Number(value), FROM_1);
  }
});

test('every reserved byte must be zero', () => {
  const reserved: Readonly<Record<string, readonly number[]>> = {
    NewOrder: [122, 123],
    SetFees: [61, 62, 63],
    SetFeeTier: [61, 62, 63],
    SetRiskLimits: [84, 85, 86, 87],
    SetPermission: [49, 55],
    KillSwitch: [53, 54, 55],
    SetSlippage: [],
    SetRulesVersion: [52, 53, 54, 55],
    SetVenueMode: [50, 55],
    CancelOrder: [68, 69, 70, 71],
    ReplaceOrder: [85, 86, 87],
    Deposit: [61, 62, 63],
    Withdraw: [61, 62, 63],
    NewTransfer: [77, 78, 79],
    ResolveTransfer: [73, 74, 79],
    ReverseTransfer: [],
    AddCurrency: [54, 55],
    AddSymbol: [84, 85, 86, 87],
    SetLimits: [76, 77, 78, 79],
    MassCancel: [53, 54, 55],
    SetTradingState: [53, 54, 55],
    SetPriceBand: [68, 69, 70, 71],
  };
  for (const [kind, offsets] of Object.entries(reserved)) {
    for (const at of [44, 45, 46, 47, ...offsets]) {
      const sent = new Sent(kind);
      sent.view.setUint8(at, 128);
      assertRefused(sent, 'reserved', 128, '0 in every reserved byte');
    }
  }
});

test('a code is capitals, digits and / - . _ without a gap', () => {
  for (const code of ['', 'btc', 'B C', 'B\u0000C', 'É', '=1+1', 'A,B', '\n']) {
    const allowed = (width: number) => `1 to ${width} characters of A-Z, 0-9, /, -, ., _`;
    assertRefused(new Sent('AddCurrency', { code }), 'code', code, allowed(8));
    assertRefused(new Sent('AddSymbol', { code }), 'code', code, allowed(16));
  }
});

test('the terms of an order must go together', () => {
  const { Market, Limit, Stop, StopLimit } = OrderType;
  const { DAY, GTC, IOC, FOK, GTD } = TimeInForce;
  const market = { orderType: Market, price: 0 };
  const stop = { orderType: Stop, price: 0, stopPrice: 5, timeInForce: GTC };
  for (const fields of [
    { orderType: Limit, timeInForce: GTC, displayQty: 2, postOnly: 1 },
    { orderType: Limit, timeInForce: GTD, expireTime: 1 },
    { orderType: Limit, timeInForce: FOK },
    market,
    { ...market, timeInForce: FOK },
    { ...market, side: Side.Buy, qty: 0, amount: 100 },
    stop,
    { ...stop, orderType: StopLimit, price: 6, timeInForce: DAY, displayQty: 1 },
  ]) {
    assert.equal(new Sent('NewOrder', fields).validate(), undefined, JSON.stringify(fields));
  }
  const resting = 'but for limit orders that may rest';
  const wrong: readonly (readonly [Fields, string, number, string])[] = [
    [{ orderType: Limit, price: 0 }, 'price', 0, `${FROM_1} for a limit order`],
    [{ ...market, price: 5 }, 'price', 5, '0 for a market order'],
    [{ ...market, timeInForce: GTC }, 'timeInForce', 1, '3 (IOC), 4 (FOK) for a market order'],
    [{ ...stop, timeInForce: IOC }, 'timeInForce', 3, '0 (DAY), 1 (GTC), 6 (GTD) for a stop order'],
    [{ ...stop, stopPrice: 0 }, 'stopPrice', 0, `${FROM_1} for a stop order`],
    [{ stopPrice: 5 }, 'stopPrice', 5, '0 for a limit order'],
    [{ qty: 0 }, 'qty', 0, `${FROM_1} for an order without an amount`],
    [{ amount: 5 }, 'amount', 5, '0, but for market buys that are IOC'],
    [{ postOnly: 1 }, 'postOnly', 1, `0 (false), ${resting}`],
    [{ expireTime: 9 }, 'expireTime', 9, '0 for this time in force'],
    [{ timeInForce: GTD }, 'expireTime', 0, `${FROM_1} for this time in force`],
  ];
  for (const [fields, field, value, allowed] of wrong) {
    assertRefused(new Sent('NewOrder', fields), field, value, allowed);
  }
});

test('the terms of a transfer must go together', () => {
  const oneStep = { mode: 0, transferId: 0 };
  for (const [kind, fields] of [
    ['Deposit', { ...oneStep, externalId: 5 }],
    ['Withdraw', { mode: 1, transferId: 9, expireTime: 5, businessRefId: 4 }],
    ['NewTransfer', { ...oneStep, externalId: 5 }],
    ['NewTransfer', { debitAccountId: 7, creditAccountId: -1, externalId: 5 }],
    ['NewTransfer', { debitAccountId: -4, creditAccountId: -3 }],
    ['ResolveTransfer', { action: 1, amount: 5 }],
  ] as const) {
    assert.equal(new Sent(kind, fields).validate(), undefined, JSON.stringify(fields));
  }
  for (const kind of ['Deposit', 'Withdraw', 'NewTransfer']) {
    const needsId = `${FROM_1} for a pending transfer`;
    assertRefused(new Sent(kind, { mode: 1, transferId: 0 }), 'transferId', 0, needsId);
    const isLate = new Sent(kind, { mode: 0, expireTime: 5 });
    assertRefused(isLate, 'expireTime', 5, '0, but for pending transfers');
  }
  const inside = new Sent('NewTransfer', { debitAccountId: 8, externalId: 5 });
  const outside = '0, but where one account is the external one (-1)';
  assertRefused(inside, 'externalId', 5, outside);
  for (const action of [2, 3]) {
    assertRefused(
      new Sent('ResolveTransfer', { action, amount: 5 }),
      'amount',
      5,
      '0, but to post',
    );
  }
});

test('a price band needs a price in its middle; without a band there may be one or none', () => {
  const unreferenced = new Sent('SetPriceBand', { referencePrice: 0 });
  assertRefused(unreferenced, 'bandTicks', 5, '0 without a referencePrice');
  for (const referencePrice of [0, 50]) {
    const sent = new Sent('SetPriceBand', { referencePrice, bandTicks: 0 });
    assert.equal(sent.validate(), undefined);
  }
});

test('a cancel or replace must name its order by one id or the other', () => {
  for (const kind of ['CancelOrder', 'ReplaceOrder']) {
    const unnamed = new Sent(kind, { orderId: 0, clientOrderId: 0 });
    assertRefused(unnamed, 'orderId', 0, 'an order id, or 0 with a clientOrderId');
    assert.equal(new Sent(kind, { orderId: 1, clientOrderId: 1 }).validate(), undefined);
  }
});

test('commands have names by their template ids, other templates none', () => {
  assert.equal(commandName(1), 'NewOrder');
  assert.equal(commandName(11), 'Withdraw');
  assert.equal(commandName(4), 'MassCancel');
  assert.equal(commandName(25), undefined);
  assert.equal(commandName(30), undefined);
  assert.equal(commandName(0), undefined);
});
