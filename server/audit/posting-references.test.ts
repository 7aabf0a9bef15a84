/** Postings under another name than their cause has: money is right, and nobody could trace it. */
import { test } from 'node:test';
import type { Exchange } from '../../exchange/exchange.ts';
import { BTC, RecordedExchange, USD } from '../../exchange/testing/recorded-exchange.ts';
import { Side, TransferAction, TransferKind, TransferMode } from '../../protocol/enums.ts';
import { TRANSFER } from '../../protocol/event-layout.ts';
import { Transfer } from '../../protocol/events.ts';
import type { RecordBuffer } from '../../protocol/record.ts';
import { assertClean, assertFound, firstEvent } from './testing/history-audit.ts';

const [PAYER, PAYEE] = [1, 2];
const [ID, OTHER] = [50, 51];
const BUSINESS_REF_ID = 9;

function open(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(PAYER, USD, 100_000);
  venue.deposit(PAYEE, BTC, 100_000);
  return venue;
}

function changePosting(fields: Partial<Transfer>) {
  return (_exchange: Exchange, events: RecordBuffer): void => {
    Object.assign(firstEvent(events, new Transfer(), TRANSFER.templateId), fields);
  };
}

const POSTED_BY: Readonly<Record<string, (venue: RecordedExchange) => void>> = {
  'a deposit': (venue) => venue.deposit(PAYER, USD, 5, { businessRefId: BUSINESS_REF_ID }),
  'a withdrawal': (venue) => {
    venue.withdraw(PAYER, USD, 5, { transferId: ID, businessRefId: BUSINESS_REF_ID });
  },
  'a transfer': (venue) => {
    venue.transfer(PAYER, PAYEE, USD, 5, { businessRefId: BUSINESS_REF_ID });
  },
  'a pending transfer': (venue) => {
    const terms = { transferId: ID, businessRefId: BUSINESS_REF_ID, mode: TransferMode.Pending };
    venue.transfer(PAYER, PAYEE, USD, 5, terms);
    venue.resolve(ID, TransferAction.Post);
  },
  'a reversal': (venue) => {
    venue.transfer(PAYER, PAYEE, USD, 5, { transferId: ID, businessRefId: 3 });
    venue.reverse(OTHER, ID, { businessRefId: BUSINESS_REF_ID });
  },
};
for (const [what, send] of Object.entries(POSTED_BY)) {
  test(`${what} that is posted without its businessRefId is found`, () => {
    const venue = open();
    send(venue);
    assertFound(venue, /with the businessRefId 0, and it was asked with 9/, {
      after: changePosting({ businessRefId: 0 }),
    });
  });

  test(`${what} that is posted as another kind is found`, () => {
    const venue = open();
    send(venue);
    assertFound(venue, /a posting is a unknown\(99\) of \d+, and its command's is a /, {
      after: changePosting({ kind: 99 }),
    });
  });
}

test('a posting of another transfer is found', () => {
  const venue = open();
  venue.transfer(PAYER, PAYEE, USD, 5);
  assertFound(venue, /a posting is a Transfer of 51, and its command's is a Transfer of 0/, {
    after: changePosting({ referenceId: OTHER }),
  });
});

test('a posting of a trade that has a businessRefId is found', () => {
  const venue = open();
  venue.order(PAYEE, Side.Sell, 50, 10);
  venue.order(PAYER, Side.Buy, 50, 10);
  assertFound(venue, /a TradeBase of 1, and has the businessRefId 9/, {
    after: changePosting({ businessRefId: BUSINESS_REF_ID }),
  });
});

test('a posting of a command that moves no money is found', () => {
  const venue = open();
  venue.order(PAYEE, Side.Sell, 50, 10);
  venue.order(PAYER, Side.Buy, 50, 10);
  assertFound(venue, /a Deposit of 1, and its command is about no transfer/, {
    after: changePosting({ kind: TransferKind.Deposit }),
  });
});

test('what is posted with and without references is right', () => {
  const venue = open();
  for (const send of Object.values(POSTED_BY).slice(0, 4)) send(venue);
  assertClean(venue);
});
