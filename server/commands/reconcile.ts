import type { Command } from 'commander';
export function addReconcile(program: Command): void {
  program.command('reconcile');
}
