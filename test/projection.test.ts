/**
 * PostgreSQL's tables hold what the exchange said over HTTP, row by row; tampering is found and
 * repaired; tables that belong to another journal are not touched.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  embeddedDatabaseUrl,
  runCli,
  ServerProcess,
  temporaryDataFolder,
  until,
} from './support/server-process.ts';

const ACCOUNTS = [1, 2, 3];
const CURRENCIES = [1, 2, 10, 11, 12];
const [BTC_KRW, AAPL_USD] = [1, 3];
const NOTHING_PROJECTED = "sequence = 0, event_hash = '0000000000000000'";

type Row = Readonly<Record<string, unknown>>;

let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
let server: ServerProcess;
/** What became of each order, by its id, with the line that was sent. */
const orders = new Map<number, { readonly line: string; readonly answer: Answer['body'] }>();

before(async () => {
  folder = await temporaryDataFolder();
  server = await ServerProcess.start(folder.path);
  await trade();
});

after(async () => {
  await server.end('SIGTERM');
  await folder.remove();
});

async function trade(): Promise<void> {
  for (const account of ACCOUNTS) {
    for (const currency of CURRENCIES) await send('/deposit', `${account},${currency},100000000`);
  }
  for (let round = 0; round < 10; round++) {
    const price = 20_000 + round;
    await order(`1,${BTC_KRW},${price},5,2,limit,GTC,${100 + round}`);
    await order(`2,${BTC_KRW},${price},3,1`);
    await order(`2,${BTC_KRW},${price},9,1,limit,IOC`);
    await order(`3,${AAPL_USD},${100 + round},7,2`);
    await order(`1,${AAPL_USD},0,${5 + round},1,market`);
    const resting = await order(`3,${BTC_KRW},${10_000 + round},2,1`);
    if (round % 2 === 0) await send('/cancel', `3,${resting['orderId']},${BTC_KRW}`);
    await order(`3,${BTC_KRW},1000000000,2,1`);
    await order(`9,${BTC_KRW},5,2,1`);
  }
  await server.waitForProjection();
}

async function send(path: string, line: string): Promise<Answer['body']> {
  const { status, body } = await server.send(path, line);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function order(line: string): Promise<Answer['body']> {
  const answer = await send('/order', line);
  orders.set(answer['orderId'] as number, { line, answer });
  return answer;
}

/** Runs statements in PostgreSQL; the rows of the last one, whole numbers as numbers. */
async function sql(statement: string): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: embeddedDatabaseUrl(folder.path),
    types: {
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
    },
  });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const MICROSECONDS = (column: string) => `(extract(epoch FROM ${column}) * 1000000)::bigint`;

async function reconcile(): Promise<{ code: number | null; text: string }> {
  const { code, stdout, stderr } = await runCli(['reconcile', '--data', folder.path]);
  return { code, text: stdout + stderr };
}

async function restart(...flags: string[]): Promise<void> {
  assert.equal(await server.end('SIGTERM'), 0);
  server = await ServerProcess.start(folder.path, flags);
}

describe('the tables', () => {
  it('of a release before are brought up as they are, rows and all', async () => {
    const rows = 'SELECT * FROM orders ORDER BY order_id';
    const before = await sql(rows);
    // As the step before the last left them.
    await sql(`DELETE FROM kysely_migration WHERE name = '0006_ease_writing';
      ALTER TABLE balances ADD FOREIGN KEY (currency_id) REFERENCES currencies;
      ALTER TABLE ledger_entries ADD FOREIGN KEY (currency_id) REFERENCES currencies;
      ALTER TABLE orders RESET (fillfactor);
      ALTER TABLE balances RESET (fillfactor)`);
    await restart();
    await server.waitForProjection();
    assert.deepEqual(await sql(rows), before);
    const references = `SELECT conrelid::regclass::text AS "of" FROM pg_constraint
      WHERE contype = 'f' AND conrelid::regclass::text IN ('balances', 'ledger_entries')`;
    assert.deepEqual(await sql(references), []);
    const room = "SELECT reloptions FROM pg_class WHERE relname = 'balances'";
    assert.deepEqual(await sql(room), [{ reloptions: ['fillfactor=50'] }]);
    const { code, text } = await reconcile();
    assert.equal(code, 0, text);
  });

  it('orders: one row each, with its terms as sent and its outcome as answered', async () => {
    const created = MICROSECONDS('created_at');
    const rows = await sql(`SELECT *, ${created} AS created FROM orders ORDER BY order_id`);
    assert.equal(rows.length, orders.size);
    for (const row of rows) {
      const { line, answer } = orders.get(row['order_id'] as number)!;
      const [account, symbol, price, qty, side, type = 'limit', tif, clientOrderId = 0] =
        line.split(',');
      const sent = [account, symbol, price, qty, clientOrderId].map(Number);
      const stored = ['account_id', 'symbol_id', 'price', 'qty', 'client_order_id'];
      assert.deepEqual(
        stored.map((column) => row[column]),
        sent,
        line,
      );
      const byDefault = type === 'market' ? 'IOC' : 'GTC';
      assert.deepEqual(
        [row['side'], row['order_type'], row['time_in_force']],
        [side === '1' ? 'Buy' : 'Sell', type === 'market' ? 'Market' : 'Limit', tif ?? byDefault],
      );
      assert.equal(row['created'], answer['time']);
      const reason = answer['rejectReason'] as { name: string } | undefined;
      assert.equal(row['reject_reason'], reason?.name ?? 'None');
      // Others may have traded with it, or it was cancelled, after the answer.
      if (row['updated_sequence'] !== answer['sequence']) continue;
      const outcome = [answer['status'], answer['cumQty'] ?? 0, answer['leavesQty'] ?? 0];
      assert.deepEqual([row['status'], row['cum_qty'], row['leaves_qty']], outcome, line);
    }
    const statuses = await sql('SELECT DISTINCT status FROM orders ORDER BY status');
    assert.deepEqual(
      statuses.map(({ status }) => status),
      ['Canceled', 'Filled', 'New', 'Rejected'],
    );
  });

  it('open orders add up to the book', async () => {
    const levels = await sql(`SELECT side, price, sum(leaves_qty)::bigint AS qty, count(*) AS orders
      FROM orders WHERE leaves_qty > 0 AND symbol_id = ${BTC_KRW}
      GROUP BY side, price ORDER BY price DESC`);
    const { body } = await server.get(`/orderbook?symbolId=${BTC_KRW}`);
    const sideOf = (side: string, key: string) =>
      (body[key] as Row[]).map((level) => ({ side, ...level }));
    assert.ok(levels.length > 0);
    assert.deepEqual(
      levels.map(({ side, price, qty, orders: count }) => ({ side, price, qty, orders: count })),
      [...sideOf('Sell', 'asks').reverse(), ...sideOf('Buy', 'bids')],
    );
  });

  it('trades: one row for each fill that was answered, with both fees', async () => {
    const executed = MICROSECONDS('executed_at');
    const rows = await sql(`SELECT *, ${executed} AS executed FROM trades ORDER BY trade_id`);
    const fills = [...orders].flatMap(([orderId, { answer }]) =>
      ((answer['fills'] as Row[] | undefined) ?? []).map((fill) => ({ orderId, answer, fill })),
    );
    assert.ok(fills.length > 20);
    assert.equal(rows.length, fills.length);
    for (const [index, { orderId, answer, fill }] of fills.entries()) {
      const row = rows[index]!;
      assert.deepEqual(
        [row['trade_id'], row['price'], row['qty'], row['taker_fee'], row['taker_order_id']],
        [fill['tradeId'], fill['price'], fill['qty'], fill['fee'], orderId],
      );
      assert.deepEqual([row['sequence'], row['executed']], [answer['sequence'], answer['time']]);
      const maker = orders.get(row['maker_order_id'] as number)!;
      const taker = orders.get(orderId)!;
      const accountOf = (line: string) => Number(line.split(',')[0]);
      assert.deepEqual(
        [row['maker_account_id'], row['taker_account_id'], row['maker_fee']],
        [accountOf(maker.line), accountOf(taker.line), row['taker_fee']],
      );
    }
  });

  it('balances, currencies and markets are what the reads show', async () => {
    for (const account of ACCOUNTS) {
      const rows = await sql(`SELECT currency_id, available, locked FROM balances
        WHERE account_id = ${account} ORDER BY currency_id`);
      const { body } = await server.get(`/balances?userId=${account}`);
      assert.deepEqual(
        rows.map((row) => [row['currency_id'], row['available'], row['locked']]),
        (body['balances'] as Row[]).map((row) => [
          row['currencyId'],
          row['available'],
          row['locked'],
        ]),
      );
    }
    const { body } = await server.get('/symbols');
    assert.deepEqual(
      await sql(
        'SELECT currency_id AS "currencyId", code, decimals, kind FROM currencies ORDER BY 1',
      ),
      body['currencies'],
    );
    const markets = await sql(`SELECT symbol_id AS "symbolId", code,
      base_currency_id AS "baseCurrencyId", quote_currency_id AS "quoteCurrencyId",
      lot_size AS "lotSize", tick_value AS "tickValue",
      maker_fee_ppm AS "makerFeePpm", taker_fee_ppm AS "takerFeePpm",
      reference_price AS "referencePrice", band_ticks AS "bandTicks"
      FROM market_symbols ORDER BY 1`);
    assert.deepEqual(markets, body['symbols']);
  });

  it('all balances of a currency sum to zero, and equal the engine', async () => {
    const sums = await sql(
      'SELECT sum(available + locked)::bigint AS sum FROM balances GROUP BY currency_id',
    );
    assert.deepEqual(
      sums,
      CURRENCIES.map(() => ({ sum: 0 })),
    );
    const { code, text } = await reconcile();
    assert.equal(code, 0, text);
  });
});

describe('tampering', () => {
  it('is found by reconcile, which names the row, and repaired by a rebuild', async () => {
    const [someOrder] = await sql('SELECT min(order_id) AS id FROM orders');
    const [someTrade] = await sql('SELECT max(trade_id) AS id FROM trades');
    const cases: [string, RegExp][] = [
      [
        `UPDATE orders SET cum_qty = cum_qty + 1 WHERE order_id = ${someOrder!['id']}`,
        new RegExp(`^orders ${someOrder!['id']}: `, 'm'),
      ],
      [
        `UPDATE trades SET price = price + 1 WHERE trade_id = ${someTrade!['id']}`,
        new RegExp(`^trades ${someTrade!['id']}: `, 'm'),
      ],
      [
        'UPDATE balances SET available = available + 1 WHERE account_id = 1 AND currency_id = 2',
        /^balances 1\/2: /m,
      ],
      [
        'DELETE FROM balances WHERE account_id = 2 AND currency_id = 12',
        /^balances 2\/12: .*PostgreSQL none/m,
      ],
      ['INSERT INTO balances VALUES (4, 1, 5, 0, 1)', /^balances 4\/1: engine none/m],
    ];
    for (const [statement] of cases) await sql(statement);
    const tampered = await reconcile();
    for (const [statement, expected] of cases) assert.match(tampered.text, expected, statement);
    assert.equal(tampered.code, 1);
    await restart('--rebuild-projection');
    await server.waitForProjection();
    const { code, text } = await reconcile();
    assert.equal(code, 0, text);
  });

  it('with any column is found', async () => {
    const changes = [
      'client_order_id = client_order_id + 1',
      "order_type = 'Market'",
      "time_in_force = 'IOC'",
      "reject_reason = 'NoLiquidity'",
      "created_at = created_at - interval '1 hour'",
    ];
    // Each in an order of its own, which has something else there.
    const rows = await sql(`SELECT order_id AS id FROM orders WHERE order_type = 'Limit'
      AND time_in_force = 'GTC' AND reject_reason = 'None' LIMIT ${changes.length}`);
    const undo: string[] = [];
    for (const [index, change] of changes.entries()) {
      const column = change.split(' ')[0]!;
      const where = `WHERE order_id = ${rows[index]!['id']}`;
      const [before] = await sql(`SELECT ${column}::text AS text FROM orders ${where}`);
      await sql(`UPDATE orders SET ${change} ${where}`);
      undo.push(`UPDATE orders SET ${column} = '${before!['text']}' ${where}`);
    }
    const { code, text } = await reconcile();
    assert.equal(code, 1);
    const missed = changes.filter(
      (_, index) => !new RegExp(`^orders ${rows[index]!['id']}: `, 'm').test(text),
    );
    assert.deepEqual(missed, []);
    for (const statement of undo) await sql(statement);
    assert.equal((await reconcile()).code, 0);
  });
});

describe('a checkpoint that is not ours', () => {
  /** The message that projection has stopped; trading must go on, and nothing more be projected. */
  async function assertDiverged(): Promise<void> {
    const { msg } = await server.waitForLog(({ msg }) => msg.includes('--rebuild-projection'));
    assert.match(msg, /checkpoint is at sequence \d+, but .*tables belong to another journal/);
    const rows = 'SELECT sequence, event_hash FROM projection_checkpoint';
    const before = await sql(rows);
    const { sequence } = await send('/deposit', '1,1,1');
    await until('the journal is still checked', async () =>
      (await server.health()).sequence.verified >= (sequence as number) ? true : undefined,
    );
    assert.equal((await server.health()).projection.state, 'diverged');
    assert.deepEqual(await sql(rows), before);
    const { code, text } = await reconcile();
    assert.equal(code, 2, text);
    assert.match(text, /checkpoint is sequence/);
  }

  async function assertRepaired(): Promise<void> {
    await restart('--rebuild-projection');
    await server.waitForProjection();
    assert.equal((await server.health()).projection.state, 'running');
    const { code, text } = await reconcile();
    assert.equal(code, 0, text);
  }

  async function assertDivergedThenRepair(): Promise<void> {
    try {
      await assertDiverged();
    } finally {
      await assertRepaired();
    }
  }

  it('because an old backup came back is no harm: the projection catches up', async () => {
    await sql(`TRUNCATE currencies, market_symbols, orders, trades, balances, transfers,
      ledger_entries;
      UPDATE projection_checkpoint SET ${NOTHING_PROJECTED}`);
    await send('/deposit', '1,1,1');
    await server.waitForProjection();
    const { code, text } = await reconcile();
    assert.equal(code, 0, text);
  });

  it('because its hash is another stops the projection and asks for a rebuild', async () => {
    await sql("UPDATE projection_checkpoint SET event_hash = 'ffffffffffffffff'");
    await restart();
    await assertDivergedThenRepair();
  });

  it('because it is beyond the journal stops the projection and asks for a rebuild', async () => {
    await sql('UPDATE projection_checkpoint SET sequence = sequence + 1000');
    await restart();
    await assertDivergedThenRepair();
  });

  it('because it is gone, or a table is, is repaired by a rebuild', async () => {
    await sql('DELETE FROM projection_checkpoint');
    await restart();
    const { msg } = await server.waitForLog(({ msg }) => msg.includes('--rebuild-projection'));
    assert.match(msg, /tables have no checkpoint/);
    const { status, body } = await server.get('/balances?userId=1');
    assert.equal(status, 503);
    assert.match(JSON.stringify(body), /its checkpoint is missing/);
    await sql('DROP TABLE trades; DROP TABLE kysely_migration_lock');
    await assertRepaired();
  });

  it('is noticed while the exchange runs, too', async () => {
    await sql("UPDATE projection_checkpoint SET event_hash = 'ffffffffffffffff'");
    await send('/deposit', '1,1,1');
    await assertDivergedThenRepair();
  });
});
