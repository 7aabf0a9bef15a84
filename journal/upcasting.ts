/**
 * Journal records of older versions, brought step by step to the form that this release writes: 2 →
 * 3 → …, when they are read. What is stored stays as it is, and is what CRC and chain are checked
 * over; event hashes are those of the events then, which the same commands still cause (ADR 0011).
 */
import { RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { BATCH_VERSION } from './batch-layout.ts';

/** From one version to the next. */
export interface Upcaster {
  /**
   * The command at a byte offset as the next version has it, or undefined where it stays. It is
   * still one command, with its sequence number and its time. Without this, all stay.
   */
  readonly command?: (record: RecordBuffer, offset: number) => Uint8Array | undefined;
}

export type Upcasters = ReadonlyMap<number, Upcaster>;

/** By the version that a record has. */
export const UPCASTERS: Upcasters = new Map([
  // 3 has one command more, SetRulesVersion: those of 2 are as they were.
  [2, {}],
]);

/** Commands, one behind the other. */
export interface CommandBytes {
  readonly record: RecordBuffer;
  readonly start: number;
  readonly end: number;
}

/** The oldest version from which the steps lead to the newest. */
export function oldestReadable(upcasters: Upcasters): number {
  let version = BATCH_VERSION;
  while (upcasters.has(version - 1)) version--;
  return version;
}

/** Commands of a version that can be read, in the newest form. */
export function upcast(stored: CommandBytes, version: number, upcasters: Upcasters): CommandBytes {
  let commands = stored;
  for (let from = version; from < BATCH_VERSION; from++) {
    const { command } = upcasters.get(from)!;
    if (command !== undefined) commands = mapCommands(commands, command);
  }
  return commands;
}

function mapCommands(
  { record, start, end }: CommandBytes,
  command: NonNullable<Upcaster['command']>,
): CommandBytes {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const next = at + recordLengthAt(record, at);
    parts.push(command(record, at) ?? record.bytes.subarray(at, next));
    at = next;
  }
  const bytes = Buffer.concat(parts);
  const mapped = RecordBuffer.allocate(bytes.length);
  mapped.bytes.set(bytes);
  return { record: mapped, start: 0, end: bytes.length };
}
