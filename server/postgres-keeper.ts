/**
 * Keeps the embedded PostgreSQL running: starts it, looks now and then whether it still lives, and
 * starts it again, always on the port that everybody knows. Nothing waits for it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { maskUrl } from './configuration.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import type { Logger } from './log.ts';

const LOOK_INTERVAL_MS = 1_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class PostgresKeeper {
  private readonly folder: string;
  private readonly log: Logger;
  private readonly stopping = new AbortController();
  private postgres: EmbeddedPostgres | undefined;
  private keeping: Promise<void> = Promise.resolve();

  constructor(folder: string, log: Logger) {
    this.folder = folder;
    this.log = log;
  }

  /** @param onUrl called once, when PostgreSQL runs for the first time */
  start(onUrl: (url: string) => void): void {
    this.keeping = this.keep(onUrl);
  }

  /** Ends it; false where that fails, or takes longer than `timeoutMs`. */
  async stop(timeoutMs: number): Promise<boolean> {
    this.stopping.abort();
    const stopped = this.keeping.then(() => this.postgres?.stop());
    const isStopped = stopped.then(
      () => true,
      (error) => {
        this.log.error({ error: String(error) }, 'embedded PostgreSQL did not stop');
        return false;
      },
    );
    return Promise.race([isStopped, sleep(timeoutMs, false, { ref: false })]);
  }

  private async keep(onUrl: (url: string) => void): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    let port: number | undefined;
    while (!this.stopping.signal.aborted) {
      try {
        this.postgres = await this.startOnce(port);
        if (port === undefined) onUrl(this.postgres.url);
        port = Number(new URL(this.postgres.url).port);
        pauseMs = FIRST_PAUSE_MS;
        await this.watch(this.postgres.pid);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.log.error(
          { error: message, pauseMs },
          'embedded PostgreSQL did not start, trying again; trading goes on',
        );
        await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private async startOnce(port: number | undefined): Promise<EmbeddedPostgres> {
    const log = (line: string) => this.log.debug({ line }, 'postgres');
    const options = { folder: this.folder, log };
    const started = await startEmbeddedPostgres(
      port === undefined ? options : { ...options, port },
    );
    const { pid, adopted, url } = started;
    this.log.info({ postgresPid: pid, adopted, url: maskUrl(url) }, 'embedded PostgreSQL runs');
    return started;
  }

  /** Resolves when the process is gone, or when the keeper is told to stop. */
  private async watch(pid: number): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (!isAlive(pid)) {
        this.log.warn({ postgresPid: pid }, 'embedded PostgreSQL ended, starting it again');
        return;
      }
      await this.pause(LOOK_INTERVAL_MS);
    }
  }

  private async pause(durationMs: number): Promise<void> {
    const { signal } = this.stopping;
    await sleep(durationMs, undefined, { signal, ref: false }).catch(() => {});
  }
}

/** A process that has ended but that nobody has waited for (in a container, say) is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = `/proc/${pid}/status`;
  return !existsSync(status) || !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}
