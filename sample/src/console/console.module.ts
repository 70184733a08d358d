import { Module } from '@nestjs/common';

import { EmployeesModule } from '../employees/employees.module.js';
import { PayoutsModule } from '../payouts/payouts.module.js';
import { VendorsModule } from '../vendors/vendors.module.js';
import { ConsoleController } from './console.controller.js';
import { SampleLog } from './sample-log.js';
import { Traffic } from './traffic.js';

@Module({
  imports: [VendorsModule, PayoutsModule, EmployeesModule],
  controllers: [ConsoleController],
  providers: [
    Traffic,
    // debug: logins and renewals of tokens; log: recoveries; warn: failures.
    {
      provide: SampleLog,
      useFactory: () => new SampleLog('', { logLevels: ['error', 'warn', 'log', 'debug'] }),
    },
  ],
})
export class ConsoleModule {}
