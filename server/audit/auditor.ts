/**
 * Checks an exchange that replays a journal. After each command: what its events touched, and that
 * a rejected one changed nothing; after some, everything.
 *
 * It listens to the events and keeps books of its own (`Holdings`, `OpenOrders`, `Postings`,
 * `TransferBook`, `RiskBooks`). So what changes a balance or an order without telling shows too:
 * when an event touches it again, or when everything is checked.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { orderedBalances } from '../../exchange/state-view.ts';
import type { ReplayListener } from '../../journal/journal-replay.ts';
import {
  CANCEL_ORDER,
  FUNDING,
  NEW_ORDER,
  NEW_TRANSFER,
  REPLACE_ORDER,
} from '../../protocol/command-layout.ts';
import {
  CancelOrder,
  CommandHeader,
  Funding,
  NewOrder,
  ReplaceOrder,
} from '../../protocol/commands.ts';
import { ExecType, SystemAccount, TransferStatus } from '../../protocol/enums.ts';
import {
  BALANCE,
  BOOK_LEVEL,
  COMMAND_DONE,
  EXECUTION_REPORT,
  ORDER_ANSWER,
  ORDER_ANSWER_FILL,
  TRADE,
  TRANSFER,
  TRANSFER_REPORT,
} from '../../protocol/event-layout.ts';
import { Balance, BookLevel, CommandDone, Trade, Transfer } from '../../protocol/events.ts';
import { ExecutionReport } from '../../protocol/execution-report.ts';
import { OrderAnswer } from '../../protocol/order-answer.ts';
import { type RecordBuffer, recordLengthAt, templateIdAt } from '../../protocol/record.ts';
import { describeRejectReason, RejectReason } from '../../protocol/reject-reason.ts';
import { NewTransfer } from '../../protocol/transfer-commands.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';
import { isRefusedInCancelOnly } from '../../protocol/venue-mode.ts';
import { HeldTransfers } from './held-transfers.ts';
import { Holdings } from './holdings.ts';
import { OpenOrders } from './open-orders.ts';
import { PostingReferences } from './posting-references.ts';
import { Postings } from './postings.ts';
import { RiskBooks } from './risk-books.ts';
import { Settings } from './settings.ts';
import { TransferBook } from './transfer-book.ts';
import { VenueFacts } from './venue-facts.ts';
import { Violation } from './violation.ts';

export class Auditor implements ReplayListener {
  /** The last command after which everything was checked. */
  checkedSequence = 0;
  /** How often everything was checked. */
  fullChecks = 0;
  /** Of the command: the order whose first answer was told again; 0: none. */
  answeredOrderId = 0;
  rejectReason: number = RejectReason.None;
  private readonly exchange: () => Exchange;
  private readonly isDue: (auditor: Auditor) => boolean;
  private readonly holdings = new Holdings();
  private readonly openOrders = new OpenOrders(this.holdings);
  private readonly heldTransfers = new HeldTransfers(this.holdings);
  private readonly facts = new VenueFacts();
  private readonly postings = new Postings();
  private readonly riskBooks = new RiskBooks(this.holdings);
  private readonly transferBook = new TransferBook(this.holdings);
  private readonly references = new PostingReferences(this.transferBook);
  private readonly settings = new Settings();
  /** Orders that the command's events reported. */
  private readonly reported = new Set<number>();
  /** Events of the command that tell of a change. */
  private changes = 0;
  private readonly header = new CommandHeader();
  private readonly funding = new Funding();
  private readonly newTransfer = new NewTransfer();
  private readonly orderCommands = new Map<number, NewOrder | CancelOrder | ReplaceOrder>([
    [NEW_ORDER.templateId, new NewOrder()],
    [CANCEL_ORDER.templateId, new CancelOrder()],
    [REPLACE_ORDER.templateId, new ReplaceOrder()],
  ]);
  private readonly report = new ExecutionReport();
  private readonly trade = new Trade();
  private readonly transfer = new Transfer();
  private readonly transferReport = new TransferReport();
  private readonly balance = new Balance();
  private readonly level = new BookLevel();
  private readonly answer = new OrderAnswer();
  private readonly done = new CommandDone();

  /**
   * @param exchange that replays; asked for at each command
   * @param isDue whether everything is to be checked after this command
   */
  constructor(exchange: () => Exchange, isDue: (auditor: Auditor) => boolean) {
    this.exchange = exchange;
    this.isDue = isDue;
  }

  /** Of the command: it was an order sent again. */
  private get isAnswerRepeated(): boolean {
    return this.answeredOrderId !== 0;
  }

  get sequence(): number {
    return this.exchange().sequence;
  }

  /** Balances, open orders and transfers that hold money: what a check of everything looks at. */
  get size(): number {
    const { risk, engine } = this.exchange();
    return risk.balances.count() + engine.openOrderCount + this.heldTransfers.count;
  }

  /** @throws Violation at the first thing that does not hold */
  onCommand(command: RecordBuffer, offset: number, events: RecordBuffer, bytes: number): void {
    const exchange = this.exchange();
    const { holdings, openOrders } = this;
    holdings.begin();
    openOrders.begin();
    this.postings.begin();
    this.riskBooks.begin(command, offset);
    this.transferBook.begin();
    this.references.begin();
    this.reported.clear();
    this.changes = 0;
    this.answeredOrderId = 0;
    for (let at = 0; at < bytes; at += recordLengthAt(events, at)) {
      this.take(exchange, templateIdAt(events, at), events, at);
    }
    for (const orderId of this.reported) openOrders.update(exchange, orderId);
    this.touchAccount(exchange, command, offset);
    const changedFact = this.facts.update(exchange);
    const isRejected = this.rejectReason !== RejectReason.None;
    const templateId = templateIdAt(command, offset);
    const changedSetting = this.settings.update(exchange, templateId, isRejected);
    if (isRejected || this.isAnswerRepeated) this.checkNothingChanged(changedFact);
    this.fail(changedSetting);
    this.checkMode(exchange, templateId, isRejected);
    this.fail(this.transferBook.finish(exchange, command, offset, this.rejectReason));
    this.fail(this.references.finish(command, offset));
    this.fail(this.postings.finish(this.askedPosting(command, offset)));
    this.fail(holdings.findFaultInTouched(exchange) ?? openOrders.findFaultInTouched(exchange));
    this.fail(this.riskBooks.finish(exchange, this));
    if (this.isDue(this)) this.checkAll();
  }

  /** Checks everything now. @throws Violation */
  checkAll(): void {
    const exchange = this.exchange();
    this.fullChecks++;
    this.fail(this.openOrders.findFaultInAll(exchange));
    this.fail(this.settings.findFault(exchange));
    this.fail(this.heldTransfers.findFault(exchange));
    this.fail(this.holdings.findFaultInAll(orderedBalances(exchange)));
    this.fail(this.riskBooks.findFaultInAll(exchange));
    this.checkedSequence = exchange.sequence;
  }

  private take(exchange: Exchange, templateId: number, events: RecordBuffer, at: number): void {
    if (templateId === COMMAND_DONE.templateId) {
      this.rejectReason = this.done.wrap(events, at).rejectReason;
      return;
    }
    if (templateId === ORDER_ANSWER_FILL.templateId) return;
    if (templateId === ORDER_ANSWER.templateId) {
      this.answeredOrderId = this.answer.wrap(events, at).orderId;
      return;
    }
    if (templateId === EXECUTION_REPORT.templateId) {
      const { orderId, execType } = this.report.wrap(events, at);
      if (execType === ExecType.Rejected) return;
      this.reported.add(orderId);
      this.riskBooks.takeReport(exchange, this.report);
    } else if (templateId === TRANSFER.templateId) {
      const { debitAccountId, creditAccountId, currencyId, amount } = this.transfer.wrap(
        events,
        at,
      );
      this.holdings.post(debitAccountId, currencyId, -amount);
      this.holdings.post(creditAccountId, currencyId, amount);
      this.postings.take(this.transfer);
      this.references.take(this.transfer);
      this.riskBooks.takeTransfer(this.transfer);
    } else if (templateId === TRADE.templateId) {
      this.postings.explainTrade(exchange, this.trade.wrap(events, at));
      this.riskBooks.takeTrade(exchange, this.trade);
    } else if (templateId === TRANSFER_REPORT.templateId) {
      const report = this.transferReport.wrap(events, at);
      this.postings.explainTransfer(report);
      this.transferBook.take(report);
      // What was refused, and what is only told once more, changes nothing.
      if (report.status === TransferStatus.Rejected || report.isRepeat === 1) return;
      this.heldTransfers.tell(report);
    } else if (templateId === BALANCE.templateId) {
      const { accountId, currencyId, available, locked } = this.balance.wrap(events, at);
      this.holdings.tell(accountId, currencyId, available, locked);
    } else if (templateId === BOOK_LEVEL.templateId) {
      this.openOrders.tell(exchange, this.level.wrap(events, at));
      this.riskBooks.takeLevel(this.level);
    }
    this.changes++;
  }

  /** What a deposit, withdrawal or transfer without an id says that it posts. */
  private askedPosting(record: RecordBuffer, offset: number) {
    if (this.rejectReason !== RejectReason.None) return undefined;
    const { External } = SystemAccount;
    switch (templateIdAt(record, offset)) {
      case FUNDING.depositTemplateId: {
        const { accountId, amount, currencyId, transferId } = this.funding.wrap(record, offset);
        return transferId === 0 ? { currencyId, from: External, to: accountId, amount } : undefined;
      }
      case FUNDING.withdrawTemplateId: {
        const { accountId, amount, currencyId, transferId } = this.funding.wrap(record, offset);
        return transferId === 0 ? { currencyId, from: accountId, to: External, amount } : undefined;
      }
      case NEW_TRANSFER.templateId: {
        const { debitAccountId: from, creditAccountId: to } = this.newTransfer.wrap(record, offset);
        const { amount, currencyId, transferId } = this.newTransfer;
        return transferId === 0 ? { currencyId, from, to, amount } : undefined;
      }
      default:
        return undefined;
    }
  }

  /** The money that the command is about is looked at even if no event tells of it. */
  private touchAccount(exchange: Exchange, record: RecordBuffer, offset: number): void {
    const { accountId } = this.header.wrap(record, offset);
    const templateId = templateIdAt(record, offset);
    if (templateId === FUNDING.depositTemplateId || templateId === FUNDING.withdrawTemplateId) {
      this.holdings.touch(accountId, this.funding.wrap(record, offset).currencyId);
    }
    const order = this.orderCommands.get(templateId);
    if (order === undefined) return;
    const market =
      exchange.symbols[exchange.engine.symbolIndexOf(order.wrap(record, offset).symbolId)];
    if (market === undefined) return;
    this.holdings.touch(accountId, market.baseCurrencyId);
    this.holdings.touch(accountId, market.quoteCurrencyId);
  }

  private checkNothingChanged(changedFact: string | undefined): void {
    const { name } = describeRejectReason(this.rejectReason);
    const what = this.isAnswerRepeated ? 'was answered again' : `was rejected (${name})`;
    if (this.changes > 0) {
      this.fail(`the command ${what}, and ${this.changes} events tell of changes`);
    }
    if (changedFact !== undefined) this.fail(`the command ${what}, and changed ${changedFact}`);
  }

  private checkMode({ venue }: Exchange, templateId: number, isRejected: boolean): void {
    if (venue.cancelOnlyReasons === 0 || isRejected || this.changes === 0) return;
    if (!isRefusedInCancelOnly(templateId)) return;
    this.fail('the command began something, though the venue is in CancelOnly');
  }

  private fail(fault: string | undefined): void {
    if (fault !== undefined) throw new Violation(this.sequence, fault);
  }
}
