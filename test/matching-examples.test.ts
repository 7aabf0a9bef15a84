/** The worked examples of docs/matching.md, run by the oracle and by the engine. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { CommandEngine, EngineCommand } from '../engine/engine-commands.ts';
import { Oracle } from '../engine/oracle.ts';
import { PlainEngine } from '../engine/plain-engine.ts';
import { linesOf } from '../engine/testing/matching-case.ts';
import {
  OrderType,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../protocol/enums.ts';

const DOCUMENT = new URL('../docs/matching.md', import.meta.url);

interface Example {
  readonly title: string;
  readonly steps: readonly { readonly command: string; readonly lines: readonly string[] }[];
}

function readExamples(): Example[] {
  const text = readFileSync(DOCUMENT, 'utf8');
  const blocks = text.matchAll(/\*\*(.+?)\*\*[^*]*?```text matching\n([\s\S]*?)```/g);
  return Array.from(blocks, ([, title, block]) => ({
    title: title!,
    steps: block!
      .split(/^> /m)
      .filter(Boolean)
      .map((step) => {
        const [command, ...lines] = step.trim().split('\n');
        return { command: command!, lines: lines.map((line) => line.trim()) };
      }),
  }));
}

const ORDER = new RegExp(
  [
    /^(market |stop )?(buy|sell) (\d+) (\d+)(?:@(\d+))?(?: stop (\d+))?(?: shows (\d+))?/,
    /( ioc| fok| post-only)?(?: owner (\d+) (\w+))?$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

function parse(command: string): EngineCommand {
  const [verb, argument = '', qtyAtPrice = ''] = command.split(' ');
  if (verb === 'state') {
    return { command: 'state', symbolId: 1, state: TradingState[argument as keyof object] };
  }
  if (verb === 'cancel') return { command: 'cancel', orderId: Number(argument) };
  if (verb === 'replace') {
    const [qty, price] = qtyAtPrice.split('@').map(Number);
    return { command: 'replace', orderId: Number(argument), qty: qty!, price: price! };
  }
  const match = ORDER.exec(command);
  assert.ok(match !== null, `'${command}' is no command`);
  const [, kind, side, orderId, qty, price = 0, stopPrice = 0, displayQty = 0, terms, owner, mode] =
    match;
  const { Limit, Market, Stop } = OrderType;
  const isMarket = kind === 'market ';
  const timesInForce: Readonly<Record<string, number>> = {
    ' ioc': TimeInForce.IOC,
    ' fok': TimeInForce.FOK,
  };
  return {
    command: 'new',
    symbolId: 1,
    orderType: isMarket ? Market : kind === 'stop ' ? Stop : Limit,
    side: side === 'buy' ? Side.Buy : Side.Sell,
    orderId: Number(orderId),
    qty: Number(qty),
    price: Number(price),
    stopPrice: Number(stopPrice),
    displayQty: Number(displayQty),
    timeInForce: timesInForce[terms ?? ''] ?? (isMarket ? TimeInForce.IOC : TimeInForce.GTC),
    postOnly: terms === ' post-only',
    accountId: Number(owner ?? 0),
    selfTradePrevention: mode === undefined ? 0 : SelfTradePrevention[mode as keyof object],
  };
}

const ENGINES: Readonly<Record<string, () => CommandEngine>> = {
  'the oracle': () => new Oracle(),
  'the engine': () => new PlainEngine({ orders: 10_000 }),
};

const examples = readExamples();

it('docs/matching.md has worked examples', () => {
  assert.ok(examples.length >= 6, `found ${examples.map(({ title }) => title)}`);
});

for (const [name, create] of Object.entries(ENGINES)) {
  describe(`${name} does what docs/matching.md shows`, () => {
    for (const { title, steps } of examples) {
      it(title, () => {
        const engine = create();
        engine.addSymbol(1);
        for (const { command, lines } of steps) {
          assert.deepEqual(linesOf(engine.execute(parse(command))), lines, command);
        }
      });
    }
  });
}
