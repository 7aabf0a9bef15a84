/**
 * Audits a whole journal: replays it under an `Auditor`. Where something does not hold, it replays
 * again with checks of everything ever closer together before that command, until it has the first
 * one after which it does not hold.
 */
import { JournalError } from '../../journal/journal-error.ts';
import type { JournalReplay, ReplayListener } from '../../journal/journal-replay.ts';
import { Auditor } from './auditor.ts';
import { type TrialBalance, trialBalances } from './trial-balance.ts';
import { Violation } from './violation.ts';

export interface JournalAudit {
  /** The last command that was replayed. */
  readonly sequence: number;
  readonly commands: number;
  readonly fullChecks: number;
  readonly violation: Violation | undefined;
  /** As the replay ended. */
  readonly trialBalances: readonly TrialBalance[];
}

export interface AuditOptions {
  /** Commands between two checks of everything; by default as `DEFAULT_EVERY` says. */
  readonly every?: number | undefined;
  readonly onProgress?: (sequence: number) => void;
}

/** A replay from the start of the journal that tells the listener of every command. */
export type OpenReplay = (listener: ReplayListener) => JournalReplay;

/**
 * Commands between two checks of everything, or as many as there are balances and open orders where
 * those are more: so that the checks cost each command the same, however large the exchange.
 */
export const DEFAULT_EVERY = 1_000;
/** Checks of everything in each further replay. */
const PARTS = 32;

interface Run {
  readonly replay: JournalReplay;
  readonly auditor: Auditor;
  readonly violation: Violation | undefined;
}

export function auditJournal(open: OpenReplay, options: AuditOptions = {}): JournalAudit {
  const { every, onProgress = () => {} } = options;
  const first = run(open, onProgress, ({ sequence, checkedSequence, size }) => {
    return sequence - checkedSequence >= (every ?? Math.max(DEFAULT_EVERY, size));
  });
  const { replay, auditor } = first;
  return {
    sequence: replay.exchange.sequence,
    commands: replay.commandCount,
    fullChecks: auditor.fullChecks,
    violation: first.violation && firstViolation(open, first.violation, auditor.checkedSequence),
    trialBalances: trialBalances(replay.exchange),
  };
}

/** @param good the last command after which everything held */
function firstViolation(open: OpenReplay, found: Violation, good: number): Violation {
  let violation = found;
  let before = good;
  while (violation.sequence - before > 1) {
    const from = before;
    const step = Math.ceil((violation.sequence - from) / PARTS);
    const again = run(
      open,
      () => {},
      ({ sequence }) => sequence > from && (sequence - from) % step === 0,
    );
    const window = violation.sequence - before;
    if (again.violation === undefined) break;
    violation = again.violation;
    before = Math.max(before, again.auditor.checkedSequence);
    // A replay that is the same each time always comes closer.
    if (violation.sequence - before >= window) break;
  }
  return violation;
}

function run(
  open: OpenReplay,
  onProgress: (sequence: number) => void,
  isDue: (auditor: Auditor) => boolean,
): Run {
  const auditor: Auditor = new Auditor(() => replay.exchange, isDue);
  const replay = open(auditor);
  try {
    while (replay.next()) onProgress(replay.exchange.sequence);
    replay.runToEnd();
    auditor.checkAll();
    return { replay, auditor, violation: undefined };
  } catch (error) {
    if (error instanceof Violation) return { replay, auditor, violation: error };
    if (!(error instanceof JournalError)) throw error;
    const violation = new Violation(error.sequence, error.message);
    return { replay, auditor, violation };
  }
}
