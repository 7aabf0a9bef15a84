/** A line of a CSV body, column by column; remembers the first thing that is wrong with it. */
import type { FieldError } from './field-error.ts';
import { describeRange, type FieldRange, isInRange } from './field-range.ts';

/** Words in place of numbers; upper and lower case do not matter. */
export type Words = Readonly<Record<string, number>>;

export class CsvLine {
  error: FieldError | undefined;
  private readonly columns: readonly string[];

  /** @param form the line's columns, as an error tells them */
  constructor(text: string, form: string, required: number, optional: number) {
    const line = text.endsWith('\r\n') ? text.slice(0, -2) : text.replace(/\n$/, '');
    this.columns = line.split(',').map((column) => column.trim());
    const count = this.columns.length;
    if (line === '' || line.includes('\n') || count < required || count > required + optional) {
      this.error = {
        field: 'body',
        value: excerpt(text),
        allowed: `one line ${form}`,
      };
    }
  }

  /** A whole number of a range, or `fallback` where an optional column is empty. */
  integer(index: number, field: string, range: FieldRange, fallback?: number): number {
    if (this.error !== undefined) return 0;
    const text = this.columns[index] ?? '';
    if (text === '' && fallback !== undefined) return fallback;
    const digits = range.min < 0 ? /^-?\d{1,16}$/ : /^\d{1,16}$/;
    const value = digits.test(text) ? Number(text) : Number.NaN;
    if (isInRange(range, value)) return value;
    this.error = { field, value: excerpt(text), allowed: describeRange(range) };
    return 0;
  }

  /** One of some words, or `fallback` where an optional column is empty. */
  word(index: number, field: string, words: Words, fallback?: number): number {
    if (this.error !== undefined) return 0;
    const text = this.columns[index] ?? '';
    if (text === '' && fallback !== undefined) return fallback;
    for (const [word, value] of Object.entries(words)) {
      if (word.toLowerCase() === text.toLowerCase()) return value;
    }
    this.error = { field, value: excerpt(text), allowed: Object.keys(words).join(', ') };
    return 0;
  }
}

/** Values from outside are shown, but never at any length. */
function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
