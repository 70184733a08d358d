import { SYSTEM_CODE, USER_NAME } from '../declarations/huawei-fusionsolar.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 1_800,
    secrets: [SYSTEM_CODE],
    login: {
      request: {
        path: '/thirdData/login',
        json: { userName: USER_NAME, systemCode: SYSTEM_CODE },
      },
      answer: ({ token }) => ({
        headers: { 'xsrf-token': token },
        body: { success: true, failCode: 0, data: null },
      }),
    },
    refusal: { body: { success: false, failCode: 20400, message: 'user.login.user_or_value' } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { 'xsrf-token': token } }),
    served: { body: { success: true, failCode: 0, data: [] } },
    expired: { body: { success: false, failCode: 305, message: 'USER_MUST_RELOGIN' } },
  });
