/** A new order as a record: written and read, checked, and made of a line of CSV. */
import { MAX_COMMAND_LENGTH, NEW_ORDER } from '../../protocol/command-layout.ts';
import { validateCommand } from '../../protocol/command-validation.ts';
import { NewOrder } from '../../protocol/commands.ts';
import { encodeCsv } from '../../protocol/csv.ts';
import { OrderType, Side, TimeInForce } from '../../protocol/enums.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { BATCH, INPUTS, type MicroOperations } from './micro-operation.ts';

const ACCOUNT = 100_000_001;
const SYMBOL = 7;
const PRICE = 100_000;
/** µs since 1970, in 2026. */
const TIME = 1_780_000_000_000_000;

/** Shared memory, as the ring that commands are written into. */
function makeRecords(): RecordBuffer {
  return new RecordBuffer(new SharedArrayBuffer(INPUTS * MAX_COMMAND_LENGTH));
}

function writeOrder(order: NewOrder, record: RecordBuffer, at: number): void {
  const command = order.write(record, (at % INPUTS) * MAX_COMMAND_LENGTH);
  command.sequence = at + 1;
  command.time = TIME + at;
  command.correlationId = at;
  command.accountId = ACCOUNT;
  command.clientOrderId = at + 1;
  command.symbolId = SYMBOL;
  command.side = (at & 1) === 0 ? Side.Buy : Side.Sell;
  command.orderType = OrderType.Limit;
  command.timeInForce = TimeInForce.GTC;
  command.price = PRICE + (at & 0xff);
  command.qty = 1 + (at & 0xff);
}

function createWriteAndRead() {
  const records = makeRecords();
  const order = new NewOrder();
  let at = 0;
  return (count: number) => {
    let sum = 0;
    for (const end = at + count; at < end; at++) {
      writeOrder(order, records, at);
      const read = order.wrap(records, (at % INPUTS) * MAX_COMMAND_LENGTH);
      sum += read.sequence + read.time + read.correlationId + read.accountId + read.clientOrderId;
      sum += read.symbolId + read.side + read.orderType + read.timeInForce + read.price + read.qty;
    }
    return sum;
  };
}

function createValidate() {
  const records = makeRecords();
  const order = new NewOrder();
  for (let i = 0; i < INPUTS; i++) writeOrder(order, records, i);
  let at = 0;
  return (count: number) => {
    for (const end = at + count; at < end; at++) {
      const offset = (at % INPUTS) * MAX_COMMAND_LENGTH;
      const error = validateCommand(records, offset, NEW_ORDER.length);
      if (error !== undefined) throw new Error(`an order was refused for ${error.field}`);
    }
    return at;
  };
}

function createCsv() {
  const records = makeRecords();
  const lines = Array.from({ length: INPUTS }, (_, i) => {
    return `${ACCOUNT + i},${SYMBOL},${PRICE + i},${1 + i},${1 + (i & 1)}`;
  });
  let at = 0;
  return (count: number) => {
    for (const end = at + count; at < end; at++) {
      const input = at % INPUTS;
      const error = encodeCsv('order', lines[input]!, records, input * MAX_COMMAND_LENGTH);
      if (error !== undefined) throw new Error(`a line was refused for ${error.field}`);
    }
    return at;
  };
}

export const CODEC: MicroOperations = {
  'codec/new-order': { batch: BATCH, create: createWriteAndRead },
  'codec/validate': { batch: BATCH, create: createValidate },
  'codec/csv-line': { batch: BATCH, create: createCsv },
};
