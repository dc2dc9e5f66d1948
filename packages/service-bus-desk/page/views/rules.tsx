import { type JSX } from 'preact';
import { useState } from 'preact/hooks';

import { type MatchQuery, type RuleAnswer } from '../../src/http/page-api.js';
import { get, post } from '../api.js';
import { Field, formValues, readProperties } from '../parts/field.js';
import { Empty, ProblemNotice } from '../parts/notice.js';
import { problemOf, useLoad } from '../parts/use-load.js';

/** The rules of a subscription, and whether a message would match them. */
export function RulesView({ name }: { readonly name: string }): JSX.Element {
  const loaded = useLoad(name, (signal) => get<{ rules: RuleAnswer[] }>('rules', { entity: name }, signal));
  const [tried, setTried] = useState<readonly RuleAnswer[]>();
  const [problem, setProblem] = useState<string>();
  const rules = tried ?? loaded.value?.rules ?? [];
  const test = async (form: HTMLFormElement): Promise<void> => {
    setProblem(undefined);
    try {
      setTried((await post<{ rules: RuleAnswer[] }>('rules/match', readQuery(name, form))).rules);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  return (
    <div class="beside">
      <div class="stack">
        <h2 class="unseen">Rules</h2>
        <ProblemNotice problem={loaded.problem} />
        {!loaded.isLoading && loaded.problem === undefined && rules.length === 0 && (
          <Empty>No rules: this subscription takes nothing.</Empty>
        )}
        {rules.map((rule) => (
          <RuleCard key={rule.name} rule={rule} />
        ))}
      </div>
      <MatchForm tried={tried} problem={problem} onTry={(form) => void test(form)} />
    </div>
  );
}

interface MatchFormProps {
  readonly tried: readonly RuleAnswer[] | undefined;
  readonly problem: string | undefined;
  readonly onTry: (form: HTMLFormElement) => void;
}

function MatchForm({ tried, problem, onTry }: MatchFormProps): JSX.Element {
  const matching = tried?.filter(({ matches }) => matches === true).length ?? 0;
  return (
    <form
      class="card form"
      aria-labelledby="match-title"
      onSubmit={(event) => {
        event.preventDefault();
        onTry(event.currentTarget);
      }}
    >
      <h2 id="match-title">Would this message match?</h2>
      <div class="columns">
        <Field label="Subject" name="subject" />
        <Field label="Message id" name="messageId" />
        <Field label="Correlation id" name="correlationId" />
        <Field label="Session" name="sessionId" />
      </div>
      <Field
        label="Properties"
        name="properties"
        rows={4}
        hint="A line each: name=value; numbers, true and false are taken as such"
      />
      <ProblemNotice problem={problem} />
      {tried && (
        <p class={matching > 0 ? 'notice good' : 'notice bad'} role="status">
          {matching > 0 ? `Yes: ${matching} of ${tried.length} rules take it.` : 'No: no rule takes it.'}
        </p>
      )}
      <footer class="actions">
        <button type="submit" class="main">
          Try
        </button>
      </footer>
    </form>
  );
}

function RuleCard({ rule }: { readonly rule: RuleAnswer }): JSX.Element {
  const { name, kind, filter, action, matches, problem } = rule;
  return (
    <section class="card" aria-label={`Rule ${name}`}>
      <h3>
        {name} <span class="tag">{kind}</span>{' '}
        {matches !== undefined && (
          <span class={matches ? 'tag good' : 'tag bad'}>{matches ? 'matches' : 'does not match'}</span>
        )}
      </h3>
      <pre tabIndex={0} aria-label={`Filter of ${name}`}>
        {filter}
      </pre>
      {action !== undefined && (
        <pre tabIndex={0} aria-label={`Action of ${name}`}>
          {action}
        </pre>
      )}
      {problem !== undefined && <p class="bad-text">{problem}</p>}
    </section>
  );
}

function readQuery(entity: string, form: HTMLFormElement): MatchQuery {
  const { properties, ...fields } = formValues(form);
  return {
    entity,
    message: {
      ...fields,
      properties: readProperties(properties) as Record<string, string | number | boolean>,
    },
  };
}
