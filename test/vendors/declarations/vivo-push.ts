import { defineProvider, values } from '../../../lib/index.js';

export const APP_ID = '10004';
export const APP_KEY = '25509283-3767-4b9e-83fe-b6e55ac6243e';
export const APP_SECRET = '25509283-3767-4b9e-83fe-b6e55ac6b123';

export const declare = (server: string) =>
  defineProvider({
    name: 'vivo-push',
    tokenEndpoint: `${server}/message/auth`,
    grantType: 'custom',
    encoding: 'json',
    parameters: {
      appId: APP_ID,
      appKey: APP_KEY,
      timestamp: values.epochMilliseconds,
      sign: values.digest('md5', APP_ID, APP_KEY, values.epochMilliseconds, APP_SECRET),
    },
    response: {
      accessToken: 'authToken',
      success: { result: 0 },
      error: 'result',
      errorDescription: 'desc',
    },
    use: { header: 'authToken', rejected: { body: { result: 10_000 } } },
    baseURL: server,
  });
