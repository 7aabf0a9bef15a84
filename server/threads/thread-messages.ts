/** The few messages that threads send the supervisor, and it them. Everything else is in rings. */
import type { VenueLimits } from '../../exchange/venue.ts';
import type { NextStateChange } from '../../gateway/next-state-change.ts';
import type { ChainLink } from '../../journal/batch.ts';

/** A market as its hours need to know it. */
export interface MarketState {
  readonly symbolId: number;
  readonly code: string;
  /** TradingState. */
  readonly state: number;
  /** When somebody last set its state by hand, ms since 1970; 0 where the last to do so was not. */
  readonly changedByHandMs: number;
}

export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening'; readonly port: number }
  | {
      readonly kind: 'recovered';
      readonly sequence: number;
      /** Where the replay began; 0: at the journal's beginning. */
      readonly snapshotSequence: number;
      readonly time: number;
      readonly markets: readonly MarketState[];
      readonly limits: VenueLimits;
      readonly rulesVersion: number;
      /** What holds the venue in CancelOnly; 0: nothing. */
      readonly cancelOnlyReasons: number;
      readonly seconds: number;
      readonly stateHash: string;
    }
  /** A market that is new. */
  | ({ readonly kind: 'market' } & MarketState)
  /** An error that the thread could not handle; it is closing by itself. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The journal has commands that are on disk up to there; it is closed, and ends there. */
  | { readonly kind: 'begun' | 'closed'; readonly link: ChainLink }
  | { readonly kind: 'stopped'; readonly sequence: number; readonly stateHash: string }
  /** Of a long recovery. */
  | { readonly kind: 'progress'; readonly done: number; readonly of: number }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly text: string;
      readonly details?: Readonly<Record<string, unknown>>;
    };

/** Where PostgreSQL is, as soon as that is known. */
export interface DatabaseRequest {
  readonly kind: 'database';
  readonly url: string;
}
/** When markets change their state next, by market hours. */
export interface MarketHoursRequest {
  readonly kind: 'marketHours';
  readonly nextChanges: readonly NextStateChange[];
}
/** `stop` waits for open requests, `abandon` does not. */
export type GatewayRequest =
  | DatabaseRequest
  | MarketHoursRequest
  | { readonly kind: 'stop' | 'abandon' };
/**
 * `stop` is for a follower that still waits for PostgreSQL: one that follows sees its stop flag.
 */
export type FollowerRequest = DatabaseRequest | { readonly kind: 'stop' | 'abandon' };
