/**
 * A whole exchange in one thread: clients, gateways, the exchange, its journal, a disk, a follower,
 * a clock. A seed decides who does a step next and when the process ends. Whenever it comes back,
 * and at the end, everything must be as the journal's commands make it (`chronicle.ts`).
 */

import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { CommandHeader } from '../../protocol/commands.ts';
import { RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import type { CommandWriter } from '../support/commands.ts';
import { tick } from '../support/commands.ts';
import { answerOf, retryKeyOf } from './answers.ts';
import { Chronicle } from './chronicle.ts';
import { type ClientTally, SimulatedClient } from './client.ts';
import { SimulatedClock } from './clock.ts';
import { SimulatedDisk } from './disk.ts';
import { DrawnCommands, LIMITS, SETUP } from './drawn-commands.ts';
import { type EndKind, must, ProcessEnd } from './failure.ts';
import { SimulatedFollower } from './follower.ts';
import type { Group, SimulatedGateway } from './gateway.ts';
import { SimulatedProcess } from './process.ts';
import type { RandomSource } from './random-source.ts';
import { type Actor, drawSettings, type Settings, type Wanted } from './settings.ts';

/** Steps in a row that the exchange may wait for room, and turns until all is at rest. */
const PATIENCE = 200_000;
/** Steps that a failure tells of. */
const STEPS_TOLD = 12;

export interface WorldTally extends ClientTally {
  steps: number;
  commands: number;
  comparisons: number;
  readonly ends: Record<EndKind, number>;
  /** Starts that began with a snapshot. */
  snapshots: number;
  /** Batches that a power cut left torn: each was refused. */
  torn: number;
  /** Commands that were told and lost, as the durability allows. */
  lost: number;
  /** Projections that had more than the journal after a power cut, and were filled again. */
  rebuilds: number;
  /** Gateways that found themselves cut off, and joined again. */
  cutOffs: number;
}

export class World {
  readonly settings: Settings;
  readonly tally: WorldTally = {
    ...{ steps: 0, commands: 0, comparisons: 0, snapshots: 0, torn: 0, lost: 0, rebuilds: 0 },
    cutOffs: 0,
    ...{ refused: 0, retries: 0, repeats: 0, unknown: 0, fullRings: 0 },
    ends: { kill: 0, 'power cut': 0, 'failed write': 0, 'full disk': 0 },
  };
  private readonly random: RandomSource;
  private readonly clock: SimulatedClock;
  private readonly disk: SimulatedDisk;
  private readonly follower: SimulatedFollower;
  private readonly clients: readonly SimulatedClient[];
  private readonly chronicle: Chronicle;
  private readonly lastSteps: string[] = [];
  /** In the middle of a turn: they have none within it. */
  private readonly busy = new Set<Actor>();
  private process!: SimulatedProcess;
  private isFinishing = false;
  private isRecovering = false;
  private correlationId = 0;
  private waitedSteps = 0;
  /** Commands of the setup that were sent in this life. */
  private setUp = 0;
  private readonly header = new CommandHeader();
  private readonly record = RecordBuffer.allocate(MAX_COMMAND_LENGTH);

  constructor(random: RandomSource, wanted: Wanted) {
    const settings = drawSettings(random, wanted);
    const { control, writesAFailure, diskBytes: capacityBytes } = settings;
    this.random = random;
    this.settings = settings;
    this.clock = new SimulatedClock(random);
    const isLying = control === 'lying-flush';
    const diskOptions = { capacityBytes, writesAFailure, isLying };
    const hidesDamage = control === 'no-crc';
    this.disk = new SimulatedDisk(random, { ...diskOptions, hidesDamage }, () => this.pause());
    this.follower = new SimulatedFollower(random, this.disk, settings);
    this.chronicle = new Chronicle(this.disk, settings);
    const accounts = Array.from({ length: settings.clients }, (_, index) => index + 1);
    const drawn = new DrawnCommands(random, accounts, () => this.clock.nowUs);
    this.clients = accounts.map((accountId) => {
      const draw = () => drawn.next(accountId);
      const gateway = random.below(settings.gateways);
      const client = new SimulatedClient(accountId, gateway, random, draw, this.tally);
      for (const write of drawn.firstDeposits(accountId)) client.request(write);
      return client;
    });
  }

  /** @throws SimulationFailure, or whatever the code under test throws */
  run(steps: number): void {
    this.start([]);
    while (this.tally.steps < steps) this.living(() => this.act());
    this.finish();
    this.tally.comparisons = this.follower.comparisons;
    this.tally.snapshots = this.disk.usedSnapshots;
    this.tally.torn = this.disk.tornBatches;
  }

  /** The last steps, for who looks for the cause of a failure. */
  describeLastSteps(): string {
    const { durability, gateways, clients } = this.settings;
    const what = `${durability}, ${gateways} gateways, ${clients} clients`;
    return `${what}; last steps: ${this.lastSteps.join(', ')}`;
  }

  /** Does it, and begins a new life where the process ends. */
  private living(turn: () => void): void {
    try {
      turn();
    } catch (error) {
      if (!(error instanceof ProcessEnd)) throw error;
      this.end(error.kind);
      this.start([error.kind]);
    }
  }

  private end(kind: EndKind): void {
    this.tally.ends[kind]++;
    this.note(kind);
    this.busy.clear();
    this.disk.end(kind);
  }

  /** Comes back after these ends; the process may end again meanwhile. */
  private start(ends: EndKind[]): void {
    this.isRecovering = true;
    for (;;) {
      try {
        const { checkpoint } = this.follower;
        const { exchange, lost, isProjectionKept } = this.chronicle.recover(ends, checkpoint);
        this.tally.lost += lost;
        if (!isProjectionKept) this.rebuildProjection();
        this.begin(exchange);
        this.isRecovering = false;
        return;
      } catch (error) {
        if (!(error instanceof ProcessEnd)) throw error;
        this.end(error.kind);
        ends.push(error.kind);
      }
    }
  }

  private rebuildProjection(): void {
    this.tally.rebuilds++;
    this.follower.rebuild();
  }

  private begin(exchange: SimulatedProcess['exchange']): void {
    const { control } = this.settings;
    if (control === 'forgotten-answers') {
      const { clientOrderIdSeconds, maxClientOrderIds } = LIMITS;
      exchange.answers.configure(0, 1, exchange.time);
      exchange.answers.configure(clientOrderIdSeconds, maxClientOrderIds, exchange.time);
    }
    this.follower.stop();
    this.setUp = exchange.symbols.length < 2 ? 0 : SETUP.length;
    for (const client of this.clients) {
      client.reconnect();
      client.forgetBehind(exchange.sequence);
    }
    const onGroup = (group: Group) => this.onGroup(group);
    const whileFull = () => this.waitForRoom();
    this.process = new SimulatedProcess(exchange, this.disk, this.settings, onGroup, whileFull);
  }

  /** One step of somebody, or an end. */
  private act(): void {
    const { random, settings } = this;
    this.tally.steps++;
    if (!this.isFinishing && random.oneIn(settings.stepsAnEnd)) this.endNow();
    const actor = random.weighted(settings.weights);
    // The exchange may wait for the journal, and so must not begin while that waits for the disk.
    const isBarred = actor === 'exchange' && this.busy.has('journal');
    if (isBarred || this.busy.has(actor)) return;
    this.note(actor);
    this.busy.add(actor);
    this.turn(actor);
    this.busy.delete(actor);
  }

  private endNow(): never {
    const isPowerCut = this.random.below(10) < this.settings.powerCuts;
    throw new ProcessEnd(isPowerCut ? 'power cut' : 'kill');
  }

  private turn(actor: Actor): void {
    const { process, random } = this;
    if (actor === 'exchange') this.turnExchange();
    else if (actor === 'journal') process.turnJournal();
    else if (actor === 'disk') this.disk.work();
    else if (actor === 'gateway') this.turnGateway();
    else if (actor === 'client') this.turnClient(random.pick(this.clients));
    else if (actor === 'supervisor') this.turnSupervisor();
    else if (actor === 'follower') this.follower.turn(process, !this.busy.has('exchange'));
    else this.clock.step();
  }

  private turnExchange(): number {
    this.waitedSteps = 0;
    return this.process.turnExchange();
  }

  /** Stream 20 is full: the exchange stands still, the others do not. */
  private waitForRoom(): void {
    must(this.waitedSteps++ < PATIENCE, 'the exchange waits for room on stream 20 for ever');
    this.busy.add('exchange');
    this.act();
  }

  /** The journal waits for the disk: others go on, or all ends, which does most harm here. */
  private pause(): void {
    if (!this.isRecovering) {
      this.busy.add('journal');
      for (let steps = this.random.below(4); steps > 0; steps--) this.act();
    }
    if (!this.isFinishing && this.random.oneIn(this.settings.pausesAnEnd)) this.endNow();
  }

  private turnGateway(): void {
    const { random, settings } = this;
    const gateway = random.pick(this.process.gateways);
    const mayBeCutOff = settings.turnsACutOff > 0 && !this.isFinishing;
    if (mayBeCutOff && random.oneIn(settings.turnsACutOff)) gateway.cutOff();
    if (gateway.stalledTurns > 0) gateway.stalledTurns--;
    else if (gateway.isCutOff) this.rejoin(gateway);
    else if (random.oneIn(30)) gateway.stalledTurns = random.below(20);
    else if (random.oneIn(60)) gateway.askForBooks();
    else gateway.poll(random.pick([1, 5, 100]));
  }

  /** Its connections are closed: its clients connect again, and send again. */
  private rejoin(gateway: SimulatedGateway): void {
    this.tally.cutOffs++;
    gateway.rejoin();
    const index = this.process.gateways.indexOf(gateway);
    for (const client of this.clients) if (client.gateway === index) client.reconnect();
  }

  private turnClient(client: SimulatedClient): void {
    if (!this.isOpen()) return;
    const gateway = this.process.gateways[client.gateway]!;
    const send = (command: RecordBuffer) => {
      const isSent = gateway.send(command, ++this.correlationId, this.clock.nowUs);
      return isSent ? this.correlationId : undefined;
    };
    if (this.isFinishing) client.sendWaiting(send);
    else client.act(send);
  }

  /** Nobody trades before the venue is what it should be. */
  private isOpen(): boolean {
    return this.process.exchange.symbols.length === 2;
  }

  private turnSupervisor(): void {
    const { exchange } = this.process;
    while (this.setUp < SETUP.length && this.sendOwn(SETUP[this.setUp]!)) this.setUp++;
    if (exchange.nextExpireTime <= this.clock.nowUs || this.random.oneIn(10)) {
      this.sendOwn(tick({}));
    }
  }

  /** The supervisor's command, stamped as its port does it; false where its ring is full. */
  private sendOwn(write: CommandWriter): boolean {
    const { supervisor } = this.process;
    write(this.record, 0);
    this.header.wrap(this.record, 0).time = this.clock.nowUs;
    const length = recordLengthAt(this.record, 0);
    const at = supervisor.tryClaim(length);
    if (at < 0) return false;
    supervisor.record.bytes.set(this.record.bytes.subarray(0, length), at);
    supervisor.commit();
    return true;
  }

  private onGroup(group: Group): void {
    this.chronicle.tell(group);
    const { gatewayId, sequence, record, bytes } = group;
    const { gatewayId: sender, correlationId } = this.header.wrap(record, 0);
    if (sender !== gatewayId) return;
    const length = recordLengthAt(record, 0);
    const hasKey = retryKeyOf(record, 0) !== undefined;
    const answer = hasKey ? answerOf(record, 0, record, length, bytes) : undefined;
    for (const client of this.clients) client.onAnswer(correlationId, sequence, answer);
  }

  /** Lets all come to rest, and looks at everything once more. */
  private finish(): void {
    this.isFinishing = true;
    for (let turns = 0; !this.isAtRest(); turns++) {
      must(turns < PATIENCE, 'it does not come to rest: somebody gets no answer');
      this.living(() => this.turnAll());
    }
    const { exchange } = this.process;
    this.tally.commands = exchange.sequence;
    this.follower.follow(this.process, exchange.sequence);
    this.follower.compare(this.process);
    const { sequence } = this.follower.checkpoint;
    must(sequence === exchange.sequence, `the follower ends at ${sequence}`);
    this.chronicle.check(exchange);
    const isFlushed = this.settings.durability === 'fsync';
    const kind = isFlushed && this.random.oneIn(2) ? 'power cut' : 'kill';
    this.end(kind);
    this.start([kind]);
    const left = this.process.exchange.sequence;
    must(left === exchange.sequence, `at rest at ${exchange.sequence}, ${left} after a ${kind}`);
  }

  private turnAll(): void {
    const { process } = this;
    this.turnSupervisor();
    for (const client of this.clients) this.turnClient(client);
    this.busy.add('exchange');
    this.turnExchange();
    this.busy.delete('exchange');
    this.busy.add('journal');
    process.turnJournal();
    this.busy.delete('journal');
    this.disk.work();
    for (const gateway of process.gateways) {
      if (gateway.isCutOff) this.rejoin(gateway);
      gateway.poll(Number.POSITIVE_INFINITY);
    }
  }

  private isAtRest(): boolean {
    const { exchange, writer } = this.process;
    if (!this.isOpen() || this.clients.some(({ isBusy }) => isBusy)) return false;
    const { sequence } = exchange;
    return writer.storedSequence === sequence && this.chronicle.isAllTold(sequence);
  }

  private note(what: string): void {
    this.lastSteps.push(what);
    if (this.lastSteps.length > STEPS_TOLD) this.lastSteps.shift();
  }
}
