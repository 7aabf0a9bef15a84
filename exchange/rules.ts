/**
 * What each version of the rules changed. A change of what a command does, or of what it tells, has
 * a name here and the version from which on it holds, and whoever it concerns asks for it by name:
 * `rules.has(RULE.uniqueCodes)`. What is below a version runs as it ran then, for ever (ADR 0011).
 */

import { RejectReason } from '../protocol/reject-reason.ts';
import { INITIAL_RULES_VERSION, NEWEST_RULES_VERSION } from '../protocol/rules-version.ts';

/** Each change by name: the version that brought it. */
export const RULE = {
  /** AddCurrency and AddSymbol are refused where another currency or market has the code. */
  uniqueCodes: 2,
  /**
   * A market order by amount whose rest buys no lot of the next order is canceled for AmountSpent
   * also where that order stands beyond what it may slip; before, for Slippage.
   */
  spentBeforeSlippage: 2,
  /**
   * A limit on a position counts what is held to the minor unit, and over all markets the open buys
   * in every market of the base currency; before, whole lots, and those of the order's market.
   */
  exactPositions: 2,
} as const;

export class Rules {
  /** In force since the last accepted SetRulesVersion. */
  version = INITIAL_RULES_VERSION;

  /** As they were at first. */
  clear(): void {
    this.version = INITIAL_RULES_VERSION;
  }

  /** Whether a change holds; `since` is its version, from `RULE`. */
  has(since: number): boolean {
    return this.version >= since;
  }

  /**
   * Works by a version from now on; returns why not, or RejectReason.None.
   *
   * @throws UnknownRulesError where this release does not know it. That is no reject: what a
   *   release knows is no part of the state, and a newer one would accept the same command.
   */
  activate(version: number): number {
    if (version > NEWEST_RULES_VERSION) throw new UnknownRulesError(version);
    if (version < this.version) return RejectReason.RulesVersionTooLow;
    this.version = version;
    return RejectReason.None;
  }
}

/** A command asks for rules of a newer release: nothing behind it can be executed as it was. */
export class UnknownRulesError extends Error {
  override readonly name = 'UnknownRulesError';
  readonly version: number;

  constructor(version: number) {
    super(`rules version ${version}, and this release knows them up to ${NEWEST_RULES_VERSION}`);
    this.version = version;
  }
}
