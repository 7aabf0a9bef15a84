/**
 * The oracle and the engine, given the same commands: after each one everything that can be seen of
 * them must be the same.
 */
import assert from 'node:assert/strict';
import { inspect, isDeepStrictEqual } from 'node:util';
import { nameOf, Side } from '../../protocol/enums.ts';
import type { CommandEngine, EngineCommand, Outcome } from '../engine-commands.ts';
import { Oracle } from '../oracle.ts';
import { SYMBOL_IDS } from './command-arbitraries.ts';
import type { Difference } from './difference.ts';
import { EventLedger } from './event-ledger.ts';

export class Duel {
  private readonly oracle: Oracle;
  private readonly engine: CommandEngine;
  private readonly ledger = new EventLedger();

  constructor(engine: CommandEngine) {
    this.engine = engine;
    this.oracle = new Oracle(engine.maxFills);
    for (const symbolId of SYMBOL_IDS) {
      this.oracle.addSymbol(symbolId);
      engine.addSymbol(symbolId);
    }
  }

  /** @throws AssertionError at the first difference, and where something does not hold */
  execute(command: EngineCommand): Outcome {
    const expected = this.oracle.execute(command);
    const actual = this.engine.execute(command);
    same('reject reason', actual.rejectReason, expected.rejectReason);
    same('events', actual.events, expected.events);
    for (const symbolId of SYMBOL_IDS) this.compareBooks(symbolId);
    this.ledger.add(actual);
    for (const symbolId of SYMBOL_IDS) this.ledger.checkBook(this.engine, symbolId);
    return actual;
  }

  private compareBooks(symbolId: number): void {
    const { engine, oracle } = this;
    same(
      `last price of market ${symbolId}`,
      engine.lastPrice(symbolId),
      oracle.lastPrice(symbolId),
    );
    for (const side of [Side.Buy, Side.Sell]) {
      const where = `of side ${nameOf(Side, side)} of market ${symbolId}`;
      same(
        `resting orders ${where}`,
        engine.restingOrders(symbolId, side),
        oracle.restingOrders(symbolId, side),
      );
      same(
        `waiting stops ${where}`,
        engine.waitingStops(symbolId, side),
        oracle.waitingStops(symbolId, side),
      );
      same(`levels ${where}`, engine.levels(symbolId, side), oracle.levels(symbolId, side));
    }
  }
}

/** Of lists, the first element that differs is told. */
function same(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  if (!Array.isArray(actual) || !Array.isArray(expected)) {
    assert.fail(
      `${what}: ${inOneLine(actual)} in the engine, ${inOneLine(expected)} in the oracle`,
    );
  }
  const index = expected.findIndex((item, at) => !isDeepStrictEqual(actual[at], item));
  const first = index === -1 ? expected.length : index;
  assert.fail(
    `${what}: ${actual.length} in the engine, ${expected.length} in the oracle; ` +
      `number ${first + 1} is\n  ${inOneLine(actual[first])} in the engine,\n` +
      `  ${inOneLine(expected[first])} in the oracle`,
  );
}

function inOneLine(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 3, sorted: true });
}

/** @param told is given each outcome, until the first difference */
export function runDuel(
  engine: CommandEngine,
  commands: readonly EngineCommand[],
  told: (command: EngineCommand, outcome: Outcome) => void = () => {},
): void {
  const duel = new Duel(engine);
  for (const [index, command] of commands.entries()) {
    try {
      told(command, duel.execute(command));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`command ${index + 1}, ${textOf(command)}: ${message}`, { cause: error });
    }
  }
}

/** A command as the literal that makes it, without what is 0 by default. */
export function textOf(command: EngineCommand): string {
  const isPlain = command.command === 'new' || command.command === 'replace';
  const fields = Object.entries(command).filter(
    ([name, value]) =>
      !(isPlain && value === 0 && name !== 'timeInForce' && name !== 'qty' && name !== 'price'),
  );
  return `{ ${fields.map(([name, value]) => `${name}: ${literal(value)}`).join(', ')} }`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** The commands as a program, to be saved at the root of the repository and run with Node. */
export function programOf({ commands, maxFills }: Difference): string {
  return [
    "import { Oracle } from './engine/oracle.ts';",
    "import { PlainEngine } from './engine/plain-engine.ts';",
    '',
    `const plain = new PlainEngine({ orders: 1_000, fills: ${maxFills} });`,
    `const engines = [new Oracle(${maxFills}), plain];`,
    'for (const engine of engines) {',
    ...SYMBOL_IDS.map((symbolId) => `  engine.addSymbol(${symbolId});`),
    '  for (const command of [',
    ...commands.map((command) => `    ${textOf(command)},`),
    '  ]) console.log(engine.constructor.name, command, engine.execute(command));',
    '}',
  ].join('\n');
}
