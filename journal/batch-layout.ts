/**
 * Layout of a journal record: one batch of sequenced commands. Its key is its first sequence
 * number, so the next batch's key is this one's last sequence number + 1.
 *
 * ```
 *  0       4         6   8          16         24         32          40
 *  +-------+---------+---+----------+----------+----------+-----------+---
 *  | magic | version | 0 | first    | last     | hashed   | eventHash |
 *  |       |         |   | Sequence | Sequence | Sequence |           |
 *  +-------+---------+---+----------+----------+----------+-----------+---
 *  40            44    48             52             56  64
 *  +-------------+-----+--------------+--------------+---+----------
 *  | previousCrc | crc | commandBytes | commandCount | 0 | commands
 *  +-------------+-----+--------------+--------------+---+----------
 * ```
 * `crc` covers the whole record but itself; `previousCrc` is the crc of the batch before, so the
 * batches form a chain. `eventHash` is the exchange's rolling hash after the command
 * `hashedSequence`, the last one whose group was complete when the batch was written.
 *
 * These fields stay where they are in every version, and `crc` covers the whole record: so a record
 * of another version can be told from a damaged one, and its place in the chain be checked. What
 * differs between versions are the commands (`upcasting.ts`).
 */

export const BATCH_MAGIC = 0x4a474f48; // 'HOGJ'
/**
 * Raised, with a step in `upcasting.ts`, when a command's record changes or a command is added: an
 * older release then says that it cannot read the journal. 2 came with all order types, 3 with
 * SetRulesVersion.
 */
export const BATCH_VERSION = 3;

export const BATCH = {
  magic: 0,
  version: 4,
  firstSequence: 8,
  lastSequence: 16,
  hashedSequence: 24,
  eventHash: 32,
  previousCrc: 40,
  crc: 44,
  commandBytes: 48,
  commandCount: 52,
  commands: 64,
} as const;
