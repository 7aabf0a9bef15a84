/** The worked examples of docs/matching.md, for whatever can execute commands. */
import { describe, it } from 'node:test';
import type { CommandEngine } from '../engine-commands.ts';
import { ICEBERG_CASES, REPLACE_CASES, SELF_TRADE_CASES } from './cases-icebergs.ts';
import { KNOWN_BUG_CASES, REJECT_CASES } from './cases-rejects.ts';
import { AUCTION_CASES, STATE_CASES } from './cases-states.ts';
import { STOP_CASES } from './cases-stops.ts';
import { TIME_CASES } from './cases-time.ts';
import { TRADING_CASES } from './cases-trading.ts';
import { type MatchingCase, runCase } from './matching-case.ts';

const SUBJECTS: Readonly<Record<string, readonly MatchingCase[]>> = {
  'price, time and order types': TRADING_CASES,
  icebergs: ICEBERG_CASES,
  replaces: REPLACE_CASES,
  'self-trade prevention': SELF_TRADE_CASES,
  stops: STOP_CASES,
  'trading states': STATE_CASES,
  auctions: AUCTION_CASES,
  'time and mass cancels': TIME_CASES,
  rejects: REJECT_CASES,
  'well-known bugs': KNOWN_BUG_CASES,
};

/** @param create a new engine without markets */
export function describeMatching(name: string, create: () => CommandEngine): void {
  describe(name, () => {
    for (const [subject, cases] of Object.entries(SUBJECTS)) {
      describe(subject, () => {
        for (const [title, ...steps] of cases) it(title, () => runCase(create(), steps));
      });
    }
  });
}
