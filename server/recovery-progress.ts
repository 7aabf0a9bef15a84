/** How far a recovery has come: a bar for people, a line in the log now and then for others. */
import type { Logger } from './log.ts';
import { type Progress, startProgress } from './progress.ts';

const LOG_INTERVAL_MS = 2_000;

export class RecoveryProgress {
  private readonly log: Logger;
  private bar: Progress | undefined;
  private loggedMs = performance.now();

  constructor(log: Logger) {
    this.log = log;
  }

  /** @param done commands of the journal that are replayed */
  update(done: number, of: number): void {
    this.bar ??= startProgress('recovering', of, true);
    this.bar.update(done);
    if (process.stderr.isTTY || performance.now() - this.loggedMs < LOG_INTERVAL_MS) return;
    this.loggedMs = performance.now();
    this.log.info({ commands: done, of }, 'recovering');
  }

  stop(): void {
    this.bar?.stop();
  }
}
