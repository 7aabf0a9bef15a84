/** Calendars on ordinary days, and on those when clocks change, years leap and shops are shut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameOf, TradingState } from '../../protocol/enums.ts';
import { dayOf, LocalTime, weekdayOf } from './local-time.ts';
import type { ScheduledChange } from './market-calendar.ts';
import { parseMarketHours } from './market-hours-file.ts';

const NEW_YORK = 'America/New_York';
const DAILY = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function calendarOf(
  days: readonly string[],
  phases: readonly (readonly [string, string])[],
  terms: Readonly<Record<string, unknown>> = {},
) {
  const session = { days, phases: phases.map(([at, state]) => ({ at, state })) };
  const calendar = { timeZone: NEW_YORK, sessions: [session], ...terms };
  return parseMarketHours(JSON.stringify({ default: calendar })).byDefault!;
}

function describeChanges(changes: readonly ScheduledChange[]): string[] {
  return changes.map(({ atMs, state }) => {
    return `${new Date(atMs).toISOString().slice(0, 19)}Z ${nameOf(TradingState, state)}`;
  });
}

const at = (text: string) => Date.parse(text);

describe('a local time', () => {
  const clock = new LocalTime(NEW_YORK);
  const moment = (shown: string) => new Date(clock.momentOf(at(`${shown}Z`))).toISOString();

  it('is a moment by the offset of its day', () => {
    assert.equal(moment('2026-01-15T09:30:00'), '2026-01-15T14:30:00.000Z');
    assert.equal(moment('2026-07-15T09:30:00'), '2026-07-15T13:30:00.000Z');
  });

  it('that clocks skip is the moment at which they do', () => {
    // On 2026-03-08 New York goes from 02:00 EST to 03:00 EDT.
    assert.equal(moment('2026-03-08T01:59:59'), '2026-03-08T06:59:59.000Z');
    for (const skipped of ['02:00:00', '02:00:01', '02:30:00', '02:59:59', '03:00:00']) {
      assert.equal(moment(`2026-03-08T${skipped}`), '2026-03-08T07:00:00.000Z', skipped);
    }
    assert.equal(moment('2026-03-08T03:00:01'), '2026-03-08T07:00:01.000Z');
  });

  it('that clocks show twice is its first occurrence', () => {
    // On 2026-11-01 New York goes from 02:00 EDT back to 01:00 EST.
    assert.equal(moment('2026-11-01T00:59:59'), '2026-11-01T04:59:59.000Z');
    assert.equal(moment('2026-11-01T01:00:00'), '2026-11-01T05:00:00.000Z');
    assert.equal(moment('2026-11-01T01:59:59'), '2026-11-01T05:59:59.000Z');
    assert.equal(moment('2026-11-01T02:00:00'), '2026-11-01T07:00:00.000Z');
  });

  it('is a moment too where clocks skip midnight', () => {
    // On 2018-11-04 São Paulo went from 00:00 to 01:00.
    const saoPaulo = new LocalTime('America/Sao_Paulo');
    const midnight = saoPaulo.momentOf(at('2018-11-04T00:00:00Z'));
    assert.equal(new Date(midnight).toISOString(), '2018-11-04T03:00:00.000Z');
  });

  it('never runs back, minute by minute, in zones of all kinds', () => {
    for (const zone of [NEW_YORK, 'Asia/Seoul', 'Australia/Lord_Howe', 'Europe/London', 'UTC']) {
      const local = new LocalTime(zone);
      for (const start of ['2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-31']) {
        let last = 0;
        for (let minute = 0; minute < 3 * 24 * 60; minute += 15) {
          const found = local.momentOf(at(`${start}T00:00:00Z`) + minute * 60_000);
          assert.ok(found >= last, `${zone} ${start} + ${minute}`);
          last = found;
        }
      }
    }
  });

  it('dates are days, leap days too, and what is no date is none', () => {
    assert.equal(weekdayOf(dayOf('2028-02-29')!), 2);
    assert.equal(dayOf('2028-03-01')! - dayOf('2028-02-28')!, 2);
    for (const none of ['2026-02-29', '2026-13-01', '2026-1-1', 'today', '']) {
      assert.equal(dayOf(none), undefined, none);
    }
  });
});

describe('a market calendar', () => {
  const stock = calendarOf(
    ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'],
    [
      ['08:30', 'PreOpen'],
      ['09:30', 'Auction'],
      ['09:30', 'Continuous'],
      ['16:00', 'Closed'],
    ],
    {
      holidays: ['2026-12-25'],
      specialDays: {
        '2026-11-27': [
          { at: '09:30', state: 'Continuous' },
          { at: '13:00', state: 'Closed' },
        ],
      },
    },
  );

  it('gives the changes of a day in their order, those of one moment too', () => {
    assert.deepEqual(
      describeChanges(stock.between(at('2026-07-15T00:00Z'), at('2026-07-16T00:00Z'))),
      [
        '2026-07-15T12:30:00Z PreOpen',
        '2026-07-15T13:30:00Z Auction',
        '2026-07-15T13:30:00Z Continuous',
        '2026-07-15T20:00:00Z Closed',
      ],
    );
  });

  it('begins at nine thirty in the morning whatever the clocks did at the week-end', () => {
    const opens = (from: string, until: string) =>
      describeChanges(stock.between(at(from), at(until))).filter((text) => /Cont/.test(text));
    assert.deepEqual(opens('2026-03-06T00:00Z', '2026-03-10T00:00Z'), [
      '2026-03-06T14:30:00Z Continuous',
      '2026-03-09T13:30:00Z Continuous',
    ]);
    assert.deepEqual(opens('2026-10-30T00:00Z', '2026-11-03T00:00Z'), [
      '2026-10-30T13:30:00Z Continuous',
      '2026-11-02T14:30:00Z Continuous',
    ]);
  });

  it('knows what the state is: since the last change, that very moment included', () => {
    const stateAt = (text: string) => nameOf(TradingState, stock.lastUntil(at(text)).state);
    assert.equal(stateAt('2026-07-15T13:29:59.999Z'), 'PreOpen');
    assert.equal(stateAt('2026-07-15T13:30:00.000Z'), 'Continuous');
    assert.equal(stateAt('2026-07-18T15:00Z'), 'Closed', 'on a Saturday');
    assert.equal(stateAt('2026-07-20T12:29Z'), 'Closed', 'on Monday before it opens');
  });

  it('keeps holidays and special days', () => {
    assert.deepEqual(
      describeChanges(stock.between(at('2026-12-25T00:00Z'), at('2026-12-28T12:00Z'))),
      ['2026-12-25T05:00:00Z Closed'],
    );
    assert.deepEqual(
      describeChanges(stock.between(at('2026-11-27T00:00Z'), at('2026-11-28T00:00Z'))),
      ['2026-11-27T14:30:00Z Continuous', '2026-11-27T18:00:00Z Closed'],
    );
    const [next] = stock.nextAfter(at('2026-12-24T22:00Z'));
    assert.deepEqual(describeChanges([next!]), ['2026-12-25T05:00:00Z Closed']);
  });

  it('has a session on the leap day', () => {
    const found = stock.between(at('2028-02-29T05:00Z'), at('2028-03-01T05:00Z'));
    assert.equal(describeChanges(found)[0], '2028-02-29T13:30:00Z PreOpen');
    assert.equal(found.length, 4);
  });

  it('gives each phase of a night when clocks change once, in order', () => {
    const night = calendarOf(DAILY, [
      ['01:30', 'PreOpen'],
      ['02:30', 'Auction'],
      ['03:00', 'Continuous'],
      ['04:00', 'Closed'],
    ]);
    assert.deepEqual(
      describeChanges(night.between(at('2026-03-08T05:00Z'), at('2026-03-09T04:00Z'))),
      [
        '2026-03-08T06:30:00Z PreOpen',
        '2026-03-08T07:00:00Z Auction',
        '2026-03-08T07:00:00Z Continuous',
        '2026-03-08T08:00:00Z Closed',
      ],
    );
    assert.deepEqual(
      describeChanges(night.between(at('2026-11-01T04:00Z'), at('2026-11-02T05:00Z'))),
      [
        '2026-11-01T05:30:00Z PreOpen',
        '2026-11-01T07:30:00Z Auction',
        '2026-11-01T08:00:00Z Continuous',
        '2026-11-01T09:00:00Z Closed',
      ],
    );
  });
});
