/**
 * `npm run flow -- DIR`: sends a recorded session's commands through a running exchange's binary
 * endpoint: creates the market, funds the accounts, sends the commands in order, and says what
 * became of them. Before the opening orders are collected for its auction. Where the folder has the
 * session's fills, the quantity that each command trades is compared with them.
 */
import { Command, InvalidArgumentError } from 'commander';
import { build, type Histogram } from 'hdr-histogram-js';
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import { type CommandHeader, Funding } from '../protocol/commands.ts';
import { TradingState } from '../protocol/enums.ts';
import { recordLengthAt } from '../protocol/record.ts';
import { describeRejectReason, RejectReason } from '../protocol/reject-reason.ts';
import type { CommandResult } from '../protocol/result.ts';
import { AddCurrency, AddSymbol } from '../protocol/venue-commands.ts';
import { printJsonReport, type Result } from '../server/json-report.ts';
import { startProgress } from '../server/progress.ts';
import { BodyBuilder, CommandClient } from './flow/command-client.ts';
import { count, FlowEncoder, KNOWN_OWNERS } from './flow/flow-encoder.ts';
import { type Opening, OpeningWatch } from './flow/opening-watch.ts';
import { type FlowRow, readOrderFlow } from './flow/order-flow.ts';
import { type RecordedVolumes, readRecordedVolumes } from './flow/recorded-volumes.ts';

interface Options {
  readonly url: string;
  readonly batch: number;
  readonly accounts: number;
  readonly limit: number;
  readonly symbol: number;
  readonly json?: true;
}

/** Ids of the flow's own currencies: the contract and what it is paid in. */
const BASE_CURRENCY = 9_001;
const QUOTE_CURRENCY = 9_002;
/** A tick of the E-mini S&P 500 is 0.25 points at 50 dollars: 1,250 cents a contract. */
const TICK_VALUE = 1_250;
const FEE_PPM = { makerFeePpm: 1, takerFeePpm: 2 };
/**
 * What each account gets: contracts, and cents. Little enough for a score of runs on one exchange.
 */
const CONTRACTS = 1_000_000;
const CENTS = 1_000_000_000_000;

class Tally {
  sent = 0;
  accepted = 0;
  trades = 0;
  volume = 0;
  opening: Opening | undefined;
  readonly rejected = new Map<string, number>();
  readonly latencyUs: Histogram = build({ highestTrackableValue: 60_000_000 });
  readonly recorded: RecordedVolumes | undefined;

  constructor(recorded: RecordedVolumes | undefined) {
    this.recorded = recorded;
  }

  /** @param seq of its row, from 1 */
  addOrder(seq: number, result: CommandResult): void {
    this.add(result);
    this.recorded?.compare(seq, result.filledQty);
  }

  addOpening(seq: number, opening: Opening): void {
    this.opening = opening;
    this.trades += opening.trades;
    this.volume += opening.volume;
    this.recorded?.compare(seq, opening.volume);
  }

  add(result: CommandResult): void {
    this.sent++;
    if (result.rejectReason === RejectReason.None) this.accepted++;
    else count(this.rejected, describeRejectReason(result.rejectReason).name);
    this.trades += result.fillCount;
    this.volume += result.filledQty;
  }
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('allowed: a whole number above 0');
  return Number(text);
}

await new Command('flow')
  .description("Sends a recorded session's commands through a running exchange.")
  .argument('<dir>', 'folder with commands.csv.gz, and maybe fills.csv.gz to compare with')
  .option('--url <url>', 'the exchange', 'http://127.0.0.1:8080')
  .option('--batch <n>', 'commands a request', positiveInteger, 100)
  .option('--accounts <n>', 'accounts for orders without a known owner', positiveInteger, 64)
  .option('--limit <n>', 'send only the first n rows', positiveInteger, Number.MAX_SAFE_INTEGER)
  .option('--symbol <id>', 'market to create, or to use if it exists', positiveInteger, 9_001)
  .option('--json', 'print one JSON object and nothing else')
  .action(async (folder: string, options: Options) => {
    try {
      await run(folder, options);
    } catch (error) {
      const message = error instanceof Error ? error.message || String(error) : String(error);
      process.stderr.write(`flow stopped: ${message}\n`);
      process.exitCode = 1;
    }
  })
  .parseAsync();

async function run(folder: string, options: Options): Promise<void> {
  const rows = (await readOrderFlow(folder)).slice(0, options.limit);
  const health = await readHealth(options.url);
  const client = new CommandClient(options.url);
  // Accounts of their own for every run, so that client order ids of earlier runs do not matter.
  const firstAccountId = (health.sequence.released + 1) * 10_000;
  await setUp(client, firstAccountId, options);
  const encoder = new FlowEncoder(options.symbol, firstAccountId, options.accounts);
  const tally = new Tally(await readRecordedVolumes(folder));
  if (rows.some(({ command }) => command === 'OPEN')) {
    await sendStates(client, encoder, [TradingState.PreOpen], tally);
  }
  const startMs = performance.now();
  await sendRows(client, rows, encoder, tally, options);
  const seconds = (performance.now() - startMs) / 1_000;
  client.close();
  const results = summarise(rows.length, encoder, tally, seconds, client.busyAnswers);
  if (options.json === true) printJsonReport('flow', health.durability, results);
  else printSummary(results, health.durability, options);
}

async function readHealth(url: string) {
  const response = await fetch(new URL('/health', url)).catch(() => undefined);
  if (response === undefined) {
    throw new Error(
      `no exchange answers at ${url}: start one with \`npm start\`, or name it with --url`,
    );
  }
  return (await response.json()) as { durability: string; sequence: { released: number } };
}

/** Creates currencies and market (they may exist already) and funds every account. */
async function setUp(
  client: CommandClient,
  firstAccountId: number,
  { symbol, accounts }: Options,
): Promise<void> {
  const body = new BodyBuilder((2 * (KNOWN_OWNERS + accounts) + 3) * MAX_COMMAND_LENGTH);
  const add = (_: CommandHeader) => body.added(recordLengthAt(body.record, body.length));
  const currency = new AddCurrency();
  const contract = { currencyId: BASE_CURRENCY, decimals: 0, code: 'ES' };
  const dollar = { currencyId: QUOTE_CURRENCY, decimals: 2, code: 'ES.USD' };
  for (const definition of [contract, dollar]) {
    add(Object.assign(currency.write(body.record, body.length), definition));
  }
  add(
    Object.assign(new AddSymbol().write(body.record, body.length), {
      symbolId: symbol,
      code: `ES-${symbol}/USD`,
      baseCurrencyId: BASE_CURRENCY,
      quoteCurrencyId: QUOTE_CURRENCY,
      lotSize: 1,
      tickValue: TICK_VALUE,
      ...FEE_PPM,
    }),
  );
  const funding = new Funding();
  for (let account = 0; account < KNOWN_OWNERS + accounts; account++) {
    const accountId = firstAccountId + account;
    const contracts = { accountId, currencyId: BASE_CURRENCY, amount: CONTRACTS };
    const cents = { accountId, currencyId: QUOTE_CURRENCY, amount: CENTS };
    for (const deposit of [contracts, cents]) {
      add(Object.assign(funding.writeDeposit(body.record, body.length), deposit));
    }
  }
  await client.send(body.bytes(), (index, { rejectReason }) => {
    const isThereAlready =
      rejectReason === RejectReason.CurrencyExists || rejectReason === RejectReason.SymbolExists;
    if (rejectReason === RejectReason.None || isThereAlready) return;
    throw new Error(`set-up command ${index}: ${describeRejectReason(rejectReason).text}`);
  });
}

async function sendStates(
  client: CommandClient,
  encoder: FlowEncoder,
  states: readonly number[],
  tally: Tally,
): Promise<void> {
  const body = new BodyBuilder(states.length * MAX_COMMAND_LENGTH);
  for (const state of states) {
    encoder.encodeState(state, body.record, body.length);
    body.added(recordLengthAt(body.record, body.length));
  }
  await client.send(body.bytes(), (_, result) => tally.add(result));
}

/** The auction, and continuous trading behind it. */
async function openMarket(
  client: CommandClient,
  encoder: FlowEncoder,
  seq: number,
  tally: Tally,
  { symbol, url }: Options,
): Promise<void> {
  const watch = await OpeningWatch.begin(url, symbol);
  await sendStates(client, encoder, [TradingState.Auction, TradingState.Continuous], tally);
  tally.addOpening(seq, await watch.opening());
}

async function sendRows(
  client: CommandClient,
  rows: readonly FlowRow[],
  encoder: FlowEncoder,
  tally: Tally,
  options: Options,
): Promise<void> {
  const progress = startProgress('flow', rows.length, options.json !== true);
  const body = new BodyBuilder(options.batch * MAX_COMMAND_LENGTH);
  const seqs: number[] = [];
  const flush = async () => {
    if (body.count === 0) return;
    const sentMs = performance.now();
    await client.send(body.bytes(), (index, result) => tally.addOrder(seqs[index]!, result));
    const latencyUs = Math.round((performance.now() - sentMs) * 1_000);
    tally.latencyUs.recordValueWithCount(latencyUs, body.count);
    body.clear();
    seqs.length = 0;
  };
  for (const [index, row] of rows.entries()) {
    const seq = index + 1;
    if (row.command === 'OPEN') {
      await flush();
      await openMarket(client, encoder, seq, tally, options);
    } else if (encoder.encode(row, body.record, body.length)) {
      body.added(recordLengthAt(body.record, body.length));
      seqs.push(seq);
    } else tally.recorded?.compare(seq, 0);
    if (body.count === options.batch) {
      await flush();
      progress.update(index);
    }
  }
  await flush();
  progress.update(rows.length);
  progress.stop();
}

function summarise(
  rows: number,
  encoder: FlowEncoder,
  tally: Tally,
  seconds: number,
  busyAnswers: number,
): Result[] {
  const rate = Math.round(tally.sent / Math.max(seconds, 1e-6));
  const percentile = (p: number) => tally.latencyUs.getValueAtPercentile(p);
  const named = (name: string, counts: ReadonlyMap<string, number>): Result[] =>
    [...counts].map(([reason, value]) => result(name, reason, value, 'commands'));
  const { opening, recorded } = tally;
  return [
    result('flow', 'rows', rows, 'commands'),
    result('flow', 'sent', tally.sent, 'commands'),
    result('flow', 'accepted', tally.accepted, 'commands'),
    ...named('rejected', tally.rejected),
    ...named('skipped', encoder.skipped),
    ...named('simplified', encoder.simplified),
    result('flow', 'trades', tally.trades, 'trades'),
    result('flow', 'volume', tally.volume, 'lots'),
    ...(opening === undefined ? [] : openingResults(opening)),
    ...(recorded === undefined ? [] : recordedResults(recorded)),
    result('flow', 'busy_answers', busyAnswers, 'requests'),
    result('flow', 'seconds', seconds, 's'),
    result('flow', 'rate', rate, 'commands/s'),
    result('flow', 'p50_us', percentile(50), 'us'),
    result('flow', 'p99_us', percentile(99), 'us'),
    result('flow', 'p999_us', percentile(99.9), 'us'),
    result('flow', 'max_us', tally.latencyUs.maxValue, 'us'),
  ];
}

function openingResults({ price, trades, volume }: Opening): Result[] {
  return [
    result('opening', 'price', price, 'ticks'),
    result('opening', 'trades', trades, 'trades'),
    result('opening', 'volume', volume, 'lots'),
  ];
}

function recordedResults({ volume, equal, different }: RecordedVolumes): Result[] {
  return [
    result('recorded', 'volume', volume, 'lots'),
    result('recorded', 'traded as much', equal, 'commands'),
    result('recorded', 'traded another quantity', different, 'commands'),
  ];
}

function result(name: string, metric: string, value: number, unit: string): Result {
  return { case: name, metric, value, unit };
}

function printSummary(results: readonly Result[], durability: string, { batch }: Options): void {
  const write = (text: string) => process.stdout.write(`${text}\n`);
  for (const { case: name, metric, value, unit } of results) {
    const label = name === 'flow' ? metric : `${name}: ${metric}`;
    write(`${label.padEnd(52)} ${value.toLocaleString('en-US').padStart(14)} ${unit}`);
  }
  write(`\nlatency: from sending a request of ${batch} to its answer; durability ${durability}`);
  write('check it: npm run reconcile; npm run verify');
}
