/** The fast engine against the examples that were worked out by hand from docs/matching.md. */
import { PlainEngine } from './plain-engine.ts';
import { describeMatching } from './testing/matching-cases.ts';

describeMatching('the engine', () => new PlainEngine({ orders: 10_000 }));
