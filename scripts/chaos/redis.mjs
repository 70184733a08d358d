// A real redis-server that can be killed, frozen, paused and filled, and a record of all that was sent to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

import { leakIn } from './secrets.mjs';

export class Redis {
  /** What MONITOR has shown of secrets. */
  leaks = [];
  commands = 0;
  #process;
  #monitor;

  constructor(folder) {
    this.folder = join(folder, 'redis');
    mkdirSync(this.folder);
  }

  async start() {
    this.port ??= await freePort();
    const options = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder];
    // Everything is on disk before it is answered, as docs/shared-store.md asks for refresh tokens.
    const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    this.#process = spawn('redis-server', [...options, ...durable], { stdio: 'ignore' });
    while (!(await this.send('PING').catch(() => ''))) await sleep(20);
    this.#watch();
  }

  async kill() {
    const over = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await over;
  }

  signal(signal) {
    this.#process.kill(signal);
  }

  /** One command on a connection of its own. */
  send(...command) {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(encoded(command)));
      socket.once('data', (bytes) => resolve(String(bytes)) ?? socket.destroy());
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('Redis closed the connection')));
    });
  }

  /** Secrets in anything that was ever written: the append-only file has every write. */
  leaksOnDisk() {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'latin1'))
      .map((text) => leakIn(text))
      .filter((leak) => leak !== undefined);
  }

  abandon() {
    this.#process?.kill('SIGKILL');
  }

  async stop() {
    this.#monitor?.destroy();
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.kill();
  }

  #watch() {
    let rest = '';
    this.#monitor = connect(this.port, '127.0.0.1', () =>
      this.#monitor.write(encoded(['MONITOR'])),
    );
    this.#monitor.on('error', () => {});
    this.#monitor.on('data', (bytes) => {
      const lines = `${rest}${bytes.toString('latin1')}`.split('\r\n');
      rest = lines.pop();
      for (const line of lines) {
        if (!line.endsWith('"PING"')) this.commands++;
        const leak = leakIn(line);
        if (leak !== undefined) this.leaks.push(leak);
      }
    });
  }
}

function encoded(command) {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join('')}`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
