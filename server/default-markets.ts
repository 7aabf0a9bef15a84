/** The markets of a new exchange, in units people use; `marketDefinitions` makes them integers. */
import type { CurrencyDefinition, SymbolDefinition } from '../exchange/venue.ts';
import { parseDecimal } from '../protocol/decimal.ts';
import { CurrencyKind } from '../protocol/enums.ts';

const { Cash, Security } = CurrencyKind;

const CURRENCIES: readonly CurrencyDefinition[] = [
  { currencyId: 1, code: 'KRW', decimals: 0, kind: Cash },
  { currencyId: 2, code: 'USD', decimals: 2, kind: Cash },
  { currencyId: 10, code: 'BTC', decimals: 8, kind: Cash },
  { currencyId: 11, code: 'ETH', decimals: 8, kind: Cash },
  { currencyId: 12, code: 'AAPL', decimals: 0, kind: Security },
];

interface Market {
  readonly symbolId: number;
  readonly code: string;
  /** Price step, in the quote currency. */
  readonly tick: string;
  /** Quantity step, in the base currency. */
  readonly lot: string;
}

const MARKETS: readonly Market[] = [
  { symbolId: 1, code: 'BTC/KRW', tick: '1000', lot: '0.001' },
  { symbolId: 2, code: 'ETH/KRW', tick: '1000', lot: '0.001' },
  { symbolId: 3, code: 'AAPL/USD', tick: '0.01', lot: '1' },
];

/** 0.015 % for either side. */
const FEE_PPM = 150;

export interface MarketDefinitions {
  readonly currencies: readonly CurrencyDefinition[];
  readonly symbols: readonly SymbolDefinition[];
}

export function defaultMarkets(): MarketDefinitions {
  return { currencies: CURRENCIES, symbols: MARKETS.map(defineSymbol) };
}

function defineSymbol({ symbolId, code, tick, lot }: Market): SymbolDefinition {
  const [baseCode, quoteCode] = code.split('/');
  const base = CURRENCIES.find((currency) => currency.code === baseCode)!;
  const quote = CURRENCIES.find((currency) => currency.code === quoteCode)!;
  const lotSize = parseDecimal(lot, base.decimals);
  const tickValue = productInMinorUnits(tick, lot, quote.decimals);
  if (lotSize === undefined || tickValue === undefined) {
    throw new Error(
      `${code}: tick ${tick} × lot ${lot} is no whole number of ${quote.code}'s minor units`,
    );
  }
  return {
    symbolId,
    code,
    baseCurrencyId: base.currencyId,
    quoteCurrencyId: quote.currencyId,
    lotSize,
    tickValue,
    makerFeePpm: FEE_PPM,
    takerFeePpm: FEE_PPM,
  };
}

/** The product of two decimals as a whole number of minor units; undefined where it is none. */
function productInMinorUnits(a: string, b: string, decimals: number): number | undefined {
  const places = (text: string) => text.split('.')[1]?.length ?? 0;
  const digits = parseDecimal(a, places(a))! * parseDecimal(b, places(b))!;
  const shift = decimals - places(a) - places(b);
  const product = shift >= 0 ? digits * 10 ** shift : digits / 10 ** -shift;
  return Number.isSafeInteger(product) && product > 0 ? product : undefined;
}
