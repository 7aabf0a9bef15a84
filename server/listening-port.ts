/**
 * Is a port free, and if not, who has it? uWebSockets.js binds with SO_REUSEPORT, so a second
 * exchange on the same port would start without a word and take half of the requests. Start-up
 * therefore asks here before any gateway listens. Between the answer and the gateway's own bind
 * another process may slip in; the lock on the data folder covers the common case of two Hogas.
 */

import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer, isIPv4 } from 'node:net';

const COMMAND_LINE_LENGTH_MAX = 200;

/**
 * Column and value in /proc/net/tcp: `sl local_address rem_address st ... inode` (proc_net_tcp(5)).
 */
const COLUMN_LOCAL_ADDRESS = 1;
const COLUMN_STATE = 3;
const COLUMN_INODE = 9;
const STATE_LISTEN = '0A';

/** An IPv4 address in /proc/net/tcp6 comes after these digits. */
const MAPPED_IPV4_PREFIX = '0000000000000000FFFF0000';

const WILDCARD_HOSTS = new Set(['', '0.0.0.0', '::', '*']);

export type PortHolder = { readonly pid: number; readonly command: string };

export interface HeldPort {
  readonly port: number;
  release(): void;
}

export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly host: string;
  readonly port: number;
  /** Undefined where it cannot be found out: not on Linux, or another user's process. */
  readonly holder: PortHolder | undefined;

  constructor(host: string, port: number, holder: PortHolder | undefined) {
    const by =
      holder === undefined
        ? 'another process (which one could not be determined)'
        : `pid ${holder.pid} (${holder.command})`;
    super(`port ${port} on ${host} is in use by ${by}: stop it or choose another port`);
    this.host = host;
    this.port = port;
    this.holder = holder;
  }
}

/**
 * Resolves if `host`:`port` can be listened on; port 0 (any free port) always can.
 * Throws PortInUseError if somebody listens there, and an error that names host and port if it is
 * not ours to use: no permission, not an address of this machine, no such name.
 */
export async function assertPortIsFree(host: string, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`port ${port} is not a port: expected a whole number from 0 to 65535`);
  }
  if (port === 0) return;
  const error = await tryListen(host, port);
  if (error === undefined) return;
  switch (error.code) {
    case 'EADDRINUSE':
      throw new PortInUseError(host, port, findPortHolder(host, port));
    case 'EACCES':
      throw new Error(
        `no permission to listen on port ${port} of ${host}: choose a port of 1024 or above`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
      throw new Error(
        `cannot listen on ${host} port ${port}: this machine does not have that address;` +
          ' use one of its own, 127.0.0.1, or 0.0.0.0 for all',
        { cause: error },
      );
    default:
      throw new Error(`cannot listen on ${host} port ${port}: ${error.message}`, { cause: error });
  }
}

/**
 * Takes a free port and holds it until `release`, so that several gateways can listen there: what
 * listens with SO_REUSEPORT is given to nobody else who asks for a free one. uWebSockets itself
 * does not share a port that it was given by the kernel.
 */
export async function holdFreePort(host: string): Promise<HeldPort> {
  const server = createServer();
  server.listen({ host, port: 0, reusePort: true });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, release: () => void server.close() };
}

/** Listens and stops again: undefined if that worked. */
function tryListen(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function findPortHolder(host: string, port: number): PortHolder | undefined {
  if (process.platform !== 'linux') return undefined;
  const links = new Set(listeningInodes(host, port).map((inode) => `socket:[${inode}]`));
  if (links.size === 0) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      if (links.has(readLink(`/proc/${pid}/fd/${descriptor}`))) {
        return { pid: Number(pid), command: commandLine(pid) };
      }
    }
  }
  return undefined;
}

/** Inodes of the listening sockets that stand in the way of `host`:`port`. */
function listeningInodes(host: string, port: number): string[] {
  const inodes: string[] = [];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readText(table).split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      const [address, portHex] = (columns[COLUMN_LOCAL_ADDRESS] ?? '').split(':');
      const inode = columns[COLUMN_INODE];
      if (columns[COLUMN_STATE] !== STATE_LISTEN || inode === undefined) continue;
      if (Number.parseInt(portHex ?? '', 16) !== port) continue;
      if (isInTheWay(host, address ?? '')) inodes.push(inode);
    }
  }
  return inodes;
}

/** True if a socket bound to `addressHex` keeps us from binding `host`; names are not resolved. */
function isInTheWay(host: string, addressHex: string): boolean {
  if (WILDCARD_HOSTS.has(host) || !isIPv4(host) || /^0+$/.test(addressHex)) return true;
  // The kernel prints the address as one word in the machine's byte order: 127.0.0.1 = 0100007F.
  const bytes = host.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const hostHex = bytes.reverse().join('').toUpperCase();
  return addressHex === hostHex || addressHex === `${MAPPED_IPV4_PREFIX}${hostHex}`;
}

function commandLine(pid: string): string {
  const words = readText(`/proc/${pid}/cmdline`).split('\0').join(' ').trim();
  return words.slice(0, COMMAND_LINE_LENGTH_MAX) || 'command line unknown';
}

// Processes end while we look at them and others belong to other users: what cannot be read is
// empty, and the answer is 'could not be determined' at worst.

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
