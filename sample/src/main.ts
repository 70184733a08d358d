import { NestFactory } from '@nestjs/core';

import { AppModule } from './app.module.js';
import { SampleLog } from './console/sample-log.js';
import { Traffic } from './console/traffic.js';

const port = Number(process.env.PORT ?? 3000);
const app = await NestFactory.create(AppModule, { bufferLogs: true });
app.useLogger(app.get(SampleLog));
app.enableShutdownHooks();
// An instance of the fleet ends with it, however that ends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

try {
  await app.listen(port, '127.0.0.1');
  app.get(Traffic).start();
  console.log(`\n  Open http://127.0.0.1:${port}\n`);
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  console.error(`Port ${port} is taken. Choose another one: PORT=3001 npm run sample`);
  process.exitCode = 1;
  await app.close();
}
