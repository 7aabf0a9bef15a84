/**
 * Reads the file of `--market-hours`. What is wrong in it is told with its path in the file, its
 * value and what is allowed (docs/operations.md describes the file).
 */
import { readFileSync } from 'node:fs';
import { TradingState } from '../../protocol/enums.ts';
import { ConfigurationError } from '../configuration.ts';
import { dayOf, LocalTime } from './local-time.ts';
import { HOLIDAY, MarketCalendar, type Phase } from './market-calendar.ts';

/** Calendars by market code; a market that is named and has none stays as it is. */
export interface MarketHoursTerms {
  readonly byDefault: MarketCalendar | undefined;
  readonly markets: ReadonlyMap<string, MarketCalendar | undefined>;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const STATES: Readonly<Record<string, number>> = TradingState;
const SECOND_MS = 1_000;

type JsonObject = Readonly<Record<string, unknown>>;

/** @throws ConfigurationError */
export function readMarketHours(file: string): MarketHoursTerms {
  try {
    return parseMarketHours(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`--market-hours: ${file}: ${why}`);
  }
}

/** @throws Error that says where and what is allowed */
export function parseMarketHours(text: string): MarketHoursTerms {
  const file = objectAt('the file', JSON.parse(text), ['default', 'markets']);
  const markets = new Map<string, MarketCalendar | undefined>();
  const given = file['markets'] === undefined ? {} : anyObjectAt('markets', file['markets']);
  for (const [code, calendar] of Object.entries(given)) {
    const path = `markets[${JSON.stringify(code)}]`;
    markets.set(code, calendar === null ? undefined : calendarAt(path, calendar));
  }
  const byDefault =
    file['default'] === undefined ? undefined : calendarAt('default', file['default']);
  if (byDefault === undefined && markets.size === 0) {
    refuse('the file', file, 'hours in `default`, in `markets`, or in both');
  }
  return { byDefault, markets };
}

function calendarAt(path: string, value: unknown): MarketCalendar {
  const keys = ['timeZone', 'sessions', 'holidays', 'specialDays'];
  const calendar = objectAt(path, value, keys);
  const timeZone = timeZoneAt(`${path}.timeZone`, calendar['timeZone']);
  const week = weekAt(`${path}.sessions`, calendar['sessions']);
  const specialDays = new Map<number, readonly Phase[]>();
  for (const [index, date] of listAt(`${path}.holidays`, calendar['holidays'] ?? []).entries()) {
    specialDays.set(dayAt(`${path}.holidays[${index}]`, date, specialDays), HOLIDAY);
  }
  const special = anyObjectAt(`${path}.specialDays`, calendar['specialDays'] ?? {});
  for (const [date, phases] of Object.entries(special)) {
    const at = `${path}.specialDays[${JSON.stringify(date)}]`;
    specialDays.set(dayAt(at, date, specialDays), phasesAt(at, phases));
  }
  return new MarketCalendar({ timeZone, week, specialDays });
}

function timeZoneAt(path: string, value: unknown): string {
  const allowed = 'an IANA time zone, such as Asia/Seoul or America/New_York';
  // Offsets such as +09:00 would do, and would miss the days on which clocks change.
  if (typeof value !== 'string' || !/^[A-Za-z]/.test(value)) return refuse(path, value, allowed);
  try {
    new LocalTime(value);
    return value;
  } catch {
    return refuse(path, value, allowed);
  }
}

function weekAt(path: string, value: unknown): Map<number, readonly Phase[]> {
  const sessions = listAt(path, value);
  if (sessions.length === 0) refuse(path, value, 'a list with one session at least');
  const week = new Map<number, readonly Phase[]>();
  for (const [index, each] of sessions.entries()) {
    const at = `${path}[${index}]`;
    const session = objectAt(at, each, ['days', 'phases']);
    const phases = phasesAt(`${at}.phases`, session['phases']);
    const days = listAt(`${at}.days`, session['days']);
    if (days.length === 0) refuse(`${at}.days`, days, 'a list with one weekday at least');
    for (const [place, name] of days.entries()) {
      const day = WEEKDAYS.indexOf(String(name));
      const where = `${at}.days[${place}]`;
      if (day < 0) refuse(where, name, WEEKDAYS.join(', '));
      if (week.has(day)) refuse(where, name, 'each weekday once, in one session');
      week.set(day, phases);
    }
  }
  return week;
}

function phasesAt(path: string, value: unknown): Phase[] {
  const phases = listAt(path, value);
  if (phases.length === 0) refuse(path, value, 'a list with one phase at least');
  let lastMs = 0;
  return phases.map((each, index) => {
    const at = `${path}[${index}]`;
    const phase = objectAt(at, each, ['at', 'state']);
    const atMs = timeAt(`${at}.at`, phase['at']);
    if (atMs < lastMs) refuse(`${at}.at`, phase['at'], 'not before the phase above it');
    lastMs = atMs;
    const name = phase['state'];
    if (typeof name !== 'string' || !Object.hasOwn(STATES, name)) {
      return refuse(`${at}.state`, name, Object.keys(STATES).join(', '));
    }
    return { atMs, state: STATES[name]! };
  });
}

function timeAt(path: string, value: unknown): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(String(value));
  if (match === null) return refuse(path, value, 'a time from 00:00 to 23:59, or with seconds');
  const [, hours, minutes, seconds = '0'] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * SECOND_MS;
}

function dayAt(path: string, value: unknown, taken: ReadonlyMap<number, unknown>): number {
  const day = dayOf(String(value));
  if (day === undefined) return refuse(path, value, 'a date that there is, such as 2026-12-25');
  if (taken.has(day)) refuse(path, value, 'each date once, in holidays or in specialDays');
  return day;
}

function listAt(path: string, value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(path, value, 'a list');
}

function anyObjectAt(path: string, value: unknown): JsonObject {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : refuse(path, value, 'an object');
}

function objectAt(path: string, value: unknown, keys: readonly string[]): JsonObject {
  const object = anyObjectAt(path, value);
  for (const key of Object.keys(object)) {
    if (!keys.includes(key)) refuse(path, key, `the fields ${keys.join(', ')}`);
  }
  return object;
}

function refuse(path: string, value: unknown, allowed: string): never {
  const shown = value === undefined ? 'nothing' : JSON.stringify(value);
  throw new RangeError(`${path}: ${shown} is not allowed; allowed: ${allowed}`);
}
