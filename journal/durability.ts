/**
 * When what was executed may be told: acknowledgements, private events, market data and projection
 * alike. Chosen at the start; every figure says which it was taken with.
 *
 * | mode | told when | what survives |
 * |---|---|---|
 * | `fsync` | the journal is flushed to disk | the machine's end |
 * | `commit` | the operating system has it | the process's end; a power cut may cost the last |
 * | `none` | it is executed | whatever was written by then: for benchmarks |
 */
export const DURABILITIES = ['fsync', 'commit', 'none'] as const;
export type Durability = (typeof DURABILITIES)[number];
