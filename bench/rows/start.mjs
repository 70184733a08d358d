import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { realNow } from '../clock.mjs';
import { median } from '../calls.mjs';

const run = promisify(execFile);
const RUNS = 15;

export default {
  title: 'what the package adds to the start of an app',
  columns: ['ms to import', 'ms to open'],
  async run({ open, contender }) {
    const begun = realNow();
    await open();
    const opened = realNow() - begun;
    if (contender.packages.length === 0) return undefined;
    const [itself, ...beside] = contender.packages;
    const script = `
      for (const name of ${JSON.stringify(beside)}) await import(name);
      const begun = performance.now();
      await import(${JSON.stringify(itself)});
      console.log(performance.now() - begun);`;
    const times = [];
    for (let i = 0; i < RUNS; i++) {
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
        cwd: import.meta.dirname,
      });
      times.push(Number(stdout));
    }
    return { 'ms to import': median(times), 'ms to open': opened };
  },
};
