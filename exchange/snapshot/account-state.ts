/** Of a snapshot: what accounts may do, what they sent, what they hold and what they traded. */
import { FIRST_CUSTOMER } from '../../risk/accounts.ts';
import type { Exchange } from '../exchange.ts';
import { Section, type StateReader, type StateWriter } from './state-stream.ts';

const VERSION = 1;

/** Switches and limits; they name accounts by their slots. */
export function saveRisk({ risk }: Exchange, to: StateWriter): void {
  const { preTrade } = risk;
  to.section(Section.Risk, VERSION);
  to.add(Number(preTrade.isVenueStopped));
  const all = preTrade.limits.all();
  to.add(all.length);
  for (const { account, market, limits } of all) {
    to.add(account);
    to.add(market);
    to.add(limits.maxOrderQty);
    to.add(limits.maxOrderNotional);
    to.add(limits.maxPosition);
    to.add(limits.maxOpenOrders);
    to.add(limits.maxMessageRate);
  }
}

export function loadRisk({ risk }: Exchange, from: StateReader): void {
  const { preTrade } = risk;
  from.section(Section.Risk);
  if (from.next() !== 0) preTrade.stopVenue(true);
  for (let count = from.next(); count > 0; count--) {
    const [account, market] = [from.next(), from.next()];
    preTrade.limits.set(account, market, {
      maxOrderQty: from.next(),
      maxOrderNotional: from.next(),
      maxPosition: from.next(),
      maxOpenOrders: from.next(),
      maxMessageRate: from.next(),
    });
  }
}

/** In the order of their slots, which is that in which they came. */
export function saveAccounts({ risk }: Exchange, to: StateWriter): void {
  const { accounts, preTrade } = risk;
  to.section(Section.Accounts, VERSION);
  to.add(accounts.customerCount);
  for (let account = FIRST_CUSTOMER; account < accounts.count; account++) {
    const [second, count] = preTrade.messagesOf(account);
    to.add(accounts.accountId[account]!);
    to.add(preTrade.permission(account));
    to.add(Number(preTrade.isAccountStopped(account)));
    to.add(second);
    to.add(count);
  }
}

export function loadAccounts({ risk }: Exchange, from: StateReader): void {
  const { accounts, preTrade } = risk;
  from.section(Section.Accounts);
  for (let count = from.next(); count > 0; count--) {
    const account = accounts.open(from.next());
    const permission = from.next();
    if (permission !== 0) preTrade.setPermission(account, permission);
    if (from.next() !== 0) preTrade.stopAccount(account, true);
    const [second, messages] = [from.next(), from.next()];
    if (messages !== 0) preTrade.setMessages(account, second, messages);
  }
}

export function saveBalances({ risk }: Exchange, to: StateWriter): void {
  const { balances, volumes } = risk;
  to.section(Section.Balances, VERSION);
  to.add(balances.count());
  for (let slot = 0; slot < balances.count(); slot++) {
    to.add(balances.account(slot));
    to.add(balances.currency(slot));
    to.add(balances.available(slot));
    to.add(balances.locked(slot));
    const days = [...volumes.daysOf(slot)];
    to.add(days.length);
    for (const [day, volume] of days) {
      to.add(day);
      to.add(volume);
    }
  }
}

export function loadBalances({ risk }: Exchange, from: StateReader): void {
  const { accounts, balances, currencyIds, volumes } = risk;
  const volume = new Float64Array(1);
  from.section(Section.Balances);
  for (let count = from.next(); count > 0; count--) {
    const [account, currency] = [from.next(), from.next()];
    const accountId = accounts.accountId[account]!;
    const slot = balances.open(account, accountId, currency, currencyIds[currency]!);
    balances.add(slot, from.next(), from.next());
    balances.forgetChanged(slot);
    for (let days = from.next(); days > 0; days--) {
      const day = from.next();
      volume[0] = from.next();
      volumes.add(slot, day, volume, 0);
    }
  }
}
