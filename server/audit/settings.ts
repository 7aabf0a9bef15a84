/**
 * What commands have set, of the venue and its markets: fees, tiers, limits, kill switches,
 * slippage, the
 * venue's mode. Only an accepted command that sets something changes any of it.
 */
import type { Exchange } from '../../exchange/exchange.ts';

/** Commands with these templates may set something. */
const FIRST_SETTING = 20;

export class Settings {
  private known = '';

  /** Takes note after a command; returns whether it changed what it must not. */
  update(exchange: Exchange, templateId: number, isRejected: boolean): string | undefined {
    const mayChange = templateId >= FIRST_SETTING && !isRejected;
    // Nobody else changes any: it shows at the next one, or when everything is checked.
    if (!mayChange && !isRejected) return undefined;
    const now = describeSettings(exchange);
    const isSame = now === this.known || this.known === '';
    this.known = now;
    return isSame || mayChange ? undefined : 'what only other commands may set has changed';
  }

  /** What does not hold when everything is checked. */
  findFault(exchange: Exchange): string | undefined {
    if (describeSettings(exchange) === this.known || this.known === '') return undefined;
    return 'settings have changed without a command that sets them';
  }
}

function describeSettings(exchange: Exchange): string {
  const { desk, limits, risk, rules, symbols, venue } = exchange;
  const { preTrade } = risk;
  const markets = symbols.map(({ makerFeePpm, takerFeePpm }, market) => {
    const slippage = desk.maxSlippageBps[market] ?? 0;
    return [makerFeePpm, takerFeePpm, slippage, preTrade.isMarketStopped(market)];
  });
  return JSON.stringify([
    limits,
    rules.version,
    markets,
    [...risk.fees.settings()],
    preTrade.limits.all(),
    preTrade.isVenueStopped,
    venue.cancelOnlyReasons,
  ]);
}
