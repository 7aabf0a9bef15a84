/** Each reject reason has a number of its own, a name and a sentence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRejectReason, RejectReason } from './reject-reason.ts';

const reasons = Object.entries(RejectReason);

test('each reason is described by its code, its name and a sentence of its own', () => {
  const sentences = new Set<string>();
  for (const [name, code] of reasons) {
    const described = describeRejectReason(code);
    assert.deepEqual([described.code, described.name], [code, name]);
    assert.match(described.text, /^[A-Z].{15,}\.$/, name);
    sentences.add(described.text);
  }
  assert.equal(sentences.size, reasons.length);
});

test('codes ascend from 0, so a new one is not put where another was', () => {
  const codes = reasons.map(([, code]) => code);
  assert.deepEqual(
    codes,
    [...new Set(codes)].toSorted((a, b) => a - b),
  );
  assert.equal(RejectReason.None, 0);
});

test('a code that is no reason is refused with the code', () => {
  for (const code of [-1, reasons.at(-1)![1] + 1, 1.5, Number.NaN, 65_535]) {
    assert.throws(() => describeRejectReason(code), {
      name: 'RangeError',
      message: `there is no reject reason ${code}`,
    });
  }
});
