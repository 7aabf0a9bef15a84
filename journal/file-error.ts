/** Says which file an error of the system is of, and what to do: Node's own say neither. */

/** A file that cannot be read; nothing is changed then. */
export class FileReadError extends Error {
  override readonly name = 'FileReadError';

  constructor(file: string, cause: unknown) {
    super(
      `${file} cannot be read: ${cause}. Nothing was changed: see what is wrong with the file or ` +
        'its disk, and start again',
    );
  }
}

/** A file beside the journal that cannot be written; the journal is none the worse for it. */
export class FileWriteError extends Error {
  override readonly name = 'FileWriteError';

  constructor(file: string, cause: unknown) {
    super(
      `${file} was not written: ${cause}. The journal is not touched by that: make room on the ` +
        'disk, or see what is wrong with it',
    );
  }
}

/** Does what reads a file. */
export function reading<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw isOfSystem(error) ? new FileReadError(file, error) : error;
  }
}

/** Does what writes a file. */
export function writing<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw isOfSystem(error) ? new FileWriteError(file, error) : error;
  }
}

export function isOfSystem(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}
