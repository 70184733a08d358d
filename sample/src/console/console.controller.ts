import {
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Sse,
  type MessageEvent,
  type OnModuleDestroy,
} from '@nestjs/common';
import { map, merge, Subject, takeUntil, type Observable } from 'rxjs';

import { TartanServer } from '../vendors/tartan-server.js';
import type { VendorServer } from '../vendors/vendor-server.js';
import { ZeepayServer } from '../vendors/zeepay-server.js';
import { consolePage, SCRIPT, STYLE } from './console.page.js';
import { FAULTS } from './faults.js';
import { SampleLog } from './sample-log.js';
import { Traffic } from './traffic.js';

/** The page of the sample: what to break, the log, and the status board beside it. */
@Controller()
export class ConsoleController implements OnModuleDestroy {
  private readonly vendors: Readonly<Record<string, VendorServer | null>>;
  private readonly closing = new Subject<void>();

  constructor(
    @Inject(ZeepayServer) zeepay: ZeepayServer | null,
    @Inject(TartanServer) tartan: TartanServer | null,
    private readonly traffic: Traffic,
    private readonly log: SampleLog,
  ) {
    this.vendors = { zeepay, tartan };
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return consolePage(this.vendors);
  }

  @Get('console/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return STYLE;
  }

  @Get('console/script.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return SCRIPT;
  }

  @Sse('console/events')
  events(): Observable<MessageEvent> {
    return merge(
      this.log.all.pipe(map((line) => ({ type: 'line', data: line }))),
      this.traffic.calls.pipe(map((call) => ({ type: 'call', data: call }))),
    ).pipe(takeUntil(this.closing));
  }

  @Post('console/traffic/:state')
  @HttpCode(204)
  switchTraffic(@Param('state') state: string): void {
    if (state === 'on') this.traffic.start();
    else this.traffic.stop();
  }

  @Post('console/:vendor/:fault')
  @HttpCode(204)
  break(@Param('vendor') name: string, @Param('fault') fault: string): void {
    const vendor = this.vendors[name];
    if (!vendor) throw new NotFoundException(`The vendor ${name} is not embedded.`);
    if (fault === 'repair') vendor.repair();
    else if (FAULTS[fault]) FAULTS[fault].apply(vendor);
    else throw new NotFoundException(`There is no fault ${fault}.`);
    void this.traffic.call(name); // so that it shows at once
  }

  /** Nest waits for open streams when it closes, and looks for them right after this hook. */
  async onModuleDestroy(): Promise<void> {
    this.closing.next();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
