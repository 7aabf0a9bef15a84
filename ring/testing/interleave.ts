/**
 * Threads in one thread: while `run` works on shared memory, `others` have their turn before each
 * of its atomic accesses, and before, amid and after each of its copies. So a test decides, and can
 * repeat, what between threads is chance, and rare.
 */
export function interleave<Result>(others: () => void, run: () => Result): Result {
  const { load, store, compareExchange } = Atomics;
  const { set } = Int32Array.prototype;
  let isTheirTurn = false;
  const turn = (): void => {
    if (isTheirTurn) return;
    isTheirTurn = true;
    others();
    isTheirTurn = false;
  };
  const after =
    <Arguments extends unknown[], Value>(access: (...values: Arguments) => Value) =>
    (...values: Arguments): Value => {
      turn();
      return access(...values);
    };
  const copyInHalves = function (this: Int32Array, source: Int32Array): void {
    turn();
    const half = source.length >> 1;
    set.call(this, source.subarray(0, half));
    turn();
    set.call(this, source.subarray(half), half);
    turn();
  };
  Object.assign(Atomics, {
    load: after(load),
    store: after(store),
    compareExchange: after(compareExchange),
  });
  Object.assign(Int32Array.prototype, { set: copyInHalves });
  try {
    return run();
  } finally {
    Object.assign(Atomics, { load, store, compareExchange });
    // Inherited from %TypedArray%, so what was assigned is to go again.
    Reflect.deleteProperty(Int32Array.prototype, 'set');
  }
}
