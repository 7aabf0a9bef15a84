/** Binary commands as a client sends them, well-formed at first, for tests that make them wrong. */
import { validateCommand } from '../command-validation.ts';
import {
  CancelOrder,
  type CommandHeader,
  Funding,
  MassCancel,
  NewOrder,
  ReplaceOrder,
} from '../commands.ts';
import { Side, TradingState } from '../enums.ts';
import type { FieldError } from '../field-error.ts';
import { RecordBuffer, recordLengthAt } from '../record.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../risk-commands.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from '../transfer-commands.ts';
import {
  AddCurrency,
  AddSymbol,
  SetLimits,
  SetPriceBand,
  SetRulesVersion,
  SetTradingState,
} from '../venue-commands.ts';
import { SetVenueMode } from '../venue-mode.ts';

/** Where in its buffer the record is. */
export const AT = 16;

export type Fields = Readonly<Record<string, number | string>>;

const FUNDING_SAMPLE: Fields = {
  accountId: 7,
  amount: 1,
  currencyId: 1,
  mode: 1,
  transferId: 1,
  businessRefId: 0,
  externalId: 0,
  expireTime: 0,
};

interface Sample {
  readonly write: (record: RecordBuffer) => CommandHeader;
  readonly fields: Fields;
}

/** A well-formed command of each kind. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  NewOrder: {
    write: (record) => new NewOrder().write(record, AT),
    fields: {
      accountId: 7,
      clientOrderId: 1,
      price: 5,
      qty: 5,
      symbolId: 1,
      side: Side.Sell,
      orderType: 2,
      timeInForce: 3,
      selfTradePrevention: 4,
      stopPrice: 0,
      displayQty: 0,
      amount: 0,
      expireTime: 0,
      groupId: 5,
      postOnly: 0,
      slippageAction: 0,
      maxSlippageBps: 0,
    },
  },
  CancelOrder: {
    write: (record) => new CancelOrder().write(record, AT),
    fields: { accountId: 7, orderId: 5, clientOrderId: 0, symbolId: 1 },
  },
  ReplaceOrder: {
    write: (record) => new ReplaceOrder().write(record, AT),
    fields: {
      accountId: 7,
      orderId: 0,
      clientOrderId: 5,
      price: 1,
      qty: 1,
      symbolId: 1,
      qtyMeaning: 1,
      displayQty: 1,
      stopPrice: 0,
    },
  },
  MassCancel: {
    write: (record) => new MassCancel().write(record, AT),
    fields: { accountId: 7, symbolId: 0, side: 0 },
  },
  Deposit: {
    write: (record) => new Funding().writeDeposit(record, AT),
    fields: FUNDING_SAMPLE,
  },
  Withdraw: {
    write: (record) => new Funding().writeWithdraw(record, AT),
    fields: FUNDING_SAMPLE,
  },
  NewTransfer: {
    write: (record) => new NewTransfer().write(record, AT),
    fields: {
      debitAccountId: -1,
      creditAccountId: 7,
      amount: 1,
      currencyId: 1,
      mode: 1,
      transferId: 1,
      businessRefId: 0,
      externalId: 0,
      expireTime: 0,
    },
  },
  ResolveTransfer: {
    write: (record) => new ResolveTransfer().write(record, AT),
    fields: { transferId: 1, amount: 0, externalId: 0, action: 1 },
  },
  ReverseTransfer: {
    write: (record) => new ReverseTransfer().write(record, AT),
    fields: { transferId: 2, originalTransferId: 1, amount: 0, businessRefId: 0, externalId: 0 },
  },
  AddCurrency: {
    write: (record) => new AddCurrency().write(record, AT),
    fields: { currencyId: 1, decimals: 8, kind: 0, code: 'BTC' },
  },
  AddSymbol: {
    write: (record) => new AddSymbol().write(record, AT),
    fields: {
      lotSize: 1,
      tickValue: 1,
      symbolId: 1,
      baseCurrencyId: 1,
      quoteCurrencyId: 2,
      makerFeePpm: 0,
      takerFeePpm: 0,
      code: 'BTC/USD',
    },
  },
  SetLimits: {
    write: (record) => new SetLimits().write(record, AT),
    fields: {
      maxOpenOrders: 1,
      maxAccounts: 1,
      maxCurrencies: 1,
      maxSymbols: 1,
      maxTransfers: 1,
      clientOrderIdSeconds: 1,
      maxClientOrderIds: 1,
    },
  },
  SetRulesVersion: {
    write: (record) => new SetRulesVersion().write(record, AT),
    fields: { rulesVersion: 1 },
  },
  SetTradingState: {
    write: (record) => new SetTradingState().write(record, AT),
    fields: { symbolId: 1, state: TradingState.Auction },
  },
  SetFees: {
    write: (record) => new SetFees().write(record, AT),
    fields: { symbolId: 1, makerFeePpm: 0, takerFeePpm: 0, tier: 0 },
  },
  SetFeeTier: {
    write: (record) => new SetFeeTier().write(record, AT),
    fields: { minVolume: 1, currencyId: 1, tier: 1 },
  },
  SetRiskLimits: {
    write: (record) => new SetRiskLimits().write(record, AT),
    fields: {
      accountId: 7,
      maxOrderQty: 0,
      maxOrderNotional: 0,
      maxPosition: 0,
      symbolId: 0,
      maxOpenOrders: 0,
      maxMessageRate: 0,
    },
  },
  SetPermission: {
    write: (record) => new SetPermission().write(record, AT),
    fields: { accountId: 7, permission: 1 },
  },
  KillSwitch: {
    write: (record) => new KillSwitch().write(record, AT),
    fields: { accountId: 7, symbolId: 0, action: 1 },
  },
  SetSlippage: {
    write: (record) => new SetSlippage().write(record, AT),
    fields: { symbolId: 1, maxSlippageBps: 50 },
  },
  SetVenueMode: {
    write: (record) => new SetVenueMode().write(record, AT),
    fields: { mode: 1, reason: 1 },
  },
  SetPriceBand: {
    write: (record) => new SetPriceBand().write(record, AT),
    fields: { symbolId: 1, referencePrice: 50, bandTicks: 5 },
  },
};

/** What a binary client sends: bytes, of which `view` shows the record. */
export class Sent {
  readonly record = RecordBuffer.allocate(256);
  readonly view = new DataView(this.record.bytes.buffer, AT);
  readonly length: number;
  readonly command: CommandHeader & Record<string, number | string>;

  constructor(kind: string, fields: Fields = {}) {
    const { write, fields: sample } = SAMPLES[kind]!;
    this.record.bytes.fill(0xff);
    const command = write(this.record);
    this.command = Object.assign(command, sample, fields) as typeof this.command;
    this.length = recordLengthAt(this.record, AT);
  }

  validate(available = this.length): FieldError | undefined {
    return validateCommand(this.record, AT, available);
  }
}
