/**
 * The command line of the benchmarks: `npm run bench -- engine`. One file in commands/ for each.
 */
import { Command } from 'commander';
import { addCrowd } from './commands/crowd.ts';
import { addEngine } from './commands/engine.ts';
import { addExchange } from './commands/exchange.ts';
import { addFirstOrders } from './commands/first-orders.ts';
import { addJournal } from './commands/journal.ts';

const EXIT_USAGE = 2;

const program = new Command('bench')
  .description('Measures Hoga.')
  .showHelpAfterError('(--help shows what is allowed)')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
addEngine(program);
addExchange(program);
addFirstOrders(program);
addJournal(program);
addCrowd(program);
await program.parseAsync();
