/**
 * What is counted of each gateway, in shared memory, so that any of them can tell it of all. One
 * writer each; not for synchronisation.
 */

export const GatewayCounter = {
  /** The gateway: connections that are open. */
  Connections: 0,
  /** The supervisor: how often it was cut off from stream 20. */
  CutOffs: 1,
} as const;
export type GatewayCounter = (typeof GatewayCounter)[keyof typeof GatewayCounter];

/** A cache line for each gateway. */
const LANE_FLOATS = 16;

export class GatewayCounters {
  readonly gateways: number;
  private readonly lanes: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.lanes = new Float64Array(buffer);
    this.gateways = this.lanes.length / LANE_FLOATS;
  }

  static create(gateways: number): SharedArrayBuffer {
    return new SharedArrayBuffer(gateways * LANE_FLOATS * 8);
  }

  /** @param gateway counted from 0 */
  get(gateway: number, counter: GatewayCounter): number {
    return this.lanes[gateway * LANE_FLOATS + counter]!;
  }

  set(gateway: number, counter: GatewayCounter, value: number): void {
    this.lanes[gateway * LANE_FLOATS + counter] = value;
  }

  add(gateway: number, counter: GatewayCounter, change: number): void {
    this.lanes[gateway * LANE_FLOATS + counter]! += change;
  }

  /** Over all gateways. */
  sum(counter: GatewayCounter): number {
    let sum = 0;
    for (let gateway = 0; gateway < this.gateways; gateway++) sum += this.get(gateway, counter);
    return sum;
  }
}
