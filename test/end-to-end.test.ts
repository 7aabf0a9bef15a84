/**
 * The main job, whole: a flow of orders through a running exchange; stopped, started again, killed,
 * started again; and every time the journal, the state and PostgreSQL agree.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CommandClient } from '../bench/flow/command-client.ts';
import { MAX_COMMAND_LENGTH } from '../protocol/command-layout.ts';
import { Funding, NewOrder } from '../protocol/commands.ts';
import { RecordBuffer, recordLengthAt } from '../protocol/record.ts';
import { writeMadeUpFlow } from './support/made-up-flow.ts';
import { runCli, runNode, ServerProcess, temporaryDataFolder } from './support/server-process.ts';

const FLOW = fileURLToPath(new URL('../bench/flow.ts', import.meta.url));
const FLOW_ROWS = 5_000;
/** Before the auction, the auction, and behind it: of one row. */
const STATE_COMMANDS = 3;
const SEED = Number(process.env['HOGA_TEST_SEED'] ?? 20_231_225);

interface JsonReport {
  readonly results: readonly { case: string; metric: string; value: number | string }[];
}

function figure(stdout: string, name: string, metric: string): number | string {
  const report = JSON.parse(stdout) as JsonReport;
  const found = report.results.find((entry) => entry.case === name && entry.metric === metric);
  assert.ok(found, `no ${name}/${metric} in ${stdout}`);
  return found.value;
}

async function assertReconciled(dataFolder: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(['reconcile', '--data', dataFolder, '--json']);
  assert.equal(code, 0, stderr);
  for (const table of ['orders', 'open orders', 'trades', 'balances']) {
    assert.equal(figure(stdout, table, 'differences'), 0);
  }
  return stdout;
}

describe(`a flow of orders through the whole system (HOGA_TEST_SEED=${SEED})`, () => {
  let folder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let flowFolder: Awaited<ReturnType<typeof temporaryDataFolder>>;
  let server: ServerProcess;

  before(async () => {
    folder = await temporaryDataFolder();
    flowFolder = await temporaryDataFolder();
    await writeMadeUpFlow(flowFolder.path, FLOW_ROWS, SEED);
    server = await ServerProcess.start(folder.path);
  });

  after(async () => {
    await server.end('SIGTERM');
    await folder.remove();
    await flowFolder.remove();
  });

  it('takes the flow, says what became of it, and PostgreSQL equals the engine', async () => {
    const args = [FLOW, flowFolder.path, '--url', server.address, '--json'];
    const { code, stdout, stderr } = await runNode(args);
    assert.equal(code, 0, stderr);
    const { results } = JSON.parse(stdout) as JsonReport;
    assert.deepEqual(
      results.filter((entry) => entry.case === 'skipped'),
      [],
    );
    assert.equal(figure(stdout, 'flow', 'sent'), FLOW_ROWS - 1 + STATE_COMMANDS);
    assert.ok((figure(stdout, 'opening', 'trades') as number) > 0);
    assert.ok((figure(stdout, 'flow', 'trades') as number) > 100);
    await server.waitForProjection();
    const report = await assertReconciled(folder.path);
    assert.equal(figure(report, 'trades', 'rows'), figure(stdout, 'flow', 'trades'));
  });

  it('comes back from an ordinary stop with the same state hash, and replay agrees', async () => {
    assert.equal(await server.end('SIGTERM'), 0);
    const stopped = server.log.find((line) => line.msg === 'exchange stopped');
    server = await ServerProcess.start(folder.path);
    const recovered = server.log.find((line) => line.msg === 'recovered from the journal');
    assert.equal(recovered?.['stateHash'], stopped?.['stateHash']);
    assert.equal(recovered?.['sequence'], stopped?.['sequence']);
    const { code, stdout, stderr } = await runCli(['verify', '--data', folder.path, '--json']);
    assert.equal(code, 0, stderr);
    assert.equal(figure(stdout, 'replay', 'state_hash'), stopped?.['stateHash']);
    assert.equal(figure(stdout, 'replay', 'final_sequence'), stopped?.['sequence']);
    assert.equal(figure(stdout, 'verify', 'violations'), 0);
  });

  it('loses nothing that was acknowledged when it is killed amid the flow', async () => {
    let acknowledged = 0;
    const sending = sendOrders(server.address, (sequence) => {
      acknowledged = sequence;
    });
    while (acknowledged < 8_000) await new Promise((resolve) => setTimeout(resolve, 1));
    await server.end('SIGKILL');
    await sending;
    server = await ServerProcess.start(folder.path);
    const { sequence } = await server.waitForProjection();
    assert.ok(
      sequence.released >= acknowledged,
      `sequence ${acknowledged} was acknowledged, the journal ends at ${sequence.released}`,
    );
    await assertReconciled(folder.path);
  });

  it('reconciles without a running exchange too, and passes its audit', async () => {
    await server.end('SIGTERM');
    await assertReconciled(folder.path);
    const { code, stdout, stderr } = await runCli(['audit', '--data', folder.path, '--json']);
    assert.equal(code, 0, stderr);
    assert.equal(figure(stdout, 'audit', 'violations'), 0);
    const replayed = await runCli(['replay', '--data', folder.path, '--json']);
    const end = figure(replayed.stdout, 'replay', 'final_sequence');
    assert.equal(figure(stdout, 'audit', 'final_sequence'), end);
    assert.equal(figure(stdout, 'trial_balance/KRW', 'sum'), 0);
    assert.ok((figure(stdout, 'trial_balance/KRW', 'external') as number) < 0);
    assert.ok((figure(stdout, 'trial_balance/KRW', 'user_cash_available') as number) > 0);
    server = await ServerProcess.start(folder.path);
  });
});

/** Sends batches of crossing orders in the default BTC/KRW market until the connection breaks. */
async function sendOrders(address: string, onAcknowledged: (sequence: number) => void) {
  const client = new CommandClient(address);
  const batch = 100;
  const record = RecordBuffer.allocate(batch * MAX_COMMAND_LENGTH);
  const send = async (length: number) => {
    await client.send(record.bytes.subarray(0, length), (_, { sequence }) =>
      onAcknowledged(sequence),
    );
  };
  try {
    const deposit = new Funding();
    let length = 0;
    for (const currencyId of [1, 10]) {
      deposit.writeDeposit(record, length);
      Object.assign(deposit, { accountId: 7, currencyId, amount: 1_000_000_000_000 });
      length += recordLengthAt(record, length);
    }
    await send(length);
    const order = new NewOrder();
    for (let price = 0; ; price++) {
      length = 0;
      for (let i = 0; i < batch; i++) {
        order.write(record, length);
        const terms = { side: 1 + (i % 2), orderType: 2, timeInForce: 1, qty: 1 + (i % 3) };
        Object.assign(order, { accountId: 7, symbolId: 1, price: 1_000 + (price % 50), ...terms });
        length += recordLengthAt(record, length);
      }
      await send(length);
    }
  } catch {
    client.close();
  }
}
