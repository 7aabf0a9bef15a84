/**
 * Binary commands for tests, by their fields: `encodeCommands([newOrder({ accountId: 7, price: 5
 * })])` is the body of a request. What is not given is the commonest: market 1, a limit order for
 * one lot.
 */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import {
  CancelOrder,
  Funding,
  MassCancel,
  NewOrder,
  ReplaceOrder,
} from '../../protocol/commands.ts';
import { OrderType, Side, TimeInForce } from '../../protocol/enums.ts';
import { RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../../protocol/risk-commands.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from '../../protocol/transfer-commands.ts';
import {
  AddCurrency,
  AddSymbol,
  SetLimits,
  SetPriceBand,
  SetRulesVersion,
  SetTradingState,
  Tick,
} from '../../protocol/venue-commands.ts';
import { SetVenueMode } from '../../protocol/venue-mode.ts';

/** Writes one command at an offset. */
export type CommandWriter = (record: RecordBuffer, offset: number) => unknown;

function writerOf<Command extends object>(
  write: (record: RecordBuffer, offset: number) => Command,
  defaults: Partial<Command> = {},
): (fields: Partial<Command>) => CommandWriter {
  return (fields) => (record, offset) => Object.assign(write(record, offset), defaults, fields);
}

export const newOrder = writerOf((record, at) => new NewOrder().write(record, at), {
  symbolId: 1,
  side: Side.Buy,
  orderType: OrderType.Limit,
  timeInForce: TimeInForce.GTC,
  qty: 1,
});
export const cancelOrder = writerOf((record, at) => new CancelOrder().write(record, at), {
  symbolId: 1,
});
export const replaceOrder = writerOf((record, at) => new ReplaceOrder().write(record, at), {
  symbolId: 1,
});
export const massCancel = writerOf((record, at) => new MassCancel().write(record, at));
export const setVenueMode = writerOf((record, at) => new SetVenueMode().write(record, at));
export const setTradingState = writerOf((record, at) => new SetTradingState().write(record, at));
export const setPriceBand = writerOf((record, at) => new SetPriceBand().write(record, at));
/** Of the venue's own threads: nobody may send one. */
export const tick = writerOf((record, at) => new Tick().write(record, at));
export const deposit = writerOf((record, at) => new Funding().writeDeposit(record, at));
export const withdraw = writerOf((record, at) => new Funding().writeWithdraw(record, at));
export const newTransfer = writerOf((record, at) => new NewTransfer().write(record, at));
export const resolveTransfer = writerOf((record, at) => new ResolveTransfer().write(record, at));
export const reverseTransfer = writerOf((record, at) => new ReverseTransfer().write(record, at));
export const addCurrency = writerOf((record, at) => new AddCurrency().write(record, at));
export const addSymbol = writerOf((record, at) => new AddSymbol().write(record, at), {
  lotSize: 1,
  tickValue: 1,
});
export const setLimits = writerOf((record, at) => new SetLimits().write(record, at), {
  maxOpenOrders: 1_000_000,
  maxAccounts: 1_000_000,
  maxCurrencies: 256,
  maxSymbols: 256,
  maxTransfers: 10_000_000,
  clientOrderIdSeconds: 600,
  maxClientOrderIds: 4_194_304,
});
export const setRulesVersion = writerOf((record, at) => new SetRulesVersion().write(record, at));
export const setFees = writerOf((record, at) => new SetFees().write(record, at));
export const setFeeTier = writerOf((record, at) => new SetFeeTier().write(record, at));
export const setRiskLimits = writerOf((record, at) => new SetRiskLimits().write(record, at));
export const setPermission = writerOf((record, at) => new SetPermission().write(record, at));
export const killSwitch = writerOf((record, at) => new KillSwitch().write(record, at));
export const setSlippage = writerOf((record, at) => new SetSlippage().write(record, at));

/** The commands behind each other, as in the body of a request. */
export function encodeCommands(writers: readonly CommandWriter[]): Uint8Array {
  const record = RecordBuffer.allocate(writers.length * MAX_COMMAND_LENGTH);
  let length = 0;
  for (const write of writers) {
    write(record, length);
    length += recordLengthAt(record, length);
  }
  return record.bytes.slice(0, length);
}
