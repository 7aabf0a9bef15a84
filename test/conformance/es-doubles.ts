/** Doubles of the engine that break one rule each, to show that the recorded session notices. */
import { ENGINE_PARTS, type EngineParts } from '../../engine/matching-engine.ts';
import { createOrderKeeper } from '../../engine/order-keeper.ts';
import { ORDER } from '../../engine/orders.ts';
import type { Metric } from './es-session.ts';

const { ORDER_WORDS, DISPLAY, HIDDEN, SHOWN } = ORDER;

const REFILL_KEEPS_PLACE: EngineParts = {
  ...ENGINE_PARTS,
  createOrderKeeper(listener, state) {
    const keeper = createOrderKeeper(listener, state);
    const { words } = keeper.orders;
    const refill = (order: number): void => {
      const word = order << ORDER_WORDS;
      const tranche = Math.min(words[word + DISPLAY]!, words[word + HIDDEN]!);
      words[word + SHOWN] = tranche;
      words[word + HIDDEN]! -= tranche;
      keeper.levels.addQty(keeper.orders.level(order), tranche, -tranche);
    };
    return { ...keeper, refill };
  },
};

const REPLACE_ALWAYS_REQUEUES: EngineParts = {
  ...ENGINE_PARTS,
  createOrderKeeper: (listener, state) => ({
    ...createOrderKeeper(listener, state),
    keepsPlace: () => false,
  }),
};

interface BrokenRule {
  readonly parts: EngineParts;
  /** What the README.md of the session's folder says is still exact then. */
  readonly stillExact: Readonly<Partial<Record<Metric, number>>>;
}

export const BROKEN_RULES: Readonly<Record<string, BrokenRule>> = {
  'refill-keeps-place': {
    parts: REFILL_KEEPS_PLACE,
    stillExact: { fills_exact: 5_913, book_orders_exact: 130 },
  },
  'replace-always-requeues': {
    parts: REPLACE_ALWAYS_REQUEUES,
    stillExact: { fills_exact: 5_663, book_orders_exact: 252 },
  },
};
