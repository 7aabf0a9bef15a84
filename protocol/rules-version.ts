/**
 * The rules by which a venue decides are counted: `exchange/rules.ts` says what each version
 * changed, and a SetRulesVersion command from when on a venue works by one (ADR 0011).
 */

/** Of every journal that names none. */
export const INITIAL_RULES_VERSION = 1;
/** The newest that this release knows. */
export const NEWEST_RULES_VERSION = 2;
