import { it } from '@jest/globals';
import { Agent } from 'node:http';
import { FakeVendor} from '../support/fake-vendor.js';
import axios from 'axios';
it('x', async () => {
  const vendor = await FakeVendor.start();
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 });
  const page = Buffer.alloc(1_000_000, 'x');
  vendor.onApi = (_r, count) => ({ status: count === 1 ? 401 : 200, body: page });
  const a = axios.create({ baseURL: vendor.url, httpAgent });
  const e: any = await a.get('/x', {responseType: 'stream'}).catch((e) => e);
  console.log(e.response.status, httpAgent.sockets, Object.values(httpAgent.sockets).flat().length);
  const r = await a.get('/y', {responseType: 'stream', timeout: 1000}).catch((e) => e);
  console.log(r.status, r.message);
  await vendor.close();
});
