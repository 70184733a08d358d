/** The style of the page. */
export const STYLE = `:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --line: #e2e6eb; --text: #1b222c; --soft: #566170; --link: #1f5fbf;
  --up: #17734a; --up-back: #e5f4ec; --up-fill: #46b07f;
  --degraded: #875200; --degraded-back: #fdf0d5; --degraded-fill: #eba937;
  --down: #b3261e; --down-back: #fdeae8; --down-fill: #dc5149;
  --unknown: #566170; --unknown-back: #edf0f3; --track: #e6e9ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --line: #29313b; --text: #e7ebf0; --soft: #9aa6b5; --link: #86b7ff;
    --up: #62d29b; --up-back: #142b20; --up-fill: #3aa172;
    --degraded: #f2bd60; --degraded-back: #33270f; --degraded-fill: #d3962f;
    --down: #ff938b; --down-back: #381a19; --down-fill: #e2635b;
    --unknown: #9aa6b5; --unknown-back: #222932; --track: #262e38;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0 auto; max-width: 70rem; padding: 2.5rem 1.5rem 4rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1, h2, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .9em; }
h1 { font-size: 1.5rem; font-weight: 650; letter-spacing: -.015em; line-height: 1.25; }
h2 { font-size: 1.125rem; font-weight: 650; letter-spacing: -.01em; }
small { display: block; font-size: .8125rem; color: var(--soft); font-weight: 400; line-height: 1.4; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--card); z-index: 1; }
.none { color: var(--soft); font-weight: 400; }

.top { display: grid; grid-template-columns: 1fr auto; align-items: baseline; gap: .75rem 1rem; margin-bottom: 1.75rem; }
.top #summary { grid-column: 1 / -1; }
.live { font-size: .875rem; color: var(--soft); }
.live.on::before { content: ""; display: inline-block; width: .5rem; height: .5rem; margin-right: .4375rem; border-radius: 50%; background: var(--up-fill); }
.summary { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 1.5rem; }
.summary ul { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; }
.summary li { display: flex; align-items: center; flex-wrap: wrap; gap: .25rem .5rem; }
.summary .number { font-weight: 600; }
.asof { font-size: .875rem; color: var(--soft); }

.pill {
  display: inline-flex; align-items: center; gap: .375rem; padding: .125rem .625rem .125rem .4375rem;
  border-radius: 1rem; font-size: .875rem; font-weight: 600; white-space: nowrap;
}
.icon { width: 1rem; height: 1rem; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.pill.up { color: var(--up); background: var(--up-back); }
.pill.degraded { color: var(--degraded); background: var(--degraded-back); }
.pill.down { color: var(--down); background: var(--down-back); }
.pill.unknown { color: var(--unknown); background: var(--unknown-back); }

.notice { padding: .75rem 1rem; margin-bottom: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .625rem; }
.notice:empty { display: none; }
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .75rem 1.5rem; margin-bottom: .875rem; font-size: .8125rem; }
.windows { display: inline-flex; padding: 2px; border-radius: .5rem; background: var(--unknown-back); }
.windows a { padding: .25rem .625rem; border-radius: .375rem; color: var(--soft); text-decoration: none; white-space: nowrap; }
.windows a:hover { color: var(--text); }
.windows [aria-current] { background: var(--card); color: var(--text); font-weight: 600; box-shadow: 0 1px 2px #0002; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; color: var(--soft); }
.legend li { display: inline-flex; align-items: center; gap: .375rem; }

.card, .accounts { background: var(--card); border: 1px solid var(--line); border-radius: .875rem; padding: 1.25rem 1.5rem; margin-bottom: 1rem; }
.card.down { border-color: var(--down-fill); }
.card.degraded { border-color: var(--degraded-fill); }
.card header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; }
.card .state { display: flex; }
.note { font-size: .875rem; color: var(--soft); }
.actions { display: flex; gap: .5rem; }
.card .actions { margin-left: auto; }
button, input, select {
  font: inherit; font-size: .875rem; color: var(--text); background: var(--card);
  border: 1px solid var(--line); border-radius: .5rem; padding: .3125rem .75rem; min-height: 2rem;
}
button { cursor: pointer; font-weight: 550; }
button:hover:enabled { border-color: var(--soft); }
button:disabled { color: var(--soft); cursor: default; opacity: .65; }

.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: 1rem 1.5rem; margin: 1.125rem 0 1.25rem; }
.facts dt { font-size: .8125rem; color: var(--soft); }
.facts dd { font-size: 1.0625rem; font-weight: 550; line-height: 1.4; }

.problem { margin-bottom: 1.25rem; padding: .875rem 1rem; border-radius: .625rem; background: var(--down-back); }
.card.degraded .problem { background: var(--degraded-back); }
.reason { font-weight: 600; }
.hint { margin-top: .25rem; }
.code { margin-top: .375rem; font-size: .8125rem; color: var(--down); }
.card.degraded .code { color: var(--degraded); }

.timeline svg { display: block; overflow: visible; }
.timeline text { fill: var(--soft); font-size: .75rem; }
.timeline figcaption { margin-top: .375rem; font-size: .8125rem; color: var(--soft); }
.track { fill: var(--track); }
.band.up { fill: var(--up-fill); }
.band.down { fill: var(--down-fill); }
.legend .band.degraded { fill: var(--degraded-fill); }
.hatch-back { fill: var(--degraded-back); }
.hatch-line { fill: var(--degraded-fill); }
.mark { overflow: visible; }
.mark circle { fill: var(--up); }
.mark.failed path { stroke: var(--down); stroke-width: 2; stroke-linecap: round; fill: none; }
.mark.rejected path { fill: var(--degraded); }

.events { margin-top: 1rem; font-size: .875rem; }
.events summary { cursor: pointer; color: var(--soft); width: fit-content; }
.events ol { margin-top: .5rem; max-height: 22rem; overflow: auto; }
.events li { display: grid; grid-template-columns: 5rem 1fr; gap: .75rem; padding: .5rem 0; border-top: 1px solid var(--line); }
.events .at { color: var(--soft); }
.events b { font-weight: 600; }
.events .warn b { color: var(--degraded); }
.events .error b { color: var(--down); }
.events .account { color: var(--soft); }

.accounts { margin-top: 2rem; }
.search { display: flex; flex-wrap: wrap; align-items: end; gap: .75rem; margin: .875rem 0 1rem; }
.search label { display: grid; gap: .25rem; font-size: .8125rem; color: var(--soft); }
.search input { width: 18rem; max-width: 100%; }
.found { font-size: .875rem; color: var(--soft); margin-bottom: .75rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .625rem 1rem .625rem 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { border: 0; padding-top: 0; font-size: .8125rem; font-weight: 400; color: var(--soft); white-space: nowrap; }
tbody th { font-weight: 550; }
.trouble { margin-top: .375rem; font-size: .875rem; max-width: 34rem; }
.pager { display: flex; gap: 1rem; justify-content: center; margin-top: 1rem; font-size: .875rem; color: var(--soft); }
.empty { padding: 3rem 1rem; text-align: center; color: var(--soft); }

@media (max-width: 40rem) {
  body { padding: 1.25rem 1rem 3rem; }
  .card, .accounts { padding: 1rem; }
  .facts { grid-template-columns: 1fr 1fr; gap: .875rem 1rem; }
  .card .actions { margin-left: 0; width: 100%; }
  .search input { width: 100%; }
  .search label:first-of-type { width: 100%; }
  .legend { gap: .25rem .75rem; }
  .events li { grid-template-columns: 1fr; gap: 0; }
  table, tbody, tr, th, td { display: block; }
  thead { display: none; }
  tr { display: grid; grid-template-columns: 1fr auto; gap: .375rem .75rem; padding: .875rem 0; border-top: 1px solid var(--line); }
  th, td { padding: 0; border: 0; }
  tbody td:nth-child(2) { grid-area: 2 / 1 / auto / -1; }
  tbody td:nth-child(3) { text-align: right; }
  tbody td:nth-child(4) { grid-column: 1 / -1; }
}
@media (prefers-color-scheme: dark) { .windows [aria-current] { box-shadow: none; } }
@media (forced-colors: active) { .pill { border: 1px solid; } }
`;
