/**
 * A process that writes snapshots (`hoga snapshot --to -`), one after the other: where the next is
 * due as soon as one is done, it need not start, compile and take memory again.
 */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endOf, startInBackground } from './background-command.ts';
import type { JsonReport, Result } from './json-report.ts';

/** What of its words is kept: enough for an error. */
const MOST_SAID = 10_000;

interface Waiting {
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

export class SnapshotWriter {
  /** Has ended, well or not. */
  hasEnded = false;
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly waiting: Waiting[] = [];
  private said = '';

  constructor(args: readonly string[], stopping: AbortSignal) {
    const child = startInBackground(['snapshot', ...args, '--to', '-', '--json'], 'pipe', stopping);
    this.child = child;
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-MOST_SAID);
    });
    createInterface({ input: child.stdout! }).on('line', (line) => this.hear(line));
    // Who has ended reads no more; why it has is told by its end.
    child.stdin!.on('error', () => {});
    this.ended = endOf(child, 'snapshot', () => this.said).finally(() => {
      this.hasEnded = true;
    });
    // Told to who waits for a snapshot, or for the end.
    this.ended.catch(() => {});
  }

  /** A report; whatever else it prints, nothing of it is to be believed any more. */
  private hear(line: string): void {
    const waiting = this.waiting.shift();
    try {
      waiting?.resolve((JSON.parse(line) as JsonReport).results);
    } catch (error) {
      waiting?.reject(new Error(`hoga snapshot told no report but '${line}'`, { cause: error }));
      this.kill();
    }
  }

  /** What it has said since the last time, in words. */
  takeSaid(): string {
    const { said } = this;
    this.said = '';
    return said.trim();
  }

  /** Has a snapshot written that holds no command after this one; returns its figures. */
  write(to: number): Promise<readonly Result[]> {
    const report = new Promise<readonly Result[]>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
    this.child.stdin!.write(`${to}\n`);
    return Promise.race([report, this.ended.then(endedBeforeItsTime)]);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** Has it end; returns when it has. */
  end(): Promise<void> {
    this.child.stdin!.end();
    return this.ended;
  }
}

function endedBeforeItsTime(): never {
  throw new Error('hoga snapshot ended without a snapshot');
}
