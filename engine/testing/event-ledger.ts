/**
 * What must always hold, judged by the events alone: a ledger of every order's quantity, and the
 * price levels as a reader of BookLevel events has them. It knows nothing of how matching works.
 */
import assert from 'node:assert/strict';
import { ExecType, OrderType, Side, TradingState } from '../../protocol/enums.ts';
import type { CommandEngine, LevelView, Outcome } from '../engine-commands.ts';
import type { EngineEvent, ReportEvent, TradeEvent } from '../engine-events.ts';

/** An open order, from its reports. */
interface Entry {
  readonly symbolId: number;
  readonly side: number;
  /** As it was ordered, and by replaces. */
  orderedQty: number;
  /** Decremented away. */
  restatedQty: number;
  filledQty: number;
  /** The last report about it. */
  report: ReportEvent;
  /** Counts its entries to the end of a queue. */
  arrival: number;
  isWaitingStop: boolean;
}

export class EventLedger {
  private readonly entries = new Map<number, Entry>();
  /** Price to level, for a market's side. */
  private readonly levels = new Map<string, Map<number, LevelView>>();
  private readonly states = new Map<number, number>();
  private arrivals = 0;
  private tradeCount = 0;

  /** Takes an outcome in and checks what it says. */
  add({ events }: Outcome): void {
    for (const event of events) this.addEvent(event);
  }

  /** Checks the engine's book against what was told. */
  checkBook(engine: CommandEngine, symbolId: number): void {
    const sides = [Side.Buy, Side.Sell].map((side) => this.checkSide(engine, symbolId, side));
    const [bestBuy, bestSell] = sides.map((levels) => levels[0]?.price);
    const isContinuous = (this.states.get(symbolId) ?? 2) === TradingState.Continuous;
    if (isContinuous && bestBuy !== undefined && bestSell !== undefined) {
      assert.ok(bestBuy < bestSell, `the book is crossed: ${bestBuy} and ${bestSell}`);
    }
  }

  private checkSide(engine: CommandEngine, symbolId: number, side: number): LevelView[] {
    const levels = [...this.levelsOf(symbolId, side).values()];
    levels.sort((a, b) => (side === Side.Buy ? b.price - a.price : a.price - b.price));
    assert.deepEqual(engine.levels(symbolId, side), levels, 'levels are what was told of them');
    const resting = engine.restingOrders(symbolId, side);
    const total = (qtys: number[]) => qtys.reduce((sum, qty) => sum + qty, 0);
    assert.equal(
      total(levels.map(({ qty }) => qty)),
      total(resting.map(({ shownQty }) => shownQty)),
      "levels hold their orders' shown quantity",
    );
    assert.equal(total(levels.map(({ orderCount }) => orderCount)), resting.length);
    const waiting = engine.waitingStops(symbolId, side);
    for (const view of [...resting, ...waiting]) {
      const { report } = this.entryOf(view.orderId);
      assert.ok(view.leavesQty > 0 && view.shownQty <= view.leavesQty);
      const { qty, cumQty, leavesQty } = view;
      assert.deepEqual([qty, cumQty, leavesQty], [report.qty, report.cumQty, report.leavesQty]);
    }
    const open = [...this.entries.values()].filter(
      (entry) => entry.symbolId === symbolId && entry.side === side,
    );
    assert.equal(resting.length + waiting.length, open.length, 'each open order is in one place');
    return levels;
  }

  private addEvent(event: EngineEvent): void {
    switch (event.event) {
      case 'report':
        this.addReport(event);
        return;
      case 'trade':
        this.addTrade(event);
        return;
      case 'state':
        this.states.set(event.symbolId, event.state);
        return;
      case 'level': {
        const { symbolId, side, price, qty, orderCount } = event;
        const levels = this.levelsOf(symbolId, side);
        assert.equal(qty === 0, orderCount === 0, 'a level is gone or has both');
        assert.notDeepEqual(levels.get(price) ?? 0, { price, qty, orderCount }, 'it has changed');
        if (orderCount === 0) assert.ok(levels.delete(price), 'a level that was there is gone');
        else levels.set(price, { price, qty, orderCount });
      }
    }
  }

  private addReport(report: ReportEvent): void {
    const { execType, orderId, qty, cumQty, leavesQty } = report;
    if (execType === ExecType.Rejected) return;
    if (execType === ExecType.New) this.open(report);
    const entry = this.entryOf(orderId);
    const before = entry.report;
    if (execType === ExecType.Trade) entry.filledQty += report.lastQty;
    if (execType === ExecType.Restated) entry.restatedQty += before.qty - qty;
    if (execType === ExecType.Replaced) {
      entry.orderedQty += qty - before.qty;
      if (losesPlace(before, report)) entry.arrival = this.nextArrival();
    }
    if (execType === ExecType.Triggered) {
      entry.arrival = this.nextArrival();
      entry.isWaitingStop = false;
    }
    entry.report = report;
    const hasEnded = execType === ExecType.Canceled || execType === ExecType.Expired;
    const canceledQty = hasEnded ? qty - cumQty : 0;
    assert.equal(cumQty, entry.filledQty, 'cumQty is what was filled');
    assert.equal(
      entry.filledQty + leavesQty + canceledQty + entry.restatedQty,
      entry.orderedQty,
      `quantity of order ${orderId}: filled + open + canceled + restated = ordered`,
    );
    if (leavesQty === 0) this.entries.delete(orderId);
  }

  private open(report: ReportEvent): void {
    assert.ok(!this.entries.has(report.orderId), `order ${report.orderId} is open already`);
    const { orderType } = report;
    this.entries.set(report.orderId, {
      symbolId: report.symbolId,
      side: report.side,
      orderedQty: report.qty,
      restatedQty: 0,
      filledQty: 0,
      report,
      arrival: this.nextArrival(),
      isWaitingStop: orderType === OrderType.Stop || orderType === OrderType.StopLimit,
    });
  }

  private addTrade(trade: TradeEvent): void {
    this.tradeCount++;
    assert.equal(trade.tradeId, this.tradeCount, 'trades are counted');
    this.checkTurn(trade.makerOrderId, trade.takerOrderId);
    if (trade.takerSide === 0) this.checkTurn(trade.takerOrderId, trade.makerOrderId);
  }

  /**
   * No order with a limit was before this one: by price, and, of orders that hide nothing, by time.
   */
  private checkTurn(orderId: number, counterpartyId: number): void {
    const entry = this.entryOf(orderId);
    const { side, symbolId, report } = entry;
    if (report.orderType === OrderType.Market) return;
    for (const [otherId, other] of this.entries) {
      if (otherId === orderId || otherId === counterpartyId || other.isWaitingStop) continue;
      if (other.side !== side || other.symbolId !== symbolId || other.report.price === 0) continue;
      const better =
        side === Side.Buy ? other.report.price - report.price : report.price - other.report.price;
      assert.ok(better <= 0, `order ${otherId} had a better price than ${orderId}`);
      const isPlain = report.displayQty === 0 && other.report.displayQty === 0;
      if (better === 0 && isPlain) {
        assert.ok(entry.arrival < other.arrival, `order ${otherId} was there before ${orderId}`);
      }
    }
  }

  private entryOf(orderId: number): Entry {
    const entry = this.entries.get(orderId);
    assert.ok(entry !== undefined, `order ${orderId} is not open`);
    return entry;
  }

  private levelsOf(symbolId: number, side: number): Map<number, LevelView> {
    const key = `${symbolId} ${side}`;
    const levels = this.levels.get(key) ?? new Map<number, LevelView>();
    this.levels.set(key, levels);
    return levels;
  }

  private nextArrival(): number {
    this.arrivals++;
    return this.arrivals;
  }
}

function losesPlace(before: ReportEvent, after: ReportEvent): boolean {
  const shown = (displayQty: number) => displayQty || Number.POSITIVE_INFINITY;
  const showsMore = shown(after.displayQty) > shown(before.displayQty);
  return after.price !== before.price || after.qty > before.qty || showsMore;
}
