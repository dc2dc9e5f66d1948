/** Environment variables, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

const SECRETS = /(?:CONNECTION|KEYS?|SECRET|PASSWORD|TOKEN|HEADERS)$/i;

/** Reads variables one by one, and collects what is wrong with them; an empty one counts as absent. */
export class VariableReader {
  /** A line for each problem so far. */
  readonly problems: string[] = [];
  /** The names that were asked for so far. */
  readonly names = new Set<string>();

  constructor(private readonly variables: Variables) {}

  text(name: string, fallback = '', allowed = /^/, description = ''): string {
    this.names.add(name);
    const value = this.variables[name]?.trim() || fallback;
    if (value !== '' && !allowed.test(value)) this.refuse(name, value, description);
    return value;
  }

  port(name: string, fallback: number): number {
    const value = this.text(name, String(fallback));
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (!(port <= 65_535)) this.refuse(name, value, 'a port: 0 to 65535, 0 picks a free one');
    return port;
  }

  integer(name: string, fallback: number, { from, to }: { from: number; to: number }): number {
    const value = this.text(name, String(fallback));
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= from && number <= to) return number;
    this.refuse(name, value, `a whole number, ${from} to ${to}`);
    return fallback;
  }

  oneOf<Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice {
    const value = this.text(name, fallback);
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.refuse(name, value, `one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  /** Records that a variable's value is not allowed; `allowed` completes the sentence "must be …". */
  refuse(name: string, value: string, allowed: string): void {
    this.problems.push(`${name}=${shown(name, value)}: must be ${allowed}`);
  }
}

/** Returns a value as a problem's line shows it: never a secret, not even one that was put into the wrong variable. */
function shown(name: string, value: string): string {
  if (SECRETS.test(name) || /SharedAccess|AccountKey|password/i.test(value)) return '(not shown)';
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
