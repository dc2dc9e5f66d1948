import { type JSX } from 'preact';

import { type BindingNumbers } from '../../src/http/page-api.js';
import { count } from '../format.js';
import { bindings } from '../live.js';
import { Empty } from '../parts/notice.js';
import { addressOf } from '../route.js';
import { useStore } from '../store.js';

/** The bindings of the process that serves this page. */
export function HandlersView(): JSX.Element {
  const all = useStore(bindings);
  return (
    <>
      <h1>Handlers</h1>
      <h2 class="unseen">Bindings</h2>
      {all.length === 0 && <Empty>This process handles no messages.</Empty>}
      <div class="cards">
        {all.map((one) => (
          <BindingCard key={one.name} binding={one} />
        ))}
      </div>
    </>
  );
}

const TONES = { up: 'good', down: 'bad', paused: 'warn' } as const;
const CIRCUITS = {
  closed: 'closed',
  open: 'open: nothing is handled',
  'half-open': 'half open: trying',
} as const;

export function BindingCard({ binding }: { readonly binding: BindingNumbers }): JSX.Element {
  const { name, entity, health, reason, running, maxConcurrentCalls, retriesWaiting, circuit } = binding;
  const { handled, failed } = binding;
  return (
    <section class="card" aria-label={name}>
      <h3>
        {name} <span class={`tag ${TONES[health]}`}>{health}</span>
      </h3>
      <a href={addressOf('entity', { name: entity })}>{entity}</a>
      {reason !== undefined && <p class="hint">{reason}</p>}
      <label class="meter-label">
        {`${running} of ${maxConcurrentCalls} at work`}
        <meter min={0} max={Math.max(1, maxConcurrentCalls)} value={running} />
      </label>
      <dl class="pairs">
        <dt>Retries waiting</dt>
        <dd>{count(retriesWaiting)}</dd>
        <dt>Circuit</dt>
        <dd class={circuit === 'closed' ? '' : 'bad-text'}>{CIRCUITS[circuit]}</dd>
        {handled !== undefined && <dt>Handled</dt>}
        {handled !== undefined && <dd>{count(handled)}</dd>}
        {failed !== undefined && <dt>Failed</dt>}
        {failed !== undefined && <dd>{count(failed)}</dd>}
      </dl>
    </section>
  );
}
