/** A checker's findings; each list contains message ids. */
export interface Verdict {
  /** Number of sends attempted. */
  readonly attempted: number;
  /** Number of sends that the broker has accepted. */
  readonly acknowledged: number;
  /** Acknowledged, but without an output. */
  readonly lost: readonly string[];
  /** With more than one output. */
  readonly duplicated: readonly string[];
  /** With an output, although the sender got no acknowledgement. Not a fault. */
  readonly recovered: readonly string[];
  /** Outputs of messages that were never sent. */
  readonly unexpected: readonly string[];
}

/** Compares inputs with outputs, as Jepsen's checker for queues does, without knowing the system in between. */
export class Checker {
  private readonly attempted = new Set<string>();
  private readonly acknowledged = new Set<string>();
  private readonly outputs = new Map<string, number>();

  attempt(id: string): void {
    this.attempted.add(id);
  }

  acknowledge(id: string): void {
    this.acknowledged.add(id);
  }

  output(id: string): void {
    this.outputs.set(id, (this.outputs.get(id) ?? 0) + 1);
  }

  verdict(): Verdict {
    const seen = [...this.outputs];
    return {
      attempted: this.attempted.size,
      acknowledged: this.acknowledged.size,
      lost: [...this.acknowledged].filter((id) => !this.outputs.has(id)),
      duplicated: seen.filter(([, count]) => count > 1).map(([id]) => id),
      recovered: seen.map(([id]) => id).filter((id) => this.attempted.has(id) && !this.acknowledged.has(id)),
      unexpected: seen.map(([id]) => id).filter((id) => !this.attempted.has(id)),
    };
  }
}
