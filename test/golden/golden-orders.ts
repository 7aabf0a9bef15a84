/** Orders of a golden journal's drills: short to write, in market 2, ETH/KRW, unless they say. */
import { Side } from '../../protocol/enums.ts';
import { type CommandWriter, massCancel, newOrder } from '../support/commands.ts';
import { ACCOUNTS } from './golden-venue.ts';

export const MARKET = 2;
export const [ALICE, BOB, CAROL, DAVE, ERIN] = [1, 2, 3, 4, 5];

type Terms = Parameters<typeof newOrder>[0];

/** A buy of Alice's if the terms say nothing else. */
export function order(terms: Terms): CommandWriter {
  return newOrder({ accountId: ALICE, symbolId: MARKET, ...terms });
}

export function buy(qty: number, price: number, terms: Terms = {}): CommandWriter {
  return order({ qty, price, ...terms });
}

export function sell(
  qty: number,
  price: number,
  accountId: number,
  terms: Terms = {},
): CommandWriter {
  return order({ qty, price, accountId, side: Side.Sell, ...terms });
}

/** Cancels every open order. */
export function clearBooks(): CommandWriter[] {
  return ACCOUNTS.map((accountId) => massCancel({ accountId }));
}
