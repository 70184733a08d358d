// The tests need a Redis of their own.
import { ensure, runs } from './ensure.mjs';

ensure(
  () => Boolean(process.env.REDIS_URL) || runs('redis-server', '--version'),
  'redis-server',
  'The tests need redis-server on the PATH, or REDIS_URL.',
);
