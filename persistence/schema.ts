/** The tables of the projection, as Kysely types. Ids and amounts are int8, read as numbers. */

interface CurrencyTable {
  currency_id: number;
  code: string;
  decimals: number;
  /** Cash or Security. */
  kind: string;
}

interface MarketSymbolTable {
  symbol_id: number;
  code: string;
  base_currency_id: number;
  quote_currency_id: number;
  lot_size: number;
  tick_value: number;
  maker_fee_ppm: number;
  taker_fee_ppm: number;
  /** 0: none. */
  reference_price: number;
  /** 0: no price band. */
  band_ticks: number;
}

interface OrderTable {
  order_id: number;
  account_id: number;
  client_order_id: number;
  symbol_id: number;
  side: string;
  order_type: string;
  time_in_force: string;
  price: number;
  qty: number;
  cum_qty: number;
  leaves_qty: number;
  status: string;
  reject_reason: string;
  /** 0: none. */
  stop_price: number;
  /** 0: all is shown. */
  display_qty: number;
  cancel_reason: string;
  /** What a market buy may spend, in ticks × lots; 0: it is by quantity. */
  amount: number;
  post_only: boolean;
  self_trade_prevention: string;
  /** 0: none. */
  group_id: number;
  /** Of GTD. */
  expires_at: Date | null;
  updated_sequence: number;
  created_at: Date;
  updated_at: Date;
}

interface TradeTable {
  trade_id: number;
  symbol_id: number;
  price: number;
  qty: number;
  /** Buy or Sell, None in an auction. */
  taker_side: string;
  maker_order_id: number;
  taker_order_id: number;
  maker_account_id: number;
  taker_account_id: number;
  maker_fee: number;
  taker_fee: number;
  sequence: number;
  executed_at: Date;
}

interface BalanceTable {
  account_id: number;
  currency_id: number;
  available: number;
  locked: number;
  sequence: number;
}

/** Every transfer that has an id, as it is. */
interface TransferTable {
  transfer_id: number;
  debit_account_id: number;
  credit_account_id: number;
  currency_id: number;
  amount: number;
  posted_amount: number;
  reversed_amount: number;
  locked_amount: number;
  mode: string;
  status: string;
  reject_reason: string;
  /** The entry that posted it; 0: none. */
  entry: number;
  /** Of these three, 0: none. */
  business_ref_id: number;
  external_id: number;
  original_transfer_id: number;
  /** Of a pending one; null: never. */
  expires_at: Date | null;
  updated_sequence: number;
  created_at: Date;
  updated_at: Date;
}

/** One row a posting: what is debited and credited sums to zero in every entry. */
interface LedgerEntryTable {
  /** The sequence number of the command that made it. */
  entry: number;
  /** Counts the postings of an entry from 1. */
  posting: number;
  kind: string;
  debit_account_id: number;
  credit_account_id: number;
  currency_id: number;
  amount: number;
  /** Of these three, 0: none. */
  trade_id: number;
  transfer_id: number;
  business_ref_id: number;
  posted_at: Date;
}

interface ProjectionCheckpointTable {
  /** Always 1: the table has one row. */
  id: number;
  /** The last command whose events are in the tables. */
  sequence: number;
  /** The rolling event hash after that command. */
  event_hash: string;
}

export interface Tables {
  currencies: CurrencyTable;
  market_symbols: MarketSymbolTable;
  orders: OrderTable;
  trades: TradeTable;
  balances: BalanceTable;
  transfers: TransferTable;
  ledger_entries: LedgerEntryTable;
  projection_checkpoint: ProjectionCheckpointTable;
}
