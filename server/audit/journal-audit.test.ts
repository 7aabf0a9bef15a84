/**
 * The audit passes what is right, and finds the first command after which something is wrong,
 * whatever is done to the exchange that replays.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Exchange } from '../../exchange/exchange.ts';
import { BTC_USD, RecordedExchange, USD } from '../../exchange/testing/recorded-exchange.ts';
import { BATCH } from '../../journal/batch-layout.ts';
import { JournalReplay, type ReplayListener } from '../../journal/journal-replay.ts';
import { JournalStore } from '../../journal/journal-store.ts';
import { CommandFlow } from '../../journal/testing/command-flow.ts';
import {
  JournalRig,
  openStore,
  SMALL_CAPACITY,
  STORE_OPTIONS,
  temporaryFolder,
} from '../../journal/testing/journal-rig.ts';
import { loadBatches, saveBatches, seal } from '../../journal/testing/stored-batches.ts';
import {
  Permission,
  Side,
  SystemAccount,
  TransferStatus,
  VenueMode,
  VenueModeReason,
} from '../../protocol/enums.ts';
import { COMMAND_DONE } from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { BALANCE_WORD } from '../../risk/balances.ts';
import { TRANSFER_WORD } from '../../risk/transfer-table.ts';
import { testSeed } from '../../test/support/seed.ts';
import { Auditor } from './auditor.ts';
import { auditJournal, type JournalAudit, type OpenReplay } from './journal-audit.ts';

const COMMANDS = 3_000;
/** Where faults are put: neither a check of everything nor the end of a batch. */
const FAULTY = 1_234;

/** A random day in a journal, which is closed again; returns its folder. */
async function recordDay(seed: number): Promise<string> {
  const folder = temporaryFolder();
  const store = new JournalStore(folder, STORE_OPTIONS);
  const rig = new JournalRig(store);
  const flow = new CommandFlow(seed);
  while (rig.exchange.sequence < COMMANDS) {
    rig.run(flow, 100);
    rig.flush();
  }
  await store.close();
  return folder;
}

/** Replays that do something to the exchange after one command, before the audit looks. */
function faulty(store: JournalStore, fault: (exchange: Exchange) => void, at = FAULTY): OpenReplay {
  return (listener: ReplayListener) => {
    const onCommand: ReplayListener['onCommand'] = (...told) => {
      if (replay.exchange.sequence === at) fault(replay.exchange);
      listener.onCommand(...told);
    };
    const replay: JournalReplay = new JournalReplay(store, { onCommand }, SMALL_CAPACITY);
    return replay;
  };
}

function assertFound(found: JournalAudit, what: RegExp, at = FAULTY): void {
  assert.ok(found.violation, 'the fault was found');
  assert.equal(found.violation.sequence, at, found.violation.message);
  assert.match(found.violation.what, what);
}

/** The resting order behind all others: the command at hand did not touch it. */
function restingOrder({ engine }: Exchange, side: number): number {
  const order = [...engine.restingOrders(engine.books[0]!, side)].at(-1);
  assert.ok(order !== undefined, 'an order rests');
  return order;
}

/** A customer's balance that the command at hand did not change. */
const QUIET_ACCOUNT = 3;
function quietBalance({ risk }: Exchange, currency = 0): number {
  return risk.balances.find(risk.accounts.find(QUIET_ACCOUNT), currency);
}

const { AVAILABLE, LOCKED } = BALANCE_WORD;

/** Changes a balance and tells nobody. */
function addTo({ risk }: Exchange, balance: number, word: number, amount: number): void {
  const { balances } = risk;
  balances.pageOf(balance)[balances.wordOf(balance) + word]! += amount;
}

const FAULTS: readonly (readonly [string, (exchange: Exchange) => void, RegExp])[] = [
  [
    'an available balance that is one too high',
    (exchange) => {
      addTo(exchange, quietBalance(exchange), AVAILABLE, 1);
    },
    /account 3 in currency 1: available .* but its postings sum to/,
  ],
  [
    'money that moved from available to locked by itself',
    (exchange) => {
      addTo(exchange, quietBalance(exchange), AVAILABLE, -1);
      addTo(exchange, quietBalance(exchange), LOCKED, 1);
    },
    /account 3 in currency 1: .* but orders and transfers need \d+ locked/,
  ],
  [
    'a balance below zero',
    (exchange) => {
      const balance = quietBalance(exchange);
      addTo(exchange, balance, AVAILABLE, -1 - exchange.risk.balances.available(balance));
    },
    /account 3 in currency 1 is negative: available -1/,
  ],
  [
    "money of the venue's own that was lost",
    (exchange) => {
      const { accounts, balances } = exchange.risk;
      const fees = accounts.accountId.indexOf(SystemAccount.Fee);
      addTo(exchange, balances.find(fees, 1), AVAILABLE, -1);
    },
    /account -2 in currency 2: .* but its postings sum to/,
  ],
  [
    'a reservation that was lost while its order is open',
    (exchange) => exchange.risk.release(restingOrder(exchange, Side.Sell), Side.Sell),
    /but orders and transfers need \d+ locked/,
  ],
  [
    'a reservation at another price',
    (exchange) => {
      const order = exchange.engine.levels.head(exchange.engine.books[0]!.bids.best());
      exchange.risk.setReservedPrice(order, exchange.risk.reservedPrice(order) + 1);
    },
    /order \d+ with limit \d+ is reserved at \d+/,
  ],
  [
    'an order that is larger than it was told',
    (exchange) => {
      const order = restingOrder(exchange, Side.Buy);
      const { orders } = exchange.engine;
      orders.setQty(order, orders.leavesQty(order) + 1);
    },
    /order \d+ is .*; after its last report/,
  ],
  [
    'an open order that its account’s exposure does not count',
    (exchange) => exchange.risk.preTrade.exposures.removeOrder(quietExposure(exchange)),
    /account \d+ in market 1: .* but its orders come to \d+ to buy and \d+ to sell in \d+ orders/,
  ],
  [
    'an exposure that counts a lot too many',
    (exchange) => exchange.risk.preTrade.exposures.addOpenQty(quietExposure(exchange), Side.Buy, 1),
    /account \d+ in market 1: .* but its orders come to/,
  ],
  [
    'a volume that no trade made',
    (exchange) => {
      const { volumes } = exchange.risk;
      const today = volumes.dayOf(exchange.clock, 0);
      volumes.add(quietBalance(exchange, 1), today, new Float64Array([1]), 0);
    },
    /account 3 in currency 2: a volume of \d+ on day \d+, but its trades come to/,
  ],
  [
    'an account that may suddenly only close',
    ({ risk }) =>
      risk.preTrade.setPermission(risk.accounts.find(QUIET_ACCOUNT), Permission.CloseOnly),
    /account 3 is CloseOnly, and was set Active/,
  ],
  [
    'a level that shows too much',
    ({ engine }) => engine.levels.addQty(engine.books[0]!.asks.best(), 1, 0),
    /market 1, Sell at \d+: shows .* but its orders sum to/,
  ],
  [
    'a level that hides something',
    ({ engine }) => engine.levels.addQty(engine.books[0]!.bids.best(), 0, 1),
    /market 1, Buy at \d+: shows .* but its orders sum to/,
  ],
  [
    'an open quantity that is too high',
    ({ engine }) => engine.books[0]!.addOpenQty(Side.Buy, 1),
    /market 1, Buy: open quantity \d+, but its orders sum to \d+/,
  ],
  [
    'a pending transfer that was voided and still locks its money',
    (exchange) => {
      exchange.risk.transfers.table.setStatus(pendingTransfer(exchange), TransferStatus.Voided);
    },
    /transfer \d+ \(Pending, locks (\d+)\) was told, but is transfer \d+ \(Voided, locks \1\)/,
  ],
  [
    'a transfer that holds less than it locked',
    (exchange) => {
      const transfer = pendingTransfer(exchange);
      exchange.risk.transfers.table.set(transfer, TRANSFER_WORD.LOCKED_AMOUNT, 0);
    },
    /transfer \d+ \(Pending, locks \d+\) was told, but is transfer \d+ \(Pending, locks 0\)/,
  ],
];

/** What a customer has open, whose order the command at hand did not touch. */
function quietExposure(exchange: Exchange): number {
  const { holds } = exchange.risk.state;
  return exchange.risk.preTrade.exposures.find(holds.account(restingOrder(exchange, Side.Buy)), 0);
}

/** A transfer that locks money until somebody resolves it. */
function pendingTransfer({ risk }: Exchange): number {
  const { table } = risk.transfers;
  for (let transfer = 0; transfer < table.count; transfer++) {
    const locks = table.get(transfer, TRANSFER_WORD.LOCKED_AMOUNT) > 0;
    if (locks && table.get(transfer, TRANSFER_WORD.EXPIRE_TIME) === 0) return transfer;
  }
  throw new Error('no transfer is pending');
}

const SETTINGS_CHANGED: Readonly<Record<string, (exchange: Exchange) => void>> = {
  'a kill switch': ({ risk }) => risk.preTrade.stopVenue(true),
  'a market’s kill switch': ({ risk }) => risk.preTrade.stopMarket(0, true),
  fees: ({ risk }) => risk.fees.setFees(0, 3, 1, 2),
  slippage: ({ desk }) => {
    desk.maxSlippageBps[0] = 5;
  },
  'the mode of the venue': ({ venue }) => {
    venue.cancelOnlyReasons = 1;
  },
  limits: (exchange) => {
    exchange.limits = { ...exchange.limits, maxTransfers: 5 };
  },
};

describe('an audit', () => {
  test('passes a clean journal, everything checked ever so often; its books balance', async (t) => {
    const store = openStore(t, await recordDay(testSeed(t)));
    const open: OpenReplay = (listener) => new JournalReplay(store, listener, SMALL_CAPACITY);
    for (const [every, fullChecks] of [
      [undefined, 3 + 1],
      [1, COMMANDS + 1],
      [700, 4 + 1],
    ] as const) {
      const found = auditJournal(open, { every });
      assert.equal(found.violation, undefined, found.violation?.message);
      assert.deepEqual([found.sequence, found.commands], [COMMANDS, COMMANDS]);
      assert.equal(found.fullChecks, fullChecks, `every ${every}`);
      for (const { rows, sum } of found.trialBalances) {
        assert.equal(sum, 0n);
        const customers = ['USER_CASH available', 'USER_CASH locked'];
        const venue = ['EXTERNAL', 'SYSTEM_FEE', 'SYSTEM_ROUNDING', 'SYSTEM_PNL'];
        assert.deepEqual([...rows.keys()], [...venue, ...customers]);
        assert.ok(rows.get('EXTERNAL')! < 0n && rows.get('USER_CASH available')! > 0n);
      }
    }
  });

  // A day on which none of the faults heals before the next check of everything.
  let day: Promise<string> | undefined;
  for (const [name, fault, what] of FAULTS) {
    for (const every of [undefined, 1, COMMANDS]) {
      const often = every === undefined ? '' : `, everything every ${every}`;
      test(`finds ${name}, at its command${often}`, async (t) => {
        day ??= recordDay(5);
        const store = openStore(t, await day);
        assertFound(auditJournal(faulty(store, fault), { every }), what);
      });
    }
  }

  test('finds a rejected command that changed something, or told so', () => {
    const tell = (venue: RecordedExchange, auditor: Auditor) => {
      auditor.onCommand(venue.history.at(-1)!, 0, venue.sink.record, venue.sink.length);
    };
    const newVenue = () => {
      const venue = new RecordedExchange();
      const auditor = new Auditor(
        () => venue.exchange,
        () => false,
      );
      venue.deposit(1, USD, 500);
      tell(venue, auditor);
      return { venue, auditor };
    };
    const silent = newVenue();
    silent.venue.withdraw(1, USD, 501);
    silent.venue.exchange.engine.setPriceBand(BTC_USD, 50, 7);
    assert.throws(() => tell(silent.venue, silent.auditor), {
      name: 'Violation',
      message:
        'at sequence 7: the command was rejected (InsufficientFunds), and changed the price band ' +
        `of market ${BTC_USD} from 0 to 7`,
    });
    const loud = newVenue();
    const done = loud.venue.deposit(1, USD, 1).at(-1);
    assert.ok(done instanceof CommandDone);
    const at = loud.venue.sink.length - COMMAND_DONE.length;
    new CommandDone().wrap(loud.venue.sink.record, at).rejectReason = RejectReason.UnknownAccount;
    assert.throws(
      () => tell(loud.venue, loud.auditor),
      /sequence 7: the command was rejected \(UnknownAccount\), and 3 events tell of changes/,
    );
  });

  test('finds what began though the venue takes cancels only', () => {
    const venue = new RecordedExchange();
    const auditor = new Auditor(
      () => venue.exchange,
      () => false,
    );
    const tell = () => {
      auditor.onCommand(venue.history.at(-1)!, 0, venue.sink.record, venue.sink.length);
    };
    venue.deposit(1, USD, 500, { transferId: 1 });
    tell();
    venue.setMode(VenueMode.CancelOnly);
    tell();
    venue.deposit(1, USD, 500, { transferId: 1 });
    tell();
    venue.exchange.venue.cancelOnlyReasons = 0;
    venue.deposit(1, USD, 500, { transferId: 2 });
    venue.exchange.venue.cancelOnlyReasons = VenueModeReason.Operator;
    assert.throws(tell, /sequence 9: the command began something, though the venue is in Cancel/);
  });

  for (const [what, change] of Object.entries(SETTINGS_CHANGED)) {
    test(`finds a rejected command that changed ${what}`, () => {
      const venue = new RecordedExchange();
      const auditor = new Auditor(
        () => venue.exchange,
        () => false,
      );
      const tell = () => {
        auditor.onCommand(venue.history.at(-1)!, 0, venue.sink.record, venue.sink.length);
      };
      venue.setLimits({});
      tell();
      venue.withdraw(1, USD, 501);
      change(venue.exchange);
      assert.throws(tell, /what only other commands may set has changed/);
    });
  }

  test('names the sequence number of a journal that does not reproduce its hash', async (t) => {
    const folder = await recordDay(testSeed(t));
    const batches = await loadBatches(folder);
    const { bytes } = batches[10]!;
    bytes[BATCH.eventHash]! ^= 1;
    seal(batches);
    await saveBatches(folder, batches);
    const store = openStore(t, folder);
    const at = Number(bytes.readBigInt64LE(BATCH.hashedSequence));
    const open: OpenReplay = (listener) => new JournalReplay(store, listener, SMALL_CAPACITY);
    assertFound(auditJournal(open), /recorded event hash .* is not reproduced/, at);
  });
});
