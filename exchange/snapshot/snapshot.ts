/**
 * The whole state of an exchange as numbers in canonical order, and an exchange made from them: all
 * that later commands can depend on, and nothing of slabs, tables and capacities. Off the hot path.
 */
import type { Exchange } from '../exchange.ts';
import {
  loadAccounts,
  loadBalances,
  loadRisk,
  saveAccounts,
  saveBalances,
  saveRisk,
} from './account-state.ts';
import { loadAnswers, saveAnswers } from './answer-state.ts';
import { loadOrders, saveOrders } from './order-state.ts';
import { Section, type StateReader, type StateWriter } from './state-stream.ts';
import { loadTransfers, saveTransfers } from './transfer-state.ts';
import { loadVenue, saveVenue } from './venue-state.ts';

const VERSION = 1;

/** Between two commands. */
export function saveExchange(exchange: Exchange, to: StateWriter): void {
  saveVenue(exchange, to);
  saveRisk(exchange, to);
  saveAccounts(exchange, to);
  saveBalances(exchange, to);
  saveOrders(exchange, to);
  saveTransfers(exchange, to);
  saveAnswers(exchange, to);
  to.section(Section.End, VERSION);
}

/** @param exchange one that has executed nothing yet, whatever its capacity */
export function loadExchange(exchange: Exchange, from: StateReader): void {
  loadVenue(exchange, from);
  loadRisk(exchange, from);
  loadAccounts(exchange, from);
  loadBalances(exchange, from);
  loadOrders(exchange, from);
  loadTransfers(exchange, from);
  loadAnswers(exchange, from);
  from.section(Section.End);
}
