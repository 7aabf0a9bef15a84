/**
 * Whether each posting has a cause and each cause its postings: a trade moves what its price and
 * quantity come to and the fees that it tells, which `Fees` looks at; a transfer moves what its
 * command or its report says, once; nothing else moves money.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import {
  nameOf,
  SystemAccount,
  TakerSide,
  TransferKind,
  TransferStatus,
} from '../../protocol/enums.ts';
import type { Trade, Transfer } from '../../protocol/events.ts';
import type { TransferReport } from '../../protocol/transfer-report.ts';

interface Posting {
  readonly kind: number;
  readonly currencyId: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly referenceId: number;
}

/** What a transfer has posted, and what reversals of it have. */
interface Posted {
  posted: number;
  reversed: number;
}

const { Pending, Posted: PostedStatus, Rejected, Unknown } = TransferStatus;

export class Postings {
  /** Of the command, and not explained yet. */
  private open: Posting[] = [];
  private fault: string | undefined;
  private isRepeated = false;
  /** What reports of the command say that their transfers posted, by transfer. */
  private readonly due = new Map<number, Posting>();
  private readonly transfers = new Map<number, Posted>();

  begin(): void {
    this.open = [];
    this.fault = undefined;
    this.isRepeated = false;
    this.due.clear();
  }

  take(transfer: Transfer): void {
    const { kind, currencyId, debitAccountId, creditAccountId, amount, referenceId } = transfer;
    const accounts = { from: debitAccountId, to: creditAccountId };
    this.open.push({ kind, currencyId, ...accounts, amount, referenceId });
  }

  /** A trade comes behind its postings. */
  explainTrade(exchange: Exchange, trade: Trade): void {
    const { tradeId, symbolId, price, qty, takerSide, makerFee, takerFee } = trade;
    const market = exchange.symbols[exchange.engine.symbolIndexOf(symbolId)]!;
    const { baseCurrencyId, quoteCurrencyId, lotSize, tickValue } = market;
    // In an auction nobody takes: the maker is the buyer.
    const isTakerBuyer = takerSide === TakerSide.Buy;
    const [maker, taker] = [trade.makerAccountId, trade.takerAccountId];
    const [buyer, seller] = isTakerBuyer ? [taker, maker] : [maker, taker];
    const [buyerFee, sellerFee] = isTakerBuyer ? [takerFee, makerFee] : [makerFee, takerFee];
    const notional = price * qty * tickValue;
    const quote = { currencyId: quoteCurrencyId, referenceId: tradeId };
    const base = { currencyId: baseCurrencyId, referenceId: tradeId };
    const { Fee } = TransferKind;
    const expected: Posting[] = [
      { kind: TransferKind.TradeBase, ...base, from: seller, to: buyer, amount: qty * lotSize },
      { kind: TransferKind.TradeQuote, ...quote, from: buyer, to: seller, amount: notional },
      { kind: Fee, ...quote, from: buyer, to: SystemAccount.Fee, amount: buyerFee },
      { kind: Fee, ...quote, from: seller, to: SystemAccount.Fee, amount: sellerFee },
    ];
    for (const posting of expected) if (posting.amount !== 0) this.expect(posting);
    const [rounding] = this.open;
    if (rounding?.kind === TransferKind.FeeRounding && rounding.referenceId === tradeId) {
      this.expect({ ...rounding, from: SystemAccount.Rounding, to: SystemAccount.Fee });
    }
    if (this.open.length > 0) this.complain(`${describe(this.open[0]!)} belongs to no trade`);
  }

  /** A transfer as it is after the command, or as it was answered at first. */
  explainTransfer(report: TransferReport): void {
    if (report.isRepeat === 1) {
      this.isRepeated = true;
      return;
    }
    const { transferId, status, postedAmount, reversedAmount, lockedAmount, amount } = report;
    const known = this.transfers.get(transferId) ?? { posted: 0, reversed: 0 };
    const locks = status === Pending || status === Unknown;
    const held = locks && report.debitAccountId > 0 ? amount : 0;
    const name = `transfer ${transferId} (${nameOf(TransferStatus, status)})`;
    if (lockedAmount !== held) this.complain(`${name} locks ${lockedAmount}, not ${held}`);
    if (status !== PostedStatus && postedAmount !== 0) this.complain(`${name} has posted`);
    if (reversedAmount > postedAmount || reversedAmount !== known.reversed) {
      const done = `its reversals come to ${known.reversed}`;
      this.complain(`${name} posted ${postedAmount}, reversed ${reversedAmount}; ${done}`);
    }
    const more = postedAmount - known.posted;
    if (more !== 0) {
      const { currencyId, debitAccountId: from, creditAccountId: to } = report;
      const posting = { kind: 0, currencyId, from, to, amount: more, referenceId: transferId };
      this.due.set(transferId, posting);
      const original = this.transfers.get(report.originalTransferId);
      if (original !== undefined && status !== Rejected) original.reversed += more;
    }
    this.transfers.set(transferId, { ...known, posted: postedAmount });
  }

  /**
   * What does not hold when the command is done.
   *
   * @param named what a command without a transfer id says that it posts; undefined for others
   */
  finish(named: Omit<Posting, 'kind' | 'referenceId'> | undefined): string | undefined {
    if (this.isRepeated && this.open.length > 0) {
      this.complain(`${describe(this.open[0]!)}, and the command was executed before`);
    }
    for (const posting of this.due.values()) {
      const at = this.open.findIndex(({ referenceId }) => referenceId === posting.referenceId);
      const [found] = at < 0 ? [] : this.open.splice(at, 1);
      if (found === undefined || !isSameMove(found, posting)) {
        this.complain(`${describe(posting)} was told, ${describe(found)} was posted`);
      }
    }
    const [first, ...rest] = this.open;
    if (named !== undefined && rest.length === 0) {
      const posting = { ...named, kind: 0, referenceId: 0 };
      if (first === undefined || !isSameMove(first, posting)) {
        this.complain(`${describe(posting)} was asked for, ${describe(first)} was posted`);
      }
    } else if (first !== undefined) this.complain(`${describe(first)} has no cause`);
    return this.fault;
  }

  private expect(posting: Posting): void {
    const found = this.open.shift();
    const isSame = found !== undefined && found.kind === posting.kind && isSameMove(found, posting);
    if (isSame && found.referenceId === posting.referenceId) return;
    this.complain(`${describe(posting)} was due, ${describe(found)} was posted`);
  }

  private complain(what: string): void {
    this.fault ??= what;
  }
}

function isSameMove(one: Posting, other: Posting): boolean {
  return (
    one.currencyId === other.currencyId &&
    one.from === other.from &&
    one.to === other.to &&
    one.amount === other.amount
  );
}

function describe(posting: Posting | undefined): string {
  if (posting === undefined) return 'nothing';
  const { currencyId, from, to, amount, kind } = posting;
  const name = kind === 0 ? 'a posting' : nameOf(TransferKind, kind);
  return `${name} of ${amount} of currency ${currencyId} from ${from} to ${to}`;
}
