import { type JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { type EntityNumbers, type EntityProbe } from '../../src/http/page-api.js';
import { age, count, rate } from '../format.js';
import { entities, session } from '../live.js';
import { Empty } from '../parts/notice.js';
import { Rows } from '../parts/rows.js';
import { addressOf } from '../route.js';
import { useStore } from '../store.js';
import { useProbes } from './use-probes.js';

type Order = 'entity' | 'active' | 'deadLetters' | 'scheduled';

const COLUMNS: readonly { readonly order: Order; readonly name: string; readonly class?: string }[] = [
  { order: 'entity', name: 'Entity' },
  { order: 'deadLetters', name: 'Dead letters', class: 'number' },
  { order: 'active', name: 'Active', class: 'number' },
  { order: 'scheduled', name: 'Scheduled', class: 'number wide' },
];

/** All queues and subscriptions, with those that need somebody first. */
export function EntitiesView(): JSX.Element {
  const all = useStore(entities);
  const only = useStore(session)?.onlyEntity;
  const [sought, setSought] = useState('');
  const [order, setOrder] = useState<Order>('deadLetters');
  const rows = useMemo(() => arrange(all, sought, order), [all, sought, order]);
  const [shown, setShown] = useState<readonly EntityNumbers[]>([]);
  const probes = useProbes(
    shown.filter(({ active, scheduled }) => active + scheduled > 0).map(({ entity }) => entity),
  );
  const head = <EntityHead order={order} onOrder={setOrder} />;
  const draw = (one: EntityNumbers): JSX.Element => (
    <EntityCells numbers={one} probe={probes.get(one.entity)} />
  );
  return (
    <>
      <div class="title-row">
        <h1>Entities</h1>
        <Totals all={all} />
        <input
          type="search"
          class="filter"
          placeholder="Filter by name"
          aria-label="Filter entities by name"
          onInput={(event) => setSought(event.currentTarget.value)}
        />
      </div>
      <OtherEntity name={only} isNeeded={all.size === 0} />
      {rows.length === 0 && all.size > 0 && <Empty>No entity has “{sought}” in its name.</Empty>}
      {rows.length > 0 && (
        <Rows
          label="Entities"
          rows={rows}
          head={head}
          columns={COLUMNS.length + 3}
          keyOf={({ entity }) => entity}
          draw={draw}
          onShown={setShown}
        />
      )}
    </>
  );
}

function Totals({ all }: { readonly all: ReadonlyMap<string, EntityNumbers> }): JSX.Element {
  const total = (name: 'active' | 'deadLetters'): number =>
    [...all.values()].reduce((sum, one) => sum + one[name], 0);
  const dead = total('deadLetters');
  return (
    <p class="totals">
      <span>
        <strong>{count(all.size)}</strong> entities
      </span>
      <span>
        <strong>{count(total('active'))}</strong> active
      </span>
      <span class={dead > 0 ? 'bad-text' : ''}>
        <strong>{count(dead)}</strong> dead letters
      </span>
    </p>
  );
}

function EntityHead({
  order,
  onOrder,
}: {
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}): JSX.Element {
  const direction = order === 'entity' ? 'ascending' : 'descending';
  return (
    <tr>
      {COLUMNS.map((column) => (
        <th
          key={column.order}
          scope="col"
          class={column.class}
          aria-sort={column.order === order ? direction : undefined}
        >
          <button type="button" class="sort" onClick={() => onOrder(column.order)}>
            {column.name}
          </button>
        </th>
      ))}
      <th scope="col" class="number wide">
        In /s
      </th>
      <th scope="col" class="number wide">
        Out /s
      </th>
      <th scope="col" class="number mid">
        Oldest
      </th>
    </tr>
  );
}

function EntityCells({
  numbers,
  probe,
}: {
  readonly numbers: EntityNumbers;
  readonly probe: EntityProbe | undefined;
}): JSX.Element {
  const { entity, active, deadLetters, scheduled } = numbers;
  const dead = count(deadLetters);
  return (
    <>
      <th scope="row">
        <a href={addressOf('entity', { name: entity })}>{entity}</a>
      </th>
      <td class="number">
        {deadLetters === 0 ? (
          '0'
        ) : (
          <a
            class="dead"
            href={addressOf('entity', { name: entity, tab: 'dead-letters' })}
            aria-label={`${dead} dead letters of ${entity}`}
          >
            {dead}
          </a>
        )}
      </td>
      <td class="number">{count(active)}</td>
      <td class="number wide">{count(scheduled)}</td>
      <td class="number wide">{rate(probe?.inPerSecond)}</td>
      <td class="number wide">{rate(probe?.outPerSecond)}</td>
      <td class="number mid">{age(probe?.oldest)}</td>
    </>
  );
}

/** Where the list may not be had, or is that of one entity only, an entity is named. */
function OtherEntity({
  name,
  isNeeded,
}: {
  readonly name: string | undefined;
  readonly isNeeded: boolean;
}): JSX.Element | null {
  if (!isNeeded) return null;
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault();
        const entity = new FormData(event.currentTarget).get('entity');
        if (typeof entity === 'string' && entity !== '')
          location.hash = addressOf('entity', { name: entity.trim() });
      }}
    >
      <label for="entity-name">Go to an entity</label>
      <input
        id="entity-name"
        name="entity"
        defaultValue={name ?? ''}
        placeholder="orders, or events/Subscriptions/audit"
      />
      <button type="submit">Open</button>
    </form>
  );
}

function arrange(all: ReadonlyMap<string, EntityNumbers>, sought: string, order: Order): EntityNumbers[] {
  const wanted = sought.trim().toLowerCase();
  const found = [...all.values()].filter(({ entity }) => entity.toLowerCase().includes(wanted));
  if (order === 'entity') return found.sort((one, other) => (one.entity < other.entity ? -1 : 1));
  return found.sort(
    (one, other) =>
      other[order] - one[order] || other.active - one.active || (one.entity < other.entity ? -1 : 1),
  );
}
