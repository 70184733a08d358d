// A fleet of instances that share their tokens in Redis, a random schedule of faults, and a checker of what came of
// it. Usage: npm run chaos [-- --seconds 300 --seed 1 --instances 4 --grace 0 --plant NAME --accounts login,solo
// --keep FILE]
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { seeded } from '../seeded.mjs';
import { check } from './check.mjs';
import { carryOut } from './faults.mjs';
import { Fleet } from './fleet.mjs';
import { Operator } from './operator.mjs';
import { PLANT_NAMES } from './plants.mjs';
import { Redis } from './redis.mjs';
import { report } from './report.mjs';
import { scheduleOf } from './schedule.mjs';
import { ACCOUNTS } from './settings.mjs';
import { preferThisProcess, watchRedis, watchStalls } from './stalls.mjs';
import { Vendor } from './vendor.mjs';

const PROVIDERS = [...new Set(ACCOUNTS.map(({ provider }) => provider))];

/** Milliseconds for which the last calm is longer than the others, so that short back-offs end in it. */
const LAST_CALM = 5_000;

/** How often the operator looks for dead refresh tokens in a calm. */
const OPERATOR_LOOKS = 500;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    instances: { type: 'string', default: '4' },
    grace: { type: 'string', default: '0' },
    plant: { type: 'string' },
    accounts: { type: 'string', default: PROVIDERS.join(',') },
    keep: { type: 'string' },
  },
});
const [seconds, seed, instances, grace] = ['seconds', 'seed', 'instances', 'grace'].map((name) =>
  Number(values[name]),
);
const accounts = values.accounts.split(',');
if (![seconds, seed, instances, grace].every(Number.isFinite) || instances < 1) {
  throw new TypeError('--seconds, --seed, --instances and --grace are numbers');
}
if (values.plant && !PLANT_NAMES.includes(values.plant)) {
  throw new TypeError(`--plant is one of ${PLANT_NAMES.join(', ')}`);
}
if (!accounts.every((name) => PROVIDERS.includes(name))) {
  throw new TypeError(`--accounts are some of ${PROVIDERS.join(',')}`);
}

const lines = [];
const write = (line) => void lines.push({ t: Date.now(), ...line });
preferThisProcess();
const watching = watchStalls((line) => write({ by: 'conductor', ...line }));
const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
for (const name of ['histories', 'output']) mkdirSync(join(folder, name));

const schedule = scheduleOf({ seed, seconds, instances });
console.log(
  `chaos: seed ${seed}, ${schedule.seconds} s, ${instances} instances, ${schedule.faults.length} faults${values.plant ? `, plant ${values.plant}` : ''}`,
);
const redis = new Redis(folder);
const configured = join(folder, 'configured.json');
const options = {
  folder,
  configured,
  seed,
  accounts,
  plant: values.plant,
  key: randomBytes(32).toString('base64'),
};
const fleet = new Fleet(options, write);
process.once('exit', () => {
  fleet.abandon();
  redis.abandon();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(2));
const callerOf = (port) => fleet.callerOf(port);
const vendor = await new Vendor({ write, callerOf, random: seeded(seed), grace }).listen();
const operator = new Operator(configured, vendor, write);
await redis.start();
for (let index = 0; index < instances; index++) await fleet.add(vendor.port, redis.port);
const watchingRedis = watchRedis(redis, write);
await sleep(3_000); // the instances start

const start = Date.now();
await Promise.all([...schedule.faults.map(runFault), ...schedule.rounds.map(runRound)]);
await sleep(LAST_CALM);
await fleet.end();
clearInterval(watchingRedis);
await redis.stop();
await vendor.close();
clearInterval(watching);
judge();

async function runFault(fault, n) {
  await sleep(start + fault.at - Date.now());
  await carryOut(fault, n, { fleet, redis, vendor, operator }, write);
}

async function runRound({ calm, until }) {
  await sleep(start + calm - Date.now());
  const isLast = until === schedule.seconds * 1_000;
  const end = start + until + (isLast ? LAST_CALM : 0);
  write({ by: 'conductor', e: 'calm', until: end });
  const looking = setInterval(() => operator.replaceDead(), OPERATOR_LOOKS);
  operator.replaceDead();
  await sleep(end - Date.now());
  clearInterval(looking);
}

function judge() {
  for (const text of redis.leaks) write({ by: 'redis', e: 'leak', where: 'MONITOR', text });
  for (const text of redis.leaksOnDisk())
    write({ by: 'redis', e: 'leak', where: 'the file of Redis', text });
  for (const text of fleet.leaks()) write({ by: 'fleet', e: 'leak', where: 'the output', text });
  const history = [...lines, ...fleet.histories()].sort((a, b) => a.t - b.t);
  if (values.keep) {
    writeFileSync(values.keep, history.map((line) => JSON.stringify(line)).join('\n'));
  }
  const violations = check(history);
  report(history, violations, start);
  console.log(`Redis commands: ${redis.commands}`);
  console.log(`${violations.length} violations (seed ${seed})`);
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = violations.length > 0 ? 1 : 0;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
