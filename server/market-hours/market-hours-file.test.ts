/** The file of --market-hours: what is wrong in it is told with path, value and what is allowed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseMarketHours, readMarketHours } from './market-hours-file.ts';

const GOOD = {
  timeZone: 'Asia/Seoul',
  sessions: [{ days: ['Mon'], phases: [{ at: '09:00', state: 'Continuous' }] }],
  holidays: ['2026-01-01'],
  specialDays: { '2026-01-02': [{ at: '10:00:30', state: 'Continuous' }] },
};

function phases(...given: unknown[]) {
  return { ...GOOD, sessions: [{ days: ['Mon'], phases: given }] };
}

const STATES = 'Halted, Continuous, Closed, PreOpen, Auction';
const WEEKDAYS = 'Sun, Mon, Tue, Wed, Thu, Fri, Sat';
const TIME = 'a time from 00:00 to 23:59, or with seconds';

const WRONG: readonly (readonly [unknown, string])[] = [
  [[], 'the file: [] is not allowed; allowed: an object'],
  [{}, 'the file: {} is not allowed; allowed: hours in `default`, in `markets`, or in both'],
  [{ market: {} }, 'the file: "market" is not allowed; allowed: the fields default, markets'],
  [{ markets: { X: 1 } }, 'markets["X"]: 1 is not allowed; allowed: an object'],
  [
    { default: { ...GOOD, timeZone: 'Asia/Soul' } },
    'default.timeZone: "Asia/Soul" is not allowed; allowed: an IANA time zone, such as ' +
      'Asia/Seoul or America/New_York',
  ],
  [
    { default: { ...GOOD, timeZone: '+09:00' } },
    'default.timeZone: "+09:00" is not allowed; allowed: an IANA time zone, such as ' +
      'Asia/Seoul or America/New_York',
  ],
  [{ default: { timeZone: 'UTC' } }, 'default.sessions: nothing is not allowed; allowed: a list'],
  [
    { default: { ...GOOD, sessions: [] } },
    'default.sessions: [] is not allowed; allowed: a list with one session at least',
  ],
  [
    { default: { ...GOOD, sessions: [{ days: [], phases: GOOD.sessions[0]!.phases }] } },
    'default.sessions[0].days: [] is not allowed; allowed: a list with one weekday at least',
  ],
  [
    { default: { ...GOOD, sessions: [{ ...GOOD.sessions[0], days: ['Monday'] }] } },
    `default.sessions[0].days[0]: "Monday" is not allowed; allowed: ${WEEKDAYS}`,
  ],
  [
    { default: { ...GOOD, sessions: [GOOD.sessions[0], GOOD.sessions[0]] } },
    'default.sessions[1].days[0]: "Mon" is not allowed; allowed: each weekday once, in one session',
  ],
  [
    { markets: { 'A/B': phases() } },
    'markets["A/B"].sessions[0].phases: [] is not allowed; allowed: a list with one phase at least',
  ],
  ...['9:00', '24:00', '09:60', 'noon', 900].map((time) => {
    const where = 'default.sessions[0].phases[0].at';
    const what = `${where}: ${JSON.stringify(time)} is not allowed; allowed: ${TIME}`;
    return [{ default: phases({ at: time, state: 'Closed' }) }, what] as const;
  }),
  [
    { default: phases({ at: '09:00', state: 'Open' }) },
    `default.sessions[0].phases[0].state: "Open" is not allowed; allowed: ${STATES}`,
  ],
  [
    { default: phases({ at: '09:00', state: 'toString' }) },
    `default.sessions[0].phases[0].state: "toString" is not allowed; allowed: ${STATES}`,
  ],
  [
    { default: phases({ at: '09:00', state: 'PreOpen' }, { at: '08:59', state: 'Closed' }) },
    'default.sessions[0].phases[1].at: "08:59" is not allowed; allowed: not before the phase ' +
      'above it',
  ],
  [
    { default: { ...GOOD, holidays: ['2026-02-29'] } },
    'default.holidays[0]: "2026-02-29" is not allowed; allowed: a date that there is, such as ' +
      '2026-12-25',
  ],
  [
    { default: { ...GOOD, holidays: ['2026-01-02'] } },
    'default.specialDays["2026-01-02"]: "2026-01-02" is not allowed; allowed: each date once, ' +
      'in holidays or in specialDays',
  ],
];

describe('the file of market hours', () => {
  it('is right as it stands in docs/operations.md', () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const example = /```json market-hours\n([\s\S]*?)```/.exec(page)?.[1];
    assert.ok(example, 'docs/operations.md has no example');
    const { byDefault, markets } = parseMarketHours(example);
    assert.deepEqual([...markets.keys()], ['BTC/KRW', 'ETH/KRW']);
    const [first] = byDefault!.nextAfter(Date.parse('2026-01-01T12:00:00Z'));
    assert.equal(new Date(first!.atMs).toISOString(), '2026-01-02T01:00:00.000Z');
  });

  it('may have a default, markets, and markets without hours', () => {
    const file = { default: GOOD, markets: { 'AAPL/USD': GOOD, 'BTC/KRW': null } };
    const { byDefault, markets } = parseMarketHours(JSON.stringify(file));
    assert.ok(byDefault);
    assert.ok(markets.get('AAPL/USD'));
    assert.equal(markets.has('BTC/KRW'), true);
    assert.equal(markets.get('BTC/KRW'), undefined);
  });

  for (const [file, message] of WRONG) {
    it(`is refused: ${message.slice(0, 70)}`, () => {
      assert.throws(() => parseMarketHours(JSON.stringify(file)), { message });
    });
  }

  it('is named with what is wrong', () => {
    assert.throws(() => readMarketHours('/no/such/file.json'), {
      name: 'ConfigurationError',
      message: /^--market-hours: \/no\/such\/file\.json: ENOENT/,
    });
  });
});
