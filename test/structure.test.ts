/**
 * The house's rules, enforced: who may import whom, what the deterministic part must not touch, and
 * how long files and lines may be.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Folder → the folders whose code it may import (its own besides). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  ring: [],
  collections: [],
  engine: ['collections', 'protocol'],
  risk: ['collections', 'protocol'],
  exchange: ['collections', 'engine', 'risk', 'protocol'],
  journal: ['protocol', 'ring', 'exchange'],
  persistence: ['protocol', 'journal'],
  gateway: ['protocol', 'ring', 'persistence'],
  server: [
    'collections',
    'engine',
    'exchange',
    'gateway',
    'journal',
    'persistence',
    'protocol',
    'ring',
    'risk',
  ],
  packaging: [],
  examples: [],
};

/** Of `persistence`, a gateway may use what is for queries only. */
const GATEWAY_MAY_USE = ['persistence/queries.ts', 'persistence/database.ts'];

/** Folders whose code decides outcomes, and so must be deterministic. */
const DETERMINISTIC = ['collections', 'protocol', 'engine', 'risk', 'exchange'];
const NOT_DETERMINISTIC =
  /Date\.|performance\.|Math\.random|process\.|from 'node:|\bBigInt\b|\b\d+n\b/;

const MAX_LINES = 400;
/** Biome breaks code, but neither comments nor texts. */
const MAX_COLUMNS = 100;

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

const files = readSources(ROOT);
const production = files.filter(
  ({ path, folder }) =>
    folder in MAY_IMPORT && !path.endsWith('.test.ts') && !path.includes('/testing/'),
);

function readSources(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'data', '.git', 'dist'].includes(entry.name)) return [];
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return readSources(full);
    if (!entry.name.endsWith('.ts')) return [];
    const path = relative(ROOT, full);
    return [{ path, folder: path.split('/')[0]!, text: readFileSync(full, 'utf8') }];
  });
}

function importsOf({ path, text }: SourceFile): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)];
  return specifiers.map((match) => join(dirname(path), match[1]!));
}

describe('the structure of the source', () => {
  it('has files to look at', () => {
    assert.ok(production.length > 50, `only ${production.length} source files were found`);
  });

  it('lets each folder import only what the design allows', () => {
    for (const file of production) {
      const allowed = [file.folder, ...MAY_IMPORT[file.folder]!];
      for (const imported of importsOf(file)) {
        const target = imported.split('/')[0]!;
        assert.ok(allowed.includes(target), `${file.path} imports ${imported}`);
        if (file.folder === 'gateway' && target === 'persistence') {
          assert.ok(GATEWAY_MAY_USE.includes(imported), `${file.path} imports ${imported}`);
        }
      }
    }
  });

  it('keeps clocks, randomness, input and output and BigInt out of the deterministic part', () => {
    for (const { path, folder, text } of production) {
      if (!DETERMINISTIC.includes(folder)) continue;
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      assert.doesNotMatch(code, NOT_DETERMINISTIC, path);
    }
  });

  it('loads uWebSockets.js in one place only', () => {
    const loaders = files.filter(({ text }) => /from 'uWebSockets\.js'/.test(text));
    assert.deepEqual(
      loaders.map(({ path }) => path).filter((path) => path !== 'test/structure.test.ts'),
      ['gateway/uws.ts'],
    );
  });

  it(`has no file over ${MAX_LINES} lines, and none without a first comment`, () => {
    for (const { path, text } of files) {
      const lines = text.split('\n').length - 1;
      assert.ok(lines <= MAX_LINES, `${path} has ${lines} lines: it probably has two subjects`);
      assert.match(text, /^(#!.*\n)?\/\*\*/, `${path} does not begin with what it is for`);
    }
  });

  it(`has no line over ${MAX_COLUMNS} columns`, () => {
    for (const { path, text } of files) {
      for (const [index, line] of text.split('\n').entries()) {
        const place = `${path}:${index + 1}`;
        assert.ok(line.length <= MAX_COLUMNS, `${place} has ${line.length} columns`);
      }
    }
  });
});
