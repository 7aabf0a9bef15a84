/** What all WebSocket interfaces have in common. */
import type { HttpRequest, HttpResponse, us_socket_context_t } from './uws.ts';

/** What a WebSocket interface needs to know of, and tell, the count of connections. */
export interface ConnectionCount {
  isFull(): boolean;
  closed(): void;
}

/** uWebSockets' answer to a message that exceeds the back-pressure limit. */
export const DROPPED = 2;

/** Makes a connection a WebSocket with its user data, unless there are too many. */
export function upgrade<Session>(
  response: HttpResponse,
  request: HttpRequest,
  context: us_socket_context_t,
  connections: ConnectionCount,
  session: Session,
): void {
  if (connections.isFull()) {
    response.writeStatus('503 Service Unavailable').writeHeader('Retry-After', '1').end();
    return;
  }
  response.upgrade<Session>(
    session,
    request.getHeader('sec-websocket-key'),
    request.getHeader('sec-websocket-protocol'),
    request.getHeader('sec-websocket-extensions'),
    context,
  );
}
