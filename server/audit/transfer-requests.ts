/** What the commands about transfers ask for, read as plain objects. */
import {
  FUNDING,
  NEW_TRANSFER,
  RESOLVE_TRANSFER,
  REVERSE_TRANSFER,
} from '../../protocol/command-layout.ts';
import { Funding } from '../../protocol/commands.ts';
import { SystemAccount } from '../../protocol/enums.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from '../../protocol/transfer-commands.ts';
import type { TransferTerms } from '../../protocol/transfer-terms.ts';

const { External } = SystemAccount;

/**
 * What a transfer of its own asks for: a deposit, a withdrawal, one between accounts. Undefined for
 * a command that asks for none.
 */
export function readTransferRequest(
  command: RecordBuffer,
  offset: number,
): TransferTerms | undefined {
  const templateId = templateIdAt(command, offset);
  if (templateId === NEW_TRANSFER.templateId) {
    const transfer = new NewTransfer().wrap(command, offset);
    const { debitAccountId, creditAccountId } = transfer;
    return { ...termsOf(transfer), debitAccountId, creditAccountId };
  }
  const isDeposit = templateId === FUNDING.depositTemplateId;
  if (!isDeposit && templateId !== FUNDING.withdrawTemplateId) return undefined;
  const funding = new Funding().wrap(command, offset);
  const { accountId } = funding;
  const accounts = isDeposit
    ? { debitAccountId: External, creditAccountId: accountId }
    : { debitAccountId: accountId, creditAccountId: External };
  return { ...termsOf(funding), ...accounts };
}

export function readResolution(command: RecordBuffer, offset: number): ResolveTransfer | undefined {
  const isOne = templateIdAt(command, offset) === RESOLVE_TRANSFER.templateId;
  return isOne ? new ResolveTransfer().wrap(command, offset) : undefined;
}

export function readReversal(command: RecordBuffer, offset: number): ReverseTransfer | undefined {
  const isOne = templateIdAt(command, offset) === REVERSE_TRANSFER.templateId;
  return isOne ? new ReverseTransfer().wrap(command, offset) : undefined;
}

function termsOf(command: Funding | NewTransfer) {
  const { transferId, currencyId, amount, mode, expireTime, businessRefId, externalId } = command;
  return { transferId, currencyId, amount, mode, expireTime, businessRefId, externalId };
}
