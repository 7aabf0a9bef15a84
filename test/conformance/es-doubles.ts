/**
 * Test doubles of the engine that break one rule each, to show that the recorded session notices.
 */
import { MatchingEngine } from '../../engine/matching-engine.ts';
import type { Metric } from './es-session.ts';

class RefillKeepsPlace extends MatchingEngine {
  protected override refill(order: number): void {
    this.showTranche(order);
  }
}

class ReplaceAlwaysRequeues extends MatchingEngine {
  protected override keepsPlace(): boolean {
    return false;
  }
}

interface BrokenRule {
  readonly Engine: typeof MatchingEngine;
  /** What the README.md of the session's folder says is still exact then. */
  readonly stillExact: Readonly<Partial<Record<Metric, number>>>;
}

export const BROKEN_RULES: Readonly<Record<string, BrokenRule>> = {
  'refill-keeps-place': {
    Engine: RefillKeepsPlace,
    stillExact: { fills_exact: 5_913, book_orders_exact: 130 },
  },
  'replace-always-requeues': {
    Engine: ReplaceAlwaysRequeues,
    stillExact: { fills_exact: 5_663, book_orders_exact: 252 },
  },
};
