/** The look of the report: light and dark as the reader's system has it, nothing from outside. */

/** Colours of the series, told apart by those who see few colours, too. */
const LIGHT = [
  '#2a78d6',
  '#eb6834',
  '#1baf7a',
  '#4a3aa7',
  '#eda100',
  '#e34948',
  '#008300',
  '#d55c93',
];
const DARK = [
  '#4c9af0',
  '#e8743f',
  '#2fbd88',
  '#a49af0',
  '#d99a1c',
  '#ea6f6f',
  '#4ba64b',
  '#e07aa8',
];

const variables = (colours: readonly string[]) =>
  colours.map((colour, at) => `--series-${at}: ${colour};`).join(' ');

const series = LIGHT.map((_, at) => `.series-${at} { color: var(--series-${at}); }`).join('\n');

export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1a1d21; --soft: #5a6169; --rule: #d9dde2; --frame: #9aa1a9;
  --met: #0a6b2d; --missed: #b3261e;
  ${variables(LIGHT)}
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --ink: #e8eaed; --soft: #a3abb3; --rule: #31373d; --frame: #666f78;
    --met: #6fd08c; --missed: #ff8a80;
    ${variables(DARK)}
  }
}
body {
  margin: 2rem auto; max-width: 90rem; padding: 0 1.5rem;
  background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.7rem; } h2 { font-size: 1.3rem; margin: 3rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
p, small { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.85rem; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--rule); text-align: right; }
th { font-weight: 600; } tbody :is(th, td) { vertical-align: top; } thead th { color: var(--soft); }
th:first-child, .conditions :is(th, td), .targets :is(th, td):is(:nth-child(2), :last-child) {
  text-align: left; white-space: nowrap;
}
td small { display: block; font-size: 0.72rem; white-space: nowrap; }
.met { color: var(--met); } .missed { color: var(--missed); font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(34rem, 100%), 1fr)); }
.charts { gap: 1.5rem; margin-top: 1.5rem; }
svg { width: 100%; max-width: 56rem; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
svg .title { font-weight: 600; font-size: 15px; }
svg .tick, svg .note { fill: var(--soft); font-size: 12px; }
svg .middle { text-anchor: middle; } svg .end { text-anchor: end; }
svg .grid { stroke: var(--rule); } svg .frame { fill: none; stroke: var(--frame); }
svg .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
svg .dashed { stroke-dasharray: 6 4; }
svg .mark { fill: currentColor; stroke: currentColor; stroke-width: 2; }
svg .hollow { fill: var(--page); }
${series}
`;
