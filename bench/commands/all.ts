/** `npm run bench`: all benchmarks, one after the other, each in a process of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { BENCHMARKS } from '../benchmarks.ts';
import { quickOption } from '../measuring/command.ts';
import { clearResults, outOption } from '../measuring/results-folder.ts';
import { writeReport } from './report.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const EXIT_FAILED = 1;

interface Options {
  readonly quick?: true;
  readonly out: string;
}

export function addAll(program: Command): void {
  program
    .command('all', { isDefault: true })
    .description('Runs all benchmarks, one after the other, and writes the report of them.')
    .addOption(quickOption())
    .addOption(outOption())
    .allowExcessArguments()
    .action((options: Options, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined) {
        const names = program.commands.map((each) => each.name()).join(', ');
        command.error(`error: there is no command '${unknown}'; there are: ${names}`);
      }
      runAll(options);
    });
}

/** One that fails does not keep the others from running; what is reported is what was measured. */
function runAll({ quick, out }: Options): void {
  const failed: string[] = [];
  for (const { name } of BENCHMARKS) {
    process.stdout.write(`\n${name}\n\n`);
    clearResults(out, name);
    const args = [CLI, name, '--out', out, ...(quick === true ? ['--quick'] : [])];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) failed.push(name);
  }
  process.stdout.write('\n');
  if (failed.length < BENCHMARKS.length) writeReport(out);
  if (failed.length === 0) return;
  process.stderr.write(`bench: failed: ${failed.join(', ')}\n`);
  process.exitCode = EXIT_FAILED;
}
