/**
 * The transfers that hold money, as their reports told them: pending ones, and those of which the
 * outcome is unknown. The exchange's own table must know them as such: else nobody could resolve
 * them, and what they lock would stay locked for ever.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { nameOf, TransferStatus } from '../../protocol/enums.ts';
import type { TransferReport } from '../../protocol/transfer-report.ts';
import { TRANSFER_WORD } from '../../risk/transfer-table.ts';
import type { Holdings } from './holdings.ts';
import { type Lock, transferLock } from './locks.ts';

interface HeldTransfer {
  readonly status: number;
  readonly lock: Lock;
}

const { LOCKED_AMOUNT } = TRANSFER_WORD;

export class HeldTransfers {
  private readonly holdings: Holdings;
  private readonly byId = new Map<number, HeldTransfer>();

  /** @param holdings are told what transfers lock */
  constructor(holdings: Holdings) {
    this.holdings = holdings;
  }

  get count(): number {
    return this.byId.size;
  }

  /** A transfer as it is after a command. */
  tell(report: TransferReport): void {
    const { lockedAmount, status, transferId } = report;
    const before = this.byId.get(transferId);
    if (before !== undefined) this.holdings.removeLock(before.lock);
    this.byId.delete(transferId);
    if (lockedAmount === 0) return;
    const lock = transferLock(report);
    this.holdings.addLock(lock);
    this.byId.set(transferId, { status, lock });
  }

  /** What does not hold of any of them. */
  findFault({ risk }: Exchange): string | undefined {
    const { table } = risk.transfers;
    for (const [transferId, told] of this.byId) {
      const slot = table.find(transferId);
      if (slot === NO_SLOT) return `${describe(transferId, told.status, told.lock.amount)} is lost`;
      const status = table.status(slot);
      const locked = table.get(slot, LOCKED_AMOUNT);
      if (status === told.status && locked === told.lock.amount) continue;
      const asTold = describe(transferId, told.status, told.lock.amount);
      return `${asTold} was told, but is ${describe(transferId, status, locked)}`;
    }
    return undefined;
  }
}

function describe(transferId: number, status: number, locked: number): string {
  return `transfer ${transferId} (${nameOf(TransferStatus, status)}, locks ${locked})`;
}
