/**
 * How V8 compiles and collects, for all threads of the process. The hot path is many small
 * functions, and one that is not inlined loads its tables' addresses again: what has up to 64 bytes
 * of bytecode is inlined whatever else is, and of the rest as much as the other two allow, in
 * an order that differs from process to process. What the exchange still allocates, about half a
 * byte a command, fits into a young generation of 64 MiB for a minute at 500,000 commands a second
 * (docs/performance.md has the figures). A program that embeds the engine may give node the same
 * flags.
 */
import { setFlagsFromString } from 'node:v8';

export const V8_FLAGS: readonly string[] = [
  '--max-inlined-bytecode-size=2000',
  '--max-inlined-bytecode-size-cumulative=4000',
  '--max-inlined-bytecode-size-small=64',
  '--min-semi-space-size=64',
];

/** Before the hot path runs. */
export function setV8Flags(): void {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
}
