/** The page's own style: it loads nothing. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #0b6bcb; }
@media (prefers-color-scheme: dark) { :root { --accent: #6cb6ff; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
h1 { margin: 0; } h2 { margin: 2.5rem 0 .75rem; } h3 { margin: 0; font-size: 1.1rem; }
a { color: var(--accent); } code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
nav ul { columns: 16rem; padding-left: 1.2rem; }
article { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 1rem; padding: 1rem; }
article > p { margin: .4rem 0; } article:target { outline: 2px solid var(--accent); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; margin: .5rem 0; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
.mark { background: var(--soft); border-radius: .3rem; font-size: .85rem; padding: .1rem .4rem; }
`;
