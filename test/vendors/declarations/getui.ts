import { defineProvider, values } from '../../../lib/index.js';

export const APP_ID = 'DI5HVKNgaU6wAfhwWUs';
export const APP_KEY = 'nHgvU8qP3K8W2GcTjXe';
export const MASTER_SECRET = 'Zq4LpVs9BxRt7';

export const declare = (server: string) =>
  defineProvider({
    name: 'getui',
    tokenEndpoint: `/v2/${APP_ID}/auth`,
    grantType: 'custom',
    encoding: 'json',
    parameters: {
      appkey: APP_KEY,
      timestamp: values.epochMilliseconds,
      sign: values.digest('sha256', APP_KEY, values.epochMilliseconds, MASTER_SECRET),
    },
    response: {
      accessToken: 'data.token',
      expiresIn: 'data.expire_time',
      success: { code: 0 },
      error: 'code',
      errorDescription: 'msg',
    },
    lifetimeFormat: 'epoch_milliseconds',
    baseURL: server,
    use: { header: 'token', rejected: { body: { code: 10001 } } },
  });
