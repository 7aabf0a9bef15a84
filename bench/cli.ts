/**
 * The command line of the benchmarks: `npm run bench -- engine`; without a name, all of them. One
 * file in commands/ for each command.
 */
import { Command } from 'commander';
import { BENCHMARKS } from './benchmarks.ts';
import { addAll } from './commands/all.ts';
import { addCompare } from './commands/compare.ts';
import { addReport } from './commands/report.ts';

const EXIT_USAGE = 2;

const program = new Command('bench')
  .description('Measures Hoga.')
  .showHelpAfterError('(--help shows what is allowed)')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
for (const { addTo } of BENCHMARKS) addTo(program);
addAll(program);
addReport(program);
addCompare(program);
await program.parseAsync();
