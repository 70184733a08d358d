import { tartan } from '../../../lib/index.js';

export const USERNAME = 'johndoe@example.com';
export const PASSWORD = 'my:Secret&Pass+1';

export const declare = (server: string) =>
  tartan({ server, username: USERNAME, password: PASSWORD });
