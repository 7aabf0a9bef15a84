/** Answers over HTTP: JSON or binary, written at once, and nothing to a client that has left. */
import { describeFieldError, type FieldError } from '../protocol/field-error.ts';
import type { HttpResponse } from './uws.ts';

const STATUS = {
  200: '200 OK',
  400: '400 Bad Request',
  404: '404 Not Found',
  405: '405 Method Not Allowed',
  409: '409 Conflict',
  413: '413 Payload Too Large',
  415: '415 Unsupported Media Type',
  500: '500 Internal Server Error',
  503: '503 Service Unavailable',
} as const;
export type Status = keyof typeof STATUS;

export type Headers = Readonly<Record<string, string>>;
export const NO_HEADERS: Headers = {};

/** A response that may be written later, when the client may be gone. */
export class HttpAnswer {
  private readonly response: HttpResponse;
  private readonly isHead: boolean;
  private isOpen = true;

  /** @param isHead answer with the headers only */
  constructor(response: HttpResponse, isHead = false) {
    this.response = response;
    this.isHead = isHead;
    response.onAborted(() => {
      this.isOpen = false;
    });
  }

  json(status: Status, body: unknown, headers: Headers = NO_HEADERS): void {
    this.jsonText(status, JSON.stringify(body), headers);
  }

  jsonText(status: Status, body: string, headers: Headers = NO_HEADERS): void {
    this.write(status, 'application/json', body, headers);
  }

  text(body: string, contentType: string): void {
    this.write(200, contentType, body, NO_HEADERS);
  }

  binary(body: Uint8Array): void {
    this.write(200, 'application/octet-stream', body, NO_HEADERS);
  }

  /** Something is wrong with a field of the request. */
  fieldError(error: FieldError, status: Status = 400, headers: Headers = NO_HEADERS): void {
    this.json(status, { error: { message: describeFieldError(error), ...error } }, headers);
  }

  /** Something else is wrong: `message` says what, and what to do. */
  error(status: Status, message: string, headers: Headers = NO_HEADERS): void {
    this.json(status, { error: { message } }, headers);
  }

  private write(
    status: Status,
    contentType: string,
    body: string | Uint8Array,
    headers: Headers,
  ): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.response.cork(() => {
      // 200 is what uWebSockets writes by itself.
      if (status !== 200) this.response.writeStatus(STATUS[status]);
      this.response.writeHeader('Content-Type', contentType);
      for (const name in headers) this.response.writeHeader(name, headers[name]!);
      if (this.isHead) this.response.endWithoutBody(Buffer.byteLength(body));
      else if (headers['Connection'] === 'close') this.response.end(body, true);
      else this.end(body);
    });
  }

  /**
   * What the client's side has no room for stays here until it has, and until then the request is
   * unanswered: who sends the next one without reading is disconnected. With uWebSockets' own end
   * the answers of such a client would pile up in memory.
   */
  private end(body: string | Uint8Array): void {
    const { response } = this;
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const [, isDone] = response.tryEnd(body, bytes);
    if (isDone) return;
    const rest = Buffer.from(body as Uint8Array);
    response.onWritable((offset) => response.tryEnd(rest.subarray(offset), bytes)[0]);
  }
}

/**
 * Collects a request's body, at most `maxBytes` of it: the rest of a longer one is not kept, and
 * `onTooLong` is called once. The body is good during the call of `onBody` only.
 */
export function collectBody(
  response: HttpResponse,
  maxBytes: number,
  onBody: (body: Uint8Array) => void,
  onTooLong: () => void,
): void {
  let chunks: Uint8Array[] = [];
  let length = 0;
  response.onData((chunk, isLast) => {
    if (length > maxBytes) return;
    length += chunk.byteLength;
    if (length > maxBytes) {
      chunks = [];
      onTooLong();
      return;
    }
    // Nearly all bodies come in one piece.
    if (isLast && chunks.length === 0) {
      onBody(new Uint8Array(chunk));
      return;
    }
    // The chunk's memory is uWebSockets' own and gone after this call.
    chunks.push(new Uint8Array(chunk.slice(0)));
    if (isLast) onBody(Buffer.concat(chunks));
  });
}
