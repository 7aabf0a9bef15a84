/** Changes are sent when due, once and in order, whatever the clock and the event loop do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NextStateChange } from '../../gateway/next-state-change.ts';
import { nameOf, TradingState } from '../../protocol/enums.ts';
import { MarketHours } from './market-hours.ts';
import { parseMarketHours } from './market-hours-file.ts';

const { Closed, Continuous, Halted } = TradingState;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function daily(...phases: (readonly [string, string])[]) {
  const session = { days: DAYS, phases: phases.map(([at, state]) => ({ at, state })) };
  return { timeZone: 'UTC', sessions: [session] };
}

const FILE = {
  default: daily(
    ['08:30', 'PreOpen'],
    ['09:00', 'Auction'],
    ['09:00', 'Continuous'],
    ['15:30', 'Closed'],
  ),
  markets: { LATE: daily(['10:00', 'Continuous'], ['20:00', 'Closed']), ALWAYS: null },
};
const TERMS = parseMarketHours(JSON.stringify(FILE));

/** Market hours at a time of 2026-05-05, with a clock that tests move. */
class Rig {
  readonly sent: string[] = [];
  next: readonly NextStateChange[] = [];
  hasRoom = true;
  private nowMs = 0;
  readonly hours: MarketHours;

  constructor(time: string, lastCommand = '00:00') {
    this.setTime(time);
    this.hours = new MarketHours(TERMS, {
      setState: (symbolId, state) => {
        if (this.hasRoom) this.sent.push(`${symbolId} ${nameOf(TradingState, state)}`);
        return this.hasRoom;
      },
      onNextChanges: (next) => {
        this.next = next;
      },
      log: () => {},
      fromMs: momentOf(lastCommand),
      now: () => this.nowMs,
    });
  }

  setTime(time: string): void {
    this.nowMs = momentOf(time);
  }

  add(symbolId: number, code: string, state: number, changedByHand?: string): void {
    const changedByHandMs = changedByHand === undefined ? 0 : momentOf(changedByHand);
    this.hours.add({ symbolId, code, state, changedByHandMs });
  }

  /** What is sent by then. */
  at(time: string): string[] {
    this.setTime(time);
    this.hours.poll();
    return this.sent.splice(0);
  }
}

function momentOf(time: string): number {
  return Date.parse(time.includes('T') ? time : `2026-05-05T${time}Z`);
}

describe('market hours', () => {
  it('send each change when it is due, once', () => {
    const rig = new Rig('08:00');
    rig.add(1, 'STOCK', Closed);
    assert.deepEqual(rig.at('08:29:59.999'), []);
    assert.deepEqual(rig.at('08:30'), ['1 PreOpen']);
    assert.deepEqual(rig.at('08:30'), []);
    assert.deepEqual(rig.at('08:59:59'), []);
    assert.deepEqual(rig.at('09:00:00.007'), ['1 Auction', '1 Continuous']);
    assert.deepEqual(rig.at('15:29'), []);
    assert.deepEqual(rig.at('15:30'), ['1 Closed']);
    assert.deepEqual(rig.at('2026-05-06T08:30Z'), ['1 PreOpen']);
  });

  it('send late what a stalled event loop missed, all of it, in order over all markets', () => {
    const rig = new Rig('08:00');
    rig.add(1, 'LATE', Closed);
    rig.add(2, 'STOCK', Closed);
    assert.deepEqual(rig.at('16:00'), [
      '2 PreOpen',
      '2 Auction',
      '2 Continuous',
      '1 Continuous',
      '2 Closed',
    ]);
    assert.deepEqual(rig.at('2026-05-06T08:45Z'), ['1 Closed', '2 PreOpen']);
  });

  it('send nothing twice when time runs back', () => {
    const rig = new Rig('08:00');
    rig.add(1, 'STOCK', Closed);
    assert.deepEqual(rig.at('09:00'), ['1 PreOpen', '1 Auction', '1 Continuous']);
    assert.deepEqual(rig.at('08:59'), []);
    assert.deepEqual(rig.at('09:00'), []);
    assert.deepEqual(rig.at('15:30'), ['1 Closed']);
    const restarted = new Rig('08:59', '09:00');
    restarted.add(1, 'STOCK', Continuous);
    assert.deepEqual(restarted.at('09:01'), []);
  });

  it('wait where the command ring has no room, and go on in order', () => {
    const rig = new Rig('08:00');
    rig.add(1, 'STOCK', Closed);
    rig.hasRoom = false;
    assert.deepEqual(rig.at('08:30'), []);
    assert.deepEqual(rig.at('09:00'), []);
    rig.hasRoom = true;
    assert.deepEqual(rig.at('09:00'), ['1 PreOpen', '1 Auction', '1 Continuous']);
  });

  it('set a market that is not what they say once, when they begin', () => {
    const rig = new Rig('12:00');
    rig.add(1, 'STOCK', Closed);
    rig.add(2, 'STOCK-2', Continuous);
    rig.add(1, 'STOCK', Closed);
    assert.deepEqual(rig.at('12:00'), ['1 Continuous']);
    assert.deepEqual(rig.at('12:01'), []);
  });

  it('leave what was changed by hand since the last change until the next', () => {
    const rig = new Rig('12:00');
    rig.add(1, 'HALTED-TODAY', Halted, '11:59');
    rig.add(2, 'HALTED-YESTERDAY', Halted, '2026-05-04T12:00Z');
    assert.deepEqual(rig.at('12:00'), ['2 Continuous']);
    assert.deepEqual(rig.at('15:30'), ['1 Closed', '2 Closed']);
  });

  it('are of a market by its code, of others by default; null is none', () => {
    const rig = new Rig('09:30');
    rig.add(1, 'LATE', Continuous);
    rig.add(2, 'ALWAYS', Halted);
    assert.deepEqual(rig.at('09:30'), ['1 Closed']);
    assert.deepEqual(rig.at('2026-05-06T00:00Z'), ['1 Continuous', '1 Closed']);
    assert.deepEqual(rig.hours.unknownCodes(), []);
    assert.deepEqual(new Rig('09:30').hours.unknownCodes(), ['LATE']);
  });

  it('tell the next change of each market', () => {
    const rig = new Rig('08:45');
    rig.add(1, 'STOCK', Closed);
    rig.add(2, 'LATE', Closed);
    const next = () =>
      rig.next.map(({ symbolId, state, time }) => {
        return `${symbolId} ${state} ${new Date(time / 1_000).toISOString().slice(11, 16)}`;
      });
    assert.deepEqual(next(), ['1 Auction 09:00', '2 Continuous 10:00']);
    rig.at('09:00');
    assert.deepEqual(next(), ['1 Closed 15:30', '2 Continuous 10:00']);
  });
});
