/**
 * A market that opens and closes by its hours, seconds from now: closed before anybody can trade,
 * pre-open, auction, continuous; halted by hand, which a restart does not undo; and closed again.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Side, TradingState } from '../protocol/enums.ts';
import {
  addSymbol,
  deposit,
  encodeCommands,
  newOrder,
  setTradingState,
} from './support/commands.ts';
import {
  NO_DATABASE,
  runCli,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';

const [BTC_KRW, ETH_KRW, ADDED] = [1, 2, 9];
const [KRW, BTC] = [1, 10];
const [SELLER, BUYER] = [1, 2];
/** Enough for a start on any machine: what comes later is checked as it comes. */
const START_MS = 12_000;
/** Enough for two orders. */
const PRE_OPEN_MS = 4_000;

/** A time zone in which it is about noon now, so that no session of this test meets midnight. */
function zoneOfNoon(): string {
  const behind = new Date().getUTCHours() - 12;
  return behind === 0 ? 'UTC' : `Etc/GMT${behind > 0 ? '+' : ''}${behind}`;
}

describe('market hours', () => {
  const timeZone = zoneOfNoon();
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;
  let openingMs = 0;

  function localTime(atMs: number): string {
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', ...clock });
    return format.format(atMs);
  }

  /** Writes the hours and starts the exchange with them. */
  async function start(closingMs: number): Promise<void> {
    const phases = [
      { at: '00:00', state: 'Closed' },
      { at: localTime(openingMs), state: 'PreOpen' },
      { at: localTime(openingMs + PRE_OPEN_MS), state: 'Auction' },
      { at: localTime(openingMs + PRE_OPEN_MS), state: 'Continuous' },
      { at: localTime(closingMs), state: 'Closed' },
    ];
    const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
    const calendar = { timeZone, sessions: [{ days, phases }] };
    const file = join(folder.path, 'hours.json');
    await writeFile(file, JSON.stringify({ default: calendar, markets: { 'ETH/KRW': null } }));
    server = await ServerProcess.start(folder.path, ['--market-hours', file], NO_DATABASE);
  }

  async function stateOf(symbolId: number): Promise<unknown> {
    return (await server.get(`/orderbook?symbolId=${symbolId}`)).body['state'];
  }

  function waitForState(state: string): Promise<unknown> {
    return until(`BTC/KRW is ${state}`, async () =>
      (await stateOf(BTC_KRW)) === state ? state : undefined,
    );
  }

  /** The changes that the exchange's log tells of BTC/KRW. */
  function changes(): unknown[] {
    const lines = server.log.filter(({ msg }) => msg === 'by market hours');
    return lines.filter((line) => line['market'] === 'BTC/KRW').map((line) => line['state']);
  }

  async function order(accountId: number, side: number) {
    const terms = { accountId, side, symbolId: BTC_KRW, price: 100 };
    const { results } = await server.sendCommands(encodeCommands([newOrder(terms)]));
    return results[0]!;
  }

  before(async () => {
    folder = await temporaryDataFolder();
    openingMs = Math.ceil((Date.now() + START_MS) / 1_000) * 1_000;
    await start(openingMs + 3_600_000);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
  });

  it('close a market before anybody can trade, and leave those without hours alone', async () => {
    assert.equal(await stateOf(BTC_KRW), 'Closed');
    assert.equal(await stateOf(ETH_KRW), 'Continuous');
    await server.sendCommands(
      encodeCommands([
        deposit({ accountId: SELLER, currencyId: BTC, amount: 1_000_000_000 }),
        deposit({ accountId: BUYER, currencyId: KRW, amount: 1_000_000_000 }),
      ]),
    );
    assert.notEqual((await order(BUYER, Side.Buy)).rejectReason, 0);
    const { body } = await server.get('/symbols');
    const [bitcoin, ether] = body['symbols'] as Record<string, unknown>[];
    assert.deepEqual(
      [bitcoin!['nextState'], bitcoin!['nextStateTime']],
      ['PreOpen', openingMs * 1_000],
    );
    assert.equal('nextState' in ether!, false);
  });

  it('close a market that is added while the exchange runs', async () => {
    const market = { symbolId: ADDED, code: 'ADDED', baseCurrencyId: BTC, quoteCurrencyId: KRW };
    await server.sendCommands(encodeCommands([addSymbol(market)]));
    await until('the added market is closed', async () =>
      (await stateOf(ADDED)) === 'Closed' ? true : undefined,
    );
  });

  it('open it: orders wait in pre-open and trade in the auction', async () => {
    await waitForState('PreOpen');
    const [bid, offer] = [await order(BUYER, Side.Buy), await order(SELLER, Side.Sell)];
    assert.deepEqual([bid.rejectReason, bid.fillCount], [0, 0]);
    assert.deepEqual([offer.rejectReason, offer.fillCount], [0, 0]);
    await waitForState('Continuous');
    const { body } = await server.get(`/orderbook?symbolId=${BTC_KRW}`);
    assert.deepEqual([body['bids'], body['asks']], [[], []], 'they traded');
    assert.deepEqual(changes(), ['Closed', 'PreOpen', 'Auction', 'Continuous']);
  });

  it('leave a halt by hand alone, over a restart too, until their next change', async () => {
    const halt = setTradingState({ symbolId: BTC_KRW, state: TradingState.Halted });
    await server.sendCommands(encodeCommands([halt]));
    assert.equal(await server.end('SIGTERM'), 0);
    const closingMs = Math.ceil((Date.now() + START_MS) / 1_000) * 1_000;
    await start(closingMs);
    assert.equal(await stateOf(BTC_KRW), 'Halted');
    await waitForState('Closed');
    assert.ok(Date.now() >= closingMs);
    assert.deepEqual(changes(), ['Closed']);
  });

  it('are commands like others: the journal passes its audit', async () => {
    const { code, stderr } = await runCli(['audit', '--data', folder.path, '--json']);
    assert.equal(code, 0, stderr);
  });
});

it('hours of markets that the limits do not allow hold up no start', async () => {
  const folder = await temporaryDataFolder();
  try {
    const file = join(folder.path, 'hours.json');
    const phases = [{ at: '00:00', state: 'Closed' }];
    const calendar = { timeZone: 'UTC', sessions: [{ days: ['Mon'], phases }] };
    await writeFile(file, JSON.stringify({ default: calendar }));
    const flags = ['--market-hours', file, '--max-symbols', '1'];
    const server = await ServerProcess.start(folder.path, flags, NO_DATABASE);
    const { body } = await server.get(`/orderbook?symbolId=${BTC_KRW}`);
    assert.equal(body['state'], 'Closed');
    assert.equal(await server.end('SIGTERM'), 0);
  } finally {
    await folder.remove();
  }
});

it('hours that cannot be used end the start, with what is wrong in the file', async () => {
  const folder = await temporaryDataFolder();
  try {
    const file = join(folder.path, 'hours.json');
    await writeFile(file, '{"default":{"timeZone":"Asia/Soul","sessions":[]}}');
    const server = ServerProcess.launch(folder.path, ['--market-hours', file], NO_DATABASE);
    assert.equal(await server.ended(), 2);
    assert.match(
      server.log.at(-1)!.msg,
      /--market-hours: .*hours\.json: default\.timeZone: "Asia\/Soul" is not allowed; allowed: an /,
    );
  } finally {
    await folder.remove();
  }
});
