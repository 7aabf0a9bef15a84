/** Looks for commands on which an engine differs from the oracle, and makes what it finds small. */
import fc from 'fast-check';
import type { CommandEngine, EngineCommand, Outcome } from '../engine-commands.ts';
import { commandSequences } from './command-arbitraries.ts';
import { runDuel } from './duel.ts';

export interface Difference {
  /** The first that differs, and what does not hold. */
  readonly message: string;
  /** Few commands that show it; the last one is where it shows. */
  readonly commands: readonly EngineCommand[];
  /** The most fills of an incoming order. */
  readonly maxFills: number;
}

export interface Search {
  readonly seed: number;
  readonly sequences: number;
  /** Most commands in a sequence. */
  readonly maxLength: number;
  /** A new engine without markets. */
  readonly create: () => CommandEngine;
  /** Is told of each command that went well, until the first difference. */
  readonly told?: (command: EngineCommand, outcome: Outcome) => void;
  readonly started?: () => void;
}

/** fast-check looks for simpler commands for so long. */
const SHRINK_TIME_LIMIT_MS = 20_000;

export function findDifference(search: Search): Difference | undefined {
  const { seed, sequences, maxLength, create, told, started } = search;
  let smallest: readonly EngineCommand[] | undefined;
  let firstFailureMs = 0;
  const property = fc.property(commandSequences(1, maxLength), (commands) => {
    if (smallest !== undefined && performance.now() - firstFailureMs > SHRINK_TIME_LIMIT_MS) return;
    if (smallest === undefined) started?.();
    try {
      runDuel(create(), commands, smallest === undefined ? told : undefined);
    } catch (error) {
      if (smallest === undefined) firstFailureMs = performance.now();
      smallest = commands;
      throw error;
    }
  });
  fc.check(property, { seed, numRuns: sequences });
  if (smallest === undefined) return undefined;
  const commands = withoutNeedless(smallest, (fewer) => messageOf(create, fewer) !== undefined);
  const message = messageOf(create, commands) ?? 'it does not show again';
  return { message, commands, maxFills: create().maxFills };
}

/** Leaves out what can be left out, halves first, then ever smaller parts. */
function withoutNeedless(
  commands: readonly EngineCommand[],
  fails: (commands: readonly EngineCommand[]) => boolean,
): readonly EngineCommand[] {
  let kept = commands;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let start = kept.length - size; start > -size; start -= size) {
      const fewer = kept.filter((_, index) => index < start || index >= start + size);
      if (fails(fewer)) kept = fewer;
    }
  }
  return kept;
}

/** What does not hold with these commands; undefined if all does. */
function messageOf(
  create: () => CommandEngine,
  commands: readonly EngineCommand[],
): string | undefined {
  try {
    runDuel(create(), commands);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
