/** The HTTP interface: commands in, outcomes out, and the reads. docs/http.md describes it. */
import type { Database } from '../persistence/database.ts';
import { readAccountBalances } from '../persistence/queries.ts';
import { CSV_COLUMNS, type CsvKind } from '../protocol/csv.ts';
import { formatDecimal } from '../protocol/decimal.ts';
import type { FieldError } from '../protocol/field-error.ts';
import { describeRange, FIELD_RANGE, type FieldRange, isInRange } from '../protocol/field-range.ts';
import { RejectReason } from '../protocol/reject-reason.ts';
import type { BookReplica } from './book-replica.ts';
import { busyRefusal, type CommandIntake, type Refusal } from './command-intake.ts';
import { type CommandOutcome, outcomeAsJson } from './command-outcome.ts';
import type { CommandReply } from './command-port.ts';
import type { CommandRoute } from './command-request.ts';
import type { GatewaySettings } from './gateway-settings.ts';
import { collectBody, type Headers, HttpAnswer, NO_HEADERS } from './http-answer.ts';
import { METRICS_CONTENT_TYPE } from './metrics.ts';
import type { NextStateChange } from './next-state-change.ts';
import type { HttpRequest, HttpResponse, TemplatedApp } from './uws.ts';

/** What the routes need of the gateway around them. */
export interface GatewayServices {
  readonly settings: GatewaySettings;
  readonly replica: BookReplica;
  readonly intake: CommandIntake;
  /** undefined until PostgreSQL's address is known. */
  database(): Database | undefined;
  /** For GET /latency. */
  latencyReport(): Record<string, unknown>;
  isFull(): boolean;
  /** undefined for a market without hours. */
  nextChange(symbolId: number): NextStateChange | undefined;
  /** For Prometheus. */
  metricsText(): Promise<string>;
  health(): { readonly isHealthy: boolean; readonly report: unknown };
}

/** An id was used for something else before. */
const CONFLICTS: readonly number[] = [
  RejectReason.ClientOrderIdConflict,
  RejectReason.TransferIdConflict,
];
/** The request had been executed before, and this is its first answer. */
const REPLAYED = { 'Idempotent-Replayed': 'true' } as const;

const CSV_CONTENT_TYPE = /^(text\/(csv|plain)|application\/x-www-form-urlencoded|$)/;

const COMMAND_ROUTES = [...(Object.keys(CSV_COLUMNS) as CsvKind[]), 'commands'] as const;

export function addRoutes(app: TemplatedApp, services: GatewayServices): void {
  const guarded =
    (
      handle: (answer: HttpAnswer, request: HttpRequest, response: HttpResponse) => void,
      isHead = false,
    ) =>
    (response: HttpResponse, request: HttpRequest): void => {
      const answer = new HttpAnswer(response, isHead);
      if (services.isFull()) {
        const { maxConnections } = services.settings;
        const refusal = busyRefusal(`there are more than ${maxConnections} connections`);
        refuse(answer, refusal, { Connection: 'close' });
      } else handle(answer, request, response);
    };
  for (const route of COMMAND_ROUTES) {
    app.post(
      `/${route}`,
      guarded((answer, request, response) => {
        const contentType = request.getHeader('content-type');
        receiveCommands(services, route, contentType, answer, response);
      }),
    );
    app.any(
      `/${route}`,
      guarded((answer, request) => wrongMethod(answer, request, 'POST')),
    );
  }
  const reads: Record<string, (answer: HttpAnswer, request: HttpRequest) => void> = {
    '/orderbook': (answer, request) => answerOrderBook(services, answer, request),
    '/balances': (answer, request) => answerBalances(services, answer, request),
    '/symbols': (answer) => answerSymbols(services, answer),
    '/metrics': (answer) => {
      services.metricsText().then((text) => answer.text(text, METRICS_CONTENT_TYPE));
    },
    '/latency': (answer) => answer.json(200, services.latencyReport()),
    '/health': (answer) => {
      const { isHealthy, report } = services.health();
      answer.json(isHealthy ? 200 : 503, report);
    },
  };
  for (const [path, read] of Object.entries(reads)) {
    app.get(path, guarded(read));
    app.head(path, guarded(read, true));
    app.any(
      path,
      guarded((answer, request) => wrongMethod(answer, request, 'GET, HEAD')),
    );
  }
  const paths = [...COMMAND_ROUTES.map((route) => `POST /${route}`)];
  const known = [
    ...paths,
    ...Object.keys(reads).map((path) => `GET ${path}`),
    'WebSocket /ws',
    'WebSocket /ws/commands',
  ];
  app.any(
    '/*',
    guarded((answer, request) => {
      answer.fieldError({ field: 'path', value: request.getUrl(), allowed: known.join(', ') }, 404);
    }),
  );
}

function wrongMethod(answer: HttpAnswer, request: HttpRequest, allowed: string): void {
  const error = { field: 'method', value: request.getMethod().toUpperCase(), allowed };
  answer.fieldError(error, 405, { Allow: allowed });
}

/** How a body of this content type is read; undefined: not at all. */
function encodingOf(contentType: string): 'csv' | 'binary' | undefined {
  // As most clients write them.
  if (contentType === 'text/csv') return 'csv';
  if (contentType === 'application/octet-stream') return 'binary';
  const name = contentType.toLowerCase();
  if (name.startsWith('application/octet-stream')) return 'binary';
  return CSV_CONTENT_TYPE.test(name) ? 'csv' : undefined;
}

function receiveCommands(
  services: GatewayServices,
  route: CommandRoute,
  contentType: string,
  answer: HttpAnswer,
  response: HttpResponse,
): void {
  const { intake, settings } = services;
  const { maxBodyBytes } = settings;
  const encoding = encodingOf(contentType);
  const onTooLong = () => {
    answer.fieldError(
      { field: 'body', value: `more than ${maxBodyBytes} bytes`, allowed: `${maxBodyBytes} bytes` },
      413,
    );
  };
  collectBody(
    response,
    maxBodyBytes,
    (body) => {
      let refusal: Refusal | undefined;
      if (encoding === 'binary')
        refusal = intake.takeBinary(route, body, (results) => answer.binary(results));
      else if (encoding === 'csv' && route !== 'commands') {
        refusal = intake.takeCsv(route, body, new JsonReply(answer));
      } else {
        const allowed = route === 'commands' ? '' : 'text/csv or ';
        const error = { field: 'Content-Type', value: contentType.toLowerCase() };
        answer.fieldError({ ...error, allowed: `${allowed}application/octet-stream` }, 415);
      }
      if (refusal !== undefined) refuse(answer, refusal);
    },
    onTooLong,
  );
}

function refuse(
  answer: HttpAnswer,
  { status, error, retryAfterSeconds }: Refusal,
  headers: Headers = NO_HEADERS,
): void {
  const later =
    retryAfterSeconds === undefined ? NO_HEADERS : { 'Retry-After': `${retryAfterSeconds}` };
  answer.json(status, { error }, { ...later, ...headers });
}

/** The outcome of the request's one command. */
class JsonReply implements CommandReply {
  readonly wantsFills = true;
  private readonly answer: HttpAnswer;

  constructor(answer: HttpAnswer) {
    this.answer = answer;
  }

  onOutcome(_: number, outcome: CommandOutcome): void {
    const status = CONFLICTS.includes(outcome.rejectReason) ? 409 : 200;
    const headers = outcome.isRepeat ? REPLAYED : NO_HEADERS;
    this.answer.jsonText(status, outcomeAsJson(outcome), headers);
  }
}

/** A whole number in the query, or what is wrong with it. */
function queryInteger(
  request: HttpRequest,
  field: string,
  range: FieldRange,
  fallback?: number,
): number | FieldError {
  const text = request.getQuery(field);
  if (text === undefined && fallback !== undefined) return fallback;
  const value = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (isInRange(range, value)) return value;
  return { field, value: text?.slice(0, 100) ?? null, allowed: describeRange(range) };
}

function answerOrderBook(
  services: GatewayServices,
  answer: HttpAnswer,
  request: HttpRequest,
): void {
  const { depthDefault, depthMax } = services.settings;
  const symbolId = queryInteger(request, 'symbolId', FIELD_RANGE.symbolId);
  const depth = queryInteger(request, 'depth', { min: 1, max: depthMax }, depthDefault);
  if (typeof symbolId !== 'number') answer.fieldError(symbolId);
  else if (typeof depth !== 'number') answer.fieldError(depth);
  else {
    const { replica } = services;
    const book = replica.book(symbolId, depth);
    const allowed = `an id of GET /symbols: ${[...replica.symbols.keys()].join(', ')}`;
    if (book === undefined) answer.fieldError({ field: 'symbolId', value: symbolId, allowed }, 404);
    else answer.json(200, { sequence: replica.sequence, ...book });
  }
}

function answerSymbols(services: GatewayServices, answer: HttpAnswer): void {
  const { replica } = services;
  const symbols = [...replica.symbols.values()].map((symbol) => {
    const { symbolId } = symbol;
    const next = services.nextChange(symbolId);
    const hours = next && { nextState: next.state, nextStateTime: next.time };
    return { ...symbol, ...replica.priceBand(symbolId), ...hours };
  });
  answer.json(200, { currencies: [...replica.currencies.values()], symbols });
}

function answerBalances(services: GatewayServices, answer: HttpAnswer, request: HttpRequest): void {
  const userId = queryInteger(request, 'userId', FIELD_RANGE.accountId);
  const db = services.database();
  if (typeof userId !== 'number') answer.fieldError(userId);
  else if (db === undefined) databaseUnavailable(answer, 'has not started yet');
  else {
    readAccountBalances(db, userId).then(
      ({ sequence, balances }) => {
        const texts = balances.map((balance) => ({
          ...balance,
          availableText: formatDecimal(balance.available, balance.decimals),
          lockedText: formatDecimal(balance.locked, balance.decimals),
        }));
        answer.json(200, { userId, sequence, balances: texts });
      },
      (error: Error) => databaseUnavailable(answer, `does not answer (${error.message})`),
    );
  }
}

function databaseUnavailable(answer: HttpAnswer, why: string): void {
  const message = `balances are read from PostgreSQL, which ${why}; trading goes on`;
  answer.error(503, message, { 'Retry-After': '1' });
}
