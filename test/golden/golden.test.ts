/**
 * What older releases journaled replays as it ran: the same events, by their hash, and the same
 * state. Where this fails, a behaviour has changed without a rules version, or a record can no
 * longer be read as it was (ADR 0011); the golden journals themselves never change.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { temporaryFolder } from '../../journal/testing/journal-rig.ts';
import { COMMAND_RULES } from '../../protocol/command-rules.ts';
import { CancelReason, ExecType, TransferKind, TransferStatus } from '../../protocol/enums.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { archivePathOf, goldenNames, readGolden, replayArchive } from './golden-journal.ts';

const MAX_BYTES = 102_400;

/** What no journal has: gateways refuse it, the exchange asks before the engine, or it is huge. */
const IN_NO_JOURNAL = [
  ...['reject InvalidField', 'reject DuplicateOrderId', 'cancel TooManyFills'],
  ...['cancel None', 'transfer None'],
];

function allOf(what: string, names: Readonly<Record<string, number>>): string[] {
  return Object.keys(names).map((name) => `${what} ${name}`);
}

describe('golden journals', () => {
  for (const name of goldenNames()) {
    test(`${name} replays to the hashes that were committed with it`, async () => {
      const { about: _about, seed: _seed, ...expected } = readGolden(name);
      assert.ok(readFileSync(archivePathOf(name)).length <= MAX_BYTES);
      assert.deepEqual(await replayArchive(archivePathOf(name)), expected);
    });
  }

  test('every command and every outcome is in one of them', () => {
    const covered = new Set(goldenNames().flatMap((name) => Object.keys(readGolden(name).covers)));
    const wanted = [
      ...[...COMMAND_RULES.values()].map(({ name }) => `command ${name}`),
      ...['command Tick', 'order again', 'transfer again Posted', 'fill Auction'],
      ...allOf('reject', RejectReason),
      ...allOf('cancel', CancelReason),
      ...allOf('report', ExecType),
      ...allOf('posting', TransferKind),
      ...allOf('transfer', TransferStatus),
    ];
    const missing = wanted.filter((what) => !covered.has(what));
    assert.deepEqual(missing.toSorted(), IN_NO_JOURNAL.toSorted());
  });

  test('one with a flipped bit is refused', async () => {
    const bytes = readFileSync(archivePathOf(goldenNames()[0]!));
    bytes[bytes.length >> 1]! ^= 1;
    const path = join(temporaryFolder(), 'flipped.archive');
    writeFileSync(path, bytes);
    await assert.rejects(replayArchive(path), /is damaged/);
  });
});
