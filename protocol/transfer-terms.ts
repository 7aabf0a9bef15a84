/**
 * Which terms of a transfer go together: the tables of docs/ledger.md. One rule for every encoding.
 */
import { SystemAccount, TransferAction, TransferMode } from './enums.ts';
import type { FieldError } from './field-error.ts';

/** A transfer's terms, each within its own range. Deposit and Withdraw have an external side. */
export interface TransferTerms {
  readonly transferId: number;
  readonly debitAccountId: number;
  readonly creditAccountId: number;
  readonly currencyId: number;
  readonly amount: number;
  readonly mode: number;
  readonly expireTime: number;
  readonly businessRefId: number;
  readonly externalId: number;
}

/** The first thing that does not fit, or undefined. */
export function validateTransferTerms(
  terms: Pick<TransferTerms, 'transferId' | 'mode' | 'expireTime'>,
): FieldError | undefined {
  const { transferId, mode, expireTime } = terms;
  if (mode === TransferMode.OneStep) {
    if (expireTime === 0) return undefined;
    return { field: 'expireTime', value: expireTime, allowed: '0, but for pending transfers' };
  }
  if (transferId !== 0) return undefined;
  const allowed = `a whole number from 1 to ${Number.MAX_SAFE_INTEGER} for a pending transfer`;
  return { field: 'transferId', value: transferId, allowed };
}

/** An external id is that of a leg outside. */
export function validateExternalLeg(
  terms: Pick<TransferTerms, 'debitAccountId' | 'creditAccountId' | 'externalId'>,
): FieldError | undefined {
  const { externalId, debitAccountId, creditAccountId } = terms;
  if (externalId === 0 || hasExternalSide(debitAccountId, creditAccountId)) return undefined;
  const allowed = `0, but where one account is the external one (${SystemAccount.External})`;
  return { field: 'externalId', value: externalId, allowed };
}

export function hasExternalSide(debitAccountId: number, creditAccountId: number): boolean {
  const { External } = SystemAccount;
  return debitAccountId === External || creditAccountId === External;
}

/** Only what is posted can be a part of what is pending. */
export function validateResolution(resolution: {
  readonly action: number;
  readonly amount: number;
}): FieldError | undefined {
  const { action, amount } = resolution;
  if (action === TransferAction.Post || amount === 0) return undefined;
  return { field: 'amount', value: amount, allowed: '0, but to post' };
}
