/**
 * The commands of a golden journal: a venue with three markets, each of its bounds and rules met
 * once on purpose, then days on which everything happens that can, drawn from a seed. What was sent
 * before is sent again at times, changed or not; what disturbs the venue (a halt, a kill switch, a
 * tight limit) is taken back a while later.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { type OrderView, orderedOrders } from '../../exchange/state-view.ts';
import {
  MAX_COMMAND_LENGTH,
  NEW_ORDER,
  NEW_TRANSFER,
  TICK,
} from '../../protocol/command-layout.ts';
import { validateCommand } from '../../protocol/command-validation.ts';
import { CommandHeader, NewOrder } from '../../protocol/commands.ts';
import {
  OrderType,
  SelfTradePrevention,
  Side,
  SystemAccount,
  TimeInForce,
  TradingState,
} from '../../protocol/enums.ts';
import { RecordBuffer, recordLengthAt, templateIdAt } from '../../protocol/record.ts';
import { NewTransfer } from '../../protocol/transfer-commands.ts';
import {
  type CommandWriter,
  cancelOrder,
  deposit,
  killSwitch,
  massCancel,
  newOrder,
  newTransfer,
  replaceOrder,
  resolveTransfer,
  reverseTransfer,
  setFees,
  setFeeTier,
  setPermission,
  setPriceBand,
  setRiskLimits,
  setSlippage,
  setTradingState,
  tick,
  withdraw,
} from '../support/commands.ts';
import { type Random, seededRandom } from '../support/seed.ts';
import { drill } from './golden-drill.ts';
import { matchingDrill } from './golden-matching-drill.ts';
import {
  ACCOUNTS,
  CURRENCIES,
  FIRST_TIME_US,
  MIDDLE_PRICE,
  openVenue,
  SYMBOLS,
  strainVenue,
} from './golden-venue.ts';

const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;
/** Of what was sent before, so much may be sent again. */
const REMEMBERED = 40;
/** A disturbance is taken back after so many commands at most. */
const DISTURBED = 12;
/** Few, so that most are in use soon. */
const TRANSFER_IDS = 90;
const MAX_INT = Number.MAX_SAFE_INTEGER;
const { DAY, GTC, IOC, FOK, GTD } = TimeInForce;
const { Market, Limit, Stop, StopLimit } = OrderType;

interface Planned {
  readonly atCount: number;
  readonly write: CommandWriter;
}

export class GoldenFlow {
  /** The current command, at offset 0. */
  readonly record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  private readonly exchange: Exchange;
  private readonly random: Random;
  /** What comes before anything is drawn. */
  private readonly script: CommandWriter[];
  private readonly sent: Uint8Array[] = [];
  private planned: Planned[] = [];
  private count = 0;
  private timeUs: number;

  /** @param exchange a new one, or one that has run another flow */
  constructor(exchange: Exchange, seed: number) {
    const isNew = exchange.sequence === 0;
    this.exchange = exchange;
    this.script = isNew ? opening() : [];
    this.timeUs = isNew ? FIRST_TIME_US : exchange.time;
    this.random = seededRandom(seed);
  }

  /** Makes `record` the next command, which may look at what the exchange is now. */
  next(): void {
    this.count++;
    const due = this.planned.find(({ atCount }) => atCount <= this.count);
    this.planned = this.planned.filter((plan) => plan !== due);
    const write = this.script.shift() ?? due?.write ?? this.draw();
    this.write(write);
  }

  /** Commands that come next, before others are drawn. */
  insert(commands: readonly CommandWriter[]): void {
    this.script.push(...commands);
  }

  /** The time that a command comes with is how long it waits for. */
  private write(write: CommandWriter): void {
    this.record.bytes.fill(0);
    write(this.record, 0);
    const header = new CommandHeader().wrap(this.record, 0);
    this.timeUs += 1 + this.random(SECOND_US / 100) + header.time;
    Object.assign(header, { sequence: 0, time: this.timeUs });
    const length = recordLengthAt(this.record, 0);
    const error = validateCommand(this.record, 0, length);
    if (error !== undefined && templateIdAt(this.record, 0) !== TICK.templateId) {
      throw new Error(`a gateway would refuse this command: ${JSON.stringify(error)}`);
    }
    this.sent.push(this.record.bytes.slice(0, length));
    if (this.sent.length > REMEMBERED) this.sent.shift();
  }

  /** Mostly milliseconds; at times a minute, and now and then days. */
  private passTime(): void {
    const kind = this.random(100);
    if (kind < 90) this.timeUs += this.random(SECOND_US / 5);
    else if (kind < 98) this.timeUs += this.random(60 * SECOND_US);
    else this.timeUs += this.random(7 * DAY_US);
  }

  private draw(): CommandWriter {
    this.passTime();
    const kind = this.random(1_000);
    if (kind < 480) return this.order();
    if (kind < 570) return this.again();
    if (kind < 600) return this.cancel();
    if (kind < 700) return this.replace();
    if (kind < 708) return massCancel({ accountId: this.account(), ...this.part() });
    if (kind < 760) return this.funding();
    if (kind < 810) return this.transfer();
    if (kind < 870) return this.resolution();
    if (kind < 910) return this.reversal();
    if (kind < 920) return tick({});
    return this.disturb();
  }

  private order(): CommandWriter {
    const orderType = this.oneOf([Limit, Limit, Limit, Limit, Market, Market, Stop, StopLimit]);
    const side = this.oneOf(Object.values(Side));
    const hasPrice = orderType === Limit || orderType === StopLimit;
    const hasStop = orderType === Stop || orderType === StopLimit;
    const timeInForce = this.timeInForceOf(orderType);
    const mayRest = timeInForce !== IOC && timeInForce !== FOK;
    const isByAmount = orderType === Market && timeInForce === IOC && side === Side.Buy;
    const amount = isByAmount && this.chance(50) ? 1 + this.random(12 * MIDDLE_PRICE) : 0;
    const qty = amount === 0 ? this.qty() : 0;
    const isTight = orderType === Market && this.chance(30);
    return newOrder({
      ...{ accountId: this.account(), symbolId: this.symbol(), side, orderType, timeInForce },
      ...{ qty, amount, price: hasPrice ? this.price(side) : 0 },
      stopPrice: hasStop ? this.price() : 0,
      clientOrderId: this.chance(60) ? 1 + this.random(300) : 0,
      displayQty: hasPrice && mayRest && this.chance(25) ? 1 + Math.ceil(qty / 7) : 0,
      postOnly: orderType === Limit && mayRest && this.chance(15) ? 1 : 0,
      expireTime: timeInForce === GTD ? this.deadline() : 0,
      selfTradePrevention: this.oneOf(Object.values(SelfTradePrevention)),
      groupId: this.chance(20) ? 1 + this.random(2) : 0,
      maxSlippageBps: !hasPrice && this.chance(60) ? 1 + this.random(150) : 0,
      slippageAction: isTight ? 1 : 0,
    });
  }

  private timeInForceOf(orderType: number): number {
    if (orderType === Market) return this.oneOf([IOC, IOC, FOK]);
    if (orderType === Limit) return this.oneOf([GTC, GTC, GTC, GTC, DAY, GTD, IOC, FOK]);
    return this.oneOf([GTC, GTC, DAY, GTD]);
  }

  /** Something that was sent before: as it was, or with another content under the same id. */
  private again(): CommandWriter {
    const bytes = this.oneOf(this.sent);
    const isChanged = this.chance(25);
    return (record) => {
      record.bytes.set(bytes);
      new CommandHeader().wrap(record, 0).time = 0;
      if (!isChanged) return;
      const templateId = templateIdAt(record, 0);
      if (templateId === NEW_ORDER.templateId) new NewOrder().wrap(record, 0).groupId = 9;
      if (templateId === NEW_TRANSFER.templateId) new NewTransfer().wrap(record, 0).amount = 9;
    };
  }

  private cancel(): CommandWriter {
    const order = this.openOrder();
    const { accountId, orderId, clientOrderId, symbolId } = order;
    if (clientOrderId !== 0 && this.chance(50)) {
      return cancelOrder({ accountId, clientOrderId, symbolId });
    }
    return cancelOrder({ accountId, orderId, symbolId });
  }

  private replace(): CommandWriter {
    const { accountId, orderId, symbolId, ...order } = this.openOrder();
    const hasPrice = order.orderType === Limit || order.orderType === StopLimit;
    const qty = this.chance(20) ? order.qty : this.qty();
    const isOdd = this.chance(8);
    return replaceOrder({
      ...{ accountId, orderId, symbolId, qty, qtyMeaning: this.random(2) },
      price: hasPrice === isOdd ? 0 : this.chance(40) ? order.price || 1 : this.price(order.side),
      displayQty: hasPrice && this.chance(25) ? 1 + Math.ceil(qty / 7) : 0,
      stopPrice: order.isWaiting === 1 && this.chance(60) ? this.price() : 0,
    });
  }

  private funding(): CommandWriter {
    const make = this.chance(60) ? deposit : withdraw;
    return make({ accountId: this.account(), ...this.transferTerms() });
  }

  private transfer(): CommandWriter {
    const own = this.oneOf(Object.values(SystemAccount));
    const terms = this.transferTerms();
    const debitAccountId = this.chance(85) ? this.account() : own;
    const creditAccountId = this.chance(70) ? this.account() : own;
    return newTransfer({ ...terms, debitAccountId, creditAccountId, externalId: 0 });
  }

  private transferTerms() {
    const mode = this.random(2);
    return {
      ...{ mode, currencyId: this.currency(), amount: 1 + this.random(20_000) },
      transferId: mode === 1 || this.chance(70) ? 1 + this.random(TRANSFER_IDS) : 0,
      businessRefId: this.random(3),
      externalId: this.chance(50) ? 1 + this.random(2) : 0,
      expireTime: mode === 1 && this.chance(40) ? this.deadline() : 0,
    };
  }

  private resolution(): CommandWriter {
    const action = 1 + this.random(3);
    const externalId = this.chance(50) ? 1 + this.random(2) : 0;
    const amount = action === 1 && this.chance(50) ? 1 + this.random(20_000) : 0;
    return resolveTransfer({ transferId: this.transferId(), action, amount, externalId });
  }

  private reversal(): CommandWriter {
    return reverseTransfer({
      transferId: 200 + this.random(TRANSFER_IDS),
      originalTransferId: this.transferId(),
      amount: this.chance(50) ? 1 + this.random(20_000) : 0,
      businessRefId: this.random(3),
    });
  }

  /** Something that changes the venue, and plans how it is taken back. */
  private disturb(): CommandWriter {
    const symbolId = this.symbol();
    const accountId = this.account();
    switch (this.random(10)) {
      case 0:
        return this.session(symbolId);
      case 1:
        this.plan(setPriceBand({ symbolId, referencePrice: MIDDLE_PRICE, bandTicks: 0 }));
        return setPriceBand({
          symbolId,
          referencePrice: MIDDLE_PRICE,
          bandTicks: 1 + this.random(9),
        });
      case 2:
        return setFees({ symbolId, ...this.fees(), tier: this.random(3) });
      case 3:
        return setFeeTier({
          ...{ currencyId: this.currency(), tier: 1 + this.random(2) },
          minVolume: this.random(300_000),
        });
      case 4:
      case 8:
        return this.limits(this.chance(50) ? 0 : accountId, this.chance(50) ? 0 : symbolId);
      case 5:
        this.plan(setPermission({ accountId, permission: 0 }));
        return setPermission({ accountId, permission: 1 + this.random(2) });
      case 6:
        return this.stop(this.oneOf([{}, { accountId }, { symbolId }]));
      case 7:
        return setSlippage({ symbolId, maxSlippageBps: this.random(200) });
      default:
        return withdraw({
          accountId,
          currencyId: this.currency(),
          amount: 1 + this.random(50_000),
        });
    }
  }

  /** A halt, or a close and a new opening with an auction. */
  private session(symbolId: number): CommandWriter {
    const { Auction, Closed, Continuous, Halted, PreOpen } = TradingState;
    const to = (state: number) => setTradingState({ symbolId, state });
    if (this.chance(30)) {
      this.plan(to(Continuous));
      return to(Halted);
    }
    this.plan(to(PreOpen), 3);
    if (this.chance(60)) this.plan(to(Auction), 2 * DISTURBED);
    this.plan(to(Continuous), 2 * DISTURBED + 3);
    return to(Closed);
  }

  private limits(accountId: number, symbolId: number): CommandWriter {
    this.plan(setRiskLimits({ accountId, symbolId }));
    const names = ['maxOrderQty', 'maxOrderNotional', 'maxPosition', 'maxOpenOrders'] as const;
    if (symbolId === 0 && this.chance(30)) {
      return setRiskLimits({ accountId, symbolId, maxMessageRate: 1 + this.random(2) });
    }
    const name = this.oneOf(names);
    const limit = name === 'maxOrderNotional' ? 4_000 : 1 + this.random(3);
    return setRiskLimits({ accountId, symbolId, [name]: limit });
  }

  private stop(what: { readonly accountId?: number; readonly symbolId?: number }): CommandWriter {
    this.plan(killSwitch({ ...what, action: 0 }), 4);
    return killSwitch({ ...what, action: 1 });
  }

  private plan(write: CommandWriter, within = 1 + this.random(DISTURBED)): void {
    this.planned.push({ atCount: this.count + within, write });
  }

  private openOrder(): OrderView {
    const open = [...orderedOrders(this.exchange)];
    const unknown = { accountId: 1, orderId: 1, symbolId: this.symbol(), clientOrderId: 0 };
    const order = open[this.random(open.length + 1)] ?? (unknown as OrderView);
    return { ...order, orderType: order.orderType ?? Limit, qty: order.qty ?? 1 };
  }

  private transferId(): number {
    return 1 + this.random(TRANSFER_IDS + 2);
  }

  private deadline(): number {
    return this.timeUs + 1 + this.random(90 * SECOND_US);
  }

  private fees() {
    return { makerFeePpm: this.random(3_000), takerFeePpm: this.random(5_000) };
  }

  private part() {
    return { symbolId: this.chance(50) ? 0 : this.symbol(), side: this.random(3) };
  }

  private qty(): number {
    return this.chance(1) ? MAX_INT : 1 + this.random(this.chance(20) ? 60 : 9);
  }

  /** Buys are a little lower than sells, so that some of them rest. */
  private price(side?: number): number {
    const far = this.chance(3) ? this.random(MIDDLE_PRICE) : 0;
    const apart = side === undefined ? 0 : side === Side.Buy ? -4 : 4;
    return Math.max(1, MIDDLE_PRICE - 10 + this.random(21) + apart - far);
  }

  /** One in fifty has no account. */
  private account(): number {
    return this.chance(98) ? this.oneOf(ACCOUNTS) : ACCOUNTS.length + 1 + this.random(3);
  }

  private symbol(): number {
    return this.chance(98) ? this.oneOf(SYMBOLS) : SYMBOLS.length + 1;
  }

  private currency(): number {
    return this.chance(97) ? this.oneOf(CURRENCIES) : CURRENCIES.length + 9;
  }

  private chance(percent: number): boolean {
    return this.random(100) < percent;
  }

  private oneOf<T>(values: readonly T[]): T {
    return values[this.random(values.length)]!;
  }
}

function opening(): CommandWriter[] {
  return [...openVenue(), ...strainVenue(), ...drill(), ...matchingDrill()];
}
