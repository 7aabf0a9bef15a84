/** The folder in which a benchmark makes its data folders: its disk is what is measured. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';

const FOLDER_VARIABLE = 'HOGA_BENCH_FOLDER';

/** `--folder`, for the processes that measure too. */
export function addFolderOption(command: Command): void {
  command.addOption(
    new Option('--folder <path>', 'folder on the disk to measure')
      .env(FOLDER_VARIABLE)
      .default(tmpdir()),
  );
  command.hook('preAction', (_, { opts }) => {
    process.env[FOLDER_VARIABLE] = opts.call(command)['folder'];
  });
}

/** Gives a new folder to `use` and removes it afterwards. */
export async function withFolder<Result>(
  use: (folder: string) => Promise<Result> | Result,
): Promise<Result> {
  const folder = mkdtempSync(join(process.env[FOLDER_VARIABLE] ?? tmpdir(), 'hoga-bench-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
