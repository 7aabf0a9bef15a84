/**
 * The one place that loads uWebSockets.js: third-party native code, pinned (docs/adr/0002). To go
 * back to the upstream package, only this file and package.json change.
 */
export type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
} from 'uWebSockets.js';
export { App, us_listen_socket_close, us_socket_local_port } from 'uWebSockets.js';
