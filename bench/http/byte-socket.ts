/**
 * A TCP connection that reads into one buffer and makes nothing of it but calls: the benchmark's
 * client shares the machine with what it measures. Over 64 connections, to a server that only
 * answers, a request costs the client's process 11 to 15 µs of a core; by node:http with an agent
 * that keeps its connections 69 to 85 µs (4 runs of 30,000 requests in turns, Node 22.23.3).
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** More than any answer that the benchmark gets. */
const BUFFER_BYTES = 2 ** 18;

/** Told what has come and was not taken yet; returns how many bytes of it it takes. */
export type OnBytes = (received: Buffer, length: number) => number;

export class ByteSocket {
  private readonly socket: Socket;
  private readonly received = Buffer.alloc(BUFFER_BYTES);
  private length = 0;
  private onBytes: OnBytes;

  private constructor(url: URL, onBytes: OnBytes) {
    this.onBytes = onBytes;
    this.socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: () => this.received.subarray(this.length),
        callback: (bytes) => this.read(bytes),
      },
    });
  }

  static async open(url: URL, onBytes: OnBytes): Promise<ByteSocket> {
    const opened = new ByteSocket(url, onBytes);
    await once(opened.socket, 'connect');
    return opened;
  }

  /** From now on somebody else is told. */
  handOver(onBytes: OnBytes): void {
    this.onBytes = onBytes;
  }

  /** Bytes must stay as they are while `waitingBytes`; a text is of one byte a character. */
  write(data: string | Uint8Array): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1');
    else this.socket.write(data);
  }

  /** Bytes that were written and that the system has not taken yet. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  close(): void {
    this.socket.destroy();
  }

  private read(bytes: number): boolean {
    this.length += bytes;
    const taken = this.onBytes(this.received, this.length);
    if (taken < this.length && taken > 0) this.received.copy(this.received, 0, taken, this.length);
    this.length -= taken;
    return true;
  }
}
