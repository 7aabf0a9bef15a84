/**
 * What a process did to one file, from a trace of its system calls, in order: writes, flushes, and
 * what it told on standard output meanwhile. `strace` is what people install for that.
 */

/** A write that goes to the disk by itself is flushed when its call returns (O_DSYNC). */
export type Step =
  | { readonly kind: 'write'; readonly offset: number; readonly data: Buffer; readonly id: number }
  | { readonly kind: 'written'; readonly id: number }
  | { readonly kind: 'flush'; readonly id: number }
  | { readonly kind: 'flushed'; readonly id: number }
  | { readonly kind: 'told'; readonly text: string };

/** For `strace`: whole buffers, file names beside descriptors, all threads. */
export const STRACE_OPTIONS = [
  '-f',
  '-y',
  '-xx',
  '-s',
  '4194304',
  '-e',
  'trace=openat,lseek,write,pwrite64,writev,pwritev,pwritev2,' +
    'fdatasync,fsync,msync,ftruncate,fallocate',
];

const CALL = /^(\d+) +(\w+)\((.*)$/s;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>(.*)$/s;
const RESULT = /= (-?\d+)(?:<[^>]*>)?(?: .*)?$/;
const STDOUT = 1;

/** Calls that a journal's writer should not make: the disk below would have to know them. */
const UNKNOWN_CALLS = ['pwritev', 'pwritev2', 'msync', 'ftruncate', 'fallocate'];

/** @throws Error at a call on the file that this does not understand */
export function readTrace(text: string, file: string): Step[] {
  const steps: Step[] = [];
  /** Descriptors of the file whose writes go to the disk by themselves. */
  const synchronous = new Set<number>();
  /** Descriptors of the file whose writes go to its end. */
  const appending = new Set<number>();
  let fileEnd = 0;
  /** By descriptor: where the next writev goes. */
  const positions = new Map<number, number>();
  /** By thread: the call that it is in. */
  const open = new Map<string, { readonly name: string; readonly args: string; id: number }>();
  let nextId = 0;

  const begin = (name: string, args: string, id: number): void => {
    const fd = Number(/^\d+/.exec(args)?.[0] ?? -1);
    if (name === 'write' && fd === STDOUT) {
      steps.push({ kind: 'told', text: bytesIn(args).toString() });
      return;
    }
    if (name === 'openat' || name === 'lseek' || !isOn(args, file)) return;
    if (UNKNOWN_CALLS.includes(name)) throw new Error(`${name} on ${file}`);
    const write = (offset: number, data: Buffer): void => {
      fileEnd = Math.max(fileEnd, offset + data.length);
      steps.push({ kind: 'write', offset, data, id });
    };
    if (name === 'write') {
      if (!appending.has(fd)) throw new Error(`write on ${file}`);
      write(fileEnd, bytesIn(args));
    } else if (name === 'pwrite64') {
      const offset = Number(/, (\d+)(?:\) +=.*| <unfinished.*)$/s.exec(args)?.[1]);
      if (!Number.isSafeInteger(offset)) throw new Error(`no offset in ${args.slice(-60)}`);
      write(offset, bytesIn(args));
    } else if (name === 'writev') {
      const data = Buffer.concat([...args.matchAll(QUOTED)].map(([, text]) => decode(text!)));
      const offset = positions.get(fd)!;
      positions.set(fd, offset + data.length);
      write(offset, data);
    } else steps.push({ kind: 'flush', id });
  };
  const end = (name: string, args: string, result: number, id: number): void => {
    if (name === 'openat') {
      if (!hasPath(args, file) || result < 0) return;
      if (args.includes('O_DSYNC') || args.includes('O_SYNC')) synchronous.add(result);
      else synchronous.delete(result);
      if (args.includes('O_APPEND')) appending.add(result);
      else appending.delete(result);
      return;
    }
    if (!isOn(args, file)) return;
    if (name === 'lseek') positions.set(Number(/^\d+/.exec(args)![0]), result);
    if (result < 0) throw new Error(`${name} on ${file} failed in the trace`);
    const fd = Number(/^\d+/.exec(args)![0]);
    if (name === 'fdatasync' || name === 'fsync') steps.push({ kind: 'flushed', id });
    else if (/^(pwrite64|writev)$/.test(name) && synchronous.has(fd))
      steps.push({ kind: 'written', id });
  };

  for (const line of text.split('\n')) {
    const resumed = RESUMED.exec(line);
    const call = resumed === null ? CALL.exec(line) : null;
    if (resumed !== null) {
      const begun = open.get(resumed[1]!);
      open.delete(resumed[1]!);
      const result = RESULT.exec(resumed[3]!);
      if (begun !== undefined && result !== null) {
        end(begun.name, begun.args + resumed[3], Number(result[1]), begun.id);
      }
    } else if (call !== null) {
      const [, thread, name, args] = call as unknown as [string, string, string, string];
      const id = nextId++;
      begin(name, args, id);
      const result = RESULT.exec(args);
      if (args.endsWith('<unfinished ...>')) open.set(thread, { name, args, id });
      else if (result !== null) end(name, args, Number(result[1]), id);
    }
  }
  return steps;
}

function isOn(args: string, file: string): boolean {
  const path = /^\d+<([^>]*)>/.exec(args)?.[1];
  return path !== undefined && decode(path).toString() === file;
}

function hasPath(args: string, file: string): boolean {
  return bytesIn(args).toString() === file;
}

const QUOTED = /"((?:\\x[0-9a-f]{2})*)"/g;

/** What stands in the first quotes. */
function bytesIn(args: string): Buffer {
  return decode(args.match(QUOTED)?.[0].slice(1, -1) ?? '');
}

function decode(text: string): Buffer {
  return text.includes('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text);
}
