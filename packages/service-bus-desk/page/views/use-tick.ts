import { useEffect, useState } from 'preact/hooks';

/** A number that grows each so many milliseconds. */
export function useTick(eachMs: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTick((one) => one + 1), eachMs);
    return () => clearInterval(timer);
  }, [eachMs]);
  return tick;
}
