/** The oracle against the examples that were worked out by hand from docs/matching.md. */
import { Oracle } from './oracle.ts';
import { describeMatching } from './testing/matching-cases.ts';

describeMatching('the oracle', () => new Oracle());
