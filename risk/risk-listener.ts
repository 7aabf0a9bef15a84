/** What risk tells: every posting, with its two sides, and what becomes of transfers. */
export interface RiskListener {
  /** `amount` minor units left the debit account and entered the credit account. */
  onTransfer(
    kind: number,
    currency: number,
    debitAccountId: number,
    creditAccountId: number,
    amount: number,
    referenceId: number,
  ): void;

  /** A transfer that has an id came or changed: by its slot in `RiskEngine.transfers`. */
  onTransferChanged(transfer: number): void;

  /**
   * A command was sent once more and changed nothing. Where it `isFirstAnswer`, the answer is the
   * one that the transfer's own command got; else it is the transfer as it is.
   */
  onTransferRepeated(transfer: number, isFirstAnswer: boolean): void;
}
