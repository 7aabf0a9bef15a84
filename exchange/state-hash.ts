/**
 * The canonical hash of an exchange's state: everything that later commands can depend on, in an
 * order that no slot, table or capacity decides. Two exchanges with the same hash behave the same.
 */

import { TRANSFER_WORD, type TransferTable } from '../risk/transfer-table.ts';
import type { Exchange } from './exchange.ts';
import { riskNumbers } from './risk-view.ts';
import { RollingHash } from './rolling-hash.ts';
import { orderedBalances, orderedOrders } from './state-view.ts';

/** 16 hexadecimal digits. */
export function hashState(exchange: Exchange): string {
  const hash = new RollingHash();
  for (const value of [exchange.sequence, exchange.time, exchange.lastTradeId]) {
    hash.addInteger(value);
  }
  for (const value of Object.values(exchange.limits) as number[]) hash.addInteger(value);
  for (const currency of exchange.currencies) {
    hash.addInteger(currency.currencyId);
    hash.addInteger(currency.decimals);
    hash.addInteger(currency.kind);
    addText(hash, currency.code);
  }
  for (const { code, ...terms } of exchange.symbols) {
    for (const value of Object.values(terms)) hash.addInteger(value);
    addText(hash, code);
  }
  hash.addInteger(exchange.engine.time);
  for (const { state, referencePrice, bandTicks, lastPrice } of exchange.engine.books) {
    for (const value of [state, referencePrice, bandTicks, lastPrice]) hash.addInteger(value);
  }
  for (const value of riskNumbers(exchange)) hash.addInteger(value);
  for (const balance of orderedBalances(exchange)) {
    for (const value of Object.values(balance)) hash.addInteger(value);
  }
  for (const order of orderedOrders(exchange)) {
    for (const value of Object.values(order)) hash.addInteger(value);
  }
  addTransfers(hash, exchange.risk.transfers.table);
  return hash.toString();
}

/** Word by word, in the order in which the ids came: there may be many millions. */
function addTransfers(hash: RollingHash, transfers: TransferTable): void {
  const words = Object.values(TRANSFER_WORD);
  for (let slot = 0; slot < transfers.count; slot++) {
    for (let i = 0; i < words.length; i++) hash.addInteger(transfers.get(slot, words[i]!));
  }
}

function addText(hash: RollingHash, text: string): void {
  hash.addInteger(text.length);
  for (let i = 0; i < text.length; i++) hash.addInteger(text.charCodeAt(i));
}
