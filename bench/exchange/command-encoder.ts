/**
 * Encodes the commands of a flow as records, and before them those that define the markets and fund
 * the accounts. Sequence numbers count from 1 and make the ids of orders; each command comes a
 * microsecond after the last.
 */
import { INITIAL_LIMITS } from '../../exchange/venue.ts';
import { CancelOrder, Funding, NewOrder, ReplaceOrder } from '../../protocol/commands.ts';
import { OrderType, QtyMeaning, TimeInForce } from '../../protocol/enums.ts';
import { type RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { AddCurrency, AddSymbol, SetLimits } from '../../protocol/venue-commands.ts';
import { SETTINGS } from '../../server/configuration.ts';
import { moneyOf } from './cases.ts';
import { type CommandFlow, Kind } from './command-flow.ts';

/** All markets are quoted in it; the others' currencies follow. */
const QUOTE = 1;
const DECIMALS = 8;
const FEE_PPM = 150;
const GATEWAY = 1;
/** µs since 1970, in 2026. */
const START_TIME = 1_780_000_000_000_000;

/** Writes a command at a byte offset; returns its length in bytes. */
export type Encode = (at: number, record: RecordBuffer, offset: number) => number;

export interface CommandEncoder {
  /** Commands that define, and then those that fund. */
  readonly definitions: number;
  readonly deposits: number;
  readonly encodeSetUp: Encode;
  /** The flow's command at a place. */
  readonly encode: Encode;
}

/** Where numbering begins: an exchange of some hours, and its clients, have ids beyond 31 bits. */
export interface FirstIds {
  /** What is added to each sequence number, and so to orders' ids. */
  readonly sequence: number;
  /** What is added to ids of accounts and clients. */
  readonly client: number;
}
export const FROM_ONE: FirstIds = { sequence: 0, client: 0 };
export const LARGE_IDS: FirstIds = { sequence: 2 ** 33, client: 2 ** 34 };

export function createCommandEncoder(
  flow: CommandFlow,
  { sequence: sequenceOffset, client: clientOffset } = FROM_ONE,
): CommandEncoder {
  const { symbols, accounts, kind, symbol, side, account, order, price, qty } = flow;
  const { deposit, tickValue, lotSize } = moneyOf(accounts);
  const currencies = symbols + 1;
  /**
   * The limits first. Client order ids are remembered for a second: as long as the warm-up takes,
   * so that the measured part forgets as many as it remembers.
   */
  const definitions = 1 + currencies + symbols;
  const deposits = accounts * currencies;
  /** Of the flow's first command. */
  const firstSequence = sequenceOffset + definitions + deposits + 1;
  /** Of each account, so far. */
  const orderCounts = new Int32Array(accounts + 1);
  const newOrder = new NewOrder();
  const cancelOrder = new CancelOrder();
  const replaceOrder = new ReplaceOrder();
  const funding = new Funding();
  const addCurrency = new AddCurrency();
  const addSymbol = new AddSymbol();

  function writeHeader(command: NewOrder | CancelOrder | ReplaceOrder, at: number): void {
    command.sequence = firstSequence + at;
    command.time = START_TIME + firstSequence + at;
    command.correlationId = at + 1;
    command.accountId = clientOffset + account[at]!;
    command.gatewayId = GATEWAY;
  }

  function encodeNew(at: number, record: RecordBuffer, offset: number): void {
    const command = newOrder.write(record, offset);
    writeHeader(command, at);
    // Each client counts its own orders.
    command.clientOrderId = clientOffset + orderCounts[account[at]!]! + 1;
    orderCounts[account[at]!]!++;
    command.symbolId = symbol[at]! + 1;
    command.side = side[at]!;
    command.orderType = OrderType.Limit;
    command.timeInForce = kind[at] === Kind.New ? TimeInForce.GTC : TimeInForce.IOC;
    command.price = price[at]!;
    command.qty = qty[at]!;
  }

  function encodeCancel(at: number, record: RecordBuffer, offset: number): void {
    const command = cancelOrder.write(record, offset);
    writeHeader(command, at);
    command.orderId = firstSequence + order[at]!;
    command.symbolId = symbol[at]! + 1;
  }

  function encodeReplace(at: number, record: RecordBuffer, offset: number): void {
    const command = replaceOrder.write(record, offset);
    writeHeader(command, at);
    command.orderId = firstSequence + order[at]!;
    command.symbolId = symbol[at]! + 1;
    command.price = price[at]!;
    command.qty = qty[at]!;
    command.qtyMeaning = QtyMeaning.Open;
  }

  function setLimits(record: RecordBuffer, offset: number): void {
    const command = new SetLimits().write(record, offset);
    const clientOrderIdSeconds = 1;
    const maxClientOrderIds = SETTINGS.maxClientOrderIds.default;
    Object.assign(command, INITIAL_LIMITS, { clientOrderIdSeconds, maxClientOrderIds });
  }

  function defineCurrency(at: number, record: RecordBuffer, offset: number): void {
    const command = addCurrency.write(record, offset);
    command.currencyId = QUOTE + at;
    command.decimals = DECIMALS;
    command.code = `C${QUOTE + at}`;
  }

  function defineSymbol(index: number, record: RecordBuffer, offset: number): void {
    const command = addSymbol.write(record, offset);
    command.symbolId = index + 1;
    command.baseCurrencyId = QUOTE + 1 + index;
    command.quoteCurrencyId = QUOTE;
    command.lotSize = lotSize;
    command.tickValue = tickValue;
    command.makerFeePpm = FEE_PPM;
    command.takerFeePpm = FEE_PPM;
    command.code = `S${index + 1}`;
  }

  function fund(at: number, record: RecordBuffer, offset: number): void {
    const command = funding.writeDeposit(record, offset);
    command.accountId = clientOffset + 1 + Math.floor(at / currencies);
    command.currencyId = QUOTE + (at % currencies);
    command.amount = deposit;
  }

  return {
    definitions,
    deposits,
    encodeSetUp(at, record, offset) {
      if (at === 0) setLimits(record, offset);
      else if (at <= currencies) defineCurrency(at - 1, record, offset);
      else if (at < definitions) defineSymbol(at - 1 - currencies, record, offset);
      else fund(at - definitions, record, offset);
      // All commands begin alike.
      const header = newOrder.wrap(record, offset);
      header.sequence = sequenceOffset + at + 1;
      header.time = START_TIME + at + 1;
      header.gatewayId = GATEWAY;
      return recordLengthAt(record, offset);
    },
    encode(at, record, offset) {
      if (kind[at] === Kind.Cancel) encodeCancel(at, record, offset);
      else if (kind[at] === Kind.Replace) encodeReplace(at, record, offset);
      else encodeNew(at, record, offset);
      return recordLengthAt(record, offset);
    },
  };
}
