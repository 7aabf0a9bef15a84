/** How the threads of an exchange wait that is started on this machine without settings. */
import { availableParallelism } from 'node:os';
import { SETTINGS } from '../../server/configuration.ts';
import { layoutFor } from '../../server/layout.ts';
import type { WaitSettings } from '../../server/threads/thread-links.ts';

/** In words, for the results of what is measured with it. */
export function describeDefaultLayout(): string {
  const { layout, gateways, waitStrategy, spins } = SETTINGS;
  const settings = {
    layout: layout.default,
    gateways: gateways.default,
    waitStrategy: waitStrategy.default,
    spins: spins.default,
  };
  const { name, cores, exchange, journal, gateway } = layoutFor(settings, availableParallelism());
  const threads = { exchange, journal, gateway };
  const waits = Object.entries(threads).map(([thread, wait]) => `${thread} ${inWords(wait)}`);
  return `${name} on ${cores} cores: ${waits.join(', ')}`;
}

function inWords({ strategy, spins }: WaitSettings): string {
  return spins === 0 ? strategy : `${strategy} (${spins} spins)`;
}
