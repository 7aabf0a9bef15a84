/**
 * How the state of an exchange is passed on: numbers in a row, in named sections. Who stores them
 * is not the exchange's business. A section's version is raised when its content changes, and who
 * reads it knows the older ones too.
 */

export const Section = {
  Venue: 1,
  Risk: 2,
  Accounts: 3,
  Balances: 4,
  Orders: 5,
  Transfers: 6,
  Answers: 7,
  End: 8,
} as const;
export type Section = (typeof Section)[keyof typeof Section];

export interface StateWriter {
  section(section: Section, version: number): void;
  /** A number with |value| ≤ 2^53−1. */
  add(value: number): void;
  /** Words [from, to), an even number of them. */
  addWords(words: Int32Array, from: number, to: number): void;
}

export interface StateReader {
  /** Begins a section, which must be the next one; returns its version. */
  section(section: Section): number;
  next(): number;
  /** An even number of words, to `at` in the target. */
  nextWords(target: Int32Array, at: number, count: number): void;
}

export function addText(to: StateWriter, text: string): void {
  to.add(text.length);
  for (let i = 0; i < text.length; i++) to.add(text.charCodeAt(i));
}

export function nextText(from: StateReader): string {
  const codes = Array.from({ length: from.next() }, () => from.next());
  return String.fromCharCode(...codes);
}
