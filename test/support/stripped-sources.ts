/**
 * Loaded ahead of all else in each process and thread of `npm test` (see test/run.ts): takes our
 * modules as JavaScript from the folder where their types were stripped once.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** URLs of the repository and of its copy without types; both end with a slash. */
const sources = process.env['HOGA_TEST_SOURCES'] ?? '';
const stripped = process.env['HOGA_TEST_STRIPPED'] ?? '';

registerHooks({
  load(url, context, nextLoad) {
    const source = url.startsWith(sources) ? read(url.slice(sources.length)) : undefined;
    if (source === undefined) return nextLoad(url, context);
    return { format: 'module', source, shortCircuit: true };
  },
});

/** Undefined for what is no source of ours. */
function read(path: string): string | undefined {
  if (!path.endsWith('.ts')) return undefined;
  try {
    return readFileSync(new URL(path, stripped), 'utf8');
  } catch {
    return undefined;
  }
}
