/** The gateway's limits and times; the configuration names and explains each. */
export interface GatewaySettings {
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  /** Part of the command ring that only cancels may use. */
  readonly cancelReserveBytes: number;
  /** Commands that may be unanswered before others than cancels are refused; twice that: all. */
  readonly maxUnanswered: number;
  /** Levels of /orderbook by default and at most. */
  readonly depthDefault: number;
  readonly depthMax: number;
  readonly wsMaxMessageBytes: number;
  /** A WebSocket client with more than this unsent is disconnected. */
  readonly wsMaxBackpressureBytes: number;
  readonly wsMaxSubscriptions: number;
  /** Messages of commands that a connection may have unanswered. */
  readonly wsMaxUnanswered: number;
  readonly wsIdleSeconds: number;
  readonly recentTrades: number;
  /** One in so many requests has its latencies measured; 0: none. */
  readonly latencyEvery: number;
  /** Under so many free bytes of disk the venue takes cancels only. */
  readonly diskLowBytes: number;
  readonly journalMapBytes: number;
  readonly databaseTimeoutMs: number;
  /** How long a stopping gateway waits for outcomes. */
  readonly drainTimeoutMs: number;
}

/** Connections beyond `maxConnections` that are told so; those beyond these are closed at once. */
export const CONNECTIONS_REFUSED = 100;
