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

test('codes are numbered from 0 without a gap, so none changes its meaning', () => {
  assert.deepEqual(
    reasons.map(([, code]) => code),
    reasons.map((_, index) => index),
  );
  assert.equal(RejectReason.None, 0);
});

test('a code that is no reason is refused with the code', () => {
  for (const code of [-1, reasons.length, 1.5, Number.NaN, 65_535]) {
    assert.throws(() => describeRejectReason(code), {
      name: 'RangeError',
      message: `there is no reject reason ${code}`,
    });
  }
});
