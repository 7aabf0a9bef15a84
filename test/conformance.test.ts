/**
 * The engine against a real session of a real exchange, and the session against engines with a
 * broken rule. The data is not part of the repository: HOGA_ES_DATA names its folder.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PlainEngine } from '../engine/plain-engine.ts';
import { BROKEN_RULES } from './conformance/es-doubles.ts';
import { replaySession } from './conformance/es-replay.ts';
import { EXPECTED, readSession } from './conformance/es-session.ts';

const BESIDE = fileURLToPath(new URL('../../shared/data/es-2023-12-25', import.meta.url));
const folder = process.env['HOGA_ES_DATA'] ?? BESIDE;
const skip = existsSync(folder)
  ? false
  : `${folder} does not exist: HOGA_ES_DATA names the folder es-2023-12-25`;

describe('the recorded session of 25 December 2023', { skip }, () => {
  it('is reproduced exactly: opening, fills, self-match cancels and final book', async () => {
    const { found, mismatches } = replaySession(await readSession(folder), new PlainEngine());
    assert.deepEqual(mismatches, []);
    assert.deepEqual(found, EXPECTED);
  });

  for (const [name, { parts, stillExact }] of Object.entries(BROKEN_RULES)) {
    it(`notices the rule that is broken by ${name}`, async () => {
      const { found } = replaySession(await readSession(folder), new PlainEngine(undefined, parts));
      for (const [metric, value] of Object.entries(stillExact)) {
        assert.equal(found[metric as keyof typeof found], value, metric);
      }
    });
  }
});
