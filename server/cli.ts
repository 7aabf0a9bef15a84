/** The command line: `hoga start`, `replay`, `reconcile`. */
import { Command } from 'commander';
import { addReconcile } from './commands/reconcile.ts';
import { addReplay } from './commands/replay.ts';
import { addStart } from './commands/start.ts';
import { packageVersion } from './supervisor.ts';

const program = new Command('hoga')
  .description('An exchange in one process.')
  .version(packageVersion())
  .showHelpAfterError('(--help shows what is allowed)');
addStart(program);
addReplay(program);
addReconcile(program);
await program.parseAsync();
