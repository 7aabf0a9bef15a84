/**
 * What risk should know, in books of the audit's own that are kept from commands and events alone:
 * what accounts have open. Risk must come to the same.
 */
import type { Exchange } from '../../exchange/exchange.ts';
import { ExecType, nameOf } from '../../protocol/enums.ts';
import type { ExecutionReport } from '../../protocol/execution-report.ts';
import { Exposures } from './exposures.ts';
import { ReportedOrders } from './reported-orders.ts';

export class RiskBooks {
  private readonly exposures = new Exposures();
  private readonly orders = new ReportedOrders(this.exposures);
  private fault: string | undefined;

  begin(): void {
    this.fault = undefined;
    this.exposures.begin();
    this.orders.begin();
  }

  /** A report that is not Rejected. */
  takeReport(exchange: Exchange, report: ExecutionReport): void {
    const order = this.orders.take(exchange, report);
    if (order === undefined) {
      const { orderId, execType } = report;
      this.complain(
        `${nameOf(ExecType, execType)} was told of order ${orderId}, which is not open`,
      );
    }
  }

  /** What does not hold when the command is done. */
  finish(exchange: Exchange): string | undefined {
    return this.fault ?? this.exposures.findFaultInTouched(exchange);
  }

  /** What does not hold when everything is checked. */
  findFaultInAll(exchange: Exchange): string | undefined {
    return this.exposures.findFaultInAll(exchange);
  }

  private complain(what: string | undefined): void {
    this.fault ??= what;
  }
}
