/** Sends batches of binary commands over one HTTP connection, in order, and reads the results. */
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { RecordBuffer } from '../../protocol/record.ts';
import { CommandResult } from '../../protocol/result.ts';
import { COMMAND_RESULT } from '../../protocol/result-layout.ts';

/** Pause after an answer 503. */
const BUSY_PAUSE_MS = 20;

export class CommandClient {
  /** Answers 503: the batch was sent again. */
  busyAnswers = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1, noDelay: true });
  private readonly url: URL;

  constructor(url: string) {
    this.url = new URL('/commands', url);
  }

  /** Sends one body of records until it is taken; calls back for each result, in order. */
  async send(
    body: Uint8Array,
    onResult: (index: number, result: CommandResult) => void,
  ): Promise<void> {
    for (;;) {
      const { status, bytes } = await this.post(body);
      if (status === 503) {
        this.busyAnswers++;
        await setTimeout(BUSY_PAUSE_MS);
        continue;
      }
      if (status !== 200) throw new Error(`the exchange answered ${status}: ${bytes.toString()}`);
      const record = RecordBuffer.allocate((bytes.length + 7) & ~7);
      record.bytes.set(bytes);
      const result = new CommandResult();
      for (let at = 0; at < bytes.length; at += COMMAND_RESULT.length) {
        onResult(at / COMMAND_RESULT.length, result.wrap(record, at));
      }
      return;
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private post(body: Uint8Array): Promise<{ status: number; bytes: Buffer }> {
    return new Promise((resolve, reject) => {
      const headers = {
        'Content-Type': 'application/octet-stream',
        'Content-Length': body.length,
      };
      const outgoing = request(this.url, { method: 'POST', agent: this.agent, headers });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode!, bytes: Buffer.concat(chunks) });
        });
      });
      outgoing.end(body);
    });
  }
}

/** Collects records behind each other into the body of one request. */
export class BodyBuilder {
  count = 0;
  length = 0;
  readonly record: RecordBuffer;

  constructor(capacity: number) {
    this.record = RecordBuffer.allocate(capacity);
  }

  added(bytes: number): void {
    this.length += bytes;
    this.count++;
  }

  bytes(): Uint8Array {
    return this.record.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.count = 0;
    this.length = 0;
  }
}
