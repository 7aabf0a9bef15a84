/**
 * One exchange whose disk answers EIO to a kind of system call, under load, at a start, or while a
 * snapshot or an archive is written. Then it is started on a disk that works, and whatever was
 * answered must be answered the same.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Durability } from '../../../journal/durability.ts';
import { journalFileOf, journalFolderOf } from '../../../journal/journal-store.ts';
import { listSnapshots } from '../../../journal/snapshots.ts';
import type { Random } from '../../support/seed.ts';
import { type LogLine, NO_DATABASE, runCli, ServerProcess } from '../../support/server-process.ts';
import { type Fault, failureTimesMs, launcherOf } from '../strace.ts';
import { faultsOfJournal, type SentOrder, sendAgain, trade } from '../traders.ts';
import type { Case, ReadCase, SnapshotCase, WriteCase } from './cases.ts';
import type { IoErrorTally } from './io-errors.ts';

const ORDERS = 200;
const SNAPSHOT_EVERY = ['--snapshot-every', '100'];
const LEVEL_ERROR = 50;
const LEVEL_FATAL = 60;
const EXIT_DIED = 1;
const EXIT_CANNOT_START = 2;
/**
 * LMDB, as lmdb-js has it, puts such an error into 100 bytes, which it may not fit into; then glibc
 * ends the process when it finds its heap damaged. Nothing of ours can keep it from that.
 */
const ABORT = 'Write error: Input/output error position';
const WHY = /EIO|Input\/output error|MDB_PANIC: Update of meta page failed/;
const WHAT_TO_DO = /see what is wrong|start again/;
/** Far longer than an error takes to be noticed under load. */
const PATIENCE_MS = 30_000;
const LONGEST_END_MS = 10_000;
/** By call: the first of a thread that may fail. A start makes fewer. */
const FIRST: Readonly<Record<WriteCase['call'], number>> = {
  fdatasync: 8,
  pwrite64: 16,
  writev: 4,
  write: 2,
};
/** Zeros are written ahead 512 KiB at a time. */
const SPREAD: Readonly<Record<WriteCase['call'], number>> = {
  fdatasync: 16,
  pwrite64: 32,
  writev: 8,
  write: 2,
};

export class Round {
  private readonly data: string;
  private readonly trace: string;
  private readonly random: Random;
  private readonly tally: IoErrorTally;
  private readonly orders: SentOrder[] = [];
  private server: ServerProcess | undefined;

  /** @param folder holds the data folder of an exchange with funded accounts, as `data` */
  constructor(folder: string, random: Random, tally: IoErrorTally) {
    this.data = join(folder, 'data');
    this.trace = join(folder, 'trace');
    this.random = random;
    this.tally = tally;
  }

  async run(which: Case): Promise<void> {
    try {
      if (which.kind === 'write') await this.failWrites(which);
      else if (which.kind === 'snapshot') await this.failSnapshot(which);
      else if (which.kind === 'read') await this.failReads(which);
      else await this.failArchive();
      await this.askAgain('durability' in which ? which.durability : 'fsync');
    } catch (error) {
      this.expect(false, String(error));
    } finally {
      await this.server?.end('SIGKILL');
    }
  }

  /** Nothing is answered after the error, and the process ends by itself. */
  private async failWrites({ durability, file, call, isOnce }: WriteCase): Promise<void> {
    const path = join(journalFolderOf(this.data), file);
    const from = FIRST[call] + this.random(SPREAD[call]);
    const server = await this.start(durability, [], { call, path, from, isOnce });
    const gone = trade(server, this.random, this.orders, 0);
    const late = new AbortController();
    const code = await Promise.race([
      server.ended(),
      setTimeout(PATIENCE_MS, 'none in time', { signal: late.signal }),
    ]);
    const endMs = Date.now();
    late.abort();
    await server.end('SIGKILL');
    await gone;
    const errorMs = this.countErrors();
    this.tally.longestEndMs = Math.round(endMs - errorMs);
    this.expect(endMs - errorMs < LONGEST_END_MS, `it ended ${endMs - errorMs} ms after the error`);
    if (code === null && server.output.some((line) => line.includes(ABORT))) {
      this.tally.aborted++;
      return;
    }
    this.expect(code === EXIT_DIED, `exit code ${code}: ${server.output.join('\n')}`);
    this.expectClear(server.log, LEVEL_FATAL, path);
  }

  /** Trading goes on, and no snapshot that is damaged has a name. */
  private async failSnapshot({ call, from }: SnapshotCase): Promise<void> {
    const server = await this.start('fsync', SNAPSHOT_EVERY, { call, from, isOnce: false });
    await trade(server, this.random, this.orders, 0, ORDERS);
    await server.waitForLog(({ msg }) =>
      msg.startsWith('no snapshot was written; trading goes on'),
    );
    this.expectClear(server.log, LEVEL_ERROR, this.data);
    await trade(server, this.random, this.orders, 0, 2 * ORDERS);
    const answered = this.orders.filter(({ answer }) => answer !== undefined).length;
    this.expect(
      answered >= 2 * ORDERS,
      `of ${this.orders.length} orders ${answered} were answered`,
    );
    await server.end('SIGKILL');
    this.countErrors();
  }

  /** The start is refused, and leaves the files as they were; of a snapshot it needs none. */
  private async failReads({ durability, file, call, from }: ReadCase): Promise<void> {
    const first = await this.start(durability, SNAPSHOT_EVERY);
    await trade(first, this.random, this.orders, 0, ORDERS);
    if (file === 'snapshot') await first.waitForLog(({ msg }) => msg === 'snapshot written');
    await first.end('SIGKILL');
    const snapshots = listSnapshots(this.data).map(({ path }) => path);
    const path = file === 'snapshot' ? snapshots[0]! : join(journalFolderOf(this.data), file);
    const fault = { call, path, from, isOnce: false };
    const before = this.hashOf(path);
    if (file === 'snapshot') {
      const server = await this.start(durability, [], fault);
      await server.waitForLog(({ msg }) => msg.includes(path) && WHY.test(msg));
      await server.end('SIGKILL');
    } else {
      const launcher = launcherOf(fault, this.trace);
      const settings = ['--durability', durability];
      const server = ServerProcess.launch(this.data, settings, NO_DATABASE, undefined, launcher);
      this.server = server;
      const code = await server.ended();
      this.expect(code === EXIT_CANNOT_START, `exit code ${code}: ${server.output.join('\n')}`);
      this.expectClear(server.log, LEVEL_FATAL, path);
    }
    this.countErrors();
    this.expect(this.hashOf(path) === before, `${path} is not what it was`);
    if (file !== 'journal.mdb') return;
    const staged = this.hashOf(journalFileOf(this.data));
    this.expect(staged === before, 'the journal is not what it was');
  }

  /** An archive that cannot be written has no name; one that cannot be read is not taken in. */
  private async failArchive(): Promise<void> {
    const server = await this.start('fsync', []);
    await trade(server, this.random, this.orders, 0, ORDERS);
    await server.end('SIGTERM');
    const archive = `${this.data}.archive`;
    const journal = journalFileOf(this.data);
    for (const call of ['write', 'fsync']) {
      await this.failCommand('export', archive, { call, path: `${archive}.partial` }, archive);
    }
    // LMDB alone would end by SIGSEGV.
    await this.failCommand('export', archive, { call: 'pread64', path: journal }, journal);
    this.expect(!existsSync(archive), `there is ${archive}, which could not be written`);
    const { code, stderr } = await runCli(['journal', 'export', archive, '--data', this.data]);
    this.expect(code === 0, `export, on a disk that works: ${stderr}`);
    const before = this.hashOf(journal);
    await this.failCommand('import', archive, { call: 'pread64', path: archive }, archive);
    this.expect(this.hashOf(journal) === before, 'the import changed the journal');
  }

  /** @param named the file that the message must name */
  private async failCommand(
    command: string,
    archive: string,
    where: Pick<Fault, 'call' | 'path'>,
    named: string,
  ): Promise<void> {
    const args = ['journal', command, archive, '--data', this.data];
    const launcher = launcherOf({ ...where, from: 1, isOnce: false }, this.trace);
    const { code, stderr } = await runCli(args, launcher);
    this.countErrors();
    this.expect(code === EXIT_DIED, `journal ${command}: exit code ${code}`);
    const isClear = stderr.includes(named) && WHY.test(stderr) && WHAT_TO_DO.test(stderr);
    this.expect(isClear, `journal ${command} said: ${stderr}`);
  }

  /** Starts on a disk that works: who was answered gets the same answer. */
  private async askAgain(durability: Durability): Promise<void> {
    const server = await this.start(durability, []);
    const again = await sendAgain(server, this.orders);
    const { tally } = this;
    tally.orders = this.orders.length;
    tally.answered = again.answered;
    tally.lost = again.lost;
    tally.executedUnanswered = again.executedUnanswered;
    tally.failures.push(...again.failures);
    const refused = server.log.filter(({ level }) => level >= LEVEL_ERROR);
    this.expect(refused.length === 0, `the start said: ${refused.map(({ msg }) => msg).join()}`);
    this.expect((await server.end('SIGTERM')) === 0, 'the last end was not clean');
    for (const fault of await faultsOfJournal(this.data)) this.expect(false, fault);
  }

  private async start(
    durability: Durability,
    settings: readonly string[],
    fault?: Fault,
  ): Promise<ServerProcess> {
    const launcher = fault === undefined ? [] : launcherOf(fault, this.trace);
    const flags = ['--durability', durability, ...settings];
    this.server = await ServerProcess.start(this.data, flags, NO_DATABASE, undefined, launcher);
    return this.server;
  }

  /** Returns when the first was. */
  private countErrors(): number {
    const times = failureTimesMs(readFileSync(this.trace, 'latin1'));
    this.tally.errors += times.length;
    this.expect(times.length > 0, 'no call failed');
    return times[0] ?? 0;
  }

  /** A line of the log says which file, what the system said, and what to do. */
  private expectClear(log: readonly LogLine[], level: number, path: string): void {
    const line = log.findLast((found) => found.level === level);
    const said = line === undefined ? 'nothing' : `${line.msg} ${line['error'] ?? ''}`;
    const isClear = said.includes(path) && WHY.test(said) && WHAT_TO_DO.test(said);
    this.expect(isClear, `it said: ${said}`);
  }

  private hashOf(path: string): string {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  }

  private expect(isSo: boolean, otherwise: string): void {
    if (isSo) return;
    this.tally.faults++;
    this.tally.failures.push(otherwise);
  }
}
