/**
 * A thread that makes what a start finds: the state of a snapshot and the commands that come, all
 * encoded. It is apart from the thread that is measured, so that this one has compiled nothing yet
 * and has one exchange.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { EventBuffer } from '../../exchange/event-sink.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { saveExchange } from '../../exchange/snapshot/snapshot.ts';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { RecordBuffer } from '../../protocol/record.ts';
import { createCommandEncoder } from '../exchange/command-encoder.ts';
import { makeFlow } from '../exchange/mixes.ts';

export interface WantedStart {
  readonly isFresh: boolean;
  /** Of the flow, behind the state. */
  readonly commands: number;
  readonly seed: number;
}

export interface MadeStart {
  /** Empty for a fresh exchange. */
  readonly state: Float64Array;
  /** Commands that set a fresh exchange up: they come before those that are measured. */
  readonly setUp: number;
  /** The commands behind the state, each at a multiple of `MAX_COMMAND_LENGTH`. */
  readonly commands: SharedArrayBuffer;
}

const FEW = { accounts: 100, resting: 500 };
const MANY = { accounts: 1_000, resting: 10_000 };

if (parentPort !== null) parentPort.postMessage(make(workerData as WantedStart));

function make({ isFresh, commands, seed }: WantedStart): MadeStart {
  const scale = { mix: 'moves', symbols: 1, ...(isFresh ? FEW : MANY) };
  const flow = makeFlow({ ...scale, operations: Math.ceil(commands / 2), seed });
  const { definitions, deposits, encode, encodeSetUp } = createCommandEncoder(flow);
  const setUp = definitions + deposits;
  const from = isFresh ? 0 : setUp + flow.buildUp;
  const encoded = new RecordBuffer(new SharedArrayBuffer((setUp + commands) * MAX_COMMAND_LENGTH));
  const command = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  const write = (at: number, record: RecordBuffer, offset: number) =>
    at < setUp ? encodeSetUp(at, record, offset) : encode(at - setUp, record, offset);
  const events = new EventBuffer();
  const exchange = new Exchange(events);
  for (let at = 0; at < from; at++) {
    write(at, command, 0);
    events.clear();
    exchange.execute(command, 0);
  }
  const count = (isFresh ? setUp : 0) + commands;
  for (let i = 0; i < count; i++) write(from + i, encoded, i * MAX_COMMAND_LENGTH);
  const state = isFresh ? new Float64Array(0) : stateOf(exchange);
  const { buffer } = encoded.words;
  return { state, setUp: isFresh ? setUp : 0, commands: buffer as SharedArrayBuffer };
}

function stateOf(exchange: Exchange): Float64Array {
  const numbers: number[] = [];
  saveExchange(exchange, {
    section: (section, version) => void numbers.push(section, version),
    add: (value) => void numbers.push(value),
    addWords: (words, from, to) => void numbers.push(...words.subarray(from, to)),
  });
  return Float64Array.from(numbers);
}
