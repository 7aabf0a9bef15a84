/** Feeds the recorded session to an engine, command by command, and compares what it does. */
import type { FlowRow } from '../../bench/flow/order-flow.ts';
import type { CommandEngine, EngineCommand } from '../../engine/engine-commands.ts';
import type { EngineEvent, TradeEvent } from '../../engine/engine-events.ts';
import {
  CancelReason,
  ExecType,
  QtyMeaning,
  SelfTradePrevention,
  Side,
  TimeInForce,
  TradingState,
} from '../../protocol/enums.ts';
import { describeRejectReason, RejectReason } from '../../protocol/reject-reason.ts';
import { Comparison, mergeFills } from './es-comparison.ts';
import type { BookRow, Fill, Session, SessionCommand } from './es-session.ts';

const SYMBOL_ID = 1;

/** @param engine without markets and orders */
export function replaySession(session: Session, engine: CommandEngine): Comparison {
  const comparison = new Comparison();
  engine.addSymbol(SYMBOL_ID);
  const { rejectReason } = engine.execute(stateCommand(TradingState.PreOpen));
  if (rejectReason !== RejectReason.None) {
    throw new Error(`state PreOpen was refused: ${describeRejectReason(rejectReason).text}`);
  }
  for (const command of session.commands) {
    const events = executeRow(command, engine, comparison);
    comparison.compareFills(command, fillsOf(events));
    comparison.compareSelfMatchCancels(command, selfMatchCancelsOf(events));
    for (const event of events) {
      if (event.event !== 'state' || event.state !== TradingState.Auction) continue;
      comparison.found.opening_price = event.auctionPrice;
      comparison.found.opening_qty = event.auctionQty;
    }
  }
  comparison.compareBook(session, bookOf(engine));
  return comparison;
}

/** Executes the row's command, or both of OPEN's, and returns all that was told. */
function executeRow(
  command: SessionCommand,
  engine: CommandEngine,
  comparison: Comparison,
): EngineEvent[] {
  const events: EngineEvent[] = [];
  for (const engineCommand of commandsOf(command.row)) {
    try {
      const outcome = engine.execute(engineCommand);
      events.push(...outcome.events);
      if (outcome.rejectReason !== RejectReason.None) {
        comparison.refuse(command, describeRejectReason(outcome.rejectReason).name);
        return events;
      }
    } catch (error) {
      if (!(error instanceof RangeError)) {
        throw new Error(`the engine failed at seq ${command.seq}`, { cause: error });
      }
      comparison.refuse(command, error.message);
      return events;
    }
  }
  comparison.accept();
  return events;
}

function commandsOf(row: FlowRow): EngineCommand[] {
  const { orderId, price, qty, displayQty } = row;
  switch (row.command) {
    case 'OPEN':
      return [stateCommand(TradingState.Auction), stateCommand(TradingState.Continuous)];
    case 'CANCEL':
      return [{ command: 'cancel', orderId }];
    case 'REPLACE':
      return [{ command: 'replace', orderId, price, qty, qtyMeaning: QtyMeaning.Open, displayQty }];
    case 'NEW':
      return [
        {
          command: 'new',
          orderId,
          symbolId: SYMBOL_ID,
          side: row.side === 'B' ? Side.Buy : Side.Sell,
          price,
          qty,
          displayQty,
          timeInForce: row.timeInForce === 'IOC' ? TimeInForce.IOC : TimeInForce.GTC,
          groupId: row.ownerId,
          selfTradePrevention: SelfTradePrevention.CancelMaker,
        },
      ];
  }
}

function stateCommand(state: TradingState): EngineCommand {
  return { command: 'state', symbolId: SYMBOL_ID, state };
}

/** The command's fills as the exchange lists them. */
function fillsOf(events: readonly EngineEvent[]): Fill[] {
  const trades = events.filter((event) => event.event === 'trade');
  const auction = trades.filter(({ takerSide }) => takerSide === 0);
  const continuous = trades.filter(({ takerSide }) => takerSide !== 0);
  return mergeFills([
    ...auction.map((trade) => fillOf(trade, 0, trade.makerOrderId)),
    ...auction.map((trade) => fillOf(trade, 0, trade.takerOrderId)),
    ...continuous.map((trade) => fillOf(trade, trade.takerOrderId, trade.makerOrderId)),
  ]);
}

function fillOf(trade: TradeEvent, aggressorOrderId: number, restingOrderId: number): Fill {
  return { aggressorOrderId, restingOrderId, price: trade.price, qty: trade.qty };
}

function selfMatchCancelsOf(events: readonly EngineEvent[]): number[] {
  return events
    .filter((event) => event.event === 'report')
    .filter(({ execType }) => execType === ExecType.Canceled)
    .filter(({ reason }) => reason === CancelReason.SelfTrade)
    .map(({ orderId }) => orderId);
}

function bookOf(engine: CommandEngine): BookRow[] {
  return [...sideOf(engine, 'B'), ...sideOf(engine, 'S')];
}

function sideOf(engine: CommandEngine, side: BookRow['side']): BookRow[] {
  let levelPrice = 0;
  let priority = 0;
  const orders = engine.restingOrders(SYMBOL_ID, side === 'B' ? Side.Buy : Side.Sell);
  return orders.map(({ price, orderId, shownQty }) => {
    priority = price === levelPrice ? priority + 1 : 1;
    levelPrice = price;
    return { side, price, priority, orderId, shownQty };
  });
}
