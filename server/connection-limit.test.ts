/** Fewer connections where the system allows fewer open files. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { affordableConnections, maxOpenFiles } from './connection-limit.ts';

it('lets in as many connections as there can be open files for', () => {
  assert.equal(affordableConnections(10_000, 20_000), 10_000);
  assert.equal(affordableConnections(10_000, Number.POSITIVE_INFINITY), 10_000);
  assert.equal(affordableConnections(10_000, 1_024), 624);
  assert.equal(affordableConnections(600, 1_024), 600);
  assert.equal(affordableConnections(10_000, 64), 1);
});

it('asks the system how many files a process may open', () => {
  assert.ok(maxOpenFiles() > 0);
});
