/**
 * What a single field of the library's may be. What is not allowed throws a RangeError that names
 * field, value and what is allowed. Programs without types give anything, so every value is unknown
 * until it was checked, and is told as it was given: `'5'` and 5, undefined and 0 are not the same.
 */
import { describeRange, type FieldRange, isInRange } from '../protocol/field-range.ts';

export interface FieldRule {
  /** Optional fields may be undefined. */
  readonly isRequired: boolean;
  /** In words. */
  readonly allowed: string;
  readonly isAllowed: (value: unknown) => boolean;
}

/** @param allowed the allowed values in words, where the range alone does not say it */
export function required(range: FieldRange, allowed = wordsFor(range)): FieldRule {
  const isAllowed = (value: unknown): boolean =>
    typeof value === 'number' && Number.isSafeInteger(value) && isInRange(range, value);
  return { isRequired: true, allowed, isAllowed };
}

export function optional(range: FieldRange): FieldRule {
  return { ...required(range), isRequired: false };
}

export const OPTIONAL_BOOLEAN: FieldRule = {
  isRequired: false,
  allowed: 'true or false',
  isAllowed: (value) => typeof value === 'boolean',
};

/** @throws RangeError */
export function assertField(field: string, value: unknown, rule: FieldRule): void {
  if (rule.isAllowed(value) || (value === undefined && !rule.isRequired)) return;
  refuse(field, value, rule.allowed);
}

/**
 * Checks each field, and that there are no others: a name that is not known is a typing error,
 * which would silently leave the field at its default.
 *
 * @throws RangeError
 */
export function assertFields(
  fields: Readonly<Record<string, unknown>>,
  rules: ReadonlyMap<string, FieldRule>,
): void {
  for (const field of Object.keys(fields)) {
    if (rules.has(field)) continue;
    refuse(field, fields[field], `the fields ${[...rules.keys()].join(', ')}`);
  }
  for (const [field, rule] of rules) assertField(field, fields[field], rule);
}

export function refuse(field: string, value: unknown, allowed: string): never {
  throw new RangeError(`${field}: ${textOf(value)} is not allowed; allowed: ${allowed}`);
}

function wordsFor(range: FieldRange): string {
  if (range.names !== undefined) return describeRange(range);
  return `an integer from ${range.min} to ${range.max}`;
}

const MAX_TEXT_LENGTH = 100;
const MAX_ELEMENTS = 10;

/** A value as a program would write it, but never at any length or depth. */
function textOf(value: unknown): string {
  const text = Array.isArray(value)
    ? `[${Array.from(value.slice(0, MAX_ELEMENTS), textOfElement).join(', ')}]`
    : textOfElement(value);
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}…`;
}

function textOfElement(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
    default:
      return String(value);
  }
}
