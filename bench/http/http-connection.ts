/** An HTTP connection that is kept open, with one request at a time. */
import { ByteSocket } from './byte-socket.ts';

/** Told of an answer: its status, and its body, which is good during the call only. */
export type OnAnswer = (status: number, body: Buffer) => void;

const HEAD_END = '\r\n\r\n';
const STATUS = /^HTTP\/1\.1 (\d{3}) /;
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)/i;

export class HttpConnection {
  onAnswer: OnAnswer = () => {};
  private socket!: ByteSocket;
  /** Of the answer that is being received; 0: its head is not here yet. */
  private headBytes = 0;
  private answerBytes = 0;
  private status = 0;

  static async open(url: URL): Promise<HttpConnection> {
    const connection = new HttpConnection();
    connection.socket = await ByteSocket.open(url, (received, length) =>
      connection.read(received, length),
    );
    return connection;
  }

  /** A whole request: head and body. */
  send(request: string | Uint8Array): void {
    this.socket.write(request);
  }

  close(): void {
    this.socket.close();
  }

  private read(received: Buffer, length: number): number {
    if (this.headBytes === 0 && !this.readHead(received, length)) return 0;
    if (length < this.answerBytes) return 0;
    const { answerBytes, headBytes } = this;
    this.headBytes = 0;
    this.onAnswer(this.status, received.subarray(headBytes, answerBytes));
    return answerBytes;
  }

  private readHead(received: Buffer, length: number): boolean {
    const end = received.subarray(0, length).indexOf(HEAD_END);
    if (end < 0) return false;
    const head = received.toString('latin1', 0, end);
    this.headBytes = end + HEAD_END.length;
    this.status = Number(STATUS.exec(head)?.[1]);
    this.answerBytes = this.headBytes + Number(CONTENT_LENGTH.exec(head)?.[1]);
    return true;
  }
}
