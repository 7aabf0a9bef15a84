/**
 * The configuration: every setting with its flag, environment variable, default, range and meaning,
 * in one place. A flag wins over the environment, the environment over the default.
 */
import { DURABILITIES, type Durability } from '../journal/durability.ts';
import {
  MAX_CLIENT_ORDER_ID_SECONDS,
  MAX_CLIENT_ORDER_IDS,
  MAX_OPEN_ORDERS,
} from '../protocol/field-range.ts';
import { WAIT_STRATEGIES, type WaitStrategy } from '../ring/waiter.ts';
import { LAYOUTS, type LayoutChoice } from './layout.ts';
import { MAX_GATEWAYS } from './threads/thread-links.ts';

interface IntegerSetting {
  readonly kind: 'integer';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** Without a default: '' where it is not set. */
interface OptionalIntegerSetting extends Omit<IntegerSetting, 'default'> {
  readonly default: '';
}

interface ChoiceSetting<Choice extends string> {
  readonly kind: 'choice';
  readonly default: Choice;
  readonly choices: readonly Choice[];
  readonly about: string;
}

interface TextSetting {
  readonly kind: 'text';
  readonly default: string;
  readonly about: string;
  /** Of a setting whose variable has a name that others use too. */
  readonly variable?: string;
}

interface FlagSetting {
  readonly kind: 'flag';
  readonly default: boolean;
  readonly about: string;
}

type Setting =
  | IntegerSetting
  | OptionalIntegerSetting
  | ChoiceSetting<string>
  | TextSetting
  | FlagSetting;

const KIB = 1_024;
const MIB = 1_024 * KIB;
const GIB = 1_024 * MIB;

function integer(defaultValue: number, min: number, max: number, about: string): IntegerSetting {
  return { kind: 'integer', default: defaultValue, min, max, about };
}

export const SETTINGS = {
  data: { kind: 'text', default: 'data', about: 'data folder: journal and embedded PostgreSQL' },
  host: { kind: 'text', default: '127.0.0.1', about: 'address the gateway listens on' },
  port: integer(8080, 0, 65_535, 'port the gateway listens on; 0 takes a free one'),
  gateways: integer(1, 1, MAX_GATEWAYS, 'gateway threads that share the port'),
  gatewayStallMs: integer(
    1_000,
    10,
    3_600_000,
    'standstill of a gateway after which trading does not wait for it any more',
  ),
  databaseUrl: {
    kind: 'text',
    default: '',
    about: 'your PostgreSQL; without it an embedded one runs in the data folder',
    variable: 'DATABASE_URL',
  } as TextSetting,
  markets: {
    kind: 'choice',
    default: 'default',
    choices: ['default', 'none'],
    about: 'markets to open in an empty exchange: BTC/KRW, ETH/KRW, AAPL/USD, or none',
  } as ChoiceSetting<'default' | 'none'>,
  marketHours: {
    kind: 'text',
    default: '',
    about: "JSON file with the markets' trading hours; without it markets stay as they are",
  } as TextSetting,
  durability: {
    kind: 'choice',
    default: 'fsync',
    choices: DURABILITIES,
    about: 'tell when it is on disk, when the operating system has it, or when it is executed',
  } as ChoiceSetting<Durability>,
  rebuildProjection: {
    kind: 'flag',
    default: false,
    about: 'empty the PostgreSQL tables and fill them again from the journal',
  } as FlagSetting,
  logFormat: {
    kind: 'choice',
    default: 'auto',
    choices: ['auto', 'pretty', 'json'],
    about: 'log lines for people or for machines; auto: by whether a terminal reads them',
  } as ChoiceSetting<'auto' | 'pretty' | 'json'>,
  maxOpenOrders: integer(
    1_000_000,
    1,
    MAX_OPEN_ORDERS,
    'open orders; beyond: reject TooManyOpenOrders',
  ),
  maxAccounts: integer(1_000_000, 1, 2 ** 26, 'accounts; beyond: reject TooManyAccounts'),
  maxCurrencies: integer(256, 1, 2 ** 26, 'currencies; beyond: reject TooManyCurrencies'),
  maxSymbols: integer(256, 1, 2 ** 26, 'markets; beyond: reject TooManySymbols'),
  maxTransfers: integer(
    10_000_000,
    1,
    2 ** 26,
    'transfer ids remembered; beyond: reject TooManyTransfers',
  ),
  clientOrderIdSeconds: integer(
    600,
    0,
    MAX_CLIENT_ORDER_ID_SECONDS,
    'how long a client order id is remembered, so that a retry gets the first answer; 0: not',
  ),
  maxClientOrderIds: integer(
    4_194_304,
    1,
    MAX_CLIENT_ORDER_IDS,
    'client order ids remembered; beyond: reject TooManyClientOrderIds',
  ),
  maxBodyBytes: integer(MIB, KIB, 64 * MIB, 'request body; beyond: 413'),
  maxConnections: integer(10_000, 1, 1_000_000, 'connections, of all gateways; beyond: 503'),
  maxUnanswered: integer(
    8_192,
    1,
    16_777_216,
    'commands a gateway has unanswered; beyond: 503, for cancels beyond twice that',
  ),
  depthDefault: integer(100, 1, 100_000, 'levels a side of /orderbook where depth is not given'),
  depthMax: integer(10_000, 1, 100_000, 'largest depth of /orderbook; beyond: 400'),
  wsMaxMessageBytes: integer(16 * KIB, 256, MIB, 'WebSocket message in; beyond: disconnected'),
  wsMaxBackpressureBytes: integer(
    16 * MIB,
    64 * KIB,
    GIB,
    'unsent bytes of a WebSocket client; beyond: disconnected',
  ),
  wsMaxSubscriptions: integer(1_000, 1, 100_000, 'subscriptions a connection; beyond: refused'),
  wsMaxUnanswered: integer(
    1_024,
    1,
    1_000_000,
    'unanswered messages a connection of /ws/commands; beyond: refused',
  ),
  wsIdleSeconds: integer(120, 8, 960, 'silence after which a WebSocket is closed (pings are sent)'),
  recentTrades: integer(
    100,
    0,
    10_000,
    'trades a market in the snapshot of the trades channel; 40 bytes each',
  ),
  latencyEvery: integer(
    64,
    0,
    1_000_000,
    'one in so many requests has its latencies measured, for /latency and /metrics; 0: none',
  ),
  commandRingBytes: integer(4 * MIB, 64 * KIB, GIB, 'stream 10, a power of two; full: 503'),
  cancelReserveBytes: integer(256 * KIB, 0, GIB, 'part of stream 10 that only cancels may use'),
  eventRingBytes: integer(
    32 * MIB,
    64 * KIB,
    GIB,
    'stream 20, a power of two; full: trading waits',
  ),
  journalBatchBytes: integer(MIB, 4 * KIB, 64 * MIB, 'commands a journal record holds at most'),
  journalUnflushedBytes: integer(
    64 * MIB,
    MIB,
    GIB,
    'what durability commit or none may have unflushed; beyond: trading waits',
  ),
  journalNapMs: integer(
    20,
    1,
    1_000,
    'how often the journal looks at stream 20 in durability none, in ms; in the others: always',
  ),
  journalMapBytes: integer(64 * GIB, 64 * MIB, 2 ** 46, 'largest journal; full: the process stops'),
  snapshotEvery: integer(
    1_000_000,
    0,
    Number.MAX_SAFE_INTEGER,
    'commands from one snapshot to the next, more where they are large; 0: none is written',
  ),
  snapshotsKept: integer(3, 2, 1_000, 'snapshots that are kept'),
  journalRetention: {
    kind: 'choice',
    default: 'all',
    choices: ['all', 'snapshots'],
    about: 'keep all of the journal, or what comes after the oldest kept snapshot',
  } as ChoiceSetting<'all' | 'snapshots'>,
  journalArchive: {
    kind: 'text',
    default: '',
    about: 'folder where what retention trims is archived first; without it, it is gone',
  } as TextSetting,
  diskLowBytes: integer(
    2 * GIB,
    0,
    2 ** 46,
    'free bytes of disk, or of the journal, under which only cancels are taken; 0: no alarm',
  ),
  diskCheckMs: integer(1_000, 1, 600_000, 'how often to look for those'),
  projectionBatch: integer(20_000, 1, 1_000_000, 'commands a PostgreSQL transaction holds, about'),
  projectionIntervalMs: integer(
    20,
    0,
    60_000,
    'shortest pause between transactions to PostgreSQL that are not full; 0: none',
  ),
  databaseTimeoutMs: integer(
    5_000,
    100,
    600_000,
    'PostgreSQL connect, and query of /balances; beyond: 503',
  ),
  projectionTimeoutMs: integer(
    60_000,
    1_000,
    3_600_000,
    'PostgreSQL statement of the follower; beyond: tried again',
  ),
  drainTimeoutMs: integer(5_000, 0, 600_000, 'wait for outcomes of open requests when stopping'),
  stopTimeoutMs: integer(30_000, 1_000, 600_000, 'wait for each thread when stopping'),
  layout: {
    kind: 'choice',
    default: 'auto',
    choices: LAYOUTS,
    about: 'who spins, who parks: for few cores, or a core for each who spins; auto: by how many',
  } as ChoiceSetting<LayoutChoice>,
  waitStrategy: {
    kind: 'choice',
    default: 'layout',
    choices: ['layout', ...WAIT_STRATEGIES],
    about: 'what exchange and journal thread do without work',
  } as ChoiceSetting<WaitStrategy | 'layout'>,
  spins: {
    kind: 'integer',
    default: '',
    min: 0,
    max: 1_000_000_000,
    about: 'rounds without work before spin-then-park parks; without it as the layout says',
  } as OptionalIntegerSetting,
  warmUp: integer(
    32_768,
    0,
    10_000_000,
    'commands that train the exchange at the start, so that the first order is fast; 0: none',
  ),
  turnCommands: integer(256, 1, 1_000_000, 'commands from one ring before the next has its turn'),
  tickMs: integer(
    10,
    1,
    60_000,
    'how often to look for orders and transfers due to expire, and for market hours',
  ),
} as const satisfies Readonly<Record<string, Setting>>;

type ValueOf<S> =
  S extends ChoiceSetting<infer Choice>
    ? Choice
    : S extends OptionalIntegerSetting
      ? number | ''
      : S extends IntegerSetting
        ? number
        : S extends FlagSetting
          ? boolean
          : string;

export type Configuration = {
  readonly [Name in keyof typeof SETTINGS]: ValueOf<(typeof SETTINGS)[Name]>;
} & {
  /** Those that a flag or the environment gave. */
  readonly given: ReadonlySet<SettingName>;
};
export type SettingName = keyof typeof SETTINGS;

/** A setting that cannot be used: names it, its value and what is allowed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** `maxOpenOrders` is `--max-open-orders`. */
export function flagOf(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `maxOpenOrders` is `HOGA_MAX_OPEN_ORDERS`. */
export function variableOf(name: SettingName): string {
  const setting: Setting = SETTINGS[name];
  if (setting.kind === 'text' && setting.variable !== undefined) return setting.variable;
  return `HOGA_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The allowed values in words. */
export function allowedOf(name: SettingName): string {
  const setting: Setting = SETTINGS[name];
  if (setting.kind === 'integer') return `a whole number from ${setting.min} to ${setting.max}`;
  if (setting.kind === 'choice') return setting.choices.join(', ');
  return setting.kind === 'flag' ? 'true or false' : 'a text';
}

/** @param flags settings from the command line, as texts (flags without a value as booleans) */
export function readConfiguration(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  const values: Record<string, unknown> = {};
  const given = new Set<SettingName>();
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const flag = flags[name];
    const variable = environment[variableOf(name)];
    if (flag !== undefined) values[name] = parseSetting(name, String(flag), flagOf(name));
    else if (variable !== undefined) values[name] = parseSetting(name, variable, variableOf(name));
    else values[name] = SETTINGS[name].default;
    if (flag !== undefined || variable !== undefined) given.add(name);
  }
  const configuration = { ...values, given } as unknown as Configuration;
  checkTogether(configuration);
  return configuration;
}

function parseSetting(name: SettingName, text: string, source: string): unknown {
  const setting: Setting = SETTINGS[name];
  if (setting.kind === 'text') return text;
  if (setting.kind === 'choice' && setting.choices.includes(text)) return text;
  if (setting.kind === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  if (setting.kind === 'integer' && /^\d+$/.test(text)) {
    const value = Number(text);
    if (value >= setting.min && value <= setting.max) return value;
  }
  throw new ConfigurationError(
    `${source}: ${JSON.stringify(text)} is not allowed; allowed: ${allowedOf(name)}`,
  );
}

function checkTogether(configuration: Configuration): void {
  for (const name of ['commandRingBytes', 'eventRingBytes'] as const) {
    const value = configuration[name];
    if ((value & (value - 1)) !== 0) {
      throw new ConfigurationError(
        `${flagOf(name)}: ${value} is not allowed; allowed: a power of two`,
      );
    }
  }
  const { depthDefault, depthMax } = configuration;
  if (depthDefault > depthMax) {
    throw new ConfigurationError(
      `--depth-default: ${depthDefault} is not allowed; allowed: at most --depth-max, ${depthMax}`,
    );
  }
  const { commandRingBytes, cancelReserveBytes, maxBodyBytes } = configuration;
  // A body of cancels needs most of the ring: a frame is 8 bytes longer than its 72-byte record.
  const needed = cancelReserveBytes + 2 * maxBodyBytes;
  if (commandRingBytes < needed) {
    throw new ConfigurationError(
      `--command-ring-bytes: ${commandRingBytes} is not allowed; allowed: at least ${needed}, ` +
        'the cancel reserve and twice the largest body',
    );
  }
}

/** A URL without its password, wherever it stands. */
export function maskUrl(url: string): string {
  if (url === '') return '';
  if (!URL.canParse(url)) return '(not a URL)';
  const masked = new URL(url);
  if (masked.password !== '') masked.password = '***';
  if (masked.searchParams.has('password')) masked.searchParams.set('password', '***');
  return masked.href;
}

/** The settings as they are in force, with what is secret masked. */
export function describeConfiguration(configuration: Configuration): Record<string, unknown> {
  const { given, ...settings } = configuration;
  return { ...settings, databaseUrl: maskUrl(configuration.databaseUrl) };
}
