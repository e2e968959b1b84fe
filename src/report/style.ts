/** How the report looks: on a screen, light or dark as the reader's system is, and on A4 landscape. */
import { FONT } from '../chart/option.js'
import { PALETTES, type Palette } from '../chart/palette.js'

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(';')
}

export const STYLE = `:root{color-scheme:light dark;${variables(PALETTES.light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(PALETTES.dark)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 ${FONT};font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:1360px;margin:0 auto;padding:28px 24px 56px}
header{margin:0 0 20px}
h1{font-size:26px;line-height:1.25;margin:0;letter-spacing:-.01em}
h2{font-size:18px;margin:0 0 12px}
header p,.note{margin:4px 0 0;color:var(--muted)}
section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:20px;margin:0 0 20px}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:16px;margin:0 0 20px}
.tile{background:var(--card);border:1px solid var(--rule);border-top:4px solid var(--muted);border-radius:12px;padding:16px 20px}
.tile h2{font-size:13px;font-weight:600;color:var(--muted);margin:0}
.tile strong{display:block;font-size:30px;line-height:1.25;letter-spacing:-.01em}
.tile p{margin:6px 0 0;color:var(--muted)}
.tile.good{border-top-color:var(--good)}.tile.good strong{color:var(--good)}
.tile.warn{border-top-color:var(--warn)}.tile.warn strong{color:var(--warn)}
.tile.bad{border-top-color:var(--bad)}.tile.bad strong{color:var(--bad)}
.tools{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;margin:0 0 12px}
.tools h2{margin:0 auto 0 0}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:5px 10px;min-height:36px;max-width:100%}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--send);outline-offset:2px}
ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 8px;padding:0;color:var(--muted);font-size:13px}
.legend svg{width:16px;height:11px;margin-right:6px;vertical-align:-1px}
#chart{position:relative;contain:layout style;touch-action:pan-y;border-radius:6px}
.tip{position:absolute;z-index:2;pointer-events:none;max-width:320px;background:var(--card);color:var(--ink);border:1px solid var(--rule);border-radius:8px;box-shadow:0 6px 20px #0003;padding:8px 12px;font-size:13px;white-space:pre-line}
#picture{width:100%;height:auto}
html:not(.live) :is(.tools input,.tools select,.tools button,#chart,.help),.live #picture{display:none}
.scroll{contain:content;overflow:auto;max-height:70vh;margin:0 -20px -20px;padding:0 20px 12px}
table{border-collapse:collapse;width:100%;min-width:56rem;font-size:14px}
th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--rule);vertical-align:top}
td{unicode-bidi:isolate;overflow-wrap:break-word;max-width:34em}
td:first-child{min-width:7em}
td:last-child{min-width:12em}
th{position:sticky;top:0;background:var(--card);white-space:nowrap;z-index:1}
th button{border:0;padding:2px 0;min-height:0;font-weight:600;color:var(--muted);background:none}
th[aria-sort] button{color:var(--ink)}
th[aria-sort=ascending] button::after{content:" ↑"}
th[aria-sort=descending] button::after{content:" ↓"}
#nodes-table :is(th,td):nth-child(n+3):nth-child(-n+6),#migrations-table :is(th,td):nth-child(n+5):nth-child(-n+9){text-align:right;white-space:nowrap}
.bar{display:block;width:132px;height:8px;margin:7px 0 0;border-radius:4px}
.decides{color:var(--bound);font-weight:600}
.alert{color:var(--bad);font-weight:600}
ul.list{margin:0;padding-left:20px}
.list li{margin:0 0 6px}
dl.left dt{font-weight:600;margin:12px 0 0}
dl.left dt:first-child{margin:0}
dl.left dd{margin:2px 0 0}
dl.left .remedy::before{content:"→ ";color:var(--good)}
footer{color:var(--muted);font-size:13px}
@media (max-width:720px){main{padding:16px 12px 40px}.tiles{grid-template-columns:1fr;gap:10px}.tile strong{font-size:26px}section{padding:14px}.scroll{margin:0 -14px -14px;padding:0 14px 10px}.tools h2{width:100%}.tools input{flex:1}h1{font-size:22px}}
@media print{@page{size:A4 landscape;margin:12mm}:root{color-scheme:light}body{background:#fff;font-size:11px}h1{font-size:20px}h2{font-size:14px}main{max-width:none;padding:0}table{min-width:0}section,.tile{border-radius:0;break-inside:avoid}section.long{break-inside:auto}.tools input,.tools select,.tools button,#chart,ul.legend,.help{display:none}.live #picture{display:block}.scroll{contain:none;max-height:none;overflow:visible;margin:0;padding:0}th{position:static}table{font-size:10px}thead{display:table-header-group}tr{break-inside:avoid}}
`
