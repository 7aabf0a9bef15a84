/**
 * One exchange and its disk: load until the alarm, cancels until the disk is full and the process
 * ends, a start without room, one with a little, and one with enough. Whatever was answered must be
 * answered the same at the end.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Durability } from '../../../journal/durability.ts';
import { journalFileOf } from '../../../journal/journal-store.ts';
import { cancelOrder, encodeCommands } from '../../support/commands.ts';
import type { Random } from '../../support/seed.ts';
import { NO_DATABASE, ServerProcess, until } from '../../support/server-process.ts';
import { ACCOUNTS, faultsOfJournal, fundAccounts, sendAgain } from '../traders.ts';
import { type DiskFullTally, newTally } from './disk-full.ts';
import { SmallDisk } from './small-disk.ts';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const DISK_BYTES = 48 * MIB;
const LOW_BYTES = 16 * MIB;
const SETTINGS = [
  ...['--disk-low-bytes', `${LOW_BYTES}`, '--disk-check-ms', '10'],
  ...['--journal-unflushed-bytes', `${MIB}`, '--journal-batch-bytes', `${64 * KIB}`],
];
const CLIENTS = 16;
const LEVEL_FATAL = 60;
const EXIT_DIED = 1;
const EXIT_CANNOT_START = 2;
const REFUSED = 'CancelOnly';
/** Far longer than a full disk takes to be noticed. */
const PATIENCE_MS = 30_000;
/** Of an order that there is not: journaled all the same. */
const NOISE = encodeCommands(
  Array.from({ length: 200 }, () => cancelOrder({ accountId: 1, orderId: 1 })),
);

interface Answered {
  readonly line: string;
  readonly text: string;
}

interface OrderJson {
  readonly orderId?: number;
  readonly status?: string;
  readonly rejectReason?: { readonly name: string };
}

export class Round {
  private readonly tally: DiskFullTally = newTally();
  private readonly disk = new SmallDisk(DISK_BYTES);
  private readonly data = join(this.disk.folder, 'data');
  private readonly durability: Durability;
  private readonly random: Random;
  private readonly orders: Answered[] = [];
  private readonly cancels: Answered[] = [];
  private server: ServerProcess | undefined;

  constructor(durability: Durability, random: Random) {
    this.durability = durability;
    this.random = random;
  }

  async run(): Promise<DiskFullTally> {
    try {
      let server = await this.start();
      await this.tradeUntilAlarm(server);
      await this.lookAtAlarm(server);
      await this.cancelUntilFull(server);
      await this.startWithoutRoom();
      server = await this.startWithLittle();
      await this.lift(server);
      await this.askAgain(server);
      this.expect((await server.end('SIGTERM')) === 0, 'the last end was not clean');
      await this.checkJournal();
    } catch (error) {
      this.expect(false, String(error));
    } finally {
      await this.server?.end('SIGKILL');
      this.disk.remove();
    }
    this.tally.orders = this.orders.length;
    this.tally.cancels = this.cancels.length;
    return this.tally;
  }

  private async start(): Promise<ServerProcess> {
    const settings = [...SETTINGS, '--durability', this.durability];
    this.server = await ServerProcess.start(this.data, settings, NO_DATABASE);
    return this.server;
  }

  private async tradeUntilAlarm(server: ServerProcess): Promise<void> {
    await fundAccounts(server);
    this.disk.leave(LOW_BYTES + this.random(512 * KIB));
    const { random, tally } = this;
    let id = 0;
    const trade = async () => {
      for (;;) {
        const terms = `${90 + random(20)},${1 + random(20)},${1 + random(2)},limit,GTC`;
        const line = `${1 + random(ACCOUNTS)},1,${terms},${++id}`;
        const response = await server.post('/order', line);
        const text = await response.text();
        const isRefused = text.includes(REFUSED);
        if (response.status === 503 && isRefused) {
          tally.refusedBefore++;
          return;
        }
        if (response.status !== 200) continue;
        this.orders.push({ line, text });
        tally.refusedByExchange += Number(isRefused);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, trade));
  }

  private async lookAtAlarm(server: ServerProcess): Promise<void> {
    const { status, body } = await server.send('/deposit', '1,1,1');
    const refused = JSON.stringify(body);
    this.expect(status === 503 && refused.includes(REFUSED), `a deposit: ${refused}`);
    const isWarned = server.log.some(({ msg }) => msg.startsWith('the disk is nearly full'));
    this.expect(isWarned, 'no warning was logged');
    await this.expectStatus(server, 'cancel-only');
  }

  /** Cancels what is open, until the process ends. */
  private async cancelUntilFull(server: ServerProcess): Promise<void> {
    const before = this.openOrders();
    const isAnyCanceled = () => this.cancels.some(({ text }) => text.includes('"Canceled"'));
    // Somebody may have taken what was open when its own answer came.
    for (let tried = 0; before.length > 0 && (tried < CLIENTS || !isAnyCanceled()); tried++) {
      await this.cancel(server, before.shift()!);
    }
    this.expect(isAnyCanceled(), 'nothing could be canceled while the alarm was on');
    this.disk.fill();
    const cancelAll = async () => {
      for (let line = before.pop(); line !== undefined; line = before.pop()) {
        await this.cancel(server, line);
      }
    };
    const makeNoise = async () => {
      for (;;) await server.sendCommands(NOISE);
    };
    const clients = Array.from({ length: CLIENTS }, cancelAll);
    // Each ends when the process does.
    const gone = Promise.allSettled([...clients, makeNoise()]);
    const late = new AbortController();
    const code = await Promise.race([
      server.ended(),
      setTimeout(PATIENCE_MS, 'none in time', { signal: late.signal }),
    ]);
    late.abort();
    this.expect(code === EXIT_DIED, `at the full disk, exit code ${code}`);
    const said = server.log.findLast(({ level }) => level === LEVEL_FATAL)?.msg ?? 'nothing';
    const isClear = /was not written to .*journal.*bytes are free.*Make room/.test(said);
    this.expect(isClear, `at the full disk it said: ${said}`);
    await server.end('SIGKILL');
    await gone;
  }

  private async startWithoutRoom(): Promise<void> {
    this.disk.fill();
    const before = this.hashOfJournal();
    const server = ServerProcess.launch(this.data, SETTINGS, NO_DATABASE);
    const code = await server.ended();
    const said = server.log.at(-1)?.msg ?? 'nothing';
    this.expect(code === EXIT_CANNOT_START, `a start without room: exit code ${code}`);
    this.expect(/ is full: .*Make room/.test(said), `a start without room said: ${said}`);
    this.expect(this.hashOfJournal() === before, 'a start without room changed the journal');
  }

  /** The alarm holds through the restart. */
  private async startWithLittle(): Promise<ServerProcess> {
    this.disk.leave(LOW_BYTES / 2);
    const server = await this.start();
    await this.expectStatus(server, 'cancel-only');
    const { status } = await server.send('/order', '1,1,100,1,1');
    this.expect(status === 503, `an order while the alarm is on: ${status}`);
    return server;
  }

  private async lift(server: ServerProcess): Promise<void> {
    this.disk.clear();
    await until('the alarm is lifted', async () => {
      return (await server.health()).status === 'ok' ? true : undefined;
    });
    const { body } = await server.send('/order', '1,1,1,1,1');
    this.expect(body['status'] === 'New', `an order afterwards: ${JSON.stringify(body)}`);
  }

  /** Who was answered gets the same answer; what was canceled is not there. */
  private async askAgain(server: ServerProcess): Promise<void> {
    const { tally } = this;
    const orders = this.orders.map(({ line, text: answer }) => ({ line, answer }));
    const { lost, failures } = await sendAgain(server, orders);
    tally.lost += lost;
    tally.failures.push(...failures);
    for (const { line, text } of this.cancels) {
      const again = await (await server.post('/cancel', line)).text();
      if (again.includes('UnknownOrder')) continue;
      tally.lost++;
      tally.failures.push(`cancel ${line}: ${text}, then ${again}`);
    }
  }

  private async checkJournal(): Promise<void> {
    for (const fault of await faultsOfJournal(this.data)) this.expect(false, fault);
  }

  private async cancel(server: ServerProcess, line: string): Promise<void> {
    const response = await server.post('/cancel', line);
    const text = await response.text();
    // 503: the exchange is busy, and has not taken it.
    if (response.status === 200) this.cancels.push({ line, text });
  }

  /** Of the orders that rested when they were answered: as lines of /cancel. */
  private openOrders(): string[] {
    return this.orders.flatMap(({ line, text }) => {
      const { orderId, status } = JSON.parse(text) as OrderJson;
      const account = line.slice(0, line.indexOf(','));
      return status === 'New' ? [`${account},${orderId},1`] : [];
    });
  }

  private async expectStatus(server: ServerProcess, expected: string): Promise<void> {
    const { status } = await server.health();
    this.expect(status === expected, `/health says ${status}, not ${expected}`);
  }

  private hashOfJournal(): string {
    return createHash('sha256')
      .update(readFileSync(journalFileOf(this.data)))
      .digest('hex');
  }

  private expect(isSo: boolean, otherwise: string): void {
    if (isSo) return;
    this.tally.faults++;
    this.tally.failures.push(`durability ${this.durability}: ${otherwise}`);
  }
}
