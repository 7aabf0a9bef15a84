/**
 * Random commands about risk, ledger and limits, beside the orders of `drawn-commands.ts`: together
 * all kinds of commands.
 */
import fc from 'fast-check';
import {
  KillSwitchAction,
  Permission,
  TransferAction,
  TransferMode,
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
import { ACCOUNTS, CURRENCIES, command, type DrawnCommand, send } from './drawn-commands.ts';
import { BTC_EUR, BTC_USD, type RecordedExchange, USD } from './recorded-exchange.ts';

export const US_A_DAY = 86_400_000_000;

export type DeskCommand = (venue: RecordedExchange) => void;

const accountId = fc.constantFrom(...ACCOUNTS);
const anyAccount = fc.constantFrom(0, ...ACCOUNTS);
const symbolId = fc.constantFrom(BTC_USD, BTC_EUR);
const anySymbol = fc.constantFrom(0, BTC_USD, BTC_EUR);
const small = fc.integer({ min: 0, max: 60 });
const tier = fc.integer({ min: 0, max: 9 });
const rulesVersion = fc.integer({ min: INITIAL_RULES_VERSION, max: NEWEST_RULES_VERSION });
const transferId = fc.integer({ min: 1, max: 12 });

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

/** Any command: orders above all. */
export const anyCommand = fc.oneof(
  { weight: 4, arbitrary: command.map((order): DrawnCommand | DeskCommand => order) },
  { weight: 1, arbitrary: deskCommand },
);

/** Sends drawn commands one after the other, with the Ticks that must come before them. */
export function sendAll(
  venue: RecordedExchange,
  commands: readonly (DrawnCommand | DeskCommand)[],
): void {
  for (const each of commands) {
    venue.tickIfDue();
    if (typeof each === 'function') each(venue);
    else send(venue, each);
  }
}

/** Money for all accounts. */
export function deposits(venue: RecordedExchange): void {
  for (const account of ACCOUNTS) {
    for (const currency of CURRENCIES) venue.deposit(account, currency, 30_000);
  }
}
