/** What is wrong with a field of a request: its name, the value that came, and what is allowed. */

export interface FieldError {
  readonly field: string;
  readonly value: string | number | null;
  readonly allowed: string;
}

/** The sentence for people: `price: 0 is not allowed; allowed: a whole number from 1 to …`. */
export function describeFieldError(error: FieldError): string {
  const value = error.value === null ? 'nothing' : JSON.stringify(error.value);
  return `${error.field}: ${value} is not allowed; allowed: ${error.allowed}`;
}
