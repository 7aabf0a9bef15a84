/** A benchmark's report, as a file has it. */
import { readFileSync } from 'node:fs';
import type { JsonReport, Result } from '../../server/json-report.ts';

/** What is told of a file that is no report. */
export class UnreadableReport extends Error {}

const TEXTS = ['name', 'commit', 'node', 'machine', 'durability'] as const;

/** @throws UnreadableReport where there is no file, no JSON in it, or no report */
export function readReport(path: string): JsonReport {
  const parsed = parse(path, read(path));
  if (typeof parsed !== 'object' || parsed === null) {
    throw new UnreadableReport(`${path} is no benchmark's report: it is no object`);
  }
  const fields = parsed as Readonly<Record<string, unknown>>;
  for (const field of TEXTS) {
    if (typeof fields[field] !== 'string') throw new UnreadableReport(lacks(path, field));
  }
  const { results, wait } = fields;
  if (wait !== undefined && typeof wait !== 'string')
    throw new UnreadableReport(lacks(path, 'wait'));
  if (!Array.isArray(results) || !results.every(isResult)) {
    throw new UnreadableReport(lacks(path, 'results'));
  }
  return parsed as JsonReport;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UnreadableReport(code === 'ENOENT' ? `there is no file ${path}` : message);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableReport(`${path} is no JSON: ${(error as Error).message}`);
  }
}

function lacks(path: string, field: string): string {
  return `${path} is no benchmark's report: '${field}' is missing or is not what it should be`;
}

function isResult(value: unknown): value is Result {
  if (typeof value !== 'object' || value === null) return false;
  const { case: name, metric, value: figure, unit } = value as Readonly<Record<string, unknown>>;
  const isFigure = typeof figure === 'number' || typeof figure === 'string';
  return (
    typeof name === 'string' && typeof metric === 'string' && isFigure && typeof unit === 'string'
  );
}
