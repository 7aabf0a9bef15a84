/**
 * What the commands about risk have set, and what fees and limits count, as numbers in canonical
 * order: for the state's hash. It allocates, so not for the hot path.
 */
import { FIRST_CUSTOMER } from '../risk/accounts.ts';
import type { Exchange } from './exchange.ts';

export function* riskNumbers(exchange: Exchange): Generator<number> {
  const { desk, risk, symbols, currencies } = exchange;
  const { preTrade } = risk;
  yield* risk.fees.settings();
  for (let currency = 0; currency < currencies.length; currency++) yield risk.feeRest(currency);
  yield Number(preTrade.isVenueStopped);
  for (let market = 0; market < symbols.length; market++) {
    yield Number(preTrade.isMarketStopped(market));
    yield desk.maxSlippageBps[market] ?? 0;
  }
  yield* limitNumbers(exchange);
  for (const account of accountsById(exchange)) {
    yield risk.accounts.accountId[account]!;
    yield preTrade.permission(account);
    yield Number(preTrade.isAccountStopped(account));
    yield* preTrade.messagesOf(account);
    yield* volumeNumbers(exchange, account);
  }
}

function* limitNumbers({ risk }: Exchange): Generator<number> {
  const { accountId } = risk.accounts;
  const all = risk.preTrade.limits
    .all()
    .map(({ account, market, limits }) => [accountId[account]!, market, ...Object.values(limits)]);
  all.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  yield all.length;
  for (const numbers of all) yield* numbers;
}

function accountsById({ risk }: Exchange): number[] {
  const { accountId, count } = risk.accounts;
  const accounts: number[] = [];
  for (let account = FIRST_CUSTOMER; account < count; account++) accounts.push(account);
  return accounts.sort((a, b) => accountId[a]! - accountId[b]!);
}

/** The volumes of an account by quote currency and day. */
function* volumeNumbers({ currencies, risk }: Exchange, account: number): Generator<number> {
  for (let currency = 0; currency < currencies.length; currency++) {
    const balance = risk.balances.find(account, currency);
    const days = balance < 0 ? [] : [...risk.volumes.daysOf(balance)];
    yield days.length;
    for (const [day, volume] of days) {
      yield day;
      yield volume;
    }
  }
}
