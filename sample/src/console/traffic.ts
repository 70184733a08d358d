import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Subject } from 'rxjs';

import { EmployeesService } from '../employees/employees.service.js';
import { PayoutsService } from '../payouts/payouts.service.js';

/** How a call to a vendor has ended. */
export interface Call {
  vendor: string;
  outcome: string;
  ms: number;
}

/** Calls both vendors once a second, as the users of an app would. */
@Injectable()
export class Traffic implements OnModuleDestroy {
  readonly calls = new Subject<Call>();
  private timer: NodeJS.Timeout | undefined;
  private readonly senders: Readonly<Record<string, () => Promise<unknown>>>;

  constructor(payouts: PayoutsService, employees: EmployeesService) {
    this.senders = { zeepay: () => payouts.findAll(), tartan: () => employees.findAll() };
  }

  get isOn(): boolean {
    return this.timer !== undefined;
  }

  start(): void {
    this.timer ??= setInterval(() => this.callAll(), 1_000);
    this.callAll();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  onModuleDestroy(): void {
    this.stop();
    this.calls.complete();
  }

  /** Calls one vendor now. */
  async call(vendor: string): Promise<void> {
    const begun = performance.now();
    const outcome = await this.senders[vendor]!().then(() => '200', outcomeOf);
    const ms = Math.round(performance.now() - begun);
    this.calls.next({ vendor, outcome, ms });
  }

  private callAll(): void {
    for (const vendor of Object.keys(this.senders)) void this.call(vendor);
  }
}

function outcomeOf(error: unknown): string {
  const { code, response } = error as { code?: string; response?: { status: number } };
  return `${response?.status ?? code ?? 'failed'}`;
}
