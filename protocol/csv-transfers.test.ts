/** CSV lines about transfers: what they hold, what may be left out, what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FUNDING, NEW_TRANSFER, RESOLVE_TRANSFER, REVERSE_TRANSFER } from './command-layout.ts';
import { validateCommand } from './command-validation.ts';
import { Funding } from './commands.ts';
import { type CsvKind, encodeCsv } from './csv.ts';
import { TransferAction, TransferMode } from './enums.ts';
import { RecordBuffer, recordLengthAt, templateIdAt } from './record.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from './transfer-commands.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const FROM_0 = `a whole number from 0 to ${MAX}`;
const FROM_1 = `a whole number from 1 to ${MAX}`;

/** The record of a body that must be right. */
function encode(kind: CsvKind, text: string): RecordBuffer {
  const record = RecordBuffer.allocate(192);
  record.bytes.fill(0xff);
  assert.equal(encodeCsv(kind, text, record, 0), undefined, text);
  assert.equal(validateCommand(record, 0, recordLengthAt(record, 0)), undefined, text);
  return record;
}

function assertRefused(
  kind: CsvKind,
  text: string,
  field: string,
  value: string | number,
  allowed: string,
): void {
  const error = encodeCsv(kind, text, RecordBuffer.allocate(192), 0);
  assert.deepEqual(error, { field, value, allowed }, text);
}

test('a deposit or withdrawal may have an id, references, a mode and an end', () => {
  for (const [kind, templateId] of [
    ['deposit', FUNDING.depositTemplateId],
    ['withdraw', FUNDING.withdrawTemplateId],
  ] as const) {
    const record = encode(kind, '7,2,1000,5,6,8,Pending,99');
    assert.equal(templateIdAt(record, 0), templateId);
    const funding = new Funding().wrap(record, 0);
    assert.deepEqual([funding.accountId, funding.currencyId, funding.amount], [7, 2, 1_000]);
    const { transferId, businessRefId, externalId, mode, expireTime } = funding;
    const terms = [transferId, businessRefId, externalId, mode, expireTime];
    assert.deepEqual(terms, [5, 6, 8, TransferMode.Pending, 99]);
    const bare = new Funding().wrap(encode(kind, '7,2,1000'), 0);
    assert.deepEqual([bare.transferId, bare.mode, bare.expireTime], [0, TransferMode.OneStep, 0]);
  }
});

test('a transfer names both accounts, customers’ or the venue’s own', () => {
  const record = encode('transfer', `-4,${MAX},2,${MAX},5`);
  assert.equal(templateIdAt(record, 0), NEW_TRANSFER.templateId);
  const transfer = new NewTransfer().wrap(record, 0);
  const { debitAccountId, creditAccountId, currencyId, amount, transferId } = transfer;
  assert.deepEqual(
    [debitAccountId, creditAccountId, currencyId, amount, transferId],
    [-4, MAX, 2, MAX, 5],
  );
  encode('transfer', '-1,7,2,10,5,0,77,one-step');
});

test('a resolution names transfer and action, a reversal its own id and the original', () => {
  const resolved = encode('resolve-transfer', '5,mark-unknown,,9');
  assert.equal(templateIdAt(resolved, 0), RESOLVE_TRANSFER.templateId);
  const { transferId, action, amount, externalId } = new ResolveTransfer().wrap(resolved, 0);
  const { MarkUnknown } = TransferAction;
  assert.deepEqual([transferId, action, amount, externalId], [5, MarkUnknown, 0, 9]);
  assert.equal(new ResolveTransfer().wrap(encode('resolve-transfer', '5,POST,4'), 0).amount, 4);
  encode('resolve-transfer', '5,void');
  const record = encode('reverse-transfer', '6,5,3,2,1');
  assert.equal(templateIdAt(record, 0), REVERSE_TRANSFER.templateId);
  const reversal = new ReverseTransfer().wrap(record, 0);
  assert.deepEqual([reversal.transferId, reversal.originalTransferId], [6, 5]);
  assert.deepEqual([reversal.amount, reversal.businessRefId, reversal.externalId], [3, 2, 1]);
  assert.equal(new ReverseTransfer().wrap(encode('reverse-transfer', '6,5'), 0).amount, 0);
});

test('zero, negative, fractional and too large numbers are refused with field and range', () => {
  for (const value of ['0', '-1', '1.5', '9007199254740992', '-0', '']) {
    assertRefused('deposit', `1,1,${value},5`, 'amount', value, FROM_1);
    assertRefused('withdraw', `1,1,${value},5`, 'amount', value, FROM_1);
    assertRefused('transfer', `1,2,1,${value},5`, 'amount', value, FROM_1);
    assertRefused('resolve-transfer', `${value},post`, 'transferId', value, FROM_1);
    assertRefused('reverse-transfer', `6,${value}`, 'originalTransferId', value, FROM_1);
  }
  for (const value of ['-1', '1.5', '9007199254740992']) {
    assertRefused('deposit', `1,1,1,${value}`, 'transferId', value, FROM_0);
    assertRefused('resolve-transfer', `5,post,${value}`, 'amount', value, FROM_0);
    assertRefused('reverse-transfer', `6,5,${value}`, 'amount', value, FROM_0);
  }
  const accounts = `a whole number from -4 to ${MAX}, but not 0`;
  for (const value of ['0', '-0', '-5', '--1', '- 1', '1.5']) {
    assertRefused('transfer', `${value},2,1,1`, 'debitAccountId', value, accounts);
    assertRefused('transfer', `2,${value},1,1`, 'creditAccountId', value, accounts);
  }
});

test('words other than the known ones are refused with those', () => {
  assertRefused('deposit', '1,1,1,5,,,two-step', 'mode', 'two-step', 'one-step, pending');
  const actions = 'post, void, mark-unknown';
  assertRefused('resolve-transfer', '5,cancel', 'action', 'cancel', actions);
  assertRefused('resolve-transfer', '5,', 'action', '', actions);
});

test('terms that do not go together are refused', () => {
  const needsId = `${FROM_1} for a pending transfer`;
  assertRefused('withdraw', '1,1,1,,,,pending', 'transferId', 0, needsId);
  assertRefused('deposit', '1,1,1,5,,,,99', 'expireTime', 99, '0, but for pending transfers');
  const outside = '0, but where one account is the external one (-1)';
  assertRefused('transfer', '1,2,1,1,5,,8', 'externalId', 8, outside);
  assertRefused('resolve-transfer', '5,void,3', 'amount', 3, '0, but to post');
});
