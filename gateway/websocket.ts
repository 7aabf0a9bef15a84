/**
 * The WebSocket interface at /ws: `{"op":"subscribe","channel":"book","symbolId":1}` and the like.
 * JSON by default, MessagePack with `/ws?format=msgpack`. docs/websocket.md describes it.
 */
import { decode } from '@msgpack/msgpack';
import { describeFieldError, type FieldError } from '../protocol/field-error.ts';
import { describeRange, FIELD_RANGE, isInRange } from '../protocol/field-range.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import {
  CHANNELS,
  type Channel,
  encodeMessage,
  FORMATS,
  type Format,
  isOfAccount,
  type MarketDataFeed,
  topicOf,
} from './market-data-feed.ts';
import type { TemplatedApp, WebSocket } from './uws.ts';
import { type ConnectionCount, DROPPED, upgrade } from './websocket-upgrade.ts';

interface Session {
  readonly format: Format;
}

interface Request {
  readonly op: 'subscribe' | 'unsubscribe';
  readonly channel: Channel;
  readonly id: number;
}

export function addWebSocket(
  app: TemplatedApp,
  settings: GatewaySettings,
  feed: MarketDataFeed,
  connections: ConnectionCount,
): void {
  app.ws<Session>('/ws', {
    maxPayloadLength: settings.wsMaxMessageBytes,
    maxBackpressure: settings.wsMaxBackpressureBytes,
    closeOnBackpressureLimit: true,
    idleTimeout: settings.wsIdleSeconds,
    upgrade: (response, request, context) => {
      const format = request.getQuery('format') ?? 'json';
      if (!(FORMATS as readonly string[]).includes(format)) {
        const error = { field: 'format', value: format, allowed: FORMATS.join(' or ') };
        const body = { error: { message: describeFieldError(error), ...error } };
        response.writeStatus('400 Bad Request').writeHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(body));
      } else {
        upgrade<Session>(response, request, context, connections, { format: format as Format });
      }
    },
    message: (ws, message, isBinary) => {
      const request = parseRequest(message, isBinary);
      if ('field' in request) send(ws, errorMessage(request));
      else handle(ws, request, settings, feed);
    },
    // uWebSockets counts a socket in when it connects, but not out when it has become a WebSocket.
    close: () => connections.closed(),
    subscription: (_, topic, newCount, oldCount) => {
      const [channel, id] = Buffer.from(topic).toString().split('/');
      feed.onSubscriptions(channel as Channel, Number(id), newCount - oldCount);
    },
  });
}

function handle(
  ws: WebSocket<Session>,
  { op, channel, id }: Request,
  settings: GatewaySettings,
  feed: MarketDataFeed,
): void {
  const topic = topicOf(channel, id, ws.getUserData().format);
  if (op === 'unsubscribe') {
    ws.unsubscribe(topic);
    send(ws, { channel, type: 'unsubscribed', id });
    return;
  }
  if (!ws.isSubscribed(topic) && ws.getTopics().length >= settings.wsMaxSubscriptions) {
    const value = ws.getTopics().length + 1;
    const allowed = `${settings.wsMaxSubscriptions} subscriptions a connection`;
    send(ws, errorMessage({ field: 'subscriptions', value, allowed }));
    return;
  }
  const snapshot = feed.snapshot(channel, id);
  if (snapshot === undefined) {
    const error = { field: 'symbolId', value: id, allowed: 'the id of a market (GET /symbols)' };
    send(ws, errorMessage(error));
    return;
  }
  // Snapshot and subscription in one turn of the event loop: no update comes between them. A client
  // that cannot take the snapshot is being disconnected.
  if (send(ws, snapshot)) ws.subscribe(topic);
}

/** false where the client has too much unsent: it is disconnected. */
function send(ws: WebSocket<Session>, message: unknown): boolean {
  const { format } = ws.getUserData();
  return ws.send(encodeMessage(message, format), format === 'msgpack') !== DROPPED;
}

function errorMessage(error: FieldError): unknown {
  return { type: 'error', message: describeFieldError(error), ...error };
}

/** Text is JSON, binary is MessagePack, whatever the format of what the client receives. */
function parseRequest(message: ArrayBuffer, isBinary: boolean): Request | FieldError {
  let request: unknown;
  try {
    request = isBinary ? decode(message) : JSON.parse(Buffer.from(message).toString());
  } catch {
    const value = isBinary
      ? `${message.byteLength} bytes`
      : excerpt(Buffer.from(message).toString());
    return { field: 'message', value, allowed: 'a JSON text or a MessagePack binary message' };
  }
  if (typeof request !== 'object' || request === null) {
    return { field: 'message', value: excerpt(String(request)), allowed: 'an object' };
  }
  const { op, channel, symbolId, userId } = request as Readonly<Record<string, unknown>>;
  if (op !== 'subscribe' && op !== 'unsubscribe') {
    return { field: 'op', value: show(op), allowed: 'subscribe or unsubscribe' };
  }
  if (!(CHANNELS as readonly unknown[]).includes(channel)) {
    return { field: 'channel', value: show(channel), allowed: CHANNELS.join(', ') };
  }
  const isAboutAccount = isOfAccount(channel as Channel);
  const id = isAboutAccount ? userId : symbolId;
  const range = isAboutAccount ? FIELD_RANGE.accountId : FIELD_RANGE.symbolId;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || !isInRange(range, id)) {
    const field = isAboutAccount ? 'userId' : 'symbolId';
    return { field, value: show(id), allowed: describeRange(range) };
  }
  return { op, channel: channel as Channel, id };
}

function show(value: unknown): string | null {
  return value === undefined ? null : excerpt(JSON.stringify(value) ?? String(value));
}

function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
