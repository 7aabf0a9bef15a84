/** Something that must hold after every command, and did not after one. */
export class Violation extends Error {
  override readonly name = 'Violation';
  /** The command after which it did not hold. */
  readonly sequence: number;
  readonly what: string;

  constructor(sequence: number, what: string) {
    super(`at sequence ${sequence}: ${what}`);
    this.sequence = sequence;
    this.what = what;
  }
}
