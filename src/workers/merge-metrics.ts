/** [Prometheus text format] A sample: its metric's name, and its labels if it has any. */
const SAMPLE = /^([A-Za-z_:][\w:]*)(\{)?/;
const COMMENT = /^# (?:HELP|TYPE) (\S+)/;

interface Family {
  readonly comments: string[];
  readonly samples: string[];
}

/** Merges the metrics of all workers into one page; each sample gets a label with its worker's number. */
export function mergeMetrics(pages: ReadonlyMap<number, string>): string {
  // All samples of a metric must be adjacent.
  const families = new Map<string, Family>();
  for (const [worker, page] of pages) {
    const known = new Set(families.keys());
    let family: Family = { comments: [], samples: [] };
    for (const line of page.split('\n')) {
      const [, name] = COMMENT.exec(line) ?? [];
      if (name !== undefined) {
        family = families.get(name) ?? { comments: [], samples: [] };
        families.set(name, family);
        if (!known.has(name)) family.comments.push(line);
      } else if (line !== '' && !line.startsWith('#')) {
        family.samples.push(withLabel(line, worker));
      }
    }
  }
  const lines = [...families.values()].flatMap(({ comments, samples }) => [...comments, ...samples]);
  return lines.map((line) => `${line}\n`).join('');
}

function withLabel(sample: string, worker: number): string {
  return sample.replace(SAMPLE, (_all, name: string, labels?: string) =>
    labels ? `${name}{worker="${worker}",` : `${name}{worker="${worker}"}`,
  );
}
