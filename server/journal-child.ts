/**
 * Runs a command that reads a suspect journal in a child process, because a truncated LMDB file
 * kills who reads it (SIGBUS).
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Set in the child process that does the work. */
export const CHILD_VARIABLE = 'HOGA_JOURNAL_CHILD';

/**
 * Runs this command line once more in a child process, and `work` in that one.
 *
 * @param exitKilled the exit code where a signal ended the child
 */
export async function inChild(
  name: string,
  exitKilled: number,
  work: () => Promise<number>,
): Promise<number> {
  if (process.env[CHILD_VARIABLE] !== undefined) return work();
  const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
  const env = { ...process.env, [CHILD_VARIABLE]: '1' };
  const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], { stdio: 'inherit', env });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => {
    child.on('exit', (exitCode, exitSignal) => done([exitCode, exitSignal]));
  });
  if (signal === null) return code ?? exitKilled;
  const why = signal === 'SIGBUS' ? "the journal's file is shorter than it says (truncated)" : '';
  process.stderr.write(`${name} was killed by ${signal} ${why}\n`);
  return exitKilled;
}
