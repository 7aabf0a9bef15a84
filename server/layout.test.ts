/** Which layout is in force, and that what is said explicitly wins over it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from './configuration.ts';
import { layoutFor } from './layout.ts';

const read = (flags: Record<string, string>, cores: number) =>
  layoutFor(readConfiguration(flags, {}), cores);

test('auto is compact below eight cores, and spread from there', () => {
  for (const cores of [1, 2, 4, 7]) assert.equal(read({}, cores).name, 'compact');
  for (const cores of [8, 64]) assert.equal(read({}, cores).name, 'spread');
});

test('auto spreads only where half of the cores do not spin', () => {
  assert.equal(read({ gateways: '2' }, 8).name, 'spread');
  assert.equal(read({ gateways: '3' }, 8).name, 'compact');
  assert.equal(read({ gateways: '3' }, 10).name, 'spread');
});

test('a layout that is named is taken on any machine', () => {
  assert.equal(read({ layout: 'spread' }, 1).name, 'spread');
  assert.equal(read({ layout: 'compact' }, 64).name, 'compact');
});

test('compact leaves the cores to those who work', () => {
  const { exchange, journal, gateway } = read({ layout: 'compact' }, 2);
  assert.deepEqual(exchange, { strategy: 'spin-then-park', spins: 20 });
  assert.deepEqual(journal, { strategy: 'park', spins: 0 });
  assert.deepEqual(gateway, { strategy: 'spin-then-park', spins: 80 });
});

test('an explicit wait strategy, or explicit spins, win for exchange and journal', () => {
  const { exchange: byLayout, gateway } = read({ layout: 'spread' }, 8);
  const strategy = read({ layout: 'spread', waitStrategy: 'park' }, 8);
  const spins = read({ layout: 'spread', spins: '0' }, 8);
  for (const thread of ['exchange', 'journal'] as const) {
    assert.equal(strategy[thread].strategy, 'park');
    assert.deepEqual(spins[thread], { strategy: 'spin-then-park', spins: 0 });
  }
  assert.equal(strategy.exchange.spins, byLayout.spins);
  assert.deepEqual(strategy.gateway, gateway);
});
