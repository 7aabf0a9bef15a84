/**
 * Has the thread that calls it stand back behind the others of the process. Linux keeps niceness by
 * thread: a setpriority of "this process" changes the calling thread alone, and those that it makes
 * afterwards (setpriority(2), "C library/kernel differences"). Elsewhere it would change the whole
 * process, so there nothing is done.
 */
import { constants, getPriority, setPriority } from 'node:os';

/** On Linux this means the calling thread. */
const SELF = 0;
const NICEST = constants.priority.PRIORITY_LOW;

/** Returns why it was not done; undefined where it was. */
export function standBack(niceSteps: number): string | undefined {
  if (process.platform !== 'linux') return 'threads have no priority of their own here';
  try {
    setPriority(SELF, Math.min(NICEST, getPriority(SELF) + niceSteps));
    return undefined;
  } catch (error) {
    return String(error);
  }
}
