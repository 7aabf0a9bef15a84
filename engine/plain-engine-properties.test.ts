/**
 * Whatever `PlainEngine` is given, it executes or refuses: a refusal names the field, and leaves
 * everything as it was. Random commands fill the books; between them come random values, and the
 * same commands with one field changed.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Side } from '../protocol/enums.ts';
import { testSeed } from '../test/support/seed.ts';
import type { EngineCommand, Outcome } from './engine-commands.ts';
import { PlainEngine } from './plain-engine.ts';
import { commandSequences, SYMBOL_IDS } from './testing/command-arbitraries.ts';

const NAMES = ['new', 'replace', 'cancel', 'massCancel', 'state', 'band', 'time'];
const FIELDS = [
  'command',
  'orderId',
  'symbolId',
  'side',
  'qty',
  'price',
  'orderType',
  'timeInForce',
  'accountId',
  'groupId',
  'clientOrderId',
  'displayQty',
  'stopPrice',
  'amount',
  'expireTime',
  'postOnly',
  'selfTradePrevention',
  'qtyMeaning',
  'state',
  'referencePrice',
  'bandTicks',
  'time',
];
/** Two orders this large, shown a lot at a time, would trade for years. */
const LARGE = 1_000;

type Given = Readonly<Record<string, unknown>>;

const anyValue: fc.Arbitrary<unknown> = fc
  .oneof(
    fc.integer({ min: -2, max: 30 }),
    fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 64, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY),
    fc.constantFrom('', '0', '5', ' 5', '1n', 'Buy', true, false, null, undefined, -0),
    fc.constantFrom<unknown>(1n, Symbol('1'), () => 1, [], [7], {}, new Date(1), new Number(5)),
    fc.jsonValue(),
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
  )
  .filter((value) => !(Number.isSafeInteger(value) && Number(value) > LARGE));

const anyField = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...FIELDS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('displayQuantity', 'Price', '', '__proto__', 'toString'),
  },
);

/** Nothing like a command, or an object that has some of its fields. */
const anyCommand: fc.Arbitrary<unknown> = fc.oneof(
  anyValue,
  fc
    .tuple(fc.constantFrom(...NAMES), fc.dictionary(anyField, anyValue, { maxKeys: 18 }))
    .map(([command, fields]) => ({ command, ...fields })),
);

/** One field of a command, and what it becomes. */
const change = fc.tuple(anyField, anyValue);

function changed(command: EngineCommand, field: string, value: unknown): Given {
  const copy: Given = { ...command };
  // Assigned, `__proto__` would be no field.
  Object.defineProperty(copy, field, { value, enumerable: true, configurable: true });
  return copy;
}

function isLarge(command: EngineCommand): boolean {
  return (
    (command.command === 'new' || command.command === 'replace') &&
    Math.max(command.qty, ('amount' in command && command.amount) || 0) > LARGE
  );
}

/** True where no command can have that value in that field. */
function isNeverValid(field: string, value: unknown): boolean {
  if (!FIELDS.includes(field)) return true;
  if (field === 'command') return !NAMES.includes(value as string);
  if (value === undefined) return false;
  if (field === 'postOnly') return typeof value !== 'boolean';
  return !(Number.isSafeInteger(value) && (value as number) >= 0);
}

function createEngine(): PlainEngine {
  const engine = new PlainEngine({ orders: 10_000 });
  for (const symbolId of SYMBOL_IDS) engine.addSymbol(symbolId);
  return engine;
}

/** Everything that can be seen of an engine. */
function lookAt(plain: PlainEngine): unknown {
  const { engine } = plain;
  const books = SYMBOL_IDS.map((symbolId, index) => {
    const { state, referencePrice, bandTicks } = engine.books[index]!;
    const sides = [Side.Buy, Side.Sell].map((side) => [
      plain.restingOrders(symbolId, side),
      plain.waitingStops(symbolId, side),
      plain.levels(symbolId, side),
    ]);
    return { state, referencePrice, bandTicks, lastPrice: plain.lastPrice(symbolId), sides };
  });
  return { books, time: engine.time, openOrderCount: engine.openOrderCount };
}

/** The outcome, or the error if it is a refusal that names one of the fields. */
function executeAny(engine: PlainEngine, given: unknown): Outcome | Error {
  const before = lookAt(engine);
  try {
    return engine.execute(given as EngineCommand);
  } catch (error) {
    assert.ok(error instanceof RangeError, String(error));
    const own = typeof given === 'object' && given !== null ? Object.keys(given) : [];
    const isNamed = [...FIELDS, ...own].some((field) => error.message.startsWith(`${field}: `));
    assert.ok(isNamed, error.message);
    assert.match(error.message, / is not allowed; allowed: ./s);
    assert.deepEqual(lookAt(engine), before);
    return error;
  }
}

test('any value is executed or refused by name, and a refusal changes nothing', (t) => {
  const property = fc.property(
    commandSequences(1, 20),
    fc.array(anyCommand, { minLength: 1, maxLength: 20 }),
    (commands, values) => {
      const engine = createEngine();
      for (const command of commands) engine.execute(command);
      for (const value of values) executeAny(engine, value);
    },
  );
  fc.assert(property, { seed: testSeed(t), numRuns: 300 });
});

test('a command with a wrong field is refused, and the engine goes on as if it never came', (t) => {
  let refusals = 0;
  const property = fc.property(
    commandSequences(1, 60),
    fc.array(change, { minLength: 60, maxLength: 60 }),
    (commands, changes) => {
      const engine = createEngine();
      const undisturbed = createEngine();
      for (const [index, command] of commands.entries()) {
        const [field, value] = changes[index]!;
        if (!isLarge(command)) {
          const wrong = changed(command, field, value);
          const outcome = executeAny(engine, wrong);
          if (!(outcome instanceof Error)) {
            assert.equal(isNeverValid(field, value), false, `${field} was taken`);
            undisturbed.execute(wrong as unknown as EngineCommand);
          } else {
            refusals++;
            if (isNeverValid(field, value)) assert.ok(outcome.message.startsWith(`${field}: `));
          }
        }
        assert.deepEqual(engine.execute(command), undisturbed.execute(command));
      }
      assert.deepEqual(lookAt(engine), lookAt(undisturbed));
    },
  );
  fc.assert(property, { seed: testSeed(t), numRuns: 150 });
  assert.ok(refusals > 100, `only ${refusals} refusals`);
});
