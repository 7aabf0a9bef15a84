/**
 * Transfers that are resolved twice, posted beyond what is pending, reversed beyond what they
 * posted, expired early or late, or answered otherwise than at first: each command's reports and
 * answer are held against the audit's own table, whatever the exchange's says.
 *
 * A failure prints its seed; `HOGA_TEST_SEED=<seed>` runs the same again.
 */
import { test } from 'node:test';
import fc from 'fast-check';
import type { Exchange } from '../../exchange/exchange.ts';
import {
  BTC,
  BTC_EUR,
  EUR,
  RecordedExchange,
  USD,
} from '../../exchange/testing/recorded-exchange.ts';
import {
  SystemAccount,
  TransferAction,
  TransferMode,
  TransferStatus,
} from '../../protocol/enums.ts';
import { COMMAND_DONE, TRANSFER_REPORT } from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { TransferReport } from '../../protocol/transfer-report.ts';
import { type TransferWord, TRANSFER_WORD as WORD } from '../../risk/transfer-table.ts';
import { testSeed } from '../../test/support/seed.ts';
import { assertClean, assertFound, firstEvent } from './testing/history-audit.ts';

const [PAYER, PAYEE] = [1, 2];
const { MarkUnknown, Post, Void } = TransferAction;
const { Pending } = TransferMode;
/** A transfer of 100, and another that is a reversal's. */
const [ID, OTHER] = [50, 51];
const EXTERNAL_ID = 77;
const EXPIRE_TIME = 1_000_100;

function open(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(PAYER, USD, 1_000);
  venue.deposit(PAYEE, USD, 1_000);
  return venue;
}

function openPending(terms = {}): RecordedExchange {
  const venue = open();
  venue.withdraw(PAYER, USD, 100, { transferId: ID, mode: Pending, ...terms });
  return venue;
}

function openPosted(): RecordedExchange {
  const venue = open();
  venue.transfer(PAYER, PAYEE, USD, 100, { transferId: ID });
  return venue;
}

function setStatus(status: TransferStatus, transferId = ID) {
  return ({ risk }: Exchange): void => {
    const { table } = risk.transfers;
    table.setStatus(table.find(transferId), status);
  };
}

function setWord(word: TransferWord, value: number, transferId = ID) {
  return ({ risk }: Exchange): void => {
    const { table } = risk.transfers;
    table.set(table.find(transferId), word, value);
  };
}

for (const [first, again, terms] of [
  [Void, Post, {}],
  [Post, Post, { amount: 40 }],
  [Post, Void, {}],
] as const) {
  test(`what was resolved and is resolved again is found: ${first}, then ${again}`, () => {
    const venue = openPending();
    venue.resolve(ID, first);
    venue.resolve(ID, again, terms);
    assertFound(venue, /was answered None, and TransferAlreadyResolved is due/, {
      before: setStatus(TransferStatus.Pending),
    });
  });
}

test('what expired and is posted is found', () => {
  const venue = openPending({ expireTime: EXPIRE_TIME });
  venue.time = EXPIRE_TIME;
  venue.tick();
  venue.resolve(ID, Post);
  assertFound(venue, /was answered None, and TransferAlreadyResolved is due/, {
    before: (exchange) => {
      setWord(WORD.EXPIRE_TIME, 0)(exchange);
      setStatus(TransferStatus.Pending)(exchange);
    },
  });
});

test('more posted than is pending is found', () => {
  const venue = openPending();
  venue.resolve(ID, Post, { amount: 101 });
  assertFound(venue, /was answered None, and PostTooLarge is due/, {
    before: setWord(WORD.AMOUNT, 101),
  });
});

test('another amount posted than was asked for is found', () => {
  const venue = openPending();
  venue.resolve(ID, Post);
  assertFound(venue, /Posted\) was told with amount 60, and 100 is due/, {
    before: setWord(WORD.AMOUNT, 60),
  });
});

test('an unknown transfer that is resolved without its external id is found', () => {
  const venue = openPending();
  venue.resolve(ID, MarkUnknown, { externalId: EXTERNAL_ID });
  venue.resolve(ID, Post, { externalId: 1 });
  assertFound(venue, /was answered None, and TransferExternalIdDiffers is due/, {
    before: setWord(WORD.EXTERNAL_ID, 1),
  });
});

test('an external id that was lost is found', () => {
  const venue = openPending({ externalId: EXTERNAL_ID });
  venue.resolve(ID, Void);
  assertFound(venue, /Voided\) was told with externalId 0, and 77 is due/, {
    before: setWord(WORD.EXTERNAL_ID, 0),
  });
});

test('a reversal of a reversal is found', () => {
  const venue = openPosted();
  venue.reverse(OTHER, ID);
  venue.reverse(OTHER + 1, OTHER);
  assertFound(venue, /was answered None, and TransferNotReversible is due/, {
    before: setWord(WORD.ORIGINAL_TRANSFER_ID, 0, OTHER),
  });
});

test('reversals beyond what was posted are found', () => {
  const venue = openPosted();
  venue.reverse(OTHER, ID, { amount: 60 });
  venue.reverse(OTHER + 1, ID, { amount: 60 });
  assertFound(venue, /was answered None, and ReversalTooLarge is due/, {
    before: setWord(WORD.REVERSED_AMOUNT, 0),
  });
});

test('a reversal of what was never posted is found', () => {
  const venue = openPending();
  venue.reverse(OTHER, ID, { amount: 60 });
  assertFound(venue, /was answered None, and TransferNotReversible is due/, {
    before: (exchange) => {
      setStatus(TransferStatus.Posted)(exchange);
      setWord(WORD.POSTED_AMOUNT, 100)(exchange);
    },
  });
});

test('a transfer that does not expire when its time comes is found', () => {
  const venue = openPending({ expireTime: EXPIRE_TIME });
  venue.time = EXPIRE_TIME;
  venue.tick();
  assertFound(venue, /no report was told, and transfer 50 \(Expired\) is due/, {
    before: ({ risk }) => {
      const { table } = risk.transfers;
      const slot = table.find(ID);
      Object.assign(risk.transfers, { expireDue: () => table.get(slot, WORD.AMOUNT) });
    },
  });
});

test('a transfer that expires before its time is found', () => {
  const venue = openPending({ expireTime: EXPIRE_TIME });
  venue.time = EXPIRE_TIME - 1;
  venue.tick();
  assertFound(venue, /transfer 50 \(Expired\) was told, and no report is due/, {
    before: ({ risk }) => {
      const { transfers } = risk;
      const slot = transfers.table.find(ID);
      transfers.resolve({ transferId: ID, action: Void, amount: 0, externalId: 0 });
      transfers.table.set(slot, WORD.EXPIRE_TIME, EXPIRE_TIME - 1);
      transfers.table.setStatus(slot, TransferStatus.Pending);
      transfers.schedule(slot);
    },
  });
});

test('a transfer that is pending past its time is found with the next command', () => {
  const venue = openPending({ expireTime: EXPIRE_TIME });
  venue.deposit(PAYEE, USD, 5);
  assertFound(venue, /transfer 50 is pending past its time/, {
    after: ({ clock }) => {
      clock[0] = EXPIRE_TIME;
    },
  });
});

test('an id with other content that gets the first answer is found', () => {
  const venue = openPosted();
  venue.transfer(PAYER, PAYEE, USD, 101, { transferId: ID });
  assertFound(venue, /was answered None, and TransferIdConflict is due/, {
    before: setWord(WORD.REQUESTED_AMOUNT, 101),
  });
});

test('an id with the same content that is a conflict is found', () => {
  const venue = openPosted();
  venue.transfer(PAYER, PAYEE, USD, 100, { transferId: ID });
  assertFound(venue, /was answered TransferIdConflict, and None is due/, {
    before: setWord(WORD.REQUESTED_AMOUNT, 101),
  });
});

test('an id with the same content that is executed again is found', () => {
  const venue = openPosted();
  venue.transfer(PAYER, PAYEE, USD, 100, { transferId: ID });
  assertFound(venue, /transfer 50 \(Posted\) was told with entry 12, and 8 is due/, {
    after: (_exchange, events) => {
      firstEvent(events, new TransferReport(), TRANSFER_REPORT.templateId).entry = 12;
    },
  });
});

test('a refusal that is accepted when it is sent again is found', () => {
  const venue = open();
  venue.withdraw(PAYER, USD, 2_000, { transferId: ID });
  venue.deposit(PAYER, USD, 5_000);
  venue.withdraw(PAYER, USD, 2_000, { transferId: ID });
  assertFound(venue, /was answered None, and InsufficientFunds is due/, {
    after: (_exchange, events) => {
      const done = firstEvent(events, new CommandDone(), COMMAND_DONE.templateId);
      done.rejectReason = RejectReason.None;
    },
  });
});

test('a refusal for funds that are there is found', () => {
  const venue = open();
  venue.withdraw(PAYER, USD, 1_001);
  venue.withdraw(PAYER, USD, 1_000);
  assertFound(venue, /was answered InsufficientFunds, and None is due/, {
    before: ({ risk }) => {
      Object.assign(risk.transfers, { transfer: () => RejectReason.InsufficientFunds });
    },
  });
});

const CUSTOMERS = [1, 2, 3];
const { External, Fee } = SystemAccount;
const account = fc.constantFrom(...CUSTOMERS, External, Fee);
const amount = fc.constantFrom(1, 2, 3, 100, 900, Number.MAX_SAFE_INTEGER);
const part = fc.oneof(fc.constant(0), amount);
const id = fc.integer({ min: 1, max: 12 });
const reference = fc.constantFrom(0, 0, 5, 6);
type Send = (venue: RecordedExchange) => void;
const transfer = fc
  .record({
    from: account,
    to: account,
    currencyId: fc.constantFrom(BTC, EUR, EUR, BTC_EUR + 50),
    amount,
    transferId: fc.integer({ min: 0, max: 12 }),
    businessRefId: reference,
    externalId: reference,
    mode: fc.constantFrom(TransferMode.OneStep, Pending, Pending),
    lifetimeUs: fc.constantFrom(0, 0, 3, 9),
  })
  .map(({ from, to, currencyId, amount: asked, mode, lifetimeUs, ...terms }): Send => {
    return (venue) => {
      const isPending = mode === Pending && terms.transferId !== 0;
      const expireTime = isPending && lifetimeUs !== 0 ? venue.time + lifetimeUs : 0;
      const own = { ...terms, mode: isPending ? mode : TransferMode.OneStep, expireTime };
      venue.transfer(from, to, currencyId, asked, own);
    };
  });
const resolution = fc
  .record({ transferId: id, action: fc.constantFrom(Post, Void, MarkUnknown), part, reference })
  .map(({ transferId, action, part: asked, reference: externalId }): Send => {
    const postedAmount = action === Post ? asked : 0;
    return (venue) => venue.resolve(transferId, action, { amount: postedAmount, externalId });
  });
const reversal = fc
  .record({ transferId: id, originalTransferId: id, amount: part, externalId: reference })
  .map(({ transferId, originalTransferId, ...terms }): Send => {
    return (venue) => venue.reverse(transferId, originalTransferId, terms);
  });
const pause = fc.integer({ min: 1, max: 6 }).map((us): Send => {
  return (venue) => {
    venue.time += us;
  };
});

test('whatever transfers, resolutions, reversals and retries are sent, nothing is found', (t) => {
  const commands = fc.array(fc.oneof(transfer, resolution, resolution, reversal, pause), {
    maxLength: 80,
    size: 'max',
  });
  fc.assert(
    fc.property(commands, (sends) => {
      const venue = new RecordedExchange();
      venue.setLimits({ maxTransfers: 10 });
      for (const customer of CUSTOMERS) venue.deposit(customer, EUR, 1_000);
      for (const send of [...sends, ...sends.slice(0, 20)]) {
        venue.tickIfDue();
        send(venue);
      }
      assertClean(venue);
    }),
    { seed: testSeed(t), numRuns: 150 },
  );
});
