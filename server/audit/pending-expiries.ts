/** When pending transfers expire: by their time, those of one time in the order they came in. */

export class PendingExpiries {
  /** By transfer, in the order in which they came. */
  private readonly times = new Map<number, number>();
  /** None of them is earlier. */
  private earliest = Number.POSITIVE_INFINITY;

  /** @param expireTime 0: never */
  add(expireTime: number, transferId: number): void {
    if (expireTime === 0) return;
    this.times.set(transferId, expireTime);
    this.earliest = Math.min(this.earliest, expireTime);
  }

  remove(transferId: number): void {
    this.times.delete(transferId);
  }

  /** Those whose time has come, in the order in which they expire. */
  due(time: number): number[] {
    if (this.earliest > time) return [];
    this.earliest = Number.POSITIVE_INFINITY;
    for (const expireTime of this.times.values()) {
      this.earliest = Math.min(this.earliest, expireTime);
    }
    const due = [...this.times].filter(([, expireTime]) => expireTime <= time);
    due.sort(([, one], [, other]) => one - other);
    return due.map(([transferId]) => transferId);
  }
}
