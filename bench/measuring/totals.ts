/** What a flow comes to: whoever executes it must come to the same. */
export interface Totals {
  readonly trades: number;
  readonly tradedQty: number;
  readonly openOrders: number;
  readonly openQty: number;
}

/** @throws Error where they differ */
export function assertTotals(name: string, is: Totals, shallBe: Totals): void {
  const [told, expected] = [JSON.stringify(is), JSON.stringify(shallBe)];
  if (told !== expected) throw new Error(`${name} came to ${told}, and the flow to ${expected}`);
}
