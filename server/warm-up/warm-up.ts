/**
 * Trains the exchange before it is used, so that V8 has compiled its hot path when the first real
 * order comes: commands through a sequencer, between rings as the exchange thread has them, since
 * compiled code is made for the kinds of objects that it has seen. Then the exchange is cleared: it
 * must be this very one, a second one in the thread would slow both (ADR 0015).
 */
import { writeBookImage } from '../../exchange/book-image.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { Sequencer } from '../../exchange/sequencer.ts';
import { MAX_COMMAND_LENGTH } from '../../protocol/command-layout.ts';
import { copyRecord, RecordBuffer, recordLengthAt } from '../../protocol/record.ts';
import { createRing, RingProducer, RingReader } from '../../ring/ring.ts';
import { RingSink } from '../threads/ring-sink.ts';
import { TrainingFlow } from './training-flow.ts';

const COMMAND_RING_BYTES = 65_536;
/** Nobody reads it, so it is never full; more than the largest record. */
const EVENT_RING_BYTES = 2 ** 20;
/** Commands before their events are published: as many as come together. */
const TURN = 64;
/** Commands before all begins anew: what happens only at first is trained too. */
const ROUND = 8_192;
const LARGE_SEQUENCE = 2 ** 32 - ROUND / 2;
const GATEWAY = 1;
const FIRST_IMAGE = 1;

const NEVER_IDLE = { idle: () => {} };

/**
 * Executes so many commands in an exchange that has executed nothing yet, and clears it. Its events
 * go nowhere: the caller must redirect it to a sink.
 */
export function warmUp(exchange: Exchange, commands: number): void {
  const commandRing = createRing(COMMAND_RING_BYTES);
  const producer = new RingProducer(commandRing);
  const reader = new RingReader(commandRing, 0);
  reader.join();
  const sink = new RingSink(new RingProducer(createRing(EVENT_RING_BYTES)), [], [], NEVER_IDLE);
  exchange.events.redirect(sink);
  const sequencer = new Sequencer(exchange, sink);
  const command = RecordBuffer.allocate(MAX_COMMAND_LENGTH);
  const flow = new TrainingFlow(command);
  for (let done = 0; done < commands; done++) {
    if (done % ROUND === 0) {
      exchange.clear();
      // Numbers beyond 31 bits, which are order ids too, are others to compiled code.
      if (done % (2 * ROUND) === 0) exchange.sequence = LARGE_SEQUENCE;
      flow.begin();
    }
    flow.next(exchange.sequence + 1);
    const length = recordLengthAt(command, 0);
    const at = producer.tryClaim(length);
    copyRecord(command.words, 0, producer.record.words, at, length);
    producer.commit();
    sequencer.sequence(reader.record, reader.read());
    if (done % TURN !== 0) continue;
    sink.publish();
    reader.release();
  }
  writeBookImage(exchange, sink, GATEWAY, FIRST_IMAGE);
  exchange.clear();
}
