/** A line of a CSV body, column by column; remembers the first thing that is wrong with it. */
import type { FieldError } from './field-error.ts';
import { describeRange, type FieldRange, isInRange } from './field-range.ts';

/** Words in place of numbers; upper and lower case do not matter. */
export type Words = Readonly<Record<string, number>>;

const COMMA = 44;
const ZERO = 48;
/** A number of so many digits is exact, however it is put together. */
const EXACT_DIGITS = 15;

export class CsvLine {
  error: FieldError | undefined;
  private readonly line: string;
  /** Where each column begins in the line, and one behind the last would. */
  private readonly starts: readonly number[];

  /** @param form the line's columns, as an error tells them */
  constructor(text: string, form: string, required: number, optional: number) {
    this.line = lineOf(text);
    const starts = [0];
    for (let at = 0; at < this.line.length; at++) {
      if (this.line.charCodeAt(at) === COMMA) starts.push(at + 1);
    }
    const count = starts.length;
    starts.push(this.line.length + 1);
    this.starts = starts;
    const isLine = this.line !== '' && !this.line.includes('\n');
    if (!isLine || count < required || count > required + optional) {
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
    const plain = this.plainInteger(index);
    if (plain >= 0 && isInRange(range, plain)) return plain;
    const text = this.column(index);
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
    const text = this.column(index);
    if (text === '' && fallback !== undefined) return fallback;
    for (const [word, value] of Object.entries(words)) {
      if (word.toLowerCase() === text.toLowerCase()) return value;
    }
    this.error = { field, value: excerpt(text), allowed: Object.keys(words).join(', ') };
    return 0;
  }

  /** A column's text; empty where there is none. */
  private column(index: number): string {
    const end = this.starts[index + 1];
    return end === undefined ? '' : this.line.slice(this.starts[index]!, end - 1).trim();
  }

  /** A column that is a few digits and nothing else, without making a text of it; −1: it is not. */
  private plainInteger(index: number): number {
    const end = this.starts[index + 1];
    if (end === undefined) return -1;
    const start = this.starts[index]!;
    const length = end - 1 - start;
    if (length === 0 || length > EXACT_DIGITS) return -1;
    let value = 0;
    for (let at = start; at < end - 1; at++) {
      const digit = this.line.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) return -1;
      value = value * 10 + digit;
    }
    return value;
  }
}

/** Values from outside are shown, but never at any length. */
function excerpt(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}

/** Without the end of the line. */
function lineOf(text: string): string {
  if (text.endsWith('\r\n')) return text.slice(0, -2);
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
