/** The command line: `hoga start`, and what works on a data folder, at rest or beside it. */
import { Command } from 'commander';
import { packageVersion } from './package-version.ts';
import { setV8Flags } from './v8-flags.ts';

const EXIT_USAGE = 2;
/** A check has not held before it is finished. */
const EXIT_UNFINISHED = 1;

/** Loaded when it is asked for: a start waits for nothing that only the others need. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
  start: async () => (await import('./commands/start.ts')).addStart,
  replay: async () => (await import('./commands/replay.ts')).addReplay,
  verify: async () => (await import('./commands/verify.ts')).addVerify,
  audit: async () => (await import('./commands/audit.ts')).addAudit,
  reconcile: async () => (await import('./commands/reconcile.ts')).addReconcile,
  snapshot: async () => (await import('./commands/snapshot.ts')).addSnapshot,
  journal: async () => (await import('./commands/journal.ts')).addJournal,
};

setV8Flags();
const asked = process.argv[2] ?? '';
// Who reads what we print may have seen enough (`hoga audit | head`); an exchange goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (asked !== 'start') process.exit(process.exitCode ?? EXIT_UNFINISHED);
});
const program = new Command('hoga')
  .description('An exchange in one process.')
  .version(packageVersion())
  .showHelpAfterError('(--help shows what is allowed)')
  // A command line that cannot be understood is no exchange that died: that one's exit code is 1.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
// Anything else needs them all: to be listed, or to tell what is near.
const names = Object.hasOwn(COMMANDS, asked) ? [asked] : Object.keys(COMMANDS);
for (const name of names) (await COMMANDS[name]!())(program);
await program.parseAsync();
