/** A worker thread as the supervisor sees it: its messages, its end, and its death. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Logger } from './log.ts';
import type { ThreadMessage } from './threads/thread-messages.ts';

export type ThreadRole = 'exchange' | 'journal' | 'follower' | 'gateway';

type MessageOf<Kind extends ThreadMessage['kind']> = Extract<ThreadMessage, { kind: Kind }>;

export class ThreadHandle {
  readonly name: string;
  isAlive = true;
  /** Set before the thread is told to end: its end is then no death. */
  isEndExpected = false;
  /** Told of long work. */
  onProgress: (done: number, of: number) => void = () => {};
  private readonly worker: Worker;
  private readonly messages: ThreadMessage[] = [];
  private waiting: (() => void)[] = [];

  /**
   * @param role whose loop it runs
   * @param onDeath called when the thread ends with an error, or ends unexpectedly
   */
  constructor(
    role: ThreadRole,
    name: string,
    data: unknown,
    log: Logger,
    onDeath: (reason: string) => void,
  ) {
    this.name = name;
    const file = new URL(`./threads/${role}-thread.ts`, import.meta.url);
    this.worker = new Worker(file, { workerData: data, name: `hoga-${name}` });
    this.worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'log') log[message.level](message.details ?? {}, message.text);
      else if (message.kind === 'progress') this.onProgress(message.done, message.of);
      else if (message.kind === 'failed') onDeath(`the ${name} thread failed: ${message.reason}`);
      else {
        this.messages.push(message);
        this.wake();
      }
    });
    this.worker.on('error', (error) => onDeath(`the ${name} thread failed: ${describe(error)}`));
    this.worker.on('exit', (code) => {
      this.isAlive = false;
      this.wake();
      if (!this.isEndExpected) onDeath(`the ${name} thread ended by itself (code ${code})`);
    });
  }

  post(message: unknown): void {
    this.worker.postMessage(message);
  }

  /** The thread's next message of a kind; rejects when it ends without one. */
  async receive<Kind extends ThreadMessage['kind']>(kind: Kind): Promise<MessageOf<Kind>> {
    for (;;) {
      const index = this.messages.findIndex((message) => message.kind === kind);
      if (index >= 0) return this.messages.splice(index, 1)[0] as MessageOf<Kind>;
      if (!this.isAlive) throw new Error(`the ${this.name} thread ended before it was ${kind}`);
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
      });
    }
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Waits for the end of a thread that was asked to stop; false if that takes too long. */
  async ended(timeoutMs: number): Promise<boolean> {
    if (!this.isAlive) return true;
    const timeout = AbortSignal.timeout(timeoutMs);
    return once(this.worker, 'exit', { signal: timeout }).then(
      () => true,
      () => false,
    );
  }
}

const SELF_EXPLAINING: readonly string[] = [
  'JournalError',
  'JournalWriteError',
  'JournalFullError',
  'FileReadError',
];

/** Why a thread failed: a journal's error speaks for itself, others need their stack. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isSelfExplaining = SELF_EXPLAINING.includes(error.name);
  return isSelfExplaining ? error.message : (error.stack ?? error.message);
}
