/** Reads the commands about transfers and has risk execute them. docs/ledger.md has the rules. */
import { FUNDING, NEW_TRANSFER, RESOLVE_TRANSFER } from '../protocol/command-layout.ts';
import { Funding } from '../protocol/commands.ts';
import { SystemAccount } from '../protocol/enums.ts';
import type { RecordBuffer } from '../protocol/record.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from '../protocol/transfer-commands.ts';
import type { Transfers } from '../risk/transfers.ts';

export class TransferCommands {
  private readonly transfers: Transfers;
  private readonly funding = new Funding();
  private readonly newTransfer = new NewTransfer();
  private readonly resolveTransfer = new ResolveTransfer();
  private readonly reverseTransfer = new ReverseTransfer();

  constructor(transfers: Transfers) {
    this.transfers = transfers;
  }

  /** Returns why the command was refused, or RejectReason.None. */
  execute(templateId: number, record: RecordBuffer, offset: number): number {
    const { External } = SystemAccount;
    switch (templateId) {
      case FUNDING.depositTemplateId: {
        const funding = this.funding.wrap(record, offset);
        return this.fund(funding, External, funding.accountId);
      }
      case FUNDING.withdrawTemplateId: {
        const funding = this.funding.wrap(record, offset);
        return this.fund(funding, funding.accountId, External);
      }
      case NEW_TRANSFER.templateId:
        return this.transfers.transfer(this.newTransfer.wrap(record, offset));
      case RESOLVE_TRANSFER.templateId:
        return this.transfers.resolve(this.resolveTransfer.wrap(record, offset));
      default:
        return this.transfers.reverse(this.reverseTransfer.wrap(record, offset));
    }
  }

  private fund(command: Funding, debitAccountId: number, creditAccountId: number): number {
    const { currencyId, amount, mode, expireTime } = command;
    const { transferId, businessRefId, externalId } = command;
    const references = { transferId, businessRefId, externalId };
    const accounts = { debitAccountId, creditAccountId };
    return this.transfers.transfer({
      ...references,
      ...accounts,
      currencyId,
      amount,
      mode,
      expireTime,
    });
  }
}
