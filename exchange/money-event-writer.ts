/**
 * Writes what happens to money: Balance, Transfer and TransferReport. Every word of a record is
 * written once. Made of closures over risk's slabs (ADR 0009). Hot path.
 */
import { TransferMode, TransferStatus } from '../protocol/enums.ts';
import { BALANCE, TRANSFER, TRANSFER_REPORT } from '../protocol/event-layout.ts';
import { headerWord, setInt64, setInt64From } from '../protocol/record.ts';
import { BALANCE_WORD } from '../risk/balances.ts';
import { RISK_REGISTERS, type RiskState } from '../risk/risk-state.ts';
import { type TransferTable, TRANSFER_WORD as WORD } from '../risk/transfer-table.ts';
import type { EventFrame } from './event-frame.ts';

const BALANCE_HEADER = headerWord(BALANCE);
const ACCOUNT_ID = BALANCE.accountId >> 2;
const AVAILABLE = BALANCE.available >> 2;
const LOCKED = BALANCE.locked >> 2;
const CURRENCY_ID = BALANCE.currencyId >> 2;

const TRANSFER_HEADER = headerWord(TRANSFER);
const DEBIT_ACCOUNT_ID = TRANSFER.debitAccountId >> 2;
const CREDIT_ACCOUNT_ID = TRANSFER.creditAccountId >> 2;
const AMOUNT = TRANSFER.amount >> 2;
const REFERENCE_ID = TRANSFER.referenceId >> 2;
const TRANSFER_CURRENCY_ID = TRANSFER.currencyId >> 2;
const KIND = TRANSFER.kind >> 2;
const BUSINESS_REF_ID = TRANSFER.businessRefId >> 2;

const REPORT_HEADER = headerWord(TRANSFER_REPORT);
const TRANSFER_ID = TRANSFER_REPORT.transferId >> 2;
const ENTRY = TRANSFER_REPORT.entry >> 2;
const REPORT_DEBIT_ACCOUNT_ID = TRANSFER_REPORT.debitAccountId >> 2;
const REPORT_CREDIT_ACCOUNT_ID = TRANSFER_REPORT.creditAccountId >> 2;
const REPORT_AMOUNT = TRANSFER_REPORT.amount >> 2;
const POSTED_AMOUNT = TRANSFER_REPORT.postedAmount >> 2;
const REVERSED_AMOUNT = TRANSFER_REPORT.reversedAmount >> 2;
const LOCKED_AMOUNT = TRANSFER_REPORT.lockedAmount >> 2;
const REPORT_BUSINESS_REF_ID = TRANSFER_REPORT.businessRefId >> 2;
const EXTERNAL_ID = TRANSFER_REPORT.externalId >> 2;
const ORIGINAL_TRANSFER_ID = TRANSFER_REPORT.originalTransferId >> 2;
const EXPIRE_TIME = TRANSFER_REPORT.expireTime >> 2;
const REPORT_CURRENCY_ID = TRANSFER_REPORT.currencyId >> 2;
/** rejectReason of 16 bits, mode, status. */
const OUTCOME = TRANSFER_REPORT.rejectReason >> 2;
const IS_REPEAT = TRANSFER_REPORT.isRepeat >> 2;

const BALANCE_ACCOUNT_ID = BALANCE_WORD.ACCOUNT_ID;
const BALANCE_AVAILABLE = BALANCE_WORD.AVAILABLE;
const BALANCE_CURRENCY_ID = BALANCE_WORD.CURRENCY_ID;
const BALANCE_LOCKED = BALANCE_WORD.LOCKED;
const POSTED = RISK_REGISTERS.amount;
const REFERENCE = RISK_REGISTERS.referenceId;
const BUSINESS_REFERENCE = RISK_REGISTERS.businessRefId;

export function createMoneyEventWriter(frame: EventFrame, { balances, registers }: RiskState) {
  const { begin, finish } = frame;
  const { pageOf, wordOf } = balances;

  /** What a TransferReport says whatever happened since the transfer's own command. */
  function writeContent(
    words: Int32Array,
    at: number,
    transfers: TransferTable,
    slot: number,
  ): void {
    setInt64(words, at + TRANSFER_ID, transfers.get(slot, WORD.TRANSFER_ID));
    setInt64(words, at + REPORT_DEBIT_ACCOUNT_ID, transfers.get(slot, WORD.DEBIT_ACCOUNT_ID));
    setInt64(words, at + REPORT_CREDIT_ACCOUNT_ID, transfers.get(slot, WORD.CREDIT_ACCOUNT_ID));
    setInt64(words, at + REPORT_AMOUNT, transfers.get(slot, WORD.AMOUNT));
    setInt64(words, at + REPORT_BUSINESS_REF_ID, transfers.get(slot, WORD.BUSINESS_REF_ID));
    setInt64(words, at + ORIGINAL_TRANSFER_ID, transfers.get(slot, WORD.ORIGINAL_TRANSFER_ID));
    setInt64(words, at + EXPIRE_TIME, transfers.get(slot, WORD.EXPIRE_TIME));
    words[at + REPORT_CURRENCY_ID] = transfers.get(slot, WORD.CURRENCY_ID);
  }

  /** A transfer as it is now. */
  function writeReport(transfers: TransferTable, slot: number, isRepeat: number): void {
    const at = begin(REPORT_HEADER);
    const words = frame.words();
    writeContent(words, at, transfers, slot);
    setInt64(words, at + ENTRY, transfers.get(slot, WORD.ENTRY));
    setInt64(words, at + POSTED_AMOUNT, transfers.get(slot, WORD.POSTED_AMOUNT));
    setInt64(words, at + REVERSED_AMOUNT, transfers.get(slot, WORD.REVERSED_AMOUNT));
    setInt64(words, at + LOCKED_AMOUNT, transfers.get(slot, WORD.LOCKED_AMOUNT));
    setInt64(words, at + EXTERNAL_ID, transfers.get(slot, WORD.EXTERNAL_ID));
    words[at + OUTCOME] = outcomeOf(transfers, slot, transfers.status(slot));
    setInt64(words, at + IS_REPEAT, isRepeat);
    finish(at, REPORT_HEADER);
  }

  /** A transfer as its own command was answered, without what came after it. */
  function writeFirstAnswer(transfers: TransferTable, slot: number): void {
    const at = begin(REPORT_HEADER);
    const words = frame.words();
    const status = transfers.status(slot);
    const isFinal =
      status === TransferStatus.Rejected || transfers.mode(slot) === TransferMode.OneStep;
    // The venue's own accounts, which are negative, lock nothing.
    const isCustomers = transfers.get(slot, WORD.DEBIT_ACCOUNT_ID) > 0;
    const lockedAmount = isCustomers ? transfers.get(slot, WORD.AMOUNT) : 0;
    writeContent(words, at, transfers, slot);
    setInt64(words, at + ENTRY, isFinal ? transfers.get(slot, WORD.ENTRY) : 0);
    setInt64(words, at + POSTED_AMOUNT, isFinal ? transfers.get(slot, WORD.POSTED_AMOUNT) : 0);
    setInt64(words, at + REVERSED_AMOUNT, 0);
    setInt64(
      words,
      at + LOCKED_AMOUNT,
      isFinal ? transfers.get(slot, WORD.LOCKED_AMOUNT) : lockedAmount,
    );
    setInt64(words, at + EXTERNAL_ID, transfers.get(slot, WORD.REQUESTED_EXTERNAL_ID));
    words[at + OUTCOME] = outcomeOf(transfers, slot, isFinal ? status : TransferStatus.Pending);
    setInt64(words, at + IS_REPEAT, 1);
    finish(at, REPORT_HEADER);
  }

  return {
    writeBalance(slot: number): void {
      const at = begin(BALANCE_HEADER);
      const words = frame.words();
      const balance = pageOf(slot);
      const word = wordOf(slot);
      setInt64From(words, at + ACCOUNT_ID, balance, word + BALANCE_ACCOUNT_ID);
      setInt64From(words, at + AVAILABLE, balance, word + BALANCE_AVAILABLE);
      setInt64From(words, at + LOCKED, balance, word + BALANCE_LOCKED);
      words[at + CURRENCY_ID] = balance[word + BALANCE_CURRENCY_ID]!;
      words[at + CURRENCY_ID + 1] = 0;
      finish(at, BALANCE_HEADER);
    },

    /** The posting in risk's registers, out of one balance into another. */
    writeTransfer(kind: number, from: number, to: number): void {
      const at = begin(TRANSFER_HEADER);
      const words = frame.words();
      const debited = wordOf(from) + BALANCE_ACCOUNT_ID;
      const credited = wordOf(to) + BALANCE_ACCOUNT_ID;
      setInt64From(words, at + DEBIT_ACCOUNT_ID, pageOf(from), debited);
      setInt64From(words, at + CREDIT_ACCOUNT_ID, pageOf(to), credited);
      setInt64From(words, at + AMOUNT, registers, POSTED);
      setInt64From(words, at + REFERENCE_ID, registers, REFERENCE);
      words[at + TRANSFER_CURRENCY_ID] = balances.currencyId(from);
      words[at + KIND] = kind;
      setInt64From(words, at + BUSINESS_REF_ID, registers, BUSINESS_REFERENCE);
      finish(at, TRANSFER_HEADER);
    },

    /** A transfer as it is now. */
    writeTransferReport(transfers: TransferTable, transfer: number): void {
      writeReport(transfers, transfer, 0);
    },

    /** A transfer as it is, or as its own command was answered: nothing changed. */
    repeatTransferReport(transfers: TransferTable, transfer: number, isFirstAnswer: boolean): void {
      if (isFirstAnswer) writeFirstAnswer(transfers, transfer);
      else writeReport(transfers, transfer, 1);
    },
  };
}

function outcomeOf(transfers: TransferTable, slot: number, status: number): number {
  return transfers.rejectReason(slot) | (transfers.mode(slot) << 16) | (status << 24);
}
