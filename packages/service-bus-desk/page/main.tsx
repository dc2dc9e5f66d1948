import { type JSX, render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { takeKeyFromAddress } from './api.js';
import { addressOf, route, startRouting } from './route.js';
import { bindings, connection, entitiesProblem, follow, jobs, session } from './live.js';
import { useStore } from './store.js';
import { ProblemNotice } from './parts/notice.js';
import { ChangesView } from './views/changes.js';
import { EntitiesView } from './views/entities.js';
import { EntityView } from './views/entity.js';
import { HandlersView } from './views/handlers.js';
import { SignIn } from './views/sign-in.js';

function Page(): JSX.Element {
  const place = useStore(route);
  const main = useRef<HTMLElement>(null);
  const key = `${place.at} ${place['name'] ?? ''}`;
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${place['name'] ?? 'Service Bus desk'} · desk`;
    // Whoever has gone to another place hears of it, and goes on from its beginning.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [key]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Head />
      <main id="main" ref={main} tabIndex={-1}>
        <ProblemNotice problem={useStore(entitiesProblem)} />
        <View />
      </main>
      <SignIn />
    </>
  );
}

function View(): JSX.Element {
  const place = useStore(route);
  switch (place.at) {
    case 'entity':
      return <EntityView key={place['name']} name={place['name'] ?? ''} place={place} />;
    case 'handlers':
      return <HandlersView />;
    case 'changes':
      return <ChangesView />;
    default:
      return <EntitiesView />;
  }
}

function Head(): JSX.Element {
  const at = useStore(route).at;
  const whose = useStore(session);
  const trouble = useStore(connection);
  const running = [...useStore(jobs).values()].filter(({ state }) => state === 'running').length;
  const hasHandlers = useStore(bindings).length > 0;
  const link = (to: string, name: string, count = 0): JSX.Element => (
    <li>
      <a href={addressOf(to)} aria-current={at === to ? 'page' : undefined}>
        {name}
        {count > 0 && <span class="badge">{count}</span>}
      </a>
    </li>
  );
  return (
    <header class="head">
      <img src="icon.svg" alt="" width="24" height="24" />
      <strong class="brand">Desk</strong>
      <nav aria-label="Desk">
        <ul>
          {link('', 'Entities')}
          {hasHandlers && link('handlers', 'Handlers')}
          {link('changes', 'Changes', running)}
        </ul>
      </nav>
      <div class="whose">
        <span class="host">{whose?.host}</span>
        {whose && !whose.mayChange && <span class="tag">read only</span>}
        <span class={trouble === undefined ? 'live' : 'live off'} role="status">
          {trouble ?? 'live'}
        </span>
      </div>
    </header>
  );
}

takeKeyFromAddress();
startRouting();
void follow();
const host = document.getElementById('page');
if (host) {
  host.replaceChildren();
  render(<Page />, host);
}
