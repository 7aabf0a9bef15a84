/** The process's log: JSON lines, or readable ones for a terminal. Written synchronously. */
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };

export function createLogger(format: 'auto' | 'pretty' | 'json'): Logger {
  const isForPeople = format === 'pretty' || (format === 'auto' && process.stdout.isTTY === true);
  if (!isForPeople) return pino(pino.destination({ dest: 1, sync: true }));
  const stream = pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
  return pino(stream);
}
