/** A real exchange in a process of its own, for tests: started, asked, stopped or killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RecordBuffer } from '../../protocol/record.ts';
import { CommandResult } from '../../protocol/result.ts';
import { COMMAND_RESULT } from '../../protocol/result-layout.ts';
import { isDataFolderLocked } from '../../server/data-folder-lock.ts';
import { startEmbeddedPostgres } from '../../server/embedded-postgres.ts';
import { MADE_CLUSTER_VARIABLE, takeMadeCluster } from './made-cluster.ts';

/** Of servers that need no PostgreSQL, and start sooner without: nothing listens there. */
export const NO_DATABASE = { DATABASE_URL: 'postgresql://hoga@127.0.0.1:1/hoga' };

const POLL_MS = 20;
/** Nothing takes longer on any machine: what does will never come. */
const PATIENCE_MS = 60_000;

export const CLI = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [detail: string]: unknown;
}

export class ServerProcess {
  readonly log: LogLine[] = [];
  /** What it wrote that is no log line. */
  readonly output: string[] = [];
  address = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<[number | null, NodeJS.Signals | null]>;
  private hasEnded = false;
  /** Called when there is a new log line, or none will come. */
  private waiting: (() => void)[] = [];

  private constructor(
    dataFolder: string,
    flags: readonly string[],
    environment: Readonly<Record<string, string>>,
    cli: string,
    launcher: readonly string[],
  ) {
    const args = [cli, 'start', '--log-format', 'json', '--port', '0', '--data', dataFolder];
    const command = [...launcher, process.execPath, ...args, ...flags];
    // Tests start many exchanges, and none is measured.
    const own = { DATABASE_URL: '', HOGA_WARM_UP: '0' };
    const env: NodeJS.ProcessEnv = { ...process.env, ...own, ...environment };
    if (env['DATABASE_URL'] === '') takeMadeCluster(env[MADE_CLUSTER_VARIABLE], dataFolder);
    this.child = spawn(command[0]!, command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    // 'close' comes after 'exit', when all that it wrote has been read.
    this.exit = once(this.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    this.exit.then(() => {
      this.hasEnded = true;
      this.changed();
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.read(line));
    createInterface({ input: this.child.stderr! }).on('line', (line) => this.output.push(line));
  }

  /**
   * Starts an exchange and waits until it is open; a free port, the embedded PostgreSQL.
   *
   * @param cli the command line's path, for whoever does not run from the sources
   * @param launcher a command that becomes the one behind it, for whoever watches or hinders it
   */
  static async start(
    dataFolder: string,
    flags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
    cli = CLI,
    launcher: readonly string[] = [],
  ): Promise<ServerProcess> {
    const server = ServerProcess.launch(dataFolder, flags, environment, cli, launcher);
    const open = await server.waitForLog((line) => line.msg.startsWith('Hoga is open'));
    server.address = open['address'] as string;
    return server;
  }

  /** Starts an exchange without waiting: for those that must not come up. */
  static launch(
    dataFolder: string,
    flags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
    cli = CLI,
    launcher: readonly string[] = [],
  ): ServerProcess {
    return new ServerProcess(dataFolder, flags, environment, cli, launcher);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The first log line, past or future, that fits; fails if the process ends without one. */
  async waitForLog(fits: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.log.find(fits);
      if (found !== undefined) return found;
      if (this.hasEnded) {
        const lines = [...this.log.slice(-3).map((line) => line.msg), ...this.output.slice(-10)];
        throw new Error(`the exchange ended (code ${this.child.exitCode}):\n${lines.join('\n')}`);
      }
      await new Promise<void>((resolve, reject) => {
        const timeout = setTimeout(() => reject(new Error('the log line never came')), PATIENCE_MS);
        this.waiting.push(() => {
          clearTimeout(timeout);
          resolve();
        });
      });
    }
  }

  /** Ends with a signal; resolves to the exit code, null where a signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    return (await this.exit)[0];
  }

  /** Waits until PostgreSQL holds everything that is journaled. */
  async waitForProjection(): Promise<Health> {
    return until('PostgreSQL has everything', async () => {
      const health = await this.health();
      const { executed, released, projected } = health.sequence;
      return projected === released && projected === executed ? health : undefined;
    });
  }

  async health(): Promise<Health> {
    return (await this.request('/health')).json() as Promise<Health>;
  }

  async post(path: string, body: string | Uint8Array, contentType = 'text/csv'): Promise<Response> {
    return this.request(path, {
      method: 'POST',
      body: body as NonNullable<RequestInit['body']>,
      headers: { 'Content-Type': contentType },
    });
  }

  async get(path: string): Promise<Answer> {
    return answerOf(await this.request(path));
  }

  /** Sends one CSV line; the answer in JSON. */
  async send(path: string, line: string): Promise<Answer> {
    return answerOf(await this.post(path, line));
  }

  /** Sends binary commands; the results in their order, or the error in JSON. */
  async sendCommands(body: Uint8Array, path = '/commands'): Promise<CommandsAnswer> {
    return commandsAnswerOf(await this.post(path, body, 'application/octet-stream'));
  }

  private request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.address}${path}`, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  private read(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      this.output.push(line);
    }
    this.changed();
  }

  private changed(): void {
    for (const waiting of this.waiting.splice(0)) waiting();
  }
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CommandsAnswer extends Answer {
  readonly results: readonly CommandResult[];
}

export async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

export async function commandsAnswerOf(response: Response): Promise<CommandsAnswer> {
  if (response.status !== 200) return { ...(await answerOf(response)), results: [] };
  return { status: 200, body: {}, results: resultsIn(await response.arrayBuffer()) };
}

/** The results in an answer's bytes. */
export function resultsIn(bytes: ArrayBuffer): CommandResult[] {
  const record = new RecordBuffer(bytes);
  const results: CommandResult[] = [];
  for (let at = 0; at < bytes.byteLength; at += COMMAND_RESULT.length) {
    results.push(new CommandResult().wrap(record, at));
  }
  return results;
}

/** Asks again and again until the answer is something; fails after a minute. */
export async function until<Found>(
  what: string,
  find: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await sleep(POLL_MS);
  }
}

export interface Health {
  readonly status: string;
  readonly sequence: {
    readonly executed: number;
    readonly released: number;
    readonly verified: number;
    readonly projected: number;
  };
  readonly projection: { readonly state: string; readonly lag: number };
}

/** A folder for one test; `remove` also stops an embedded PostgreSQL left behind in it. */
export async function temporaryDataFolder(): Promise<{
  readonly path: string;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'hoga-test-'));
  return {
    path,
    remove: async () => {
      if (isDataFolderLocked(path) !== undefined) throw new Error(`${path} is still in use`);
      await stopOrphan(join(path, 'postgres'));
      // The writer of a snapshot may outlive an exchange that was killed, by one file.
      await rm(path, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

async function stopOrphan(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'cluster', 'postmaster.pid'))) return;
  const postgres = await startEmbeddedPostgres({ folder, log: () => {} });
  await postgres.stop();
}

/** The address of the embedded PostgreSQL in a data folder, password included. */
export function embeddedDatabaseUrl(dataFolder: string): string {
  const file = readFileSync(join(dataFolder, 'postgres', 'credentials.json'), 'utf8');
  const { password, port } = JSON.parse(file) as { password: string; port: number };
  return `postgresql://hoga:${password}@127.0.0.1:${port}/hoga`;
}

/** Runs a command of the command line to its end. */
export async function runCli(
  args: readonly string[],
  launcher: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return runNode([CLI, ...args], launcher);
}

export async function runNode(
  args: readonly string[],
  launcher: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, DATABASE_URL: '' };
  const command = [...launcher, process.execPath, ...args];
  const child = spawn(command[0]!, command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
