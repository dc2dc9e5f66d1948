import { type JSX } from 'preact';

interface TabsProps {
  readonly label: string;
  readonly current: string;
  readonly tabs: readonly {
    readonly id: string;
    readonly name: string;
    readonly href: string;
    readonly count?: number;
  }[];
}

/** Links, because each has an address of its own. */
export function Tabs({ label, current, tabs }: TabsProps): JSX.Element {
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {tabs.map(({ id, name, href, count = 0 }) => (
          <li key={id}>
            <a href={href} aria-current={id === current ? 'page' : undefined}>
              {name}
              {count > 0 && <span class="badge">{count > 999 ? '999+' : count}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
