import { type JSX } from 'preact';

import { type EntityNumbers, type EntityProbe, type HistoryAnswer } from '../../src/http/page-api.js';
import { get } from '../api.js';
import { age, count, rate } from '../format.js';
import { bindings, entities } from '../live.js';
import { Chart } from '../parts/chart.js';
import { Tabs } from '../parts/tabs.js';
import { useLoad } from '../parts/use-load.js';
import { addressOf, type Route } from '../route.js';
import { useStore } from '../store.js';
import { BindingCard } from './handlers.js';
import { DeadLettersView } from './dead-letters.js';
import { MessagesView } from './messages.js';
import { RulesView } from './rules.js';
import { SendView } from './send.js';
import { SessionsView } from './sessions.js';
import { useProbes } from './use-probes.js';
import { useTick } from './use-tick.js';

/** One queue or subscription. */
export function EntityView({ name, place }: { readonly name: string; readonly place: Route }): JSX.Element {
  const numbers = useStore(entities).get(name);
  const isSubscription = /\/subscriptions\//i.test(name);
  const tab = place['tab'] ?? 'overview';
  const to = (id: string): string => addressOf('entity', { name, tab: id });
  const tabs = [
    { id: 'overview', name: 'Overview', href: addressOf('entity', { name }) },
    { id: 'dead-letters', name: 'Dead letters', href: to('dead-letters'), count: numbers?.deadLetters ?? 0 },
    { id: 'messages', name: 'Messages', href: to('messages') },
    { id: 'send', name: 'Send', href: to('send') },
    ...(isSubscription
      ? [{ id: 'rules', name: 'Rules', href: to('rules') }]
      : [{ id: 'scheduled', name: 'Scheduled', href: to('scheduled'), count: numbers?.scheduled ?? 0 }]),
    { id: 'sessions', name: 'Sessions', href: to('sessions') },
  ];
  return (
    <>
      <nav class="crumbs" aria-label="Where you are">
        <a href={addressOf('')}>Entities</a> <span aria-hidden="true">/</span>
      </nav>
      <h1 class="entity-name">{name}</h1>
      <Tabs label={name} current={tab} tabs={tabs} />
      <EntityTab tab={tab} name={name} place={place} />
    </>
  );
}

function EntityTab({
  tab,
  name,
  place,
}: {
  readonly tab: string;
  readonly name: string;
  readonly place: Route;
}): JSX.Element {
  switch (tab) {
    case 'dead-letters':
      return <DeadLettersView name={name} place={place} />;
    case 'messages':
      return <MessagesView key="messages" name={name} place={place} />;
    case 'scheduled':
      return <MessagesView key="scheduled" name={name} place={place} state="scheduled" />;
    case 'send':
      return <SendView name={name} />;
    case 'sessions':
      return <SessionsView name={name} />;
    case 'rules':
      return <RulesView name={name} />;
    default:
      return <Overview name={name} />;
  }
}

function Overview({ name }: { readonly name: string }): JSX.Element {
  const numbers = useStore(entities).get(name);
  const probe = useProbes([name]).get(name);
  const tick = useTick(15_000);
  const { value: past } = useLoad(`${name} ${tick}`, (signal) =>
    get<HistoryAnswer>('history', { entity: name }, signal),
  );
  const own = useStore(bindings).filter(({ entity }) => entity.toLowerCase() === name.toLowerCase());
  const facts = factsOf(numbers, probe);
  return (
    <>
      <dl class="facts">
        {facts.map(([label, value, tone]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class={tone}>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="charts">
        <Chart title="Active" times={past?.times ?? []} values={past?.active ?? []} colour="--accent" />
        <Chart
          title="Dead letters"
          times={past?.times ?? []}
          values={past?.deadLetters ?? []}
          colour="--bad"
        />
      </div>
      {own.length > 0 && <h2>Handlers</h2>}
      <div class="cards">
        {own.map((one) => (
          <BindingCard key={one.name} binding={one} />
        ))}
      </div>
    </>
  );
}

type Fact = readonly [label: string, value: string, tone?: string];

function factsOf(numbers: EntityNumbers | undefined, probe: EntityProbe | undefined): readonly Fact[] {
  const flow: readonly Fact[] = [
    ['In', `${rate(probe?.inPerSecond)} /s`],
    ['Out', `${rate(probe?.outPerSecond)} /s`],
    ['Oldest message', age(probe?.oldest)],
  ];
  if (!numbers) return [['Active', '–'], ['Dead letters', '–'], ['Scheduled', '–'], ...flow];
  return [
    ['Active', count(numbers.active)],
    ['Dead letters', count(numbers.deadLetters), numbers.deadLetters > 0 ? 'bad-text' : ''],
    ['Scheduled', count(numbers.scheduled)],
    ...flow,
  ];
}
