/**
 * The canonical hash of an exchange's state: everything that later commands can depend on, in an
 * order that no slot, table or capacity decides. Two exchanges with the same hash behave the same.
 */

import { INITIAL_RULES_VERSION } from '../protocol/rules-version.ts';
import { TRANSFER_WORD, type TransferTable } from '../risk/transfer-table.ts';
import type { Exchange } from './exchange.ts';
import { ANSWER_FILL_WORDS, ANSWER_WORD } from './order-answers.ts';
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
  addAnswers(hash, exchange);
  addLaterSettings(hash, exchange);
  return hash.toString();
}

/** Word by word, in the order in which the ids came: there may be many millions. */
function addTransfers(hash: RollingHash, transfers: TransferTable): void {
  const words = Object.values(TRANSFER_WORD);
  for (let slot = 0; slot < transfers.count; slot++) {
    for (let i = 0; i < words.length; i++) hash.addInteger(transfers.get(slot, words[i]!));
  }
}

/** What orders were answered, oldest first; where it lies does not matter. */
function addAnswers(hash: RollingHash, { answers, time }: Exchange): void {
  const { records, fills } = answers;
  for (const slot of answers.remembered(time)) {
    const page = records.page(slot);
    const at = records.wordOf(slot);
    hash.addWords(page, at, at + ANSWER_WORD.FIRST_FILL);
    hash.addWords(page, at + ANSWER_WORD.ORDER_ID, at + ANSWER_WORD.END);
    let fill = page[at + ANSWER_WORD.FIRST_FILL]!;
    for (let i = page[at + ANSWER_WORD.FILL_COUNT]!; i > 0; i--) {
      const first = fills.wordOf(fill);
      hash.addWords(fills.page(fill), first, first + ANSWER_FILL_WORDS);
      fill = fills.next(fill);
    }
  }
}

/** As they were at first they add nothing: a state keeps the hash that it had without them. */
function addLaterSettings(hash: RollingHash, { rules, venue }: Exchange): void {
  if (rules.version !== INITIAL_RULES_VERSION) hash.addInteger(rules.version);
  // Below zero, so that no version is one.
  if (venue.cancelOnlyReasons !== 0) hash.addInteger(-venue.cancelOnlyReasons);
}

function addText(hash: RollingHash, text: string): void {
  hash.addInteger(text.length);
  for (let i = 0; i < text.length; i++) hash.addInteger(text.charCodeAt(i));
}
