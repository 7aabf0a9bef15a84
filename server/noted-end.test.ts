/** Where a journal ended is known at the next start, or it is said that this was damaged. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../journal/testing/journal-rig.ts';
import { forgetEnd, markerOf, notedEnd, noteEnd } from './noted-end.ts';

test('what was noted last is known, until it is forgotten', () => {
  const folder = temporaryFolder();
  assert.equal(notedEnd(folder), undefined);
  for (const [lastSequence, isStaged] of [
    [17, false],
    [2 ** 53 - 1, true],
  ] as const) {
    noteEnd(folder, { lastSequence, crc: 0xffff_ffff, isStaged });
    assert.deepEqual(notedEnd(folder), { lastSequence, crc: 0xffff_ffff, isStaged });
  }
  forgetEnd(folder);
  assert.equal(notedEnd(folder), undefined);
});

test('any other character in it is noticed', () => {
  const folder = temporaryFolder();
  noteEnd(folder, { lastSequence: 5_010, crc: 77, isStaged: true });
  const whole = readFileSync(markerOf(folder), 'utf8');
  for (let at = 0; at < whole.length - 1; at++) {
    const other = whole[at] === '1' ? '2' : '1';
    writeFileSync(markerOf(folder), whole.slice(0, at) + other + whole.slice(at + 1));
    assert.throws(() => notedEnd(folder), /exchange\.json is damaged: .* seal/, `character ${at}`);
  }
  for (const text of ['', '{', 'null', '{}', '{"sequence":1}']) {
    writeFileSync(markerOf(folder), text);
    assert.throws(() => notedEnd(folder), /exchange\.json is damaged/, text);
  }
});

test('one of a release that noted no end only says that there was an exchange', () => {
  const folder = temporaryFolder();
  writeFileSync(markerOf(folder), '{"firstUsed":"2026-11-01T00:00:00.000Z"}\n');
  assert.deepEqual(notedEnd(folder), { lastSequence: 0, crc: 0, isStaged: false });
});

test('one that cannot be written says so, and leaves nothing behind', () => {
  const folder = temporaryFolder();
  mkdirSync(markerOf(folder));
  const point = { lastSequence: 1, crc: 1, isStaged: false };
  assert.throws(() => noteEnd(folder, point), { name: 'FileWriteError' });
  assert.deepEqual(readdirSync(folder), ['exchange.json']);
});
