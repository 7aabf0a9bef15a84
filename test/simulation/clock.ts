/** A clock as machines have them: it mostly goes on, stands still, jumps, and is set back. */
import type { RandomSource } from './random-source.ts';

const SECOND_US = 1_000_000;

export class SimulatedClock {
  nowUs = 1_700_000_000 * SECOND_US;
  private readonly random: RandomSource;

  constructor(random: RandomSource) {
    this.random = random;
  }

  /** Time passes, or does not. */
  step(): void {
    const { random } = this;
    const kind = random.below(20);
    if (kind === 0) this.nowUs += random.below(3_600 * SECOND_US);
    else if (kind === 1) this.nowUs -= random.below(10 * SECOND_US);
    else if (kind < 6) this.nowUs += random.below(2 * SECOND_US);
    else if (kind < 16) this.nowUs += random.below(2_000);
  }
}
