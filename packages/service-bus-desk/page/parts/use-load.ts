import { useCallback, useEffect, useState } from 'preact/hooks';

/** What is being loaded, was, or could not be. */
export interface Loaded<Value> {
  readonly value?: Value | undefined;
  readonly problem?: string | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Loads when the key changes, and when it is asked to; what is not wanted any more is stopped. */
export function useLoad<Value>(key: string, load: (signal: AbortSignal) => Promise<Value>): Loaded<Value> {
  const [state, setState] = useState<{ value?: Value; problem?: string; key?: string }>({});
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((one) => one + 1), []);
  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => !controller.signal.aborted && setState({ value, key: `${key} ${round}` }),
      (error: unknown) =>
        !controller.signal.aborted && setState({ problem: problemOf(error), key: `${key} ${round}` }),
    );
    return () => controller.abort();
  }, [key, round]);
  const { value, problem } = state;
  return { value, problem, isLoading: state.key !== `${key} ${round}`, reload };
}

export function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
