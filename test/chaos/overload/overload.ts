/**
 * Offers a running exchange twice what it can take: finds out its saturation in a closed loop, then
 * lets orders be due at twice that rate, and measures what is taken, what is refused and how fast,
 * and what the process holds. Then the journal must have what was acknowledged, and nothing else.
 */
import { readFileSync } from 'node:fs';
import type { Durability } from '../../../journal/durability.ts';
import { deposit, encodeCommands } from '../../support/commands.ts';
import { NO_DATABASE, ServerProcess, temporaryDataFolder } from '../../support/server-process.ts';
import { Flood, type FloodFigures, type FloodOptions } from './flood.ts';
import type { Transport } from './flood-connection.ts';
import type { JournalComparison } from './flood-ledger.ts';
import { FLOOD_ACCOUNTS } from './flood-messages.ts';

export interface OverloadOptions {
  readonly seconds: number;
  readonly durability: Durability;
  readonly transport: Transport;
  readonly connections: number;
  /** Orders a message. */
  readonly batch: number;
  /** Settings of the exchange. */
  readonly settings: readonly string[];
}

/** One second of the open loop. */
export interface Second {
  readonly acceptedPerSecond: number;
  readonly refusedPerSecond: number;
  /** Without the pages of files, which the journal's are. */
  readonly heldBytes: number;
  readonly residentBytes: number;
}

export interface OverloadOutcome extends JournalComparison {
  /** Orders a second in the closed loop, before and after. */
  readonly saturation: number;
  readonly saturationAfter: number;
  /** In the closed loop before. */
  readonly messagesPerWrite: number;
  readonly open: FloodFigures;
  readonly batch: number;
  readonly seconds: readonly Second[];
}

/** Of what is held after the first seconds; most of it is rings and tables. */
const SETTLED_AFTER = 0.25;
const OVERLOAD = 2;
const WARM_UP_SECONDS = 5;
const CLOSED_SECONDS = 5;
/** Messages a connection has on its way while the saturation is found out. */
const IN_FLIGHT = 64;
/** Client order ids are remembered for 10 minutes otherwise, which takes more room all the time. */
const FORGETFUL = ['--client-order-id-seconds', '1'];
const CURRENCIES = [1, 10];
const DEPOSIT = 10 ** 13;
const KIB = 1_024;

export async function overload(
  { seconds, durability, transport, connections, batch, settings }: OverloadOptions,
  onSecond: (done: number) => void,
): Promise<OverloadOutcome> {
  const folder = await temporaryDataFolder();
  let isEvidence = false;
  try {
    const flags = ['--durability', durability, ...FORGETFUL, ...settings];
    const server = await ServerProcess.start(folder.path, flags, NO_DATABASE);
    try {
      await fund(server);
      const inFlight = Math.max(1, Math.floor(IN_FLIGHT / batch));
      const options: FloodOptions = { transport, connections, batch, inFlight };
      const flood = await Flood.open(new URL(server.address), options);
      await flood.runClosed(WARM_UP_SECONDS);
      const before = await flood.runClosed(CLOSED_SECONDS);
      const told: Second[] = [];
      const watch = new SecondWatch(server.pid, batch);
      const rate = OVERLOAD * before.acknowledgedPerSecond;
      const together = Math.round(before.messagesPerWrite);
      const open = await flood.runOpen(rate, together, seconds, (figures) => {
        told.push(watch.look(figures));
        onSecond(told.length);
      });
      const after = await flood.runClosed(CLOSED_SECONDS);
      flood.close();
      const code = await server.end('SIGTERM');
      isEvidence = true;
      if (code !== 0) throw new Error(`the exchange ended with ${code}`);
      const compared = await flood.ledger.compare(folder.path);
      isEvidence = compared.lost + compared.refusedJournaled > 0;
      return {
        saturation: batch * before.acknowledgedPerSecond,
        saturationAfter: batch * after.acknowledgedPerSecond,
        messagesPerWrite: before.messagesPerWrite,
        open,
        batch,
        seconds: told,
        ...compared,
      };
    } finally {
      await server.end('SIGKILL');
    }
  } finally {
    if (isEvidence) process.stderr.write(`the data folder is left as it is: ${folder.path}\n`);
    else await folder.remove();
  }
}

/** Gives the accounts of a flood what they trade with. */
export async function fund(server: ServerProcess): Promise<void> {
  for (const currencyId of CURRENCIES) {
    const deposits = Array.from({ length: FLOOD_ACCOUNTS }, (_, index) =>
      deposit({ accountId: index + 1, currencyId, amount: DEPOSIT }),
    );
    // As many as a small ring takes.
    for (let at = 0; at < deposits.length; at += 100) {
      const answer = await server.sendCommands(encodeCommands(deposits.slice(at, at + 100)));
      if (answer.status !== 200) throw new Error(`a deposit was answered ${answer.status}`);
    }
  }
}

/** How many orders are acknowledged each second against the saturation, at the end of a run. */
export function acceptedShare({ open, saturation, saturationAfter, batch }: OverloadOutcome) {
  return (2 * batch * open.acknowledgedPerSecond) / (saturation + saturationAfter);
}

/** How much more the process holds at most than when it had settled, as a share of that. */
export function memoryGrowth({ seconds }: OverloadOutcome): number {
  const settled = seconds[Math.floor(seconds.length * SETTLED_AFTER)];
  if (settled === undefined) return 0;
  const later = seconds.slice(seconds.indexOf(settled)).map(({ heldBytes }) => heldBytes);
  return Math.max(...later) / settled.heldBytes - 1;
}

/** What came in each second, and what the exchange's process holds. */
class SecondWatch {
  private readonly status: string;
  private readonly batch: number;
  private acknowledged = 0;
  private refused = 0;

  constructor(pid: number, batch: number) {
    this.status = `/proc/${pid}/status`;
    this.batch = batch;
  }

  look({ acknowledged, refused }: FloodFigures): Second {
    const { batch } = this;
    const acceptedPerSecond = batch * (acknowledged - this.acknowledged);
    const refusedPerSecond = batch * (refused - this.refused);
    this.acknowledged = acknowledged;
    this.refused = refused;
    const status = readFileSync(this.status, 'utf8');
    const bytesOf = (field: string) =>
      KIB * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)![1]);
    const [heldBytes, residentBytes] = [bytesOf('RssAnon'), bytesOf('VmRSS')];
    return { acceptedPerSecond, refusedPerSecond, heldBytes, residentBytes };
  }
}
