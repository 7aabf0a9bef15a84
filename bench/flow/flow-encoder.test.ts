/** A recorded session's rows become commands with all that they say, or are counted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { validateCommand } from '../../protocol/command-validation.ts';
import { NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import { SelfTradePrevention, TimeInForce, TradingState } from '../../protocol/enums.ts';
import { RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { SetTradingState } from '../../protocol/venue-commands.ts';
import { FlowEncoder } from './flow-encoder.ts';
import type { FlowRow } from './order-flow.ts';
import { RecordedVolumes } from './recorded-volumes.ts';

const SYMBOL = 9_001;
const record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
const BUY: FlowRow = {
  ...{ command: 'NEW', orderId: 1, ownerId: 0, side: 'B', timeInForce: 'GTC' },
  ...{ price: 50, qty: 200, displayQty: 0 },
};
const OF_ORDER: FlowRow = {
  ...BUY,
  side: '',
  timeInForce: '',
  price: 0,
  qty: 0,
  command: 'CANCEL',
};

/** Whether it is sent; then a gateway takes it. */
function encode(encoder: FlowEncoder, row: FlowRow): boolean {
  const isSent = encoder.encode(row, record, 0);
  if (isSent) assert.equal(validateCommand(record, 0, recordLengthAt(record, 0)), undefined);
  return isSent;
}

test('an iceberg shows its tranche, also one that a replace makes', () => {
  const encoder = new FlowEncoder(SYMBOL, 1_000, 64);
  assert.ok(encode(encoder, { ...BUY, displayQty: 5 }));
  assert.equal(new NewOrder().wrap(record, 0).displayQty, 5);
  assert.ok(encode(encoder, { ...BUY, command: 'REPLACE', displayQty: 7 }));
  assert.equal(new ReplaceOrder().wrap(record, 0).displayQty, 7);
  assert.deepEqual([encoder.skipped.size, encoder.simplified.size], [0, 0]);
});

test('one that never rests is sent without a tranche, and counted', () => {
  const encoder = new FlowEncoder(SYMBOL, 1_000, 64);
  assert.ok(encode(encoder, { ...BUY, timeInForce: 'IOC', displayQty: 5 }));
  const { displayQty, timeInForce } = new NewOrder().wrap(record, 0);
  assert.deepEqual([displayQty, timeInForce], [0, TimeInForce.IOC]);
  assert.deepEqual([...encoder.simplified.values()], [1]);
});

test('one of more than 100 tranches is skipped, with all that is later about it', () => {
  const encoder = new FlowEncoder(SYMBOL, 1_000, 64);
  assert.ok(!encode(encoder, { ...BUY, displayQty: 1 }));
  assert.ok(!encode(encoder, OF_ORDER));
  assert.deepEqual(
    [...encoder.skipped],
    [
      ['iceberg of more tranches than may be', 1],
      ['cancel of a skipped order', 1],
    ],
  );
});

test('a known owner has an account of its own and does not trade with itself', () => {
  const encoder = new FlowEncoder(SYMBOL, 1_000, 64);
  const termsOf = (row: FlowRow) => {
    assert.ok(encode(encoder, row));
    const { accountId, selfTradePrevention } = new NewOrder().wrap(record, 0);
    return [accountId, selfTradePrevention];
  };
  assert.deepEqual(termsOf({ ...BUY, ownerId: 7 }), [1_007, SelfTradePrevention.CancelMaker]);
  assert.deepEqual(termsOf({ ...BUY, orderId: 3 }), [1_259, 0]);
});

test('the opening is states of the market', () => {
  const encoder = new FlowEncoder(SYMBOL, 1_000, 64);
  encoder.encodeState(TradingState.Auction, record, 0);
  const { symbolId, state } = new SetTradingState().wrap(record, 0);
  assert.deepEqual([symbolId, state], [SYMBOL, TradingState.Auction]);
});

test('what commands trade is compared with what they traded in the session', () => {
  const recorded = new RecordedVolumes(new Map([[2, 5]]));
  for (const [seq, volume] of [
    [1, 0],
    [2, 5],
    [2, 4],
    [2, 0],
    [3, 1],
  ] as const) {
    recorded.compare(seq, volume);
  }
  assert.deepEqual([recorded.equal, recorded.different, recorded.volume], [1, 3, 15]);
});
