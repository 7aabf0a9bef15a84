/**
 * The crowd's market: one share costs a million won, and there are enough on offer for everybody.
 * It is there twice, without fees and with the default ones.
 */
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { type CommandHeader, Funding, NewOrder } from '../../protocol/commands.ts';
import { OrderType, Side, TimeInForce } from '../../protocol/enums.ts';
import { recordLengthAt } from '../../protocol/record.ts';
import { describeRejectReason, RejectReason } from '../../protocol/reject-reason.ts';
import { AddCurrency, AddSymbol } from '../../protocol/venue-commands.ts';
import { BodyBuilder, CommandClient } from '../flow/command-client.ts';

/** What each of the crowd wants to pay, and all that the account has: in won. */
export const CASH = 1_000_000;

export interface CrowdMarket {
  readonly name: string;
  readonly symbolId: number;
  readonly feePpm: number;
  /** How many of the crowd can buy with the one million. */
  readonly winners: number;
}

export const CROWD_MARKETS = [
  { name: 'no-fees', symbolId: 9_101, feePpm: 0, winners: 1 },
  { name: '150-ppm', symbolId: 9_102, feePpm: 150, winners: 0 },
] as const satisfies readonly CrowdMarket[];

/** Ids of the crowd's own currencies, and of who sells to it. */
const WON = 9_101;
const SHARE = 9_102;
const SELLER = 9_000_001;
/** Shares on offer in each market: more than all rounds could buy if each client succeeded. */
const SHARES = 100_000_000;

/** Opens both markets in an exchange that does not have them. @throws where a command is refused */
export async function openCrowdMarkets(url: string): Promise<void> {
  const commands = 3 + 2 * CROWD_MARKETS.length;
  const body = new BodyBuilder(commands * MAX_COMMAND_LENGTH);
  const add = <Command extends CommandHeader>(command: Command, terms: Partial<Command>) => {
    Object.assign(command, terms);
    body.added(recordLengthAt(body.record, body.length));
  };
  const currencies = [
    { currencyId: WON, decimals: 0, code: 'CROWD' },
    { currencyId: SHARE, decimals: 0, code: 'SHARE' },
  ];
  for (const currency of currencies)
    add(new AddCurrency().write(body.record, body.length), currency);
  add(new Funding().writeDeposit(body.record, body.length), {
    accountId: SELLER,
    currencyId: SHARE,
    amount: SHARES * CROWD_MARKETS.length,
  });
  for (const { name, symbolId, feePpm } of CROWD_MARKETS) {
    add(new AddSymbol().write(body.record, body.length), {
      symbolId,
      code: `SHARE/${name.toUpperCase()}`,
      baseCurrencyId: SHARE,
      quoteCurrencyId: WON,
      lotSize: 1,
      tickValue: 1,
      makerFeePpm: feePpm,
      takerFeePpm: feePpm,
    });
    add(new NewOrder().write(body.record, body.length), {
      accountId: SELLER,
      symbolId,
      side: Side.Sell,
      orderType: OrderType.Limit,
      timeInForce: TimeInForce.GTC,
      price: CASH,
      qty: SHARES,
    });
  }
  await sendAll(url, body);
}

/** Gives an account its million. */
export async function fund(url: string, accountId: number): Promise<void> {
  const body = new BodyBuilder(MAX_COMMAND_LENGTH);
  const deposit = new Funding().writeDeposit(body.record, 0);
  Object.assign(deposit, { accountId, currencyId: WON, amount: CASH });
  body.added(recordLengthAt(body.record, 0));
  await sendAll(url, body);
}

async function sendAll(url: string, body: BodyBuilder): Promise<void> {
  const client = new CommandClient(url);
  try {
    await client.send(body.bytes(), (index, { rejectReason }) => {
      if (rejectReason === RejectReason.None) return;
      const { text } = describeRejectReason(rejectReason);
      throw new Error(`command ${index} of the set-up was refused: ${text}`);
    });
  } finally {
    client.close();
  }
}
