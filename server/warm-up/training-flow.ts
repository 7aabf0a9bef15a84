/**
 * The commands that an exchange is trained with: a venue of two markets, its customers, and then
 * commands of all kinds, more of those that come often. Always the same: what looks random is fixed
 * arithmetic. Ids, amounts and times are as large as real ones, since compiled code relies on what
 * it has seen.
 */
import { INITIAL_LIMITS } from '../../exchange/venue.ts';
import {
  CancelOrder,
  type CommandHeader,
  Funding,
  MassCancel,
  NewOrder,
  ReplaceOrder,
} from '../../protocol/commands.ts';
import {
  OrderType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
  TransferAction,
  TransferMode,
} from '../../protocol/enums.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from '../../protocol/transfer-commands.ts';
import {
  AddCurrency,
  AddSymbol,
  SetLimits,
  SetPriceBand,
  SetTradingState,
  Tick,
} from '../../protocol/venue-commands.ts';

const QUOTE = 1;
const MARKETS = [1, 2];
const CURRENCIES = [QUOTE, 2, 3];
const ACCOUNTS = 384;
/** Of two accounts one has a small id, the other a large one; they are not in a row. */
const ACCOUNT_STEP = 7_919;
const LARGE_ACCOUNT_STEP = 5 * 2 ** 31 + 12_347;
const DEPOSIT = 2 ** 42;
/** Lots that cost more than an account has. */
const UNFUNDED_QTY = 2 ** 21;
/** Ticks × lots of a market buy, beyond 31 bits. */
const AMOUNT = 2 ** 31 + 2 ** 29;
const GROUP = 2 ** 33;
/** Prices are around it, in ticks. */
const MIDDLE = 20_000;
const LOT_SIZE = 100_000;
const TICK_VALUE = 1_000;
const FEE_PPM = 150;
const BAND_TICKS = 5_000;
const STEP_US = 7;
/** µs since 1970, in 2023: soon the lower half of a time has 32 bits, where it had 31. */
const START_TIME = 395_812 * 2 ** 32 + 2 ** 31 - 2_000 * STEP_US;
const GATEWAY = 1;
/** Orders that a cancel or a replace may name. */
const PLACES = 1_024;
/** Commands between pre-open and its auction: those that are drawn below this number. */
const AUCTION_COMMANDS = 16;
const FIRST_RARE = 850;

const { Buy, Sell } = Side;
const { Limit, Market, Stop, StopLimit } = OrderType;
const { GTC, IOC, FOK, GTD } = TimeInForce;

type Terms = Partial<
  Pick<
    NewOrder,
    | 'amount'
    | 'clientOrderId'
    | 'displayQty'
    | 'expireTime'
    | 'groupId'
    | 'orderType'
    | 'postOnly'
    | 'price'
    | 'qty'
    | 'selfTradePrevention'
    | 'stopPrice'
    | 'timeInForce'
  >
>;

/** What a place's order was when it came; its market and account stay what they are. */
interface Place {
  orderId: number;
  readonly account: number;
  readonly symbolId: number;
  readonly side: number;
}

export class TrainingFlow {
  private readonly record: RecordBuffer;
  /** What comes before anything is drawn. */
  private queue: (() => CommandHeader)[] = [];
  private readonly places: readonly Place[];
  private state = 1;
  private time = START_TIME;
  private transferId = 2 ** 33;
  /** The number that the command will have, if nothing is due before it. */
  private sequence = 0;

  /** @param record where each command is written, at its beginning */
  constructor(record: RecordBuffer) {
    this.record = record;
    this.places = Array.from({ length: PLACES }, (_, place) => ({
      orderId: 0,
      account: accountAt(place % ACCOUNTS),
      symbolId: MARKETS[(place >> 1) % MARKETS.length]!,
      side: (place & 1) === 0 ? Buy : Sell,
    }));
  }

  /** The next commands are to an exchange that is empty again. */
  begin(): void {
    this.queue = this.listOpening();
    for (const place of this.places) place.orderId = 0;
  }

  /** Writes the next command; `sequence` is the number that it will have. */
  next(sequence: number): void {
    this.sequence = sequence;
    const next = this.queue.shift();
    const command = next === undefined ? this.draw(this.below(1_000)) : next();
    this.time += STEP_US;
    command.time = this.time;
    command.correlationId = sequence;
    command.gatewayId = GATEWAY;
  }

  private listOpening(): (() => CommandHeader)[] {
    const limits = { ...INITIAL_LIMITS, clientOrderIdSeconds: 1, maxClientOrderIds: 65_536 };
    const accounts = Array.from({ length: ACCOUNTS }, (_, n) => accountAt(n));
    return [
      () => Object.assign(new SetLimits().write(this.record, 0), limits),
      ...CURRENCIES.map((currencyId) => () => this.addCurrency(currencyId)),
      ...MARKETS.flatMap((symbolId) => [
        () => this.addSymbol(symbolId),
        () => this.setBand(symbolId),
      ]),
      ...accounts.flatMap((accountId) =>
        CURRENCIES.map((currencyId) => () => this.deposit(accountId, currencyId, DEPOSIT)),
      ),
    ];
  }

  /** @param draw below 1,000 */
  private draw(draw: number): CommandHeader {
    const place = this.places[this.below(PLACES)]!;
    if (place.orderId === 0 || draw < 250) return this.rest(place);
    if (draw < 560) return this.replace(place);
    if (draw < 760) return this.cancel(place);
    if (draw < FIRST_RARE) return this.take(place, Limit, draw % 2 === 0 ? GTC : IOC);
    if (draw < 860) return this.take(place, Limit, FOK);
    if (draw < 890) return this.take(place, Market, IOC);
    if (draw < 900) return this.spend(place);
    if (draw < 920) return this.newOrder(place, { displayQty: 10, qty: 55 });
    if (draw < 940) return this.post(place);
    if (draw < 950) return this.expire(place);
    if (draw < 960) return this.stop(place, Stop);
    if (draw < 970) return this.stop(place, StopLimit);
    if (draw < 975) return this.newOrder(place, { qty: UNFUNDED_QTY });
    if (draw < 980) return this.cancelNothing(place);
    if (draw < 985) return this.deposit(place.account, QUOTE, 1 + this.below(1_000));
    if (draw < 988) return this.withdraw(place);
    if (draw < 995) return this.transfer(place);
    if (draw < 997) return this.massCancel(place);
    if (draw < 998) return new Tick().write(this.record, 0);
    return this.callAuction(place.symbolId);
  }

  /** From 0 to below `bound`: Numerical Recipes' generator, of which the high bits are good. */
  private below(bound: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) | 0;
    return ((this.state >>> 8) % bound) | 0;
  }

  /** An order's price: near the middle mostly, behind it by its side; negative `behind` crosses. */
  private priceOf({ side }: Place, behind: number): number {
    return side === Buy ? MIDDLE - 1 - behind : MIDDLE + behind;
  }

  private newOrder(place: Place, terms: Terms): CommandHeader {
    const { account, side, symbolId } = place;
    place.orderId = this.sequence;
    const command = new NewOrder().write(this.record, 0);
    command.accountId = account;
    command.symbolId = symbolId;
    command.side = side;
    command.orderType = Limit;
    command.timeInForce = GTC;
    command.price = this.priceOf(place, this.below(200));
    command.qty = 1 + this.below(100);
    return Object.assign(command, terms);
  }

  /** Half of them are named by their clients, who send some of them again. */
  private rest(place: Place): CommandHeader {
    const clientOrderId = this.below(2) * (2 ** 33 + Math.floor(this.sequence / 2));
    return this.newOrder(place, { clientOrderId });
  }

  private take(place: Place, orderType: number, timeInForce: number): CommandHeader {
    const price = orderType === Market ? 0 : this.priceOf(place, -1 - this.below(10));
    const modes = Object.values(SelfTradePrevention);
    const selfTradePrevention = modes[this.below(4 * modes.length)] ?? SelfTradePrevention.None;
    const qty = 1 + this.below(150);
    const groupId = this.below(16) === 0 ? GROUP : 0;
    const terms = { orderType, timeInForce, price, qty };
    return this.newOrder(place, { ...terms, selfTradePrevention, groupId });
  }

  /** Post-only, and refused where it would trade. */
  private post(place: Place): CommandHeader {
    return this.newOrder(place, { postOnly: 1, price: this.priceOf(place, this.below(20) - 5) });
  }

  /** A market buy by amount. */
  private spend(place: Place): CommandHeader {
    const terms = { orderType: Market, timeInForce: IOC, price: 0, qty: 0, amount: AMOUNT };
    return place.side === Buy ? this.newOrder(place, terms) : this.take(place, Market, IOC);
  }

  private expire(place: Place): CommandHeader {
    const expireTime = this.time + STEP_US * (2 + this.below(500));
    return this.newOrder(place, { timeInForce: GTD, expireTime });
  }

  private stop(place: Place, orderType: number): CommandHeader {
    const stopPrice = this.priceOf(place, -this.below(20));
    const price = orderType === Stop ? 0 : stopPrice;
    return this.newOrder(place, { orderType, price, stopPrice });
  }

  private cancel(place: Place): CommandHeader {
    const command = this.cancelNothing(place);
    (command as CancelOrder).orderId = place.orderId;
    place.orderId = 0;
    return command;
  }

  /** Of a name that no order has. */
  private cancelNothing({ account, symbolId }: Place): CommandHeader {
    const command = new CancelOrder().write(this.record, 0);
    command.accountId = account;
    command.symbolId = symbolId;
    command.clientOrderId = this.sequence;
    return command;
  }

  private replace(place: Place): CommandHeader {
    const { account, orderId, symbolId } = place;
    const command = new ReplaceOrder().write(this.record, 0);
    command.accountId = account;
    command.orderId = orderId;
    command.symbolId = symbolId;
    command.price = this.priceOf(place, this.below(200) - 1);
    command.qty = 1 + this.below(100);
    command.qtyMeaning = this.below(8) === 0 ? QtyMeaning.Total : QtyMeaning.Open;
    return command;
  }

  private massCancel({ account, symbolId }: Place): CommandHeader {
    const command = new MassCancel().write(this.record, 0);
    command.accountId = account;
    command.symbolId = this.below(2) * symbolId;
    return command;
  }

  private deposit(accountId: number, currencyId: number, amount: number): CommandHeader {
    return this.fund(new Funding().writeDeposit(this.record, 0), accountId, currencyId, amount);
  }

  private withdraw({ account }: Place): CommandHeader {
    return this.fund(new Funding().writeWithdraw(this.record, 0), account, QUOTE, this.below(500));
  }

  private fund(command: Funding, accountId: number, currencyId: number, amount: number) {
    command.accountId = accountId;
    command.currencyId = currencyId;
    command.amount = amount;
    if (this.below(2) === 0) command.transferId = ++this.transferId;
    return command;
  }

  /** Makes, resolves and reverses transfers. */
  private transfer({ account }: Place): CommandHeader {
    const kind = this.below(4);
    if (kind < 2) {
      const command = new NewTransfer().write(this.record, 0);
      const debitAccountId = account;
      const creditAccountId = accountAt(this.below(ACCOUNTS));
      const mode = kind === 0 ? TransferMode.OneStep : TransferMode.Pending;
      const terms = { debitAccountId, creditAccountId, currencyId: QUOTE, amount: 100, mode };
      return Object.assign(command, terms, { transferId: ++this.transferId });
    }
    if (kind === 2) {
      const command = new ResolveTransfer().write(this.record, 0);
      return Object.assign(command, { transferId: this.transferId, action: TransferAction.Post });
    }
    const command = new ReverseTransfer().write(this.record, 0);
    const originalTransferId = this.transferId;
    return Object.assign(command, { transferId: ++this.transferId, originalTransferId });
  }

  private addCurrency(currencyId: number): CommandHeader {
    const command = new AddCurrency().write(this.record, 0);
    return Object.assign(command, { currencyId, decimals: 8, code: `C${currencyId}` });
  }

  private addSymbol(symbolId: number): CommandHeader {
    const command = new AddSymbol().write(this.record, 0);
    const currencies = { baseCurrencyId: QUOTE + symbolId, quoteCurrencyId: QUOTE };
    const fees = { makerFeePpm: FEE_PPM, takerFeePpm: FEE_PPM };
    const terms = { symbolId, lotSize: LOT_SIZE, tickValue: TICK_VALUE, code: `S${symbolId}` };
    return Object.assign(command, currencies, fees, terms);
  }

  /** Stops need one. */
  private setBand(symbolId: number): CommandHeader {
    const command = new SetPriceBand().write(this.record, 0);
    return Object.assign(command, { symbolId, referencePrice: MIDDLE, bandTicks: BAND_TICKS });
  }

  /** Some orders come in pre-open, and an auction leads back to continuous trading. */
  private callAuction(symbolId: number): CommandHeader {
    for (let i = 0; i < AUCTION_COMMANDS; i++) {
      this.queue.push(() => this.draw(this.below(FIRST_RARE)));
    }
    this.queue.push(() => this.setState(symbolId, TradingState.Continuous));
    return this.setState(symbolId, TradingState.PreOpen);
  }

  private setState(symbolId: number, state: number): CommandHeader {
    return Object.assign(new SetTradingState().write(this.record, 0), { symbolId, state });
  }
}

function accountAt(n: number): number {
  return 1 + n * (n % 2 === 0 ? ACCOUNT_STEP : LARGE_ACCOUNT_STEP);
}
