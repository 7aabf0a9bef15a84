/**
 * What `npm pack` makes is the engine as a library: installed elsewhere it runs as JavaScript, has
 * types, and brings nothing of the exchange along.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = join(ROOT, 'node_modules/.bin/tsc');
/** What packing reads. It works on a copy, since it changes package.json and dist for a moment. */
const SOURCES = [
  'collections',
  'engine',
  'packaging',
  'protocol',
  '.gitignore',
  'LICENSE',
  'README.md',
  'package.json',
  'tsconfig.build.json',
  'tsconfig.json',
];

const PROGRAM = `
import { PlainEngine, RejectReason, Side } from 'hoga/engine';

const engine = new PlainEngine();
engine.addSymbol(1);
engine.execute({ command: 'new', orderId: 1, symbolId: 1, side: Side.Sell, price: 101, qty: 5 });
const { rejectReason, events } = engine.execute({
  command: 'new', orderId: 2, symbolId: 1, side: Side.Buy, price: 101, qty: 3,
});
if (rejectReason !== RejectReason.None) throw new Error('rejected');
const trade = events.find((event) => event.event === 'trade');
console.log(trade?.qty, trade?.price, engine.levels(1, Side.Sell)[0]?.qty);
`;

/** Says what the types must know, and what they must not allow. */
const TYPED_PROGRAM = `
import { type EngineListener, MatchingEngine, OrderTicket, Side } from 'hoga/engine';
import type { LevelView, OrderTerms } from 'hoga/engine';

const listener: EngineListener = {
  onRejected: (ticket, rejectReason) => console.log(ticket.orderId, rejectReason),
  onReport: (order, execType, reason) => console.log(order, execType, reason),
  onFill: (maker, taker) => console.log(maker, taker),
  onLevel: (level) => console.log(level),
  onTradingState: (symbolIndex, state) => console.log(symbolIndex, state),
};
const engine = new MatchingEngine(listener);
engine.addSymbol(1);
const terms: OrderTerms = { orderId: 1, symbolId: 1, side: Side.Buy, price: 99, qty: 1 };
export const reason: number = engine.submit(new OrderTicket().set(terms));
// @ts-expect-error a price is a number
export const wrong: OrderTerms = { ...terms, price: '99' };
export const level: LevelView | undefined = undefined;
declare const console: { log(...values: unknown[]): void };
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: [],
    strict: true,
    noEmit: true,
  },
  files: ['typed.ts'],
};

describe('the package', () => {
  let folder: string;
  let project: string;
  let contents: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hoga-package-'));
    project = join(folder, 'project');
    const tarball = await pack(join(folder, 'copy'), folder);
    await mkdir(project);
    await write('package.json', JSON.stringify({ type: 'module', private: true }));
    await npm(project, 'install', '--ignore-scripts', '--prefer-offline', tarball);
    contents = await readdir(join(project, 'node_modules/hoga'), { recursive: true });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('holds JavaScript and declarations of the engine, and no sources or tests', () => {
    assert.ok(contents.includes('dist/engine/index.js'), contents.join('\n'));
    assert.ok(contents.includes('dist/engine/index.d.ts'));
    const allowed =
      /^(LICENSE|README\.md|package\.json|dist(\/(engine|protocol|collections)(\/.+)?)?)$/;
    for (const path of contents) {
      assert.match(path, allowed);
      assert.doesNotMatch(path, /(?<!\.d)\.ts$|\.test\.|testing|oracle/, path);
    }
  });

  it('brings along only what the engine itself loads', async () => {
    const packages = await readdir(join(project, 'node_modules'));
    assert.deepEqual(
      packages.filter((name) => !name.startsWith('.')),
      ['hoga', 'sorted-btree'],
    );
  });

  it('runs as JavaScript', async () => {
    await write('program.js', PROGRAM);
    const { stdout } = await promisify(execFile)(process.execPath, ['program.js'], {
      cwd: project,
    });
    assert.equal(stdout, '3 101 2\n');
  });

  it('has types', async () => {
    await write('typed.ts', TYPED_PROGRAM);
    await write('tsconfig.json', JSON.stringify(TSCONFIG));
    // tsc tells what is wrong on its standard output, which the error would not show.
    const tsc = promisify(execFile)(process.execPath, [TSC, '-p', '.'], { cwd: project });
    const told = await tsc.then(
      () => '',
      ({ stdout }) => stdout,
    );
    assert.equal(told, '');
  });

  it("puts the repository's own package.json back", async () => {
    const [copied, own] = await Promise.all([
      readFile(join(folder, 'copy/package.json'), 'utf8'),
      readFile(join(ROOT, 'package.json'), 'utf8'),
    ]);
    assert.equal(copied, own);
  });

  it('keeps the repository’s package.json when packing was interrupted', async () => {
    const copy = join(folder, 'copy');
    const [manifest, aside] = [join(copy, 'package.json'), join(copy, '.package.json.aside')];
    const own = await readFile(manifest, 'utf8');
    await packaging(copy, 'prepare');
    assert.notEqual(await readFile(manifest, 'utf8'), own);
    await packaging(copy, 'prepare');
    assert.equal(await readFile(aside, 'utf8'), own);
    await packaging(copy, 'restore');
    assert.equal(await readFile(manifest, 'utf8'), own);
    // Interrupted between the two: both are the repository's.
    await writeFile(aside, own);
    await packaging(copy, 'prepare');
    await packaging(copy, 'restore');
    assert.equal(await readFile(manifest, 'utf8'), own);
  });

  it('does not choose between a package.json that was changed and the one set aside', async () => {
    const copy = join(folder, 'copy');
    const [manifest, aside] = [join(copy, 'package.json'), join(copy, '.package.json.aside')];
    const own = await readFile(manifest, 'utf8');
    const older = own.replace('"version": "', '"version": "0.');
    await writeFile(aside, older);
    await assert.rejects(
      packaging(copy, 'prepare'),
      /interrupted packing left .package.json.aside/,
    );
    assert.equal(await readFile(manifest, 'utf8'), own);
    assert.equal(await readFile(aside, 'utf8'), older);
  });

  function write(name: string, text: string): Promise<void> {
    return writeFile(join(project, name), text);
  }
});

/** Packs a copy of the repository; returns the tarball's path. */
async function pack(copy: string, destination: string): Promise<string> {
  await mkdir(copy);
  await Promise.all(
    SOURCES.map((name) => cp(join(ROOT, name), join(copy, name), { recursive: true })),
  );
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await npm(copy, 'pack', '--pack-destination', destination);
  const names = await readdir(destination);
  const name = names.find((candidate) => candidate.endsWith('.tgz'));
  assert.ok(name, `npm pack left no tarball: ${names}`);
  return join(destination, name);
}

async function packaging(cwd: string, step: 'prepare' | 'restore'): Promise<void> {
  await promisify(execFile)(process.execPath, ['packaging/pack.ts', step], { cwd });
}

async function npm(cwd: string, ...parameters: string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
  await promisify(execFile)('npm', [...parameters, ...quiet], { cwd });
}
