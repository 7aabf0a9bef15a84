/** The command line: `hoga start`, and what works on a data folder, at rest or beside it. */
import { Command } from 'commander';
import { addAudit } from './commands/audit.ts';
import { addJournal } from './commands/journal.ts';
import { addReconcile } from './commands/reconcile.ts';
import { addReplay } from './commands/replay.ts';
import { addSnapshot } from './commands/snapshot.ts';
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
addSnapshot(program);
addJournal(program);
await program.parseAsync();
