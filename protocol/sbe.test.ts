/**
 * `hoga.sbe.xml`, from which clients in other languages generate their code, against the layouts,
 * the enumerations and the flyweights: an offset, width or value that moves in one of them only
 * fails here.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import * as commandLayouts from './command-layout.ts';
import { CancelOrder, Funding, MassCancel, NewOrder, ReplaceOrder } from './commands.ts';
import * as enums from './enums.ts';
import * as eventLayouts from './event-layout.ts';
import {
  Balance,
  BookImage,
  BookLevel,
  CommandDone,
  PriceBandChanged,
  Trade,
  TradingStateChanged,
  Transfer,
} from './events.ts';
import { ExecutionReport } from './execution-report.ts';
import { LatencyStamps } from './latency-stamps.ts';
import { OrderAnswer, OrderAnswerFill } from './order-answer.ts';
import {
  Flyweight,
  MESSAGE_HEADER_LENGTH,
  RecordBuffer,
  SCHEMA_ID,
  SCHEMA_VERSION,
} from './record.ts';
import { RejectReason } from './reject-reason.ts';
import { CommandResult } from './result.ts';
import * as resultLayouts from './result-layout.ts';
import {
  KillSwitch,
  SetFees,
  SetFeeTier,
  SetPermission,
  SetRiskLimits,
  SetSlippage,
} from './risk-commands.ts';
import { NewTransfer, ResolveTransfer, ReverseTransfer } from './transfer-commands.ts';
import { TransferReport } from './transfer-report.ts';
import {
  AddCurrency,
  AddSymbol,
  BookImageRequest,
  SetLimits,
  SetPriceBand,
  SetRulesVersion,
  SetTradingState,
  Tick,
} from './venue-commands.ts';
import { SetVenueMode, VenueModeChanged } from './venue-mode.ts';

interface XmlField {
  readonly name: string;
  readonly id: string;
  readonly type: string;
  readonly offset: string;
}

interface XmlMessage {
  readonly name: string;
  readonly id: string;
  readonly blockLength: string;
  readonly field: readonly XmlField[];
}

interface XmlType {
  readonly name: string;
  readonly primitiveType: string;
  readonly length?: string;
}

interface XmlEnum {
  readonly name: string;
  readonly encodingType: string;
  readonly validValue: readonly { readonly name: string; readonly '#text': string }[];
}

interface XmlSchema {
  readonly id: string;
  readonly version: string;
  readonly byteOrder: string;
  readonly types: {
    readonly composite: { readonly name: string; readonly type: readonly XmlType[] };
    readonly type: readonly XmlType[];
    readonly enum: readonly XmlEnum[];
  };
  readonly message: readonly XmlMessage[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  removeNSPrefix: true,
  isArray: (name, _path, _isLeaf, isAttribute) =>
    !isAttribute && ['field', 'message', 'enum', 'validValue', 'type'].includes(name),
});
const schema: XmlSchema = parser.parse(
  readFileSync(new URL('hoga.sbe.xml', import.meta.url)),
).messageSchema;

const PRIMITIVE_BYTES: Readonly<Record<string, number>> = {
  char: 1,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  int64: 8,
  uint64: 8,
};

/** A field's primitive type and width in bytes, through the schema's own types. */
function resolve(type: string): { readonly primitive: string; readonly width: number } {
  const encoding = schema.types.enum.find(({ name }) => name === type)?.encodingType;
  const text = schema.types.type.find(({ name }) => name === type);
  const primitive = encoding ?? text?.primitiveType ?? type;
  const bytes = PRIMITIVE_BYTES[primitive];
  assert.ok(bytes !== undefined, `${type} is no type of the schema`);
  return { primitive, width: bytes * Number(text?.length ?? 1) };
}

/** What the layouts say of one template. */
interface Layout {
  readonly length: number;
  readonly offsets: Readonly<Record<string, number>>;
  readonly codeWidth: number | undefined;
}

/** Adds each template of a layout file; a layout may serve two templates. */
function collectLayouts(
  module: object,
  header: Readonly<Record<string, number>>,
  layouts: Map<number, Layout>,
): void {
  for (const layout of Object.values(module).filter((value) => typeof value === 'object')) {
    const { length, codeWidth, ...rest } = layout as Record<string, number>;
    if (length === undefined) continue;
    const isTemplate = ([name]: [string, number]) => /templateId$/i.test(name);
    const entries = Object.entries(rest);
    const fields = Object.fromEntries(entries.filter((entry) => !isTemplate(entry)));
    for (const [, templateId] of entries.filter(isTemplate)) {
      assert.ok(!layouts.has(templateId), `template ${templateId} is taken twice`);
      layouts.set(templateId, { length, codeWidth, offsets: { ...header, ...fields } });
    }
  }
}

const layouts = new Map<number, Layout>();
collectLayouts(commandLayouts, commandLayouts.COMMAND_HEADER, layouts);
collectLayouts(eventLayouts, eventLayouts.EVENT_HEADER, layouts);
collectLayouts(resultLayouts, {}, layouts);

/** Writes an empty record of each message. */
const FLYWEIGHTS: Readonly<Record<string, (record: RecordBuffer, at: number) => Flyweight>> = {
  NewOrder: (record, at) => new NewOrder().write(record, at),
  CancelOrder: (record, at) => new CancelOrder().write(record, at),
  ReplaceOrder: (record, at) => new ReplaceOrder().write(record, at),
  Deposit: (record, at) => new Funding().writeDeposit(record, at),
  Withdraw: (record, at) => new Funding().writeWithdraw(record, at),
  NewTransfer: (record, at) => new NewTransfer().write(record, at),
  ResolveTransfer: (record, at) => new ResolveTransfer().write(record, at),
  ReverseTransfer: (record, at) => new ReverseTransfer().write(record, at),
  AddCurrency: (record, at) => new AddCurrency().write(record, at),
  AddSymbol: (record, at) => new AddSymbol().write(record, at),
  SetLimits: (record, at) => new SetLimits().write(record, at),
  MassCancel: (record, at) => new MassCancel().write(record, at),
  SetTradingState: (record, at) => new SetTradingState().write(record, at),
  SetPriceBand: (record, at) => new SetPriceBand().write(record, at),
  SetFees: (record, at) => new SetFees().write(record, at),
  SetFeeTier: (record, at) => new SetFeeTier().write(record, at),
  SetRiskLimits: (record, at) => new SetRiskLimits().write(record, at),
  SetPermission: (record, at) => new SetPermission().write(record, at),
  KillSwitch: (record, at) => new KillSwitch().write(record, at),
  SetSlippage: (record, at) => new SetSlippage().write(record, at),
  SetRulesVersion: (record, at) => new SetRulesVersion().write(record, at),
  SetVenueMode: (record, at) => new SetVenueMode().write(record, at),
  VenueModeChanged: (record, at) => new VenueModeChanged().write(record, at),
  Tick: (record, at) => new Tick().write(record, at),
  TradingStateChanged: (record, at) => new TradingStateChanged().write(record, at),
  PriceBandChanged: (record, at) => new PriceBandChanged().write(record, at),
  BookImageRequest: (record, at) => new BookImageRequest().write(record, at),
  ExecutionReport: (record, at) => new ExecutionReport().write(record, at),
  Trade: (record, at) => new Trade().write(record, at),
  BookLevel: (record, at) => new BookLevel().write(record, at),
  Balance: (record, at) => new Balance().write(record, at),
  Transfer: (record, at) => new Transfer().write(record, at),
  TransferReport: (record, at) => new TransferReport().write(record, at),
  OrderAnswer: (record, at) => new OrderAnswer().write(record, at),
  OrderAnswerFill: (record, at) => new OrderAnswerFill().write(record, at),
  CommandDone: (record, at) => new CommandDone().write(record, at),
  BookImageBegin: (record, at) => new BookImage().writeBegin(record, at),
  BookImageEnd: (record, at) => new BookImage().writeEnd(record, at),
  LatencyStamps: (record, at) => new LatencyStamps().write(record, at),
  CommandResult: (record, at) => new CommandResult().write(record, at),
};

/** Records are written at this byte of a buffer whose other bytes must stay as they are. */
const AT = 16;
const FILLER = 0xee;

class WrittenRecord {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly fields: Record<string, number | string>;

  constructor(message: XmlMessage) {
    const length = MESSAGE_HEADER_LENGTH + Number(message.blockLength);
    const record = RecordBuffer.allocate(AT + length + 16);
    record.bytes.fill(FILLER);
    const flyweight = FLYWEIGHTS[message.name]!(record, AT);
    this.bytes = record.bytes;
    this.view = new DataView(record.bytes.buffer, AT, length);
    this.fields = flyweight as unknown as Record<string, number | string>;
  }
}

function readPrimitive(view: DataView, at: number, primitive: string, width: number): unknown {
  switch (primitive) {
    case 'uint8':
      return view.getUint8(at);
    case 'uint16':
      return view.getUint16(at, true);
    case 'uint32':
      return view.getUint32(at, true);
    case 'int64':
      return Number(view.getBigInt64(at, true));
    default: {
      const codes = Array.from({ length: width }, (_, i) => view.getUint8(at + i));
      return width === 1 ? codes[0] : String.fromCharCode(...codes).replace(/\0+$/, '');
    }
  }
}

/** Values that fill a type's width, and one of which no two bytes are alike. */
function probes(primitive: string, width: number): (number | string)[] {
  if (primitive === 'int64') {
    const max = Number.MAX_SAFE_INTEGER;
    return [0x0102030405060, 1, max, -1, -max, 2 ** 32, -(2 ** 32), 0];
  }
  if (width > 1 && primitive === 'char') return ['ABCDEFGHIJKLMNOP'.slice(0, width), 'A', ''];
  const max = 2 ** (8 * width) - 1;
  return [0x01020304 & max, max, 1, 0];
}

/** The 64-bit hash is set as two words; a test of its own looks at them. */
const SPLIT_FIELD = 'eventHash';

test('the schema has the records’ id, version, byte order and message header', () => {
  assert.equal(Number(schema.id), SCHEMA_ID);
  assert.equal(Number(schema.version), SCHEMA_VERSION);
  assert.equal(schema.byteOrder, 'littleEndian');
  const { name, type } = schema.types.composite;
  assert.equal(name, 'messageHeader');
  assert.deepEqual(
    type.map((part) => [part.name, part.primitiveType]),
    ['blockLength', 'templateId', 'schemaId', 'version'].map((part) => [part, 'uint16']),
  );
});

test('every layout has one message, every message a layout and a flyweight', () => {
  const ids = schema.message.map(({ id }) => Number(id));
  assert.deepEqual(ids.toSorted(), [...layouts.keys()].toSorted());
  assert.deepEqual(
    schema.message.map(({ name }) => name).toSorted(),
    Object.keys(FLYWEIGHTS).toSorted(),
  );
});

test('the longest command and event are what the layouts say', () => {
  const longest = (from: number, to: number) =>
    Math.max(
      ...[...layouts].flatMap(([id, { length }]) => (id >= from && id < to ? [length] : [])),
    );
  assert.equal(commandLayouts.MAX_COMMAND_LENGTH, longest(0, 100));
  assert.equal(eventLayouts.MAX_EVENT_LENGTH, longest(100, 200));
});

for (const message of schema.message) {
  const layout = layouts.get(Number(message.id))!;
  const blockLength = Number(message.blockLength);
  const fields = message.field.map((field) => ({
    ...field,
    at: MESSAGE_HEADER_LENGTH + Number(field.offset),
    ...resolve(field.type),
  }));

  test(`${message.name}: block length, field names and offsets are the layout's`, () => {
    assert.equal(blockLength, layout.length - MESSAGE_HEADER_LENGTH);
    assert.equal(layout.length % 8, 0);
    assert.deepEqual(Object.fromEntries(fields.map(({ name, at }) => [name, at])), layout.offsets);
    const code = fields.find(({ name }) => name === 'code');
    assert.equal(code?.width, layout.codeWidth);
  });

  test(`${message.name}: fields are aligned, do not overlap and have ids in order`, () => {
    let end = MESSAGE_HEADER_LENGTH;
    for (const { name, at, width, primitive } of fields) {
      assert.ok(at >= end, `${name} begins before ${end}`);
      if (primitive !== 'char') assert.equal(at % width, 0, `${name} is not aligned`);
      end = at + width;
    }
    assert.ok(end <= MESSAGE_HEADER_LENGTH + blockLength);
    assert.deepEqual(
      message.field.map(({ id }) => Number(id)),
      message.field.map((_, index) => index + 1),
    );
  });

  test(`${message.name}: the flyweight writes the header, zeros, and not one byte more`, () => {
    const { bytes, view } = new WrittenRecord(message);
    const header = [0, 2, 4, 6].map((at) => view.getUint16(at, true));
    assert.deepEqual(header, [blockLength, Number(message.id), SCHEMA_ID, SCHEMA_VERSION]);
    const length = MESSAGE_HEADER_LENGTH + blockLength;
    assert.ok(bytes.slice(AT + 8, AT + length).every((byte) => byte === 0));
    assert.ok(bytes.slice(0, AT).every((byte) => byte === FILLER));
    assert.ok(bytes.slice(AT + length).every((byte) => byte === FILLER));
  });

  test(`${message.name}: each field written by the flyweight is read at its place`, () => {
    for (const { name, at, primitive, width } of fields) {
      if (name === SPLIT_FIELD) continue;
      for (const value of probes(primitive, width)) {
        const written = new WrittenRecord(message);
        written.bytes.fill(FILLER, AT + MESSAGE_HEADER_LENGTH);
        const before = written.bytes.slice();
        written.fields[name] = value;
        assert.equal(readPrimitive(written.view, at, primitive, width), value, name);
        assert.equal(written.fields[name], value, `${name} reads back`);
        const [from, to] = [AT + at, AT + at + width];
        assert.deepEqual(written.bytes.slice(0, from), before.slice(0, from), `before ${name}`);
        assert.deepEqual(written.bytes.slice(to), before.slice(to), `behind ${name}`);
      }
    }
  });

  test(`${message.name}: the flyweight has the schema's fields and no other`, () => {
    const accessors: string[] = [];
    let shape: object = Object.getPrototypeOf(new WrittenRecord(message).fields);
    for (; shape !== Flyweight.prototype; shape = Object.getPrototypeOf(shape)) {
      for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(shape))) {
        if (get !== undefined) accessors.push(name);
      }
    }
    const expected = fields.flatMap(({ name }) =>
      name === SPLIT_FIELD ? [`${name}Low`, `${name}High`] : [name],
    );
    assert.deepEqual(accessors.toSorted(), expected.toSorted());
  });
}

test('the event hash is one unsigned 64-bit number, set as two words', () => {
  const message = schema.message.find(({ name }) => name === 'CommandDone')!;
  const field = message.field.find(({ name }) => name === SPLIT_FIELD)!;
  const { view, fields } = new WrittenRecord(message);
  fields['eventHashLow'] = 0x89abcdef;
  fields['eventHashHigh'] = 0xfedcba98;
  const at = MESSAGE_HEADER_LENGTH + Number(field.offset);
  assert.equal(field.type, 'uint64');
  assert.equal(view.getBigUint64(at, true), 0xfedcba98_89abcdefn);
  assert.deepEqual([fields['eventHashLow'], fields['eventHashHigh']], [0x89abcdef, 0xfedcba98]);
});

test('every enumeration is in the schema with the same names and values', () => {
  // The venue's own accounts are ids, not an enumeration of the wire.
  const { SystemAccount: _, ...wireEnums } = enums;
  const ours = Object.entries({ ...wireEnums, RejectReason }).filter(
    ([, value]) => typeof value === 'object',
  );
  const theirs = schema.types.enum.map(({ name, encodingType, validValue }) => [
    name,
    Object.fromEntries(
      validValue.map((value) => [
        value.name,
        encodingType === 'char' ? value['#text'].charCodeAt(0) : Number(value['#text']),
      ]),
    ),
  ]);
  assert.deepEqual(Object.fromEntries(theirs), Object.fromEntries(ours));
});

test('the values of an enumeration fit its encoding and leave its null value free', () => {
  for (const { name, encodingType, validValue } of schema.types.enum) {
    if (encodingType === 'char') continue;
    const nullValue = 2 ** (8 * PRIMITIVE_BYTES[encodingType]!) - 1;
    for (const value of validValue) assert.ok(Number(value['#text']) < nullValue, name);
  }
  assert.equal(resultLayouts.NO_ORDER_STATUS, 2 ** 8 - 1);
});
