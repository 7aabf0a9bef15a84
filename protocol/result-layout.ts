/**
 * What a binary client gets back: one CommandResult for each command, in the order sent.
 *
 * ```
 *  0               8          16        24              32        40       48          56
 *  +---------------+----------+---------+---------------+---------+--------+-----------+---
 *  | message header| sequence | time µs | correlationId | orderId | cumQty | leavesQty |
 *  +---------------+----------+---------+---------------+---------+--------+-----------+---
 *  56          64          72          76             78            79             80
 *  +-----------+-----------+-----------+--------------+-------------+--------------+---
 *  | filledQty | notional  | fillCount | rejectReason | orderStatus | cancelReason |
 *  +-----------+-----------+-----------+--------------+-------------+--------------+---
 *  80              84               85         86         88      96
 *  +---------------+----------------+----------+----------+-------+
 *  | canceledCount | transferStatus | isRepeat | reserved | entry |
 *  +---------------+----------------+----------+----------+-------+
 * ```
 */

export const COMMAND_RESULT = {
  templateId: 200,
  length: 96,
  sequence: 8,
  time: 16,
  correlationId: 24,
  orderId: 32,
  cumQty: 40,
  leavesQty: 48,
  filledQty: 56,
  notional: 64,
  fillCount: 72,
  rejectReason: 76,
  orderStatus: 78,
  cancelReason: 79,
  canceledCount: 80,
  transferStatus: 84,
  isRepeat: 85,
  entry: 88,
} as const;

/** `orderStatus` of a result that is about no order (SBE's null value of a uint8). */
export const NO_ORDER_STATUS = 255;
