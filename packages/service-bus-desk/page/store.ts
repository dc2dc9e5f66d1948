import { useEffect, useState } from 'preact/hooks';

/** A value that views follow. */
export class Store<Value> {
  private readonly followers = new Set<() => void>();
  private frame = 0;

  constructor(private value: Value) {}

  get(): Value {
    return this.value;
  }

  /** However often it is set in a frame, views are drawn once. */
  set(value: Value): void {
    this.value = value;
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      for (const follow of [...this.followers]) follow();
    });
  }

  follow(follower: () => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }
}

/** The value now; the view is drawn again when it is another. */
export function useStore<Value>(store: Store<Value>): Value {
  const [, draw] = useState({});
  useEffect(() => store.follow(() => draw({})), [store]);
  return store.get();
}
