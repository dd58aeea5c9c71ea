/** The looks of the report: light and dark as the reader has it, light on paper; narrow screens; no colour without a sign. */
export const style: string = `
:root {
  color-scheme: light dark;
  --back: #ffffff; --raised: #f6f7f9; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --link: #0b57d0;
  --ok: #14683a; --ok-back: #e3f5e9; --fails: #a51d24; --fails-back: #fdeaea;
  --changes: #7a4b00; --changes-back: #fff3d6; --unverifiable: #4a3a8c; --unverifiable-back: #eeebfb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0f1318; --raised: #181d24; --text: #e6e9ee; --soft: #a3adb9; --line: #343c47; --link: #8ab4f8;
    --ok: #7fd8a0; --ok-back: #12301f; --fails: #ff9d9d; --fails-back: #401a1d;
    --changes: #f2c266; --changes-back: #3a2c0d; --unverifiable: #bfb0ff; --unverifiable-back: #272148;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.page { max-width: 72rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .6rem; }
h4 { font-size: 1rem; margin: 0 0 .35rem; font-weight: 600; }
p { margin: .4rem 0; }
h1, h2, h3, h4, p, li, dd, summary, td code, th code, th bdi { overflow-wrap: anywhere; }
td, th, td li { overflow-wrap: break-word; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; unicode-bidi: isolate; }
bdi { font-style: normal; }
pre { margin: .5rem 0; padding: .6rem .75rem; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 24rem; overflow: auto; tab-size: 2; }
.eyebrow { color: var(--soft); font-size: .875rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; margin: 0 0 .25rem; }
.soft { color: var(--soft); }
.verdict { display: inline-block; font-weight: 600; padding: .05em .55em; border-radius: 1em; border: 1px solid; white-space: nowrap; font-size: .9em; }
.verdict.big { font-size: 1.05rem; padding: .2em .8em; }
.ok { color: var(--ok); background: var(--ok-back); }
.fails { color: var(--fails); background: var(--fails-back); }
.changes { color: var(--changes); background: var(--changes-back); }
.unverifiable { color: var(--unverifiable); background: var(--unverifiable-back); }
.counts { color: var(--fails); background: var(--fails-back); }
td .fatal { display: block; font-size: .85rem; font-weight: 600; color: var(--fails); }
.unneeded { color: var(--soft); background: transparent; border-style: dashed; font-weight: 400; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1.25rem 0 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1.5rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-bottom: 1px solid var(--line); }
thead th { font-size: .85rem; color: var(--soft); border-bottom-width: 2px; }
tbody th { font-weight: 600; }
td .soft, th .soft { display: block; font-size: .85rem; font-weight: 400; }
.finding, .hazard { border: 1px solid var(--line); border-left: .3rem solid var(--line); border-radius: 6px; padding: .8rem 1rem; margin: 0 0 1rem; break-inside: avoid; }
.finding.error { border-left-color: var(--fails); }
.finding.warning, .hazard.warn { border-left-color: var(--changes); }
.hazard.stop { border-left-color: var(--fails); }
.finding h4 .verdict { margin-right: .35rem; }
.todo { margin-top: .5rem; }
.list { margin: 0; padding-left: 1.1rem; }
td .list { padding-left: 0; list-style: none; }
details { margin: .75rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .3rem 0; }
.step td, .step th { border-bottom: 0; padding-bottom: .1rem; }
.statements td { padding-top: 0; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .875rem; }
@media (max-width: 40rem) {
  body { font-size: 15px; }
  .page { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.4rem; }
  th, td { padding: .45rem .35rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
  .wide { min-width: 36rem; }
  .matrix { min-width: 34rem; }
  .matrix td, .matrix th { font-size: .85rem; }
  .matrix th:first-child { position: sticky; left: 0; background: var(--back); min-width: 6.5rem; }
  .plan th:first-child { min-width: 8rem; }
}
@media print {
  :root {
    color-scheme: light;
    --back: #fff; --raised: #fff; --text: #000; --soft: #444; --line: #999; --link: #000;
    --ok: #14683a; --ok-back: #fff; --fails: #a51d24; --fails-back: #fff;
    --changes: #7a4b00; --changes-back: #fff; --unverifiable: #4a3a8c; --unverifiable-back: #fff;
  }
  body { font-size: 10pt; }
  .page { max-width: none; padding: 0; }
  nav { display: none; }
  pre { max-height: none; overflow: visible; }
  .scroll { overflow: visible; }
  .wide, .matrix { min-width: 0; }
  h2, h3, h4 { break-after: avoid; }
  tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`
