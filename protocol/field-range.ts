/** The ranges of the commands' fields, the same for every encoding. Ends are included. */
import {
  CurrencyKind,
  isNamed,
  KillSwitchAction,
  MassCancelSide,
  OrderType,
  Permission,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  SlippageAction,
  TimeInForce,
  TradingState,
  TransferAction,
  TransferMode,
  VenueMode,
  VenueModeReason,
} from './enums.ts';
import { INITIAL_RULES_VERSION, NEWEST_RULES_VERSION } from './rules-version.ts';

export interface FieldRange {
  readonly min: number;
  readonly max: number;
  /** For enumerations: the only values, with their names. */
  readonly names?: Readonly<Record<string, number>>;
  /** Of an account: 0 is none, though it lies between the venue's own and the customers'. */
  readonly isNotZero?: true;
}

const MAX_INT = Number.MAX_SAFE_INTEGER;
const MAX_UINT32 = 2 ** 32 - 1;

const ID_64: FieldRange = { min: 1, max: MAX_INT };
const FROM_ZERO: FieldRange = { min: 0, max: MAX_INT };
const ID_32: FieldRange = { min: 1, max: MAX_UINT32 };
const LIMIT: FieldRange = { min: 1, max: 2 ** 26 };
/** The engine has room for so many. */
export const MAX_OPEN_ORDERS = 4_194_304;
/** A week. */
export const MAX_CLIENT_ORDER_ID_SECONDS = 604_800;
/** The exchange has room to remember so many. */
export const MAX_CLIENT_ORDER_IDS = 16_777_216;
const FEE: FieldRange = { min: 0, max: 1_000_000 };

export const FIELD_RANGE = {
  accountId: ID_64,
  correlationId: FROM_ZERO,
  /** 0: the order has none. */
  clientOrderId: FROM_ZERO,
  /** 0: the order is named by its client order id. */
  orderId: FROM_ZERO,
  /** 0: the order has no limit. */
  price: FROM_ZERO,
  /** 0: the order is by amount. */
  orderQty: FROM_ZERO,
  /** Of these four, 0: the order has none. */
  stopPrice: FROM_ZERO,
  displayQty: FROM_ZERO,
  orderAmount: FROM_ZERO,
  /** A customer's account or one of the venue's own. */
  transferAccountId: { min: -4, max: MAX_INT, isNotZero: true },
  /** Of these three, 0: none. */
  transferId: FROM_ZERO,
  businessRefId: FROM_ZERO,
  externalId: FROM_ZERO,
  /** Of a transfer that must have one. */
  namedTransferId: ID_64,
  /** 0: all. */
  partAmount: FROM_ZERO,
  transferMode: { min: 0, max: 1, names: TransferMode },
  transferAction: { min: 1, max: 3, names: TransferAction },
  currencyKind: { min: 0, max: 1, names: CurrencyKind },
  expireTime: FROM_ZERO,
  /** 0: the account alone. */
  groupId: FROM_ZERO,
  postOnly: { min: 0, max: 1 },
  qty: ID_64,
  symbolId: ID_32,
  currencyId: ID_32,
  amount: ID_64,
  side: { min: 1, max: 2, names: Side },
  massCancelSide: { min: 0, max: 2, names: MassCancelSide },
  /** 0: all markets. */
  massCancelSymbolId: { min: 0, max: MAX_UINT32 },
  orderType: { min: 1, max: 4, names: OrderType },
  timeInForce: { min: 0, max: 6, names: TimeInForce },
  selfTradePrevention: { min: 0, max: 4, names: SelfTradePrevention },
  tradingState: { min: 1, max: 21, names: TradingState },
  /** 0: none. */
  referencePrice: FROM_ZERO,
  /** 0: no band. */
  bandTicks: FROM_ZERO,
  qtyMeaning: { min: 0, max: 1, names: QtyMeaning },
  slippageAction: { min: 0, max: 1, names: SlippageAction },
  /** 0: what the market allows; hundredths of a percent. */
  maxSlippageBps: { min: 0, max: 10_000 },
  feeTier: { min: 0, max: 9 },
  /** 0 is everybody's. */
  volumeTier: { min: 1, max: 9 },
  /** 0: the tier is no more. */
  minVolume: FROM_ZERO,
  /** 0: no limit. */
  riskLimit: FROM_ZERO,
  riskLimit32: { min: 0, max: MAX_UINT32 },
  /** 0: all. */
  anySymbolId: { min: 0, max: MAX_UINT32 },
  permission: { min: 0, max: 2, names: Permission },
  killSwitchAction: { min: 0, max: 1, names: KillSwitchAction },
  venueMode: { min: 0, max: 1, names: VenueMode },
  /** From outside; the others are the venue's own. */
  venueModeReason: { min: 1, max: 1, names: { Operator: VenueModeReason.Operator } },
  decimals: { min: 0, max: 15 },
  lotSize: ID_64,
  tickValue: ID_64,
  feePpm: FEE,
  limit: LIMIT,
  /** 0: client order ids are not remembered. */
  clientOrderIdSeconds: { min: 0, max: MAX_CLIENT_ORDER_ID_SECONDS },
  clientOrderIdsLimit: { min: 1, max: MAX_CLIENT_ORDER_IDS },
  /** One that this release does not know is refused before it gets a sequence number. */
  rulesVersion: { min: INITIAL_RULES_VERSION, max: NEWEST_RULES_VERSION },
  openOrdersLimit: { min: 1, max: MAX_OPEN_ORDERS },
} as const satisfies Record<string, FieldRange>;

export function isInRange(range: FieldRange, value: number): boolean {
  if (!(value >= range.min && value <= range.max)) return false;
  if (range.isNotZero && value === 0) return false;
  return range.names === undefined || isNamed(range.names, value);
}

/** The allowed values in words. */
export function describeRange(range: FieldRange): string {
  if (range.names !== undefined) {
    return Object.entries(range.names)
      .map(([name, value]) => `${value} (${name})`)
      .join(', ');
  }
  const exception = range.isNotZero ? ', but not 0' : '';
  return `a whole number from ${range.min} to ${range.max}${exception}`;
}
