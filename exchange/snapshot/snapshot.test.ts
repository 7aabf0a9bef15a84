/**
 * An exchange that is made from a snapshot goes on as the one that it was made of: the same events
 * for whatever commands come, wherever snapshots lie between them, and whatever its capacity is.
 *
 * A failure prints its seed and commands; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  KillSwitchAction,
  Permission,
  Side,
  TimeInForce,
  TradingState,
  TransferAction,
  TransferMode,
  VenueMode,
  VenueModeReason,
} from '../../protocol/enums.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from '../../protocol/risk-commands.ts';
import { INITIAL_RULES_VERSION, NEWEST_RULES_VERSION } from '../../protocol/rules-version.ts';
import { SetRulesVersion } from '../../protocol/venue-commands.ts';
import { SetVenueMode } from '../../protocol/venue-mode.ts';
import { testSeed } from '../../test/support/seed.ts';
import { hashState } from '../state-hash.ts';
import {
  ACCOUNTS,
  CURRENCIES,
  command,
  type DrawnCommand,
  send,
} from '../testing/drawn-commands.ts';
import { BTC_EUR, BTC_USD, RecordedExchange, USD } from '../testing/recorded-exchange.ts';
import { assertSnapshotsReplay, restoredFrom } from '../testing/restored-exchange.ts';

const US_A_DAY = 86_400_000_000;
const CAPACITY = { openOrders: 100, accounts: 3 };

type DeskCommand = (venue: RecordedExchange) => void;

const accountId = fc.constantFrom(...ACCOUNTS);
const anyAccount = fc.constantFrom(0, ...ACCOUNTS);
const symbolId = fc.constantFrom(BTC_USD, BTC_EUR);
const anySymbol = fc.constantFrom(0, BTC_USD, BTC_EUR);
const small = fc.integer({ min: 0, max: 60 });
const tier = fc.integer({ min: 0, max: 9 });
const rulesVersion = fc.integer({ min: INITIAL_RULES_VERSION, max: NEWEST_RULES_VERSION });
const transferId = fc.integer({ min: 1, max: 12 });

/** What risk and ledger are told, beside the orders of `drawn-commands.ts`. */
const deskCommand: fc.Arbitrary<DeskCommand> = fc.oneof(
  drawn(
    { accountId: anyAccount, symbolId: anySymbol, maxOrderQty: small, maxPosition: small },
    (f) => {
      const maxMessageRate = f.symbolId === 0 ? f.maxOrderQty : 0;
      return (venue) => venue.send(new SetRiskLimits(), { ...f, maxMessageRate });
    },
  ),
  drawn({ accountId, permission: fc.constantFrom(...Object.values(Permission)) }, (fields) => {
    return (venue) => venue.send(new SetPermission(), fields);
  }),
  drawn({ scope: fc.nat(2), accountId, symbolId, action: killAction() }, (fields) => {
    const { scope, action } = fields;
    const scoped = scope === 1 ? { accountId: fields.accountId } : { symbolId: fields.symbolId };
    return (venue) => venue.send(new KillSwitch(), { ...(scope === 0 ? {} : scoped), action });
  }),
  drawn({ symbolId, tier, makerFeePpm: small, takerFeePpm: small }, (fields) => {
    return (venue) => venue.send(new SetFees(), fields);
  }),
  drawn({ currencyId: fc.constantFrom(...CURRENCIES), tier: small, minVolume: small }, (fields) => {
    const tierOf = 1 + (fields.tier % 9);
    return (venue) => venue.send(new SetFeeTier(), { ...fields, tier: tierOf });
  }),
  drawn({ symbolId, maxSlippageBps: small }, (fields) => {
    return (venue) => venue.send(new SetSlippage(), fields);
  }),
  drawn({ days: fc.integer({ min: 0, max: 12 }), us: fc.nat(3_000_000) }, ({ days, us }) => {
    return (venue) => {
      venue.time += days * US_A_DAY + us;
    };
  }),
  drawn({ code: fc.constantFrom('USD', 'GBP'), currencyId: small, rulesVersion }, (f) => {
    return (venue) => {
      venue.send(new SetRulesVersion(), { rulesVersion: f.rulesVersion });
      venue.tickIfDue();
      venue.addCurrency(1_000 + f.currencyId, f.code);
    };
  }),
  drawn({ clientOrderIdSeconds: fc.nat(3), maxClientOrderIds: fc.constantFrom(1, 3, 100) }, (f) => {
    return (venue) => venue.setLimits(f);
  }),
  drawn({ transferId, accountId, amount: small, isPending: fc.boolean(), expires: small }, (f) => {
    return (venue) => {
      const mode = f.isPending ? TransferMode.Pending : TransferMode.OneStep;
      const expireTime = f.isPending && f.expires > 30 ? venue.time + f.expires : 0;
      const terms = { transferId: f.transferId, mode, expireTime, externalId: f.transferId };
      venue.withdraw(f.accountId, USD, f.amount + 1, terms);
    };
  }),
  drawn({ transferId, action: fc.constantFrom(...Object.values(TransferAction)) }, (f) => {
    return (venue) => venue.resolve(f.transferId, f.action, { externalId: f.transferId });
  }),
  drawn({ transferId, of: transferId, amount: fc.nat(9) }, ({ transferId: id, of, amount }) => {
    return (venue) => venue.reverse(100 + id, of, { amount });
  }),
);

function drawn<Fields>(
  fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> },
  toCommand: (fields: Fields) => DeskCommand,
): fc.Arbitrary<DeskCommand> {
  return fc.record(fields).map((values) => toCommand(values as Fields));
}

function killAction(): fc.Arbitrary<number> {
  return fc.constantFrom(...Object.values(KillSwitchAction));
}

function deposits(venue: RecordedExchange): void {
  for (const account of ACCOUNTS) {
    for (const currency of CURRENCIES) venue.deposit(account, currency, 30_000);
  }
}

test('with snapshots between any commands an exchange tells the same as without', (t) => {
  const anyCommand = fc.oneof(
    { weight: 4, arbitrary: command.map((order): DrawnCommand | DeskCommand => order) },
    { weight: 1, arbitrary: deskCommand },
  );
  fc.assert(
    fc.property(
      fc.array(anyCommand, { maxLength: 120, size: 'max' }),
      fc.integer({ min: 1, max: 40 }),
      (commands, every) => {
        const venue = new RecordedExchange();
        deposits(venue);
        for (const each of commands) {
          venue.tickIfDue();
          if (typeof each === 'function') each(venue);
          else send(venue, each);
        }
        assertSnapshotsReplay(venue.history, every, venue.exchange);
      },
    ),
    { seed: testSeed(t), numRuns: 150 },
  );
});

test('orders of an account are canceled in the order of their entry, wherever they rest', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  const { Buy } = Side;
  for (const price of [30, 50, 40]) venue.order(1, Buy, price, 1);
  const restored = restoredFrom(venue.exchange, CAPACITY);
  venue.massCancel(1);
  restored.execute(venue.history.at(-1)!, 0);
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
});

test('orders that expire at one time do so in the order of their entry', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  const { Buy } = Side;
  const terms = { timeInForce: TimeInForce.GTD, expireTime: venue.time + 1_000 };
  for (const price of [30, 50, 40]) venue.order(1, Buy, price, 1, terms);
  const restored = restoredFrom(venue.exchange, CAPACITY);
  assert.equal(restored.nextExpireTime, venue.exchange.nextExpireTime);
  venue.time += 1_000;
  venue.tick();
  restored.execute(venue.history.at(-1)!, 0);
  assert.equal(restored.engine.openOrderCount, 0);
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
});

test('an account keeps its volume of each day, and so its tier', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  const trade = () => {
    venue.order(1, Side.Sell, 50, 2);
    venue.order(2, Side.Buy, 50, 2);
  };
  for (const days of [0, 11, 11]) {
    venue.time += days * US_A_DAY;
    trade();
  }
  const restored = restoredFrom(venue.exchange, CAPACITY);
  // The first day leaves the window of 30, the others stay.
  venue.time += 10 * US_A_DAY;
  venue.send(new SetFeeTier(), { currencyId: USD, tier: 1, minVolume: 2_001 });
  venue.send(new SetFees(), { symbolId: BTC_USD, tier: 1, makerFeePpm: 1, takerFeePpm: 1 });
  trade();
  trade();
  for (const record of venue.history.slice(restored.sequence)) restored.execute(record, 0);
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
  assert.equal(hashState(restored), hashState(venue.exchange));
});

test('what an iceberg hides counts for its account’s position', () => {
  const venue = new RecordedExchange();
  deposits(venue);
  venue.order(1, Side.Buy, 50, 9, { displayQty: 2 });
  venue.send(new SetRiskLimits(), { accountId: 1, symbolId: BTC_USD, maxPosition: 310 });
  const restored = restoredFrom(venue.exchange, CAPACITY);
  for (const qty of [2, 1]) venue.order(1, Side.Buy, 50, qty);
  for (const record of venue.history.slice(restored.sequence)) restored.execute(record, 0);
  assert.equal(restored.engine.openOrderCount, 2, 'one was refused');
  assert.equal(`${restored.events.hash}`, `${venue.exchange.events.hash}`);
});

test('a venue that takes cancels only goes on so, for the same reasons', () => {
  const venue = new RecordedExchange();
  venue.send(new SetVenueMode(), { mode: VenueMode.CancelOnly, reason: VenueModeReason.DiskLow });
  const { venue: restored } = restoredFrom(venue.exchange, CAPACITY);
  assert.equal(restored.mode, VenueMode.CancelOnly);
  assert.equal(restored.cancelOnlyReasons, VenueModeReason.DiskLow);
});

test('who set a trading state last is remembered', () => {
  const venue = new RecordedExchange();
  venue.setState(TradingState.Halted, BTC_EUR);
  const { venue: restored } = restoredFrom(venue.exchange, CAPACITY);
  assert.deepEqual(restored.stateChange(0), { gatewayId: 0, time: 0 });
  assert.deepEqual(restored.stateChange(1), { gatewayId: 0, time: venue.exchange.time });
});
