/**
 * Notes in a replay who set a market's trading state last: somebody by hand, through a gateway, or
 * the supervisor by market hours. A change by hand holds until the next scheduled one, so a restart
 * must know of it.
 */
import type { ReplayListener } from '../../journal/journal-replay.ts';
import { SET_TRADING_STATE } from '../../protocol/command-layout.ts';
import { COMMAND_DONE } from '../../protocol/event-layout.ts';
import { CommandDone } from '../../protocol/events.ts';
import { type RecordBuffer, templateIdAt } from '../../protocol/record.ts';
import { RejectReason } from '../../protocol/reject-reason.ts';
import { SetTradingState } from '../../protocol/venue-commands.ts';
import { SUPERVISOR_PRODUCER } from './thread-links.ts';

const US_PER_MS = 1_000;

export class HandMadeChanges implements ReplayListener {
  private readonly timesMs = new Map<number, number>();
  private readonly change = new SetTradingState();
  private readonly done = new CommandDone();

  onCommand(command: RecordBuffer, offset: number, events: RecordBuffer, bytes: number): void {
    if (templateIdAt(command, offset) !== SET_TRADING_STATE.templateId) return;
    const { rejectReason } = this.done.wrap(events, bytes - COMMAND_DONE.length);
    if (rejectReason !== RejectReason.None) return;
    const { symbolId, gatewayId, time } = this.change.wrap(command, offset);
    this.timesMs.set(symbolId, gatewayId === SUPERVISOR_PRODUCER ? 0 : time / US_PER_MS);
  }

  /** When a market's state was set by hand, ms since 1970; 0 where that was not the last time. */
  timeOf(symbolId: number): number {
    return this.timesMs.get(symbolId) ?? 0;
  }
}
