/**
 * How many orders and replaces each account sent in a second of the commands' time, and whether one
 * was let through beyond its account's rate (docs/risk.md, "Limits"). Risk's own counts must agree.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { describeRejectReason, RejectReason } from '../../protocol/reject-reason.ts';
import type { OrderLimits } from './order-limits.ts';

const US_A_SECOND = 1_000_000;

/** What is refused for these is refused before messages are counted. */
const UNCOUNTED: ReadonlySet<number> = new Set([
  RejectReason.ClientOrderIdConflict,
  RejectReason.TooManyClientOrderIds,
  RejectReason.CancelOnly,
  RejectReason.UnknownSymbol,
  RejectReason.DuplicateClientOrderId,
  RejectReason.UnknownAccount,
  RejectReason.UnknownOrder,
  RejectReason.KillSwitchEngaged,
  RejectReason.AccountSuspended,
  RejectReason.AccountCloseOnly,
]);

interface Messages {
  second: number;
  count: number;
}

export class MessageRates {
  private readonly limits: OrderLimits;
  private readonly byAccount = new Map<number, Messages>();

  constructor(limits: OrderLimits) {
    this.limits = limits;
  }

  /** What does not hold of an order or a replace; not of one that was only answered again. */
  take(exchange: Exchange, accountId: number, rejectReason: number): string | undefined {
    const limit = this.limits.limit(accountId, 0, 'maxMessageRate');
    if (limit === 0 || UNCOUNTED.has(rejectReason)) return undefined;
    const messages = this.messagesOf(accountId);
    const second = Math.floor(exchange.time / US_A_SECOND);
    if (messages.second !== second) Object.assign(messages, { second, count: 0 });
    const isRefused = rejectReason === RejectReason.MessageRateLimit;
    const isBeyond = messages.count >= limit;
    if (!isRefused) messages.count++;
    if (isRefused !== isBeyond) {
      const { name } = describeRejectReason(rejectReason);
      const sent = `account ${accountId} sent ${messages.count} messages in a second of ${limit}`;
      return `${sent}, and the last was answered ${name}`;
    }
    const { accounts, preTrade } = exchange.risk;
    const [, counted] = preTrade.messagesOf(accounts.find(accountId));
    if (counted === messages.count) return undefined;
    const sent = `account ${accountId} sent ${messages.count} messages in a second`;
    return `${sent}, ${counted} are counted`;
  }

  private messagesOf(accountId: number): Messages {
    let messages = this.byAccount.get(accountId);
    if (messages === undefined) {
      messages = { second: 0, count: 0 };
      this.byAccount.set(accountId, messages);
    }
    return messages;
  }
}
