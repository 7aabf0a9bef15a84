/**
 * Commands for journal tests: a small venue first, then a random day on it, good commands and bad
 * ones. The same seed gives the same commands.
 */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { CancelOrder, Funding, NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import {
  OrderType,
  Side,
  SystemAccount,
  TimeInForce,
  TransferAction,
  TransferMode,
} from '../../protocol/enums.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { NewTransfer, ResolveTransfer } from '../../protocol/transfer-commands.ts';
import { AddCurrency, AddSymbol } from '../../protocol/venue-commands.ts';
import { type Random, seededRandom } from '../../test/support/seed.ts';

export const BASE = 1;
export const QUOTE = 2;
export const SYMBOL = 1;
const ACCOUNTS = 8;
const FIRST_DEPOSIT = 1_000_000;
const CLIENT_ORDER_IDS = 64;
const TRANSFER_IDS = 200;
const MIDDLE_PRICE = 1_000;
const PRICE_RANGE = 20;

export class CommandFlow {
  /** The current command, at offset 0. */
  readonly record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  private readonly random: Random;
  private readonly opening: (() => void)[];
  private timeUs = 1_700_000_000_000_000;

  /** @param isOpen whether the venue is there already */
  constructor(seed: number, isOpen = false) {
    this.random = seededRandom(seed);
    this.opening = isOpen ? [] : this.listOpening();
  }

  /** Makes `record` the next command. */
  next(): void {
    const open = this.opening.shift();
    if (open !== undefined) open();
    else this.writeRandom();
  }

  deposit(accountId: number, currencyId: number, amount: number): void {
    const command = new Funding().writeDeposit(this.record, 0);
    Object.assign(command, { time: this.timeUs++, accountId, currencyId, amount });
  }

  newOrder(accountId: number, side: number, price: number, qty: number): void {
    const command = new NewOrder().write(this.record, 0);
    Object.assign(command, { time: this.timeUs++, accountId, symbolId: SYMBOL, side, price, qty });
    Object.assign(command, { orderType: OrderType.Limit, timeInForce: TimeInForce.GTC });
  }

  private listOpening(): (() => void)[] {
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => index + 1);
    return [
      () => this.addCurrency(BASE, 'BTC'),
      () => this.addCurrency(QUOTE, 'KRW'),
      () => this.addSymbol(),
      ...accounts.map((account) => () => this.deposit(account, BASE, FIRST_DEPOSIT)),
      ...accounts.map((account) => () => this.deposit(account, QUOTE, FIRST_DEPOSIT)),
    ];
  }

  private addCurrency(currencyId: number, code: string): void {
    Object.assign(new AddCurrency().write(this.record, 0), { currencyId, decimals: 0, code });
  }

  private addSymbol(): void {
    Object.assign(new AddSymbol().write(this.record, 0), {
      symbolId: SYMBOL,
      baseCurrencyId: BASE,
      quoteCurrencyId: QUOTE,
      lotSize: 1,
      tickValue: 1,
      makerFeePpm: 100,
      takerFeePpm: 200,
      code: 'BTC/KRW',
    });
  }

  private writeRandom(): void {
    const { random } = this;
    const kind = random(100);
    if (kind < 60) this.writeOrder();
    else if (kind < 80) this.writeCancel();
    else if (kind < 90) this.writeReplace();
    else if (kind < 95) this.deposit(this.anyAccount(), 1 + random(3), 1 + random(10_000));
    else if (kind < 97) this.writeTransfer();
    else if (kind < 99) this.writeResolution();
    else {
      const command = new Funding().writeWithdraw(this.record, 0);
      const accountId = this.anyAccount();
      Object.assign(command, { time: this.timeUs++, accountId, currencyId: BASE, amount: 5_000 });
    }
  }

  /** Mostly pending; some ids come twice, and some accounts are one. */
  private writeTransfer(): void {
    const { random } = this;
    Object.assign(new NewTransfer().write(this.record, 0), {
      time: this.timeUs++,
      transferId: 1 + random(TRANSFER_IDS),
      debitAccountId: this.anyAccount(),
      creditAccountId: random(4) === 0 ? SystemAccount.External : this.anyAccount(),
      currencyId: 1 + random(2),
      amount: 1 + random(3_000),
      mode: random(4) === 0 ? TransferMode.OneStep : TransferMode.Pending,
      externalId: 0,
    });
  }

  private writeResolution(): void {
    const { random } = this;
    const action = random(2) === 0 ? TransferAction.Post : TransferAction.Void;
    Object.assign(new ResolveTransfer().write(this.record, 0), {
      time: this.timeUs++,
      transferId: 1 + random(TRANSFER_IDS),
      action,
      amount: action === TransferAction.Post ? random(3_000) : 0,
    });
  }

  private writeOrder(): void {
    const { random } = this;
    const side = random(2) === 0 ? Side.Buy : Side.Sell;
    this.newOrder(this.anyAccount(), side, this.anyPrice(), 1 + random(30));
    const command = new NewOrder().wrap(this.record, 0);
    command.clientOrderId = this.anyClientOrderId();
    if (random(4) === 0) command.timeInForce = TimeInForce.IOC;
    if (command.timeInForce === TimeInForce.IOC && random(2) === 0) {
      Object.assign(command, { orderType: OrderType.Market, price: 0 });
    }
  }

  private writeCancel(): void {
    Object.assign(new CancelOrder().write(this.record, 0), {
      time: this.timeUs++,
      accountId: this.anyAccount(),
      clientOrderId: this.anyClientOrderId(),
      symbolId: SYMBOL,
    });
  }

  private writeReplace(): void {
    Object.assign(new ReplaceOrder().write(this.record, 0), {
      time: this.timeUs++,
      accountId: this.anyAccount(),
      clientOrderId: this.anyClientOrderId(),
      symbolId: SYMBOL,
      price: this.anyPrice(),
      qty: 1 + this.random(30),
    });
  }

  /** One of them is unknown to the venue. */
  private anyAccount(): number {
    return 1 + this.random(ACCOUNTS + 1);
  }

  private anyPrice(): number {
    return MIDDLE_PRICE - PRICE_RANGE + this.random(2 * PRICE_RANGE + 1);
  }

  private anyClientOrderId(): number {
    return 1 + this.random(CLIENT_ORDER_IDS);
  }
}
