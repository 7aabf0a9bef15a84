/** `hoga replay`: rebuilds the state from the journal alone. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
export function addReplay(program: Command): void {
  program.command('replay');
  void existsSync;
}
