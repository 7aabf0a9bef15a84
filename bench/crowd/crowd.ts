/**
 * A thousand clients, each with a connection of its own, that all press the button at once: one
 * HTTP request each, sent in the same turn of the event loop.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';

export interface CrowdAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** From sending the request to the end of its answer. */
  readonly latencyMs: number;
}

export interface Rush {
  readonly answers: readonly CrowdAnswer[];
  /** From the first request to the end of the last answer. */
  readonly seconds: number;
}

/** Files that a process has open besides the crowd's connections, generously. */
const OTHER_FILES = 100;

export class Crowd {
  readonly clients: number;
  private readonly url: string;
  private readonly agent: Agent;

  private constructor(url: string, clients: number) {
    this.url = url;
    this.clients = clients;
    this.agent = new Agent({ keepAlive: true, maxSockets: clients, maxFreeSockets: clients });
  }

  /** Resolves when every client is connected. */
  static async connect(url: string, clients: number): Promise<Crowd> {
    const limit = openFilesLimit();
    if (limit < clients + OTHER_FILES) {
      throw new Error(
        `${clients} connections need ${clients + OTHER_FILES} open files, and the limit is ` +
          `${limit}: raise it (ulimit -n), or have fewer clients`,
      );
    }
    const crowd = new Crowd(url, clients);
    // All at once, so that none finds a connection that another has left.
    await crowd.rush('GET', '/health');
    return crowd;
  }

  /** Every client sends the same request; resolves when all are answered. */
  async rush(method: 'GET' | 'POST', path: string, line = ''): Promise<Rush> {
    const startMs = performance.now();
    const asks = Array.from({ length: this.clients }, () => this.ask(method, path, line));
    const answers = await Promise.all(asks);
    return { answers, seconds: (performance.now() - startMs) / 1_000 };
  }

  close(): void {
    this.agent.destroy();
  }

  private async ask(method: string, path: string, line: string): Promise<CrowdAnswer> {
    const headers = { 'Content-Type': 'text/csv', 'Content-Length': line.length };
    const sentMs = performance.now();
    const outgoing = request(new URL(path, this.url), { method, agent: this.agent, headers });
    outgoing.end(line);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await once(response, 'end');
    const latencyMs = performance.now() - sentMs;
    return { status: response.statusCode!, body: JSON.parse(text), latencyMs };
  }
}

/** Node raises the limit to what the system allows by itself; Linux tells what that is. */
function openFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** How many answers came to what: `New`, `Filled`, or the name of the reject reason. */
export function countOutcomes(answers: readonly CrowdAnswer[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status, body } of answers) {
    const reason = body['rejectReason'] as { readonly name: string } | undefined;
    const outcome = status === 200 ? (reason?.name ?? String(body['status'])) : `HTTP ${status}`;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}
