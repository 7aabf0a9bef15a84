/** What the threads of the cut-off test tell each other: Int32 slots, and who is which reader. */

export const Shown = { CutOffs: 0, Seen: 1, IsDone: 2, Nap: 3, Started: 4 } as const;
export const THREADS = 3;
/** Always holds the producer back. */
export const STEADY_READER = 0;
/** Is cut off. */
export const SHAKY_READER = 1;
