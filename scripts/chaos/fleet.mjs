// The instances, each in a process of its own behind two links that can be disturbed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Link } from './link.mjs';
import { leakIn } from './secrets.mjs';
import { ACCOUNTS } from './settings.mjs';

const SCRIPT = fileURLToPath(new URL('instance.mjs', import.meta.url));

/** Milliseconds that an instance is given to end. */
const PATIENCE = 20_000;

export class Fleet {
  #members = [];

  /** @param options what every instance gets to know: `folder`, `key`, `seed`, `plant`, `configured`, `accounts` */
  constructor(options, write) {
    this.options = options;
    this.write = write;
  }

  /** Lays the links of an instance; the first one uses `ioredis`, the second one `redis`, and so on. */
  async add(vendorPort, redisPort) {
    const index = this.#members.length;
    const member = {
      index,
      life: 0,
      client: index % 2 === 0 ? 'ioredis' : 'redis',
      links: {
        redis: await new Link(redisPort).listen(),
        vendor: await new Link(vendorPort).listen(),
      },
    };
    this.#members.push(member);
    this.vendorPort = vendorPort;
    this.start(index);
  }

  start(index) {
    const member = this.#members[index];
    const name = `i${index}#${++member.life}`;
    const { folder, seed, accounts, ...shared } = this.options;
    const options = {
      ...shared,
      name,
      seed: seed + index * 1_000 + member.life,
      client: member.client,
      keepAlive: index % 4 < 2,
      vendor: this.vendorPort,
      vendorLink: member.links.vendor.port,
      redisLink: member.links.redis.port,
      history: join(folder, 'histories', `${name}.jsonl`),
      accounts: ACCOUNTS.filter(({ provider }) => accounts.includes(provider)),
    };
    const output = openSync(join(folder, 'output', `${name}.log`), 'a');
    const stdio = ['ignore', output, output, 'ipc'];
    const child = fork(SCRIPT, [JSON.stringify(options)], { stdio, execArgv: [] });
    member.process = child;
    member.isEnding = false;
    child.once('exit', (code, signal) => {
      if (!member.isEnding && member.process === child) {
        this.write({ by: name, e: 'died', what: `exit code ${code}, signal ${signal}` });
      }
    });
  }

  /** `i0#2` is the second life of the first instance. */
  nameOf(index) {
    return `i${index}#${this.#members[index].life}`;
  }

  linkOf(index, server) {
    return this.#members[index].links[server];
  }

  /** Which process has a connection to the vendor that comes from this port. */
  callerOf(port) {
    const member = this.#members.find(({ links }) => links.vendor.has(port));
    return member && this.nameOf(member.index);
  }

  kill(index) {
    const member = this.#members[index];
    member.isEnding = true;
    member.process.kill('SIGKILL');
  }

  signal(index, signal) {
    this.#members[index].process.kill(signal);
  }

  /** Ends every instance at once, also where a fault has frozen it. */
  abandon() {
    for (const { process } of this.#members) process.kill('SIGKILL');
  }

  /** Has every instance finish its calls and close. */
  async end() {
    const running = this.#members.filter(({ process }) => isRunning(process));
    await Promise.all(
      running.map(async (member) => {
        member.isEnding = true;
        const over = once(member.process, 'exit');
        const kill = setTimeout(() => {
          const what = `did not end within ${PATIENCE} ms`;
          this.write({ by: this.nameOf(member.index), e: 'died', what });
          member.process.kill('SIGKILL');
        }, PATIENCE);
        member.process.send('end', () => {});
        await over;
        clearTimeout(kill);
      }),
    );
    await Promise.all(
      this.#members.flatMap(({ links }) => Object.values(links).map((link) => link.close())),
    );
  }

  /** What the instances have noted. */
  histories() {
    const folder = join(this.options.folder, 'histories');
    return readdirSync(folder)
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line));
  }

  /** Secrets in what the processes have printed. */
  leaks() {
    const folder = join(this.options.folder, 'output');
    return readdirSync(folder).flatMap((file) => {
      const leak = leakIn(readFileSync(join(folder, file), 'utf8'));
      return leak === undefined ? [] : [leak];
    });
  }
}

function isRunning({ exitCode, signalCode }) {
  return exitCode === null && signalCode === null;
}
