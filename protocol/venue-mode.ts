/**
 * The venue's mode: the command that sets it, the event that tells of it, and what is refused in
 * CancelOnly.
 */
import {
  ADD_CURRENCY,
  ADD_SYMBOL,
  FUNDING,
  NEW_ORDER,
  NEW_TRANSFER,
  REPLACE_ORDER,
  REVERSE_TRANSFER,
  SET_VENUE_MODE,
} from './command-layout.ts';
import { CommandHeader } from './commands.ts';
import { VenueModeReason } from './enums.ts';
import { EventHeader } from './event-header.ts';
import { VENUE_MODE_CHANGED } from './event-layout.ts';
import type { RecordBuffer } from './record.ts';

/** Wants the venue in a mode for a reason; it is Normal again when no reason is left. */
export class SetVenueMode extends CommandHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, SET_VENUE_MODE.templateId, SET_VENUE_MODE.length);
    return this;
  }
  /** VenueMode. */
  get mode(): number {
    return this.uint8(SET_VENUE_MODE.mode);
  }
  set mode(value: number) {
    this.putUint8(SET_VENUE_MODE.mode, value);
  }
  /** VenueModeReason. */
  get reason(): number {
    return this.uint8(SET_VENUE_MODE.reason);
  }
  set reason(value: number) {
    this.putUint8(SET_VENUE_MODE.reason, value);
  }
}

/** The mode that a SetVenueMode left the venue in. */
export class VenueModeChanged extends EventHeader {
  write(record: RecordBuffer, offset: number): this {
    this.begin(record, offset, VENUE_MODE_CHANGED.templateId, VENUE_MODE_CHANGED.length);
    return this;
  }
  /** VenueMode. */
  get mode(): number {
    return this.uint8(VENUE_MODE_CHANGED.mode);
  }
  set mode(value: number) {
    this.putUint8(VENUE_MODE_CHANGED.mode, value);
  }
  /** The sum of the reasons that hold it in CancelOnly. */
  get reasons(): number {
    return this.uint8(VENUE_MODE_CHANGED.reasons);
  }
  set reasons(value: number) {
    this.putUint8(VENUE_MODE_CHANGED.reasons, value);
  }
}

const REFUSED_TEMPLATES: readonly number[] = [
  NEW_ORDER.templateId,
  REPLACE_ORDER.templateId,
  FUNDING.depositTemplateId,
  FUNDING.withdrawTemplateId,
  NEW_TRANSFER.templateId,
  REVERSE_TRANSFER.templateId,
  ADD_CURRENCY.templateId,
  ADD_SYMBOL.templateId,
];

/** Whether CancelOnly refuses a command: one that begins something. */
export function isRefusedInCancelOnly(templateId: number): boolean {
  return REFUSED_TEMPLATES.includes(templateId);
}

/** The names of the reasons in their sum. */
export function venueModeReasonNames(reasons: number): string[] {
  return Object.entries(VenueModeReason)
    .filter(([, reason]) => (reasons & reason) !== 0)
    .map(([name]) => name);
}
