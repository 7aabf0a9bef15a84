/** CSV bodies of the commands about what accounts may do and what they pay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateCommand } from './command-validation.ts';
import type { CommandHeader } from './commands.ts';
import { type CsvKind, encodeCsv } from './csv.ts';
import { KillSwitchAction, Permission, VenueMode, VenueModeReason } from './enums.ts';
import { RecordBuffer, recordLengthAt } from './record.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from './risk-commands.ts';
import { SetVenueMode } from './venue-mode.ts';

type Wrapped = CommandHeader & { wrap(record: RecordBuffer, offset: number): unknown };

function assertEncodes(kind: CsvKind, text: string, command: Wrapped, fields: object): void {
  const record = RecordBuffer.allocate(192);
  record.bytes.fill(0xff);
  assert.equal(encodeCsv(kind, text, record, 8), undefined, text);
  assert.equal(validateCommand(record, 8, recordLengthAt(record, 8)), undefined, text);
  command.wrap(record, 8);
  for (const [name, value] of Object.entries(fields)) {
    assert.equal((command as unknown as Record<string, number>)[name], value, `${text}: ${name}`);
  }
}

function assertRefused(kind: CsvKind, text: string, field: string): void {
  const record = RecordBuffer.allocate(192);
  assert.equal(encodeCsv(kind, text, record, 8)?.field, field, text);
}

test('fees name a market, and a tier if they are not everybody’s', () => {
  const fees = { symbolId: 5, makerFeePpm: 10, takerFeePpm: 20 };
  assertEncodes('fees', '5,10,20', new SetFees(), { ...fees, tier: 0 });
  assertEncodes('fees', '5,10,20,9\n', new SetFees(), { ...fees, tier: 9 });
  assertRefused('fees', '5,1000001,20', 'makerFeePpm');
  assertRefused('fees', '5,10,-1', 'takerFeePpm');
  assertRefused('fees', '5,10,20,10', 'tier');
});

test('a fee tier has a currency and a volume', () => {
  const tier = { currencyId: 2, tier: 3, minVolume: 500 };
  assertEncodes('fee-tier', '2,3,500', new SetFeeTier(), tier);
  assertRefused('fee-tier', '2,0,500', 'tier');
  assertRefused('fee-tier', '0,1,500', 'currencyId');
  assertRefused('fee-tier', '2,1,x', 'minVolume');
});

test('limits are of an account or of each, in a market or in all; left out is no limit', () => {
  const none = { maxPosition: 0, maxOpenOrders: 0, maxMessageRate: 0 };
  const some = { accountId: 0, symbolId: 0, maxOrderQty: 7, maxOrderNotional: 0, ...none };
  assertEncodes('risk-limits', '0,0,7', new SetRiskLimits(), some);
  for (const [line, symbolId, maxMessageRate] of [
    ['1,2,3,4,5,6', 2, 0],
    ['1,0,3,4,5,6,7', 0, 7],
  ] as const) {
    assertEncodes('risk-limits', line, new SetRiskLimits(), {
      accountId: 1,
      symbolId,
      maxOrderQty: 3,
      maxOrderNotional: 4,
      maxPosition: 5,
      maxOpenOrders: 6,
      maxMessageRate,
    });
  }
  assertRefused('risk-limits', '1,2,0,0,0,0,7', 'maxMessageRate');
  assertRefused('risk-limits', 'x,0', 'userId');
  assertRefused('risk-limits', '1,2,3,4,5,4294967296', 'maxOpenOrders');
});

test('permissions and kill switches are words', () => {
  const { CloseOnly, Suspended } = Permission;
  const closeOnly = { accountId: 1, permission: CloseOnly };
  assertEncodes('permission', '1,close-only', new SetPermission(), closeOnly);
  assertEncodes('permission', '1,Suspended', new SetPermission(), { permission: Suspended });
  assertRefused('permission', '0,active', 'userId');
  assertRefused('permission', '1,maybe', 'permission');
  const { Engage, Release } = KillSwitchAction;
  const venue = { accountId: 0, symbolId: 0, action: Engage };
  assertEncodes('kill-switch', 'engage', new KillSwitch(), venue);
  assertEncodes('kill-switch', 'release,7', new KillSwitch(), { accountId: 7, action: Release });
  assertEncodes('kill-switch', 'engage,0,3', new KillSwitch(), { symbolId: 3 });
  assertRefused('kill-switch', 'engage,7,3', 'symbolId');
  assertRefused('kill-switch', 'on', 'action');
});

test('the venue is in a mode by a word, and by hand', () => {
  const reason = VenueModeReason.Operator;
  const cancelOnly = { mode: VenueMode.CancelOnly, reason };
  assertEncodes('venue-mode', 'cancel-only', new SetVenueMode(), cancelOnly);
  assertEncodes('venue-mode', 'normal', new SetVenueMode(), { mode: VenueMode.Normal, reason });
  assertRefused('venue-mode', 'closed', 'mode');
});

test('slippage is in hundredths of a percent', () => {
  assertEncodes('slippage', '4,50', new SetSlippage(), { symbolId: 4, maxSlippageBps: 50 });
  assertRefused('slippage', '4,10001', 'maxSlippageBps');
});
