import { useEffect, useState } from 'preact/hooks';

import { type EntityProbe } from '../../src/http/page-api.js';
import { get } from '../api.js';

const EACH_MS = 5_000;
const MAX = 50;

/** What looking into some entities tells, again and again for as long as they are on the screen. */
export function useProbes(names: readonly string[]): ReadonlyMap<string, EntityProbe> {
  const [probes, setProbes] = useState<ReadonlyMap<string, EntityProbe>>(new Map());
  const asked = names.slice(0, MAX);
  const key = asked.join('\n');
  useEffect(() => {
    if (key === '') return undefined;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      if (document.hidden) return;
      const answers = await get<EntityProbe[]>('probe', { entity: asked }, controller.signal);
      setProbes((before) => new Map([...before, ...answers.map((one) => [one.entity, one] as const)]));
    };
    const run = (): void => void ask().catch(() => undefined);
    // Rows that only pass while somebody scrolls are not asked for.
    const first = setTimeout(run, 200);
    const timer = setInterval(run, EACH_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      controller.abort();
    };
  }, [key]);
  return probes;
}
