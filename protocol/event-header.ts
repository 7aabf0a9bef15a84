/** What the flyweights over events begin with. */
import { EVENT_HEADER } from './event-layout.ts';
import { Flyweight } from './record.ts';

/** The header field of any event. */
export class EventHeader extends Flyweight {
  get sequence(): number {
    return this.int64(EVENT_HEADER.sequence);
  }
  set sequence(value: number) {
    this.putInt64(EVENT_HEADER.sequence, value);
  }
}
