/**
 * Random commands of every kind that a client may send, for a venue of three currencies and two
 * markets. Most go together well enough to do something; some are bad on purpose.
 */
import type { CommandHeader } from '../../protocol/commands.ts';
import {
  KillSwitchAction,
  OrderType,
  Permission,
  SelfTradePrevention,
  Side,
  SystemAccount,
  TimeInForce,
  TradingState,
  TransferAction,
  TransferMode,
} from '../../protocol/enums.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../../protocol/risk-commands.ts';
import {
  addCurrency,
  addSymbol,
  type CommandWriter,
  cancelOrder,
  deposit,
  massCancel,
  newOrder,
  newTransfer,
  replaceOrder,
  resolveTransfer,
  reverseTransfer,
  setLimits,
  setPriceBand,
  setTradingState,
  withdraw,
} from '../support/commands.ts';
import type { RandomSource } from './random-source.ts';

const [CASH, COIN, SHARE] = [1, 2, 3];
const MARKETS = [1, 2];
const PRICE = 1_000;
const SHARE_MARKET = { symbolId: 2, baseCurrencyId: SHARE, quoteCurrencyId: CASH };
const { DAY, GTC, IOC, FOK, GTD } = TimeInForce;
const { Market, Limit, Stop, StopLimit } = OrderType;
const { Continuous } = TradingState;
/** Ids are remembered for longer than any simulation's clock goes. */
export const LIMITS = { clientOrderIdSeconds: 604_800, maxClientOrderIds: 2_000 };

export const SETUP: readonly CommandWriter[] = [
  setLimits({ ...LIMITS, maxOpenOrders: 200 }),
  addCurrency({ currencyId: CASH, decimals: 0, code: 'KRW' }),
  addCurrency({ currencyId: COIN, decimals: 8, code: 'BTC' }),
  addCurrency({ currencyId: SHARE, decimals: 0, kind: 1, code: 'SHR' }),
  addSymbol({
    ...{ symbolId: 1, baseCurrencyId: COIN, quoteCurrencyId: CASH, code: 'BTC/KRW' },
    ...{ makerFeePpm: 1_000, takerFeePpm: 2_000 },
  }),
  addSymbol({ ...SHARE_MARKET, lotSize: 10, tickValue: 3, code: 'SHR/KRW' }),
  setPriceBand({ symbolId: 1, referencePrice: PRICE, bandTicks: 500 }),
];

function writing<Command extends CommandHeader>(
  command: Command & { write(record: RecordBuffer, offset: number): Command },
  fields: Partial<Command>,
): CommandWriter {
  return (record, offset) => Object.assign(command.write(record, offset), fields);
}

interface NamedOrder {
  readonly accountId: number;
  readonly clientOrderId: number;
  readonly symbolId: number;
}

/** As many as are named again. */
const REMEMBERED = 8;

export class DrawnCommands {
  private readonly random: RandomSource;
  private readonly accounts: readonly number[];
  private readonly nowUs: () => number;
  /** Of each account, how many client order ids it has used. */
  private readonly clientOrderIds = new Map<number, number>();
  /** Of each account, the last orders that may rest. */
  private readonly openOrders = new Map<number, NamedOrder[]>();
  private transferIds = 0;
  private readonly pendingIds: number[] = [];

  constructor(random: RandomSource, accounts: readonly number[], nowUs: () => number) {
    this.random = random;
    this.accounts = accounts;
    this.nowUs = nowUs;
  }

  /** The deposits that an account begins with: with ids, so that they can be retried. */
  firstDeposits(accountId: number): CommandWriter[] {
    return [CASH, COIN, SHARE].map((currencyId) => {
      const amount = currencyId === CASH ? 1_000_000 : 2_000;
      return deposit({ accountId, currencyId, amount, transferId: ++this.transferIds });
    });
  }

  next(accountId: number): CommandWriter {
    const kind = this.random.weighted([
      ['order', 50],
      ['cancel', 8],
      ['replace', 8],
      ['mass cancel', 2],
      ['funding', 6],
      ['transfer', 10],
      ['resolution', 8],
      ['reversal', 4],
      ['setting', 4],
    ]);
    if (kind === 'order') return this.order(accountId);
    if (kind === 'cancel') return cancelOrder(this.named(accountId));
    if (kind === 'replace') return this.replacement(accountId);
    if (kind === 'mass cancel') return massCancel({ accountId, ...this.maybeMarket() });
    if (kind === 'funding') return this.funding(accountId);
    if (kind === 'transfer') return this.transfer(accountId);
    if (kind === 'resolution') return this.resolution();
    if (kind === 'reversal') return this.reversal();
    return this.setting();
  }

  private order(accountId: number): CommandWriter {
    const { random } = this;
    const orderType = random.pick([Limit, Limit, Limit, Limit, Market, Stop, StopLimit]);
    const isMarket = orderType === Market;
    const hasPrice = orderType === Limit || orderType === StopLimit;
    const side = random.pick([Side.Buy, Side.Sell]);
    const timeInForce = this.timeInForce(orderType);
    const mayRest = timeInForce !== IOC && timeInForce !== FOK;
    const isByAmount = isMarket && side === Side.Buy && timeInForce === IOC && random.oneIn(3);
    const qty = isByAmount ? 0 : this.qty();
    const named = this.newOrderName(accountId, mayRest && orderType !== Market);
    return newOrder({
      ...named,
      ...{ side, orderType, timeInForce, qty },
      price: hasPrice ? this.price() : 0,
      stopPrice: orderType === Stop || orderType === StopLimit ? this.price() : 0,
      displayQty: hasPrice && mayRest && random.oneIn(6) ? Math.ceil(qty / 4) : 0,
      amount: isByAmount ? random.between(1, 40_000) : 0,
      expireTime: timeInForce === GTD ? this.nowUs() + this.lifetime() : 0,
      postOnly: random.oneIn(orderType === Limit && mayRest ? 6 : 50) ? 1 : 0,
      selfTradePrevention: random.oneIn(3) ? random.pick(Object.values(SelfTradePrevention)) : 0,
      maxSlippageBps: !hasPrice && random.oneIn(3) ? random.between(1, 200) : 0,
      slippageAction: isMarket && random.oneIn(4) ? 1 : 0,
    });
  }

  private timeInForce(orderType: number): number {
    if (orderType === Market) return this.random.pick([IOC, IOC, FOK]);
    const resting = this.random.pick([GTC, GTC, DAY, GTD]);
    return orderType === Limit && this.random.oneIn(4) ? this.random.pick([IOC, FOK]) : resting;
  }

  private replacement(accountId: number): CommandWriter {
    const { random } = this;
    const terms = { price: random.oneIn(8) ? 0 : this.price(), qty: this.qty() };
    const stopPrice = random.oneIn(4) ? this.price() : 0;
    return replaceOrder({
      ...{ ...this.named(accountId), ...terms, stopPrice },
      qtyMeaning: random.below(2),
    });
  }

  /** Names one of the account's last orders, if it has any. */
  private named(accountId: number): NamedOrder {
    const known = this.openOrders.get(accountId) ?? [];
    if (known.length === 0 || this.random.oneIn(10)) {
      return { accountId, clientOrderId: 1, symbolId: this.market() };
    }
    return this.random.pick(known);
  }

  private funding(accountId: number): CommandWriter {
    const { random } = this;
    const mode = random.oneIn(3) ? TransferMode.Pending : TransferMode.OneStep;
    const isPending = mode === TransferMode.Pending;
    const hasId = isPending || !random.oneIn(4);
    const terms = { accountId, currencyId: this.currency(), amount: this.amount(), mode };
    const references = {
      transferId: hasId ? this.newTransferId(isPending) : 0,
      externalId: this.ref(),
    };
    const expireTime = this.expiry(mode);
    return random.pick([deposit, withdraw])({ ...terms, ...references, expireTime });
  }

  private transfer(accountId: number): CommandWriter {
    const { random } = this;
    const { External, Pnl } = SystemAccount;
    const mode = random.pick([TransferMode.OneStep, TransferMode.Pending]);
    const others = this.accounts.filter((other) => other !== accountId || random.oneIn(20));
    const other = random.oneIn(5) ? random.pick([External, Pnl]) : random.pick(others);
    const isOut = random.oneIn(2);
    return newTransfer({
      debitAccountId: isOut ? accountId : other,
      creditAccountId: isOut ? other : accountId,
      ...{ currencyId: this.currency(), amount: this.amount(), mode },
      transferId: this.newTransferId(mode === TransferMode.Pending),
      businessRefId: this.ref(),
      externalId: other === External ? this.ref() : 0,
      expireTime: this.expiry(mode),
    });
  }

  private resolution(): CommandWriter {
    const { random } = this;
    const action = random.pick(Object.values(TransferAction));
    const amount = action === TransferAction.Post && random.oneIn(2) ? this.amount() : 0;
    const { pendingIds } = this;
    const hasPending = pendingIds.length > 0 && !random.oneIn(8);
    const transferId = hasPending ? random.pick(pendingIds) : this.knownTransferId();
    return resolveTransfer({ transferId, action, amount, externalId: this.ref() });
  }

  private reversal(): CommandWriter {
    const amount = this.random.oneIn(2) ? 0 : this.amount();
    const originalTransferId = this.knownTransferId();
    return reverseTransfer({ transferId: this.newTransferId(false), originalTransferId, amount });
  }

  private setting(): CommandWriter {
    const { random } = this;
    const symbolId = this.market();
    const accountId = random.pick(this.accounts);
    const tier = random.below(4);
    const isReleased = !random.oneIn(4);
    const action = isReleased ? KillSwitchAction.Release : KillSwitchAction.Engage;
    const state = random.pick([Continuous, Continuous, ...Object.values(TradingState)]);
    const bandTicks = random.pick([0, 5, 100]);
    const rates = { makerFeePpm: random.below(3_000), takerFeePpm: random.below(5_000) };
    const bounds = { maxOrderQty: random.pick([0, 30]), maxOpenOrders: random.pick([0, 20]) };
    const permission = random.pick([Permission.Active, ...Object.values(Permission)]);
    return random.pick([
      setTradingState({ symbolId, state }),
      setTradingState({ symbolId, state: Continuous }),
      setPriceBand({ symbolId, referencePrice: PRICE, bandTicks }),
      setLimits({ ...LIMITS, maxOpenOrders: random.pick([20, 200]) }),
      writing(new SetFees(), { symbolId, ...rates, tier }),
      writing(new SetFeeTier(), { currencyId: CASH, tier: tier + 1, minVolume: this.amount() }),
      writing(new SetRiskLimits(), { accountId, symbolId, ...bounds }),
      writing(new SetPermission(), { accountId, permission }),
      writing(new KillSwitch(), random.oneIn(2) ? { accountId, action } : { symbolId, action }),
      writing(new SetSlippage(), { symbolId, maxSlippageBps: random.pick([0, 50, 500]) }),
    ]);
  }

  private maybeMarket() {
    const { random } = this;
    return { symbolId: random.pick([0, ...MARKETS]), side: random.below(3) };
  }

  /** Mostly a market that there is. */
  private market(): number {
    return this.random.oneIn(60) ? 99 : this.random.pick(MARKETS);
  }

  private currency(): number {
    return this.random.oneIn(40) ? 99 : this.random.pick([CASH, CASH, COIN, SHARE]);
  }

  private price(): number {
    const { random } = this;
    return random.oneIn(30) ? random.between(1, 100_000) : PRICE + random.between(-8, 8);
  }

  private qty(): number {
    return this.random.oneIn(60) ? Number.MAX_SAFE_INTEGER : this.random.between(1, 20);
  }

  private amount(): number {
    const { random } = this;
    if (random.oneIn(40)) return Number.MAX_SAFE_INTEGER - random.below(3);
    return random.between(1, random.pick([3, 500, 50_000]));
  }

  private ref(): number {
    return this.random.oneIn(3) ? this.random.between(1, 9) : 0;
  }

  private expiry(mode: number): number {
    if (mode === TransferMode.OneStep || this.random.oneIn(2)) return 0;
    return this.nowUs() + (this.random.oneIn(10) ? -1 : this.lifetime());
  }

  /** Shorter or longer than the jumps of the clock. */
  private lifetime(): number {
    return this.random.between(1, this.random.pick([10_000, 5_000_000, 20_000_000_000]));
  }

  private newOrderName(accountId: number, mayRest: boolean): NamedOrder {
    const clientOrderId = this.newClientOrderId(accountId);
    const named = { accountId, clientOrderId, symbolId: this.market() };
    if (!mayRest || clientOrderId === 0) return named;
    const known = this.openOrders.get(accountId) ?? [];
    this.openOrders.set(accountId, [...known.slice(1 - REMEMBERED), named]);
    return named;
  }

  /** Some orders have none; some have one that another order had. */
  private newClientOrderId(accountId: number): number {
    if (this.random.oneIn(20)) return 0;
    const last = this.clientOrderIds.get(accountId) ?? 0;
    if (last > 0 && this.random.oneIn(40)) return this.random.between(1, last);
    this.clientOrderIds.set(accountId, last + 1);
    return last + 1;
  }

  private newTransferId(isPending: boolean): number {
    if (this.random.oneIn(40)) return this.knownTransferId();
    const id = ++this.transferIds;
    if (isPending) this.pendingIds.push(id);
    if (this.pendingIds.length > REMEMBERED) this.pendingIds.shift();
    return id;
  }

  private knownTransferId(): number {
    return Math.max(1, this.transferIds - this.random.below(15));
  }
}
