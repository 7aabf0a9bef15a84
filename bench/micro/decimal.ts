/** Amounts as decimal text, as answers and transfers have them: eight places. */
import { formatDecimal, parseDecimal } from '../../protocol/decimal.ts';
import { BATCH, INPUTS, type MicroOperations } from './micro-operation.ts';

const DECIMALS = 8;
/** From less than one unit to millions of them. */
const AMOUNTS = Array.from({ length: INPUTS }, (_, i) => 987_654_321 * (i + 1) ** 2);

function createParse() {
  const texts = AMOUNTS.map((amount) => formatDecimal(amount, DECIMALS));
  let at = 0;
  return (count: number) => {
    let sum = 0;
    for (const end = at + count; at < end; at++) {
      const parsed = parseDecimal(texts[at % INPUTS]!, DECIMALS);
      if (parsed === undefined) throw new Error(`${texts[at % INPUTS]} was refused`);
      sum += parsed;
    }
    return sum;
  };
}

function createFormat() {
  let at = 0;
  return (count: number) => {
    let length = 0;
    for (const end = at + count; at < end; at++) {
      length += formatDecimal(AMOUNTS[at % INPUTS]!, DECIMALS).length;
    }
    return length;
  };
}

export const DECIMAL: MicroOperations = {
  'decimal/parse': { batch: BATCH, create: createParse },
  'decimal/format': { batch: BATCH, create: createFormat },
};
