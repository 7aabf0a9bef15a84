/** The alarm of a low disk: when it sets the venue's mode, when it lifts it, and what it leaves. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VenueMode, VenueModeReason } from '../protocol/enums.ts';
import { DiskWatch, type DiskWatchOptions } from './disk-watch.ts';

const { CancelOnly, Normal } = VenueMode;
const { DiskLow, Operator } = VenueModeReason;
const LOW = 1_000;

/** A watch over a disk and a journal that the test fills. */
function watch(options: Partial<DiskWatchOptions> = {}) {
  const disk = { free: 10 * LOW, used: 0, hasRoomForCommands: true };
  const sent: number[] = [];
  const warnings: string[] = [];
  const watched = new DiskWatch({
    lowBytes: LOW,
    mapBytes: 100 * LOW,
    freeBytes: async () => disk.free,
    journalUsedBytes: () => disk.used,
    setMode: (mode, reason) => {
      assert.equal(reason, DiskLow);
      if (disk.hasRoomForCommands) sent.push(mode);
      return disk.hasRoomForCommands;
    },
    onFreeBytes: () => {},
    warn: (_, text) => warnings.push(text),
    reasons: 0,
    ...options,
  });
  const look = async (free: number, used = disk.used) => {
    Object.assign(disk, { free, used });
    await watched.look();
    return sent.splice(0);
  };
  return { disk, look, warnings };
}

describe('the alarm of a low disk', () => {
  it('is raised once below the limit, and lifted once a quarter above it', async () => {
    const { look, warnings } = watch();
    assert.deepEqual(await look(LOW), []);
    assert.deepEqual(await look(LOW - 1), [CancelOnly]);
    assert.match(warnings.at(-1)!, /only cancels are taken. Make room/);
    for (const free of [0, LOW, 1.25 * LOW - 1]) assert.deepEqual(await look(free), []);
    assert.deepEqual(await look(1.25 * LOW), [Normal]);
    assert.match(warnings.at(-1)!, /lifted/);
    assert.deepEqual(await look(1.25 * LOW), []);
    assert.equal(warnings.length, 2);
  });

  it('is raised for the journal’s map too, and lifted when both have room', async () => {
    const { look } = watch();
    assert.deepEqual(await look(9 * LOW, 99 * LOW), []);
    assert.deepEqual(await look(9 * LOW, 99 * LOW + 1), [CancelOnly]);
    assert.deepEqual(await look(0, 0), []);
    assert.deepEqual(await look(9 * LOW, 0), [Normal]);
  });

  it('leaves a small map nine tenths', async () => {
    const { look } = watch({ mapBytes: LOW });
    assert.deepEqual(await look(9 * LOW, 900), []);
    assert.deepEqual(await look(9 * LOW, 901), [CancelOnly]);
  });

  it('sends again what found no room', async () => {
    const { disk, look, warnings } = watch();
    disk.hasRoomForCommands = false;
    assert.deepEqual(await look(0), []);
    assert.equal(warnings.length, 0);
    disk.hasRoomForCommands = true;
    assert.deepEqual(await look(0), [CancelOnly]);
    disk.hasRoomForCommands = false;
    assert.deepEqual(await look(9 * LOW), []);
    disk.hasRoomForCommands = true;
    assert.deepEqual(await look(9 * LOW), [Normal]);
  });

  it('after a restart is still known, and not taken for an operator’s', async () => {
    assert.deepEqual(await watch({ reasons: DiskLow }).look(0), []);
    assert.deepEqual(await watch({ reasons: DiskLow + Operator }).look(9 * LOW), [Normal]);
    const byHand = watch({ reasons: Operator });
    assert.deepEqual(await byHand.look(9 * LOW), []);
    assert.deepEqual(await byHand.look(0), [CancelOnly]);
  });

  it('is off at 0, and lifts what an earlier one raised', async () => {
    const { look } = watch({ lowBytes: 0, reasons: DiskLow });
    assert.deepEqual(await look(0, 100 * LOW), [Normal]);
    assert.deepEqual(await look(0), []);
  });

  it('takes a disk that cannot be asked for a full one', async () => {
    const { look } = watch({ freeBytes: () => Promise.reject(new Error('EIO')) });
    assert.deepEqual(await look(9 * LOW), [CancelOnly]);
  });
});
