/**
 * Which client order ids are remembered, by account, for as long as the limits say and by the
 * commands' time (docs/risk.md, "Client order ids"): who has one of them with the same content is
 * told the answer of the order that had it first, with other content refused, and nobody else is.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import type { NewOrder } from '../../protocol/commands.ts';
import { describeRejectReason, RejectReason } from '../../protocol/reject-reason.ts';
import type { SetLimits } from '../../protocol/venue-commands.ts';

const US_A_SECOND = 1_000_000;

/** What makes a new order another one. */
const CONTENT = [
  'symbolId',
  'side',
  'orderType',
  'timeInForce',
  'price',
  'qty',
  'stopPrice',
  'displayQty',
  'amount',
  'expireTime',
  'groupId',
  'selfTradePrevention',
  'postOnly',
  'slippageAction',
  'maxSlippageBps',
] as const satisfies readonly (keyof NewOrder)[];

interface Remembered {
  readonly time: number;
  readonly orderId: number;
  /** Its values of `CONTENT`. */
  readonly content: string;
  readonly rejectReason: number;
}

/** What a new order was answered. */
export interface NewOrderAnswer {
  readonly rejectReason: number;
  /** The order whose first answer was told; 0: none. */
  readonly answeredOrderId: number;
}

export class ClientOrderIds {
  /** By account and client order id; oldest first. */
  private readonly remembered = new Map<string, Remembered>();
  private windowUs = 0;
  private most = 0;

  /** What is past its time by the old or the new limits is forgotten. */
  setLimits({ clientOrderIdSeconds, maxClientOrderIds }: SetLimits, time: number): void {
    this.forget(time);
    this.windowUs = clientOrderIdSeconds * US_A_SECOND;
    this.most = maxClientOrderIds;
    this.forget(time);
  }

  /** What does not hold of a new order and its answer. */
  take(exchange: Exchange, order: NewOrder, answer: NewOrderAnswer): string | undefined {
    const { accountId, clientOrderId, sequence } = order;
    const { answeredOrderId, rejectReason } = answer;
    const isConflict = rejectReason === RejectReason.ClientOrderIdConflict;
    const isConcerned = clientOrderId !== 0 && this.windowUs !== 0;
    const whose = `client order id ${clientOrderId} of account ${accountId}`;
    if (!isConcerned || exchange.risk.accounts.find(accountId) === NO_SLOT) {
      if (answeredOrderId === 0 && !isConflict) return undefined;
      return `${whose} was found, and none is to be remembered`;
    }
    this.forget(exchange.time);
    const key = `${accountId} ${clientOrderId}`;
    const known = this.remembered.get(key);
    const content = CONTENT.map((field) => order[field]).join(' ');
    if (known !== undefined) {
      const fault = findFaultInAnswer(known, content, answer);
      return fault === undefined ? undefined : `${whose} is that of order ${known.orderId}${fault}`;
    }
    if (isConflict || answeredOrderId !== 0) return `${whose} was found, and is not remembered`;
    if (rejectReason === RejectReason.TooManyClientOrderIds) return undefined;
    if (this.remembered.size >= this.most) {
      return `${whose} came beyond the ${this.most} that may be remembered`;
    }
    this.remembered.set(key, { time: exchange.time, orderId: sequence, content, rejectReason });
    return undefined;
  }

  private forget(time: number): void {
    for (const [key, each] of this.remembered) {
      if (each.time + this.windowUs > time) return;
      this.remembered.delete(key);
    }
  }
}

/** How an order with an id that is known was answered wrongly. */
function findFaultInAnswer(
  known: Remembered,
  content: string,
  { answeredOrderId, rejectReason }: NewOrderAnswer,
): string | undefined {
  const isSame = content === known.content;
  if (rejectReason === RejectReason.ClientOrderIdConflict && answeredOrderId === 0) {
    return isSame ? ' with the same content, and it was a conflict' : undefined;
  }
  if (answeredOrderId === 0) return ', and it was taken as a new one';
  if (answeredOrderId !== known.orderId) return `, and order ${answeredOrderId} was told`;
  if (!isSame) return ' with other content, and it was told the answer';
  if (rejectReason === known.rejectReason) return undefined;
  const [is, was] = [rejectReason, known.rejectReason].map(
    (reason) => describeRejectReason(reason).name,
  );
  return `, which was answered ${was}, and it was answered ${is}`;
}
