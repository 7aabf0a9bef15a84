/** Client order ids that are forgotten too early, remembered too long, or answered wrongly. */
import { test } from 'node:test';
import type { Exchange } from '../../exchange/exchange.ts';
import { RecordedExchange, USD } from '../../exchange/testing/recorded-exchange.ts';
import { SelfTradePrevention, Side, TimeInForce } from '../../protocol/enums.ts';
import { COMMAND_DONE, ORDER_ANSWER } from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { OrderAnswer } from '../../protocol/order-answer.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { assertClean, assertFound, firstEvent } from './testing/history-audit.ts';

const ACCOUNT = 1;
const CLIENT_ORDER_ID = 7;
const SECONDS = 60;
const US_A_SECOND = 1_000_000;

/** Ids are remembered for a minute; order 8 has one, and is no more. */
function open(): RecordedExchange {
  const venue = new RecordedExchange();
  venue.deposit(ACCOUNT, USD, 1_000_000);
  venue.setLimits({ clientOrderIdSeconds: SECONDS, maxClientOrderIds: 2 });
  buy(venue);
  venue.cancel(ACCOUNT, venue.exchange.sequence);
  return venue;
}

function buy(venue: RecordedExchange, qty = 5, clientOrderId = CLIENT_ORDER_ID): void {
  venue.order(ACCOUNT, Side.Buy, 50, qty, { clientOrderId });
}

test('ids within their time, past it, in conflict, without room, with new limits are right', () => {
  const venue = open();
  buy(venue);
  buy(venue, 6);
  buy(venue, 5, 8);
  buy(venue, 5, 9);
  buy(venue, 5, 0);
  venue.time += SECONDS * US_A_SECOND;
  buy(venue, 6);
  venue.setLimits({ clientOrderIdSeconds: 1 });
  venue.time += US_A_SECOND;
  buy(venue, 5, 9);
  venue.setLimits({ clientOrderIdSeconds: 0 });
  venue.setLimits({ clientOrderIdSeconds: SECONDS });
  buy(venue, 7, 9);
  buy(venue, 8, 10);
  buy(venue, 8, 10);
  assertClean(venue);
});

test('an id that is forgotten within its time is found', () => {
  const venue = open();
  venue.time += (SECONDS - 1) * US_A_SECOND;
  buy(venue);
  assertFound(venue, /id 7 of account 1 is that of order 8, and it was taken as a new one/, {
    before: ({ answers, time }) => {
      answers.configure(0, 1, time);
      answers.configure(SECONDS, 2, time);
    },
  });
});

test('an id that is remembered beyond its time is found', () => {
  const venue = open();
  venue.time += SECONDS * US_A_SECOND;
  buy(venue);
  assertFound(venue, /id 7 of account 1 was found, and is not remembered/, {
    before: ({ answers, time }) => answers.configure(SECONDS * 2, 2, time),
  });
});

test('more ids than may be remembered are found', () => {
  const venue = open();
  buy(venue, 5, 8);
  buy(venue, 5, 9);
  assertFound(venue, /id 9 of account 1 came beyond the 2 that may be remembered/, {
    before: ({ answers, time }) => answers.configure(SECONDS, 3, time),
  });
});

test('the answer of another order is found', () => {
  const venue = open();
  buy(venue);
  assertFound(venue, /id 7 of account 1 is that of order 8, and order 9 was told/, {
    after: (_exchange, events) => {
      firstEvent(events, new OrderAnswer(), ORDER_ANSWER.templateId).orderId = 9;
    },
  });
});

/** Whether the exchange takes all orders with a known id as the same, or none of them. */
function takeAsSame(isSame: boolean) {
  return ({ answers }: Exchange): void => {
    Object.assign(answers, { isSame: () => isSame });
  };
}

for (const [what, terms] of Object.entries({
  quantity: { qty: 6 },
  'way to prevent self-trades': { selfTradePrevention: SelfTradePrevention.CancelMaker },
  'expire time': { timeInForce: TimeInForce.GTD, expireTime: 90_000_000 },
  slippage: { maxSlippageBps: 5 },
})) {
  test(`an id with another ${what} that is told the first answer is found`, () => {
    const venue = open();
    venue.order(ACCOUNT, Side.Buy, 50, 5, { clientOrderId: CLIENT_ORDER_ID, ...terms });
    assertFound(venue, /id 7 of account 1 is that of order 8 with other content, and it was told/, {
      before: takeAsSame(true),
    });
  });
}

test('an id with the same content that is a conflict is found', () => {
  const venue = open();
  buy(venue);
  assertFound(venue, /is that of order 8 with the same content, and it was a conflict/, {
    before: takeAsSame(false),
  });
});

test('a refusal that is told otherwise when it is sent again is found', () => {
  const venue = open();
  buy(venue, 1_000_000, 8);
  buy(venue, 1_000_000, 8);
  assertFound(venue, /order 10, which was answered InsufficientFunds, and it was answered None/, {
    after: (_exchange, events) => {
      const done = firstEvent(events, new CommandDone(), COMMAND_DONE.templateId);
      done.rejectReason = RejectReason.None;
    },
  });
});
