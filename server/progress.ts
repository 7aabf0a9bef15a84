/** Progress bars for long work: on standard error, and only where a terminal shows it. */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  update(value: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

export function startProgress(label: string, total: number, isWanted: boolean): Progress {
  if (!isWanted || process.stderr.isTTY !== true) return SILENT;
  const format = `${label} {bar} {percentage}% | {value} of {total} | {eta_formatted} left`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.rect);
  bar.start(total, 0);
  return bar;
}
