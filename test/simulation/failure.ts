/** How a simulated life ends, and how a simulation does. */

/** Why a process ended: by a signal, or by itself where its journal could not be written. */
export type EndKind = 'kill' | 'power cut' | 'failed write' | 'full disk';

/** Thrown where the process ends, through whatever it was doing: nothing of it goes on. */
export class ProcessEnd extends Error {
  override readonly name = 'ProcessEnd';
  readonly kind: EndKind;

  constructor(kind: EndKind) {
    super(kind);
    this.kind = kind;
  }
}

/** Something that must hold does not. */
export class SimulationFailure extends Error {
  override readonly name = 'SimulationFailure';
}

/** @throws SimulationFailure */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new SimulationFailure(what);
}
