/** What a start sends to the exchange that it recovered: what differs, rules first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INITIAL_LIMITS } from '../exchange/venue.ts';
import { commandName } from '../protocol/command-validation.ts';
import { templateIdAt } from '../protocol/record.ts';
import { INITIAL_RULES_VERSION, NEWEST_RULES_VERSION } from '../protocol/rules-version.ts';
import { SetRulesVersion } from '../protocol/venue-commands.ts';
import { Counter, Counters } from '../ring/counters.ts';
import { RingReader } from '../ring/ring.ts';
import { readConfiguration } from './configuration.ts';
import { SupervisorPort } from './supervisor-port.ts';
import { createThreadLinks, SUPERVISOR_PRODUCER } from './threads/thread-links.ts';
import { limitsFor, VenueSetup, type VenueState } from './venue-setup.ts';

const RECOVERED: VenueState = {
  sequence: 7,
  markets: ['one'],
  limits: INITIAL_LIMITS,
  rulesVersion: NEWEST_RULES_VERSION,
  cancelOnlyReasons: 0,
};
const RING_BYTES = 65_536;

/** The names of the commands, and the rules version where one names it. */
async function sentTo(state: VenueState, limits = INITIAL_LIMITS): Promise<string[]> {
  const links = createThreadLinks({
    ...{ gateways: 0, commandRingBytes: RING_BYTES, eventRingBytes: RING_BYTES },
    durability: 'fsync',
  });
  const reader = new RingReader(links.commandRings[SUPERVISOR_PRODUCER]!, 0);
  const counters = new Counters(links.counters);
  counters.set(Counter.ReleasedSequence, Number.MAX_SAFE_INTEGER);
  const setUp = new VenueSetup(new SupervisorPort(links), counters);
  const { commands } = await setUp.apply(state, limits, false);
  const names: string[] = [];
  for (let at = reader.read(); at >= 0; at = reader.read()) {
    const name = commandName(templateIdAt(reader.record, at))!;
    const { rulesVersion } = new SetRulesVersion().wrap(reader.record, at);
    names.push(name === 'SetRulesVersion' ? `${name} ${rulesVersion}` : name);
  }
  assert.equal(names.length, commands);
  return names;
}

test('nothing, where the venue works by these rules and limits', async () => {
  assert.deepEqual(await sentTo(RECOVERED), []);
});

test('the newest rules, where the journal is of older ones', async () => {
  const old = { ...RECOVERED, rulesVersion: INITIAL_RULES_VERSION };
  assert.deepEqual(await sentTo(old), [`SetRulesVersion ${NEWEST_RULES_VERSION}`]);
});

test('the rules before anything else', async () => {
  const old = { ...RECOVERED, rulesVersion: INITIAL_RULES_VERSION };
  const names = await sentTo(old, { ...INITIAL_LIMITS, maxSymbols: 3 });
  assert.deepEqual(names, [`SetRulesVersion ${NEWEST_RULES_VERSION}`, 'SetLimits']);
});

test('limits are configured where the exchange begins', () => {
  const configuration = readConfiguration({ maxSymbols: '3' }, {});
  const limits = limitsFor({ sequence: 0, limits: INITIAL_LIMITS }, configuration);
  assert.equal(limits.maxSymbols, 3);
  assert.equal(limits.clientOrderIdSeconds, configuration.clientOrderIdSeconds);
});

test('later what commands have set stays, but for what is given', () => {
  const set = { ...INITIAL_LIMITS, clientOrderIdSeconds: 3_600, maxAccounts: 9, maxSymbols: 5 };
  const recovered = { sequence: 1, limits: set };
  assert.deepEqual(limitsFor(recovered, readConfiguration({}, {})), set);
  const given = readConfiguration({ maxSymbols: '3' }, { HOGA_MAX_ACCOUNTS: '1000000' });
  assert.deepEqual(limitsFor(recovered, given), {
    ...set,
    maxSymbols: 3,
    maxAccounts: 1_000_000,
  });
});
