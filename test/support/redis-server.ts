import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real `redis-server` of this test's own on loopback, without persistence; `REDIS_URL` stands in for it. */
export class RedisServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess | undefined,
    private readonly folder: string | undefined,
  ) {}

  static async start(): Promise<RedisServer> {
    const { REDIS_URL } = process.env;
    return REDIS_URL ? new RedisServer(REDIS_URL, undefined, undefined) : RedisServer.alone();
  }

  /** One that the test may stop, whatever `REDIS_URL` says. */
  static async alone(port?: number, ...options: string[]): Promise<RedisServer> {
    const at = port ?? (await freePort());
    return RedisServer.run(at, (folder) => {
      const fixed = ['--port', `${at}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
      return [...fixed, ...options];
    });
  }

  /** One that watches others. It wants a file for its settings, where it notes what it finds. */
  static sentinel(settings: string, port: number): Promise<RedisServer> {
    return RedisServer.run(port, async (folder) => {
      const file = join(folder, 'sentinel.conf');
      await writeFile(file, `port ${port}\nbind 127.0.0.1\ndir ${folder}\n${settings}\n`);
      return [file, '--sentinel'];
    });
  }

  private static async run(
    port: number,
    optionsIn: (folder: string) => string[] | Promise<string[]>,
  ): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const options = await optionsIn(folder);
    const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await isReady(server);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return new RedisServer(`redis://127.0.0.1:${port}`, server, folder);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** `SIGSTOP` has it hang, `SIGCONT` go on. */
  signal(signal: NodeJS.Signals): void {
    this.process!.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.process?.exitCode === null && this.process.signalCode === null) {
      const over = once(this.process, 'exit');
      this.process.kill('SIGKILL');
      await over;
    }
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}

async function isReady(server: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => {
      reject(new Error('redis-server is missing: apt-get install redis-server, or set REDIS_URL'));
    });
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    server.stdout!.on('data', (chunk: Buffer) => {
      if (/Ready to accept connections|\+monitor master/.test(String(chunk))) resolve();
    });
  });
  server.stdout!.resume();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
