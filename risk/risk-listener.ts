/** What risk tells: every posting, with its two sides. */
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
}
