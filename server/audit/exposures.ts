/**
 * What each account has open in each market, summed up from its orders as their reports tell them:
 * quantities to buy and to sell, and how many orders. Risk's own figures, which limits are held
 * against, must agree.
 */
import { NO_SLOT } from '../../collections/id-table.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { Side } from '../../protocol/enums.ts';

export interface Exposure {
  readonly account: AccountExposure;
  /** Its index. */
  readonly market: number;
  /** Lots. */
  buyQty: number;
  sellQty: number;
  orderCount: number;
}

export interface AccountExposure {
  readonly accountId: number;
  /** In all markets. */
  orderCount: number;
  readonly byMarket: Map<number, Exposure>;
}

export class Exposures {
  private readonly byAccount = new Map<number, AccountExposure>();
  private readonly touched = new Set<Exposure>();

  /** Forgets which exposures the last command touched. */
  begin(): void {
    this.touched.clear();
  }

  of(accountId: number, market: number): Exposure {
    let account = this.byAccount.get(accountId);
    if (account === undefined) {
      account = { accountId, orderCount: 0, byMarket: new Map() };
      this.byAccount.set(accountId, account);
    }
    let exposure = account.byMarket.get(market);
    if (exposure === undefined) {
      exposure = { account, market, buyQty: 0, sellQty: 0, orderCount: 0 };
      account.byMarket.set(market, exposure);
    }
    return exposure;
  }

  /** An order came, changed or ended. */
  add(exposure: Exposure, side: number, lots: number, orders: number): void {
    if (side === Side.Buy) exposure.buyQty += lots;
    else exposure.sellQty += lots;
    exposure.orderCount += orders;
    exposure.account.orderCount += orders;
    this.touched.add(exposure);
  }

  /** What does not hold of what the command touched. */
  findFaultInTouched(exchange: Exchange): string | undefined {
    for (const exposure of this.touched) {
      const account = exchange.risk.accounts.find(exposure.account.accountId);
      const fault =
        findFault(exchange, exposure, slotOf(exchange, account, exposure)) ??
        findFaultInAccount(exchange, exposure.account, account, exposure);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** What does not hold of any exposure. */
  findFaultInAll(exchange: Exchange): string | undefined {
    const { accounts, preTrade } = exchange.risk;
    const { exposures } = preTrade;
    const known = new Set<number>();
    for (const account of this.byAccount.values()) {
      const accountSlot = accounts.find(account.accountId);
      const bases = new Set<number>();
      for (const exposure of account.byMarket.values()) {
        const slot = slotOf(exchange, accountSlot, exposure);
        known.add(slot);
        const fault = findFault(exchange, exposure, slot);
        if (fault !== undefined) return fault;
        const { baseCurrencyId } = exchange.symbols[exposure.market]!;
        if (bases.has(baseCurrencyId)) continue;
        bases.add(baseCurrencyId);
        const inAll = findFaultInAccount(exchange, account, accountSlot, exposure);
        if (inAll !== undefined) return inAll;
      }
    }
    for (let slot = 0; slot < exposures.count(); slot++) {
      const [buyQty, sellQty] = [exposures.openBuyQty(slot), exposures.openSellQty(slot)];
      const orderCount = exposures.openOrders(slot);
      if (known.has(slot) || (buyQty === 0 && sellQty === 0 && orderCount === 0)) continue;
      const accountId = accounts.accountId[exposures.account(slot)];
      const is = describe({ buyQty, sellQty, orderCount });
      return `account ${accountId}, in a market where it never had an order: ${is}`;
    }
    return undefined;
  }
}

type Amounts = Pick<Exposure, 'buyQty' | 'sellQty' | 'orderCount'>;

const NOTHING: Amounts = { buyQty: 0, sellQty: 0, orderCount: 0 };

function slotOf({ risk }: Exchange, account: number, { market }: Exposure): number {
  return account === NO_SLOT ? NO_SLOT : risk.preTrade.exposures.find(account, market);
}

function findFault(exchange: Exchange, told: Exposure, slot: number): string | undefined {
  const { exposures } = exchange.risk.preTrade;
  const is =
    slot === NO_SLOT
      ? NOTHING
      : {
          buyQty: exposures.openBuyQty(slot),
          sellQty: exposures.openSellQty(slot),
          orderCount: exposures.openOrders(slot),
        };
  const isSame =
    is.buyQty === told.buyQty && is.sellQty === told.sellQty && is.orderCount === told.orderCount;
  if (isSame) return undefined;
  const { symbolId } = exchange.symbols[told.market]!;
  const whose = `account ${told.account.accountId} in market ${symbolId}`;
  return `${whose}: ${describe(is)}, but its orders come to ${describe(told)}`;
}

/** What is counted over all markets, or over all of the base currency of one. */
function findFaultInAccount(
  exchange: Exchange,
  told: AccountExposure,
  account: number,
  exposure: Exposure,
): string | undefined {
  const { exposures } = exchange.risk.preTrade;
  const slot = slotOf(exchange, account, exposure);
  if (slot === NO_SLOT) return undefined;
  const whose = `account ${told.accountId} in all markets`;
  const orderCount = exposures.openOrdersOf(account);
  if (orderCount !== told.orderCount) {
    return `${whose}: ${orderCount} open orders are counted, and there are ${told.orderCount}`;
  }
  const { baseCurrencyId } = exchange.symbols[exposure.market]!;
  const amount = openBuyAmount(exchange, told, baseCurrencyId);
  const counted = exposures.openBuyAmount(slot);
  // Beyond 2^53−1 either may be rounded: it exceeds any limit.
  const isBeyond = amount > Number.MAX_SAFE_INTEGER && counted > Number.MAX_SAFE_INTEGER;
  if (counted === amount || isBeyond) return undefined;
  const where = `of currency ${baseCurrencyId}`;
  return `${whose}: open buys ${where} of ${counted}, but its orders come to ${amount}`;
}

/** Of an account's open buys in all markets of a base currency, in its minor units. */
export function openBuyAmount(
  { symbols }: Exchange,
  { byMarket }: AccountExposure,
  currencyId: number,
): number {
  let amount = 0;
  for (const { market, buyQty } of byMarket.values()) {
    const { baseCurrencyId, lotSize } = symbols[market]!;
    if (baseCurrencyId === currencyId) amount += buyQty * lotSize;
  }
  return amount;
}

function describe({ buyQty, sellQty, orderCount }: Amounts): string {
  return `${buyQty} to buy and ${sellQty} to sell in ${orderCount} orders`;
}
