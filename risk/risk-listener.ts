/** What risk tells: every posting, with its two sides, and what becomes of transfers. */
export interface RiskListener {
  /**
   * An amount left one balance and entered the other, by their slots. The amount in minor units and
   * the id of what caused it are in the state's registers: as arguments they would be boxed.
   */
  onTransfer(kind: number, from: number, to: number): void;

  /** A transfer that has an id came or changed: by its slot in `RiskEngine.transfers`. */
  onTransferChanged(transfer: number): void;

  /**
   * A command was sent once more and changed nothing. Where it `isFirstAnswer`, the answer is the
   * one that the transfer's own command got; else it is the transfer as it is.
   */
  onTransferRepeated(transfer: number, isFirstAnswer: boolean): void;
}
