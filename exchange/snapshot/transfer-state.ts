/** Of a snapshot: all transfers that have an id, in the order in which their ids came. */
import { TRANSFER_WORD, type TransferWord } from '../../risk/transfer-table.ts';
import type { Exchange } from '../exchange.ts';
import { Section, type StateReader, type StateWriter } from './state-stream.ts';

const VERSION = 1;
const WORDS = Object.values(TRANSFER_WORD).filter((word) => word !== TRANSFER_WORD.TRANSFER_ID);

export function saveTransfers({ risk }: Exchange, to: StateWriter): void {
  const { table } = risk.transfers;
  to.section(Section.Transfers, VERSION);
  to.add(table.count);
  for (let transfer = 0; transfer < table.count; transfer++) {
    to.add(table.get(transfer, TRANSFER_WORD.TRANSFER_ID));
    for (let i = 0; i < WORDS.length; i++) to.add(table.get(transfer, WORDS[i]!));
  }
}

export function loadTransfers({ risk }: Exchange, from: StateReader): void {
  const { transfers } = risk;
  from.section(Section.Transfers);
  for (let count = from.next(); count > 0; count--) {
    const transfer = transfers.table.add(from.next());
    for (let i = 0; i < WORDS.length; i++) {
      transfers.table.set(transfer, WORDS[i] as TransferWord, from.next());
    }
    transfers.schedule(transfer);
  }
}
