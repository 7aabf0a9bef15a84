/**
 * What `npm pack` runs before and after. `prepare` builds the engine as JavaScript into a clean
 * dist/ and puts the library's package.json in the place of the repository's; `restore` puts that
 * one back. docs/adr/0007-the-library-has-its-own-package-json.md says why.
 *
 * Both files are replaced whole or not at all, and `prepare` first undoes what an interrupted
 * packing has left, so no interruption loses the repository's package.json.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MANIFEST = 'package.json';
/** The repository's package.json while the library's is in its place. Git ignores it. */
const ASIDE = '.package.json.aside';

process.chdir(ROOT);
const step = process.argv[2];
if (step === 'prepare') prepare();
else if (step === 'restore') restore();
else throw new Error(`unknown step ${step}: allowed are prepare and restore`);

function prepare(): void {
  undoInterrupted();
  rmSync('dist', { recursive: true, force: true });
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
  // Standard output belongs to `npm pack --json`.
  const build = spawnSync(process.execPath, tsc, { stdio: ['ignore', 2, 2] });
  if (build.status !== 0) throw new Error(`tsc failed with exit code ${build.status}`);
  const text = readFileSync(MANIFEST, 'utf8');
  const manifest = libraryManifest(JSON.parse(text));
  replaceFile(ASIDE, text);
  replaceFile(MANIFEST, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Throws where nobody but a person can say which package.json is the right one. */
function undoInterrupted(): void {
  if (!existsSync(ASIDE)) return;
  const text = readFileSync(MANIFEST, 'utf8');
  if (text === readFileSync(ASIDE, 'utf8')) return;
  // Only the repository's says that it is not for publishing.
  if (JSON.parse(text).private !== true) restore();
  else {
    throw new Error(
      `an interrupted packing left ${ASIDE}, and ${MANIFEST} is another one than that: ` +
        `make ${MANIFEST} what it should be and remove ${ASIDE}`,
    );
  }
}

function replaceFile(path: string, text: string): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}

function restore(): void {
  renameSync(ASIDE, MANIFEST);
}

function libraryManifest({ name, version, license, dependencies }: PackageJson): object {
  const entry = './dist/engine/index';
  return {
    name,
    version,
    description: 'A matching engine to embed: price-time priority, all in typed arrays',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    exports: { './engine': { types: `${entry}.d.ts`, default: `${entry}.js` } },
    files: ['dist'],
    dependencies: Object.fromEntries(
      importedPackages().map((imported) => {
        const range = dependencies[imported];
        if (range === undefined) {
          throw new Error(`dist imports ${imported}, which is not in package.json's dependencies`);
        }
        return [imported, range];
      }),
    ),
  };
}

/** The packages that the built files load. */
function importedPackages(): string[] {
  const names = new Set<string>();
  for (const path of globSync('dist/**/*.js')) {
    const text = readFileSync(path, 'utf8');
    const imports = text.matchAll(/^(?:import |.*\bfrom )['"]([^.'"\n][^'"\n]*)['"];$/gm);
    for (const match of imports) names.add(/^(?:@[^/]+\/)?[^/]+/.exec(match[1]!)![0]);
  }
  return [...names].sort();
}
