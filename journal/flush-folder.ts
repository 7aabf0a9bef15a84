/** Flushes what files a folder has: a new name, or one that is gone, is only then so for good. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

export function flushFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
