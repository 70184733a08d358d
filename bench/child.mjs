// One row of one contender, in a process of its own: node child.mjs ROW CONTENDER, forked by run.mjs.
import { clock } from './clock.mjs';

const [rowName, contenderName] = process.argv.slice(2);

/** The vendor is in the parent process; what it is asked goes there and comes back. */
const vendor = new Proxy(
  {},
  {
    get:
      (_target, method) =>
      (...parameters) =>
        ask({ method, parameters }),
  },
);

let asked = 0;
function ask(question) {
  const id = ++asked;
  process.send({ id, ...question });
  return new Promise((resolve) => {
    process.on('message', function listen(answer) {
      if (answer.id !== id) return;
      process.off('message', listen);
      resolve(answer.result);
    });
  });
}

const { default: row } = await import(`./rows/${rowName}.mjs`);
const { default: contender } = await import(`./contenders/${contenderName}.mjs`);

const access = await ask({ method: 'access', parameters: [] });

/** Opens the contender with the grant that the row wants, or with its own best. */
async function open({ grant = contender.grants[0], ...changes } = {}) {
  const apiUrl = contender.secure ? access.secureApiUrl : access.apiUrl;
  return contender.open({ ...access, apiUrl, grant, ...changes });
}

/** The grant by which it gets a refresh token, where it knows one. */
const renewable = contender.grants.includes('password') ? 'password' : contender.grants[0];

const result = await row.run({ open, renewable, contender, vendor, clock, access });
process.send({ result });
process.disconnect();
