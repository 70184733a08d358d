/** The script of the page: it keeps the page up to date and counts the seconds. The page works without it. */
export const SCRIPT = String.raw`const base = new URL('.', import.meta.url);
const live = document.getElementById('live');
const news = document.getElementById('news');
const notice = document.getElementById('notice');
let offset = Date.now() - Number(document.body.dataset.now);

const two = (n) => String(n).padStart(2, '0');
function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return s + ' s';
  if (s < 3600) return Math.floor(s / 60) + ' min ' + two(s % 60) + ' s';
  if (s < 86400) return Math.floor(s / 3600) + ' h ' + two(Math.floor(s / 60) % 60) + ' min';
  return Math.floor(s / 86400) + ' d ' + (Math.floor(s / 3600) % 24) + ' h';
}
function tick() {
  const now = Date.now() - offset;
  for (const time of document.querySelectorAll('time[data-relative]')) {
    const left = Date.parse(time.dateTime) - now;
    const text = left > 0 ? 'in ' + duration(left) : duration(-left) + ' ago';
    if (time.textContent !== text) time.textContent = text;
  }
}

// Changes only what differs, so that the focus, a selection and what is unfolded stay.
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return from.replaceWith(to);
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  morphChildren(from, to);
}
function morphChildren(from, to) {
  const old = [...from.childNodes];
  const now = [...to.childNodes];
  now.forEach((node, i) => (old[i] ? morph(old[i], node) : from.append(node)));
  old.slice(now.length).forEach((node) => node.remove());
}

const states = () => [...document.querySelectorAll('[data-state]')].map(({ dataset }) => dataset.state);
function showTitle() {
  const summary = document.querySelector('[data-title]');
  const worst = ['down', 'degraded', 'up'].find((state) => document.querySelector('.summary .pill.' + state));
  const colour = { down: '%23c62828', degraded: '%23c77700', up: '%231a7f4b' }[worst] ?? '%23727b88';
  document.title = summary.dataset.title;
  document.querySelector('link[rel=icon]').href =
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='7' fill='" + colour + "'/></svg>";
}
function show({ now, sections }) {
  offset = Date.now() - now;
  const before = states();
  for (const { id, html } of sections) {
    const template = document.createElement('template');
    template.innerHTML = html;
    morphChildren(document.getElementById(id), template.content);
  }
  const accounts = document.getElementById('accounts');
  accounts.closest('section').hidden = accounts.childElementCount === 0;
  tick();
  showTitle();
  const changes = states().filter((state, i) => state !== before[i]);
  if (changes.length > 0) news.textContent = changes.join(', ') + '.';
}

function connect() {
  const events = new EventSource(new URL('events' + location.search, base));
  const tell = (text, isOn) => {
    live.textContent = text;
    live.classList.toggle('on', isOn);
  };
  events.onopen = () => tell('Live', true);
  events.onmessage = ({ data }) => show(JSON.parse(data));
  events.onerror = () => {
    tell('Not connected', false);
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
  addEventListener('pagehide', () => events.close(), { once: true });
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  event.preventDefault();
  notice.textContent = 'In progress …';
  try {
    const response = await fetch(form.action, { method: 'POST', headers: { accept: 'text/plain' } });
    notice.textContent = await response.text();
  } catch {
    notice.textContent = 'The app did not answer. Try again.';
  }
});

addEventListener('pageshow', ({ persisted }) => persisted && connect());
setInterval(tick, 500);
tick();
showTitle();
connect();
`;
