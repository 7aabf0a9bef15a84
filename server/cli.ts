/** The command line: `hoga start`, `replay`, `verify`, `audit`, `reconcile`, `journal`. */
import { Command } from 'commander';
import { addAudit } from './commands/audit.ts';
import { addJournal } from './commands/journal.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addReplay } from './commands/replay.ts';
import { addStart } from './commands/start.ts';
import { addVerify } from './commands/verify.ts';
import { packageVersion } from './supervisor.ts';
import { setV8Flags } from './v8-flags.ts';

const EXIT_USAGE = 2;

setV8Flags();
const program = new Command('hoga')
  .description('An exchange in one process.')
  .version(packageVersion())
  .showHelpAfterError('(--help shows what is allowed)')
  // A command line that cannot be understood is no exchange that died: that one's exit code is 1.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
addStart(program);
addReplay(program);
addVerify(program);
addAudit(program);
addReconcile(program);
addJournal(program);
await program.parseAsync();
