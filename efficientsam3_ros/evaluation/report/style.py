"""The style sheet: light, dark, narrow and paper; colours after Okabe and Ito (2008)."""

STYLE = """
:root{color-scheme:light dark;--bg:#fbfbfa;--card:#fff;--ink:#1c2024;--soft:#5b6570;
--rule:#e2e5e8;--grid:#e9ecee;--good:#00795a;--bad:#b84a00;--warn:#fff4d6;--warnrule:#d89b00;
--c0:#0072b2;--c1:#e69f00;--c2:#009e73;--c3:#d55e00;--c4:#cc79a7;--c5:#56b4e9;--c6:#8a7a00;
--c7:#5b4b9a;--none:#b9c0c6}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e6e9ec;--soft:#9aa5af;
--rule:#30363c;--grid:#2a3036;--good:#3ecf9f;--bad:#ff9a57;--warn:#3a2f10;--warnrule:#d89b00;
--c0:#4aa8e0;--c1:#f0b030;--c2:#2cc79b;--c3:#f07a2b;--c4:#dd94bb;--c5:#7cc8f2;--c6:#d8cc4a;
--c7:#a595e0;--none:#59626a}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);line-height:1.5;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0 .3rem}
h2{font-size:1.2rem;margin:2.4rem 0 .7rem}
h3{font-size:1rem;margin:1.4rem 0 .5rem}
p{margin:.4rem 0;max-width:75ch}
a{color:var(--c0)}
code{font:.88em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:.6rem .8rem;
margin:.4rem 0;overflow-x:auto;white-space:pre-wrap}
.stack{display:grid;gap:.9rem}
.soft,.caption{color:var(--soft)}
.caption{font-size:.85rem;margin:.3rem 0 0;max-width:90ch}
.banner{background:var(--warn);border-left:5px solid var(--warnrule);border-radius:4px;
padding:.7rem 1rem;margin:1rem 0}
.banner p{margin:.1rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(135px,1fr));gap:.7rem;
margin:1.1rem 0}
.tile{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:.7rem .9rem}
.tile b{display:block;white-space:nowrap;
font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{display:block;color:var(--soft);font-size:.83rem}
.tile b small{font-size:.6em;font-weight:500;margin-left:.2em}
.tile .name{color:var(--ink);font-weight:600;font-size:.88rem}
.good{color:var(--good)}.bad{color:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.5rem 0;
font-size:.92rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.9rem}
.charts .wide{grid-column:1/-1}
figure{background:var(--card);border:1px solid var(--rule);border-radius:8px;margin:0;
padding:.8rem .9rem;min-width:0}
figure+figure{break-inside:avoid}
figcaption{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;justify-content:space-between;
font-size:.92rem;margin-bottom:.3rem}
.scroll{overflow-x:auto}
svg{display:block;width:100%;height:auto;max-width:var(--natural)}
.wide svg{min-width:620px}
svg text{fill:var(--ink);font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
svg .number{fill:var(--soft);font-variant-numeric:tabular-nums}
svg .label{fill:var(--soft)}
svg .grid{stroke:var(--grid)}svg .axis{stroke:var(--soft)}
svg .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
svg .under{stroke-width:4.5;stroke-opacity:.75}
svg .dash{stroke-dasharray:5 4;stroke-width:1.4}
svg .tip{fill:transparent}svg .tip:hover{fill:var(--ink);fill-opacity:.55}
svg .halo{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
svg .mark{stroke:var(--ink);stroke-dasharray:3 3}
svg .inside{font-size:11px;font-weight:600;fill:#fff;pointer-events:none}
@media (prefers-color-scheme:dark){svg .inside{fill:#101214}}
svg .inside.c1,svg .inside.c5,svg .inside.c4{fill:#101214}
svg .switch{fill:var(--card);stroke:var(--ink);stroke-width:1.6}
svg .event{stroke:var(--bad);stroke-width:1.5}
svg .lost{fill:var(--none);fill-opacity:.45}
svg .fill:hover{opacity:.75}
COLOURS
.swatch.more{background:none}
.legend{display:flex;flex-wrap:wrap;gap:.1rem .9rem;color:var(--soft);font-size:.85rem}
.swatch{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.4em;
background:var(--none)}
.table{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
th,td{padding:.38rem .65rem;text-align:right;border-bottom:1px solid var(--rule);
white-space:nowrap}
th{color:var(--soft);font-weight:600;vertical-align:bottom}
th:first-child,td:first-child,.words{text-align:left}
td.words{white-space:normal;min-width:12ch}
tbody tr:last-child td{border-bottom:0}tbody tr:hover{background:var(--grid)}
tfoot td{font-weight:600;border-top:2px solid var(--rule)}
th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid var(--c0)}
th[aria-sort] button::after{content:" ▲";font-size:.7em}
th[aria-sort=descending] button::after{content:" ▼"}
dd details{border:0;padding:0}dd summary{padding:0;font-weight:400}
details{border-top:1px solid var(--rule);padding:.2rem 0 1rem}
summary{cursor:pointer;padding:.6rem 0;font-weight:600}
summary .soft{font-weight:400;margin-left:.6rem}
.frames{display:grid;grid-template-columns:repeat(auto-fill,minmax(185px,1fr));gap:.8rem}
.frames figure{padding:0;overflow:hidden}.frames img{display:block;width:100%}
.frames figcaption{padding:.5rem .7rem;margin:0;display:block;font-size:.85rem}
ul.notes{margin:.3rem 0;padding-left:1.2rem;font-size:.92rem}
@media (max-width:720px){.charts{grid-template-columns:minmax(0,1fr)}main{padding:1rem .7rem 3rem}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.4rem}h1{font-size:1.35rem}}
@media print{:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb;--grid:#ddd;
--c0:#0072b2;--c1:#e69f00;--c2:#009e73;--c3:#d55e00;--c4:#cc79a7;--c5:#56b4e9;--c6:#8a7a00;
--c7:#5b4b9a;--none:#b9c0c6;--good:#00795a;--bad:#b84a00;--warn:#fff}
body{font-size:11px}main{max-width:none;padding:0}figure,tr,.tile{break-inside:avoid}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.wide svg{min-width:0}}
""".replace(
    'COLOURS',
    '\n'.join(
        f'svg .fill.{name}{{fill:var(--{name})}}svg .dot.{name}{{fill:var(--{name})}}'
        f'svg .line.{name}{{stroke:var(--{name})}}.swatch.{name}{{background:var(--{name})}}'
        for name in (*(f'c{number}' for number in range(8)), 'none', 'good', 'bad')
    ),
)
