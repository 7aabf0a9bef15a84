/** A real exchange in a process of its own, for tests: started, asked, stopped or killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDataFolderLocked } from '../../server/data-folder-lock.ts';
import { startEmbeddedPostgres } from '../../server/embedded-postgres.ts';

const CLI = fileURLToPath(new URL('../../server/cli.ts', import.meta.url));

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
  private changed: () => void = () => {};

  private constructor(flags: readonly string[], environment: Readonly<Record<string, string>>) {
    const args = [CLI, 'start', '--log-format', 'json', '--port', '0', ...flags];
    const env = { ...process.env, DATABASE_URL: '', ...environment };
    this.child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.exit = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.exit.then(() => this.changed());
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.read(line));
    createInterface({ input: this.child.stderr! }).on('line', (line) => this.output.push(line));
  }

  /** Starts an exchange and waits until it is open; a free port, the embedded PostgreSQL. */
  static async start(
    dataFolder: string,
    flags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const server = ServerProcess.launch(dataFolder, flags, environment);
    const open = await server.waitForLog((line) => line.msg.startsWith('Hoga is open'));
    server.address = open['address'] as string;
    return server;
  }

  /** Starts an exchange without waiting: for those that must not come up. */
  static launch(
    dataFolder: string,
    flags: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): ServerProcess {
    return new ServerProcess(['--data', dataFolder, ...flags], environment);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The first log line, past or future, that fits; fails if the process ends without one. */
  async waitForLog(fits: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.log.find(fits);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        const lines = [...this.log.slice(-3).map((line) => line.msg), ...this.output.slice(-10)];
        throw new Error(`the exchange ended (code ${this.child.exitCode}):\n${lines.join('\n')}`);
      }
      await new Promise<void>((resolve) => {
        this.changed = resolve;
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
    for (;;) {
      const health = await this.health();
      if (health.sequence.projected === health.sequence.executed) return health;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async health(): Promise<Health> {
    return (await fetch(`${this.address}/health`)).json() as Promise<Health>;
  }

  async post(path: string, body: string | Uint8Array, contentType = 'text/csv'): Promise<Response> {
    const headers = { 'Content-Type': contentType };
    return fetch(`${this.address}${path}`, {
      method: 'POST',
      body: body as NonNullable<RequestInit['body']>,
      headers,
    });
  }

  private read(line: string): void {
    try {
      this.log.push(JSON.parse(line) as LogLine);
    } catch {
      this.output.push(line);
    }
    this.changed();
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
      await rm(path, { recursive: true, force: true });
    },
  };
}

async function stopOrphan(folder: string): Promise<void> {
  if (!existsSync(join(folder, 'cluster', 'postmaster.pid'))) return;
  const postgres = await startEmbeddedPostgres({ folder, log: () => {} });
  await postgres.stop();
}

/** Runs a command of the command line to its end. */
export async function runCli(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return runNode([CLI, ...args]);
}

export async function runNode(
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, DATABASE_URL: '' };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
