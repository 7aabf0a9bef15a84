/** Commands of this program that read the journal beside the exchange, at the lowest priority. */
import { type ChildProcess, type IOType, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CHILD_VARIABLE } from './journal-child.ts';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
/** Of node: what V8 compiles and collects beside its work would not rest with it. */
const ONE_THREAD = '--single-threaded';

/** @param input what the command reads: a pipe, or nothing */
export function startInBackground(
  args: readonly string[],
  input: Extract<IOType, 'pipe' | 'ignore'>,
  signal: AbortSignal,
): ChildProcess {
  const child = spawn(process.execPath, [ONE_THREAD, CLI, ...args], {
    env: { ...process.env, [CHILD_VARIABLE]: '1' },
    stdio: [input, 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return child;
}

/**
 * Waits until it has ended well.
 *
 * @param said returns what it has told of an error
 * @throws Error where it has not
 */
export async function endOf(child: ChildProcess, name: string, said: () => string): Promise<void> {
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  if (code === 0) return;
  throw new Error(`hoga ${name} ended with ${code ?? signal}: ${said().trim()}`);
}
