/** `npm run bench -- report`: the report of what benchmarks have left in a folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BENCHMARKS } from '../benchmarks.ts';
import { UnreadableReport } from '../measuring/read-report.ts';
import { DEFAULT_FOLDER } from '../measuring/results-folder.ts';
import { renderPage } from '../report/page.ts';
import { readResults } from '../report/read-results.ts';

const EXIT_USAGE = 2;

export function addReport(program: Command): void {
  program
    .command('report')
    .description('Writes report.html anew from the figures in a folder.')
    .argument('[folder]', 'where benchmarks have left them', DEFAULT_FOLDER)
    .action((folder: string) => {
      try {
        writeReport(folder);
      } catch (error) {
        if (!(error instanceof UnreadableReport)) throw error;
        process.stderr.write(`bench report: ${error.message}\n`);
        process.exitCode = EXIT_USAGE;
      }
    });
}

/** @throws UnreadableReport where there is nothing to report, or a file is none of a benchmark's */
export function writeReport(folder: string): void {
  const path = join(folder, 'report.html');
  writeFileSync(path, renderPage(readResults(folder, BENCHMARKS)));
  process.stdout.write(`Report in ${path}.\n`);
}
