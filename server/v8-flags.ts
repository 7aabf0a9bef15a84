/**
 * How V8 compiles, for all threads of the process: the hot path is many small functions, and one
 * that is not inlined loads its tables' addresses again (docs/performance.md has the figures). A
 * program that embeds the engine may give node the same flags.
 */
import { setFlagsFromString } from 'node:v8';

export const V8_FLAGS: readonly string[] = [
  '--max-inlined-bytecode-size=2000',
  '--max-inlined-bytecode-size-cumulative=4000',
];

/** Before the hot path runs. */
export function setV8Flags(): void {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
}
