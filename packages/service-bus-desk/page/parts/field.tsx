import { h, type JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly type?: 'text' | 'number' | 'datetime-local' | 'search' | 'password';
  readonly hint?: string;
  readonly rows?: number;
  readonly required?: boolean;
  readonly onInput?: (value: string) => void;
}

/** A labelled input, or with rows a text. */
export function Field({
  label,
  name,
  value = '',
  type = 'text',
  hint,
  rows,
  required,
  onInput,
}: FieldProps): JSX.Element {
  const id = useId();
  const shared = {
    id,
    name,
    required: required ?? false,
    spellcheck: false,
    autocomplete: 'off' as const,
    ...(hint !== undefined && { 'aria-describedby': `${id}-hint` }),
    onInput: (event: { currentTarget: { value: string } }) => onInput?.(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows === undefined ? (
        <Input {...shared} type={type} defaultValue={value} min={type === 'number' ? 1 : undefined} />
      ) : (
        <textarea {...shared} rows={rows} defaultValue={value} />
      )}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}

/** Its kind is one of several: Preact's types ask for one at a time. */
function Input(props: Readonly<Record<string, unknown>>): JSX.Element {
  return h('input', props);
}

/** What a form has, by the names of its fields; empty ones are left out. */
export function formValues(form: HTMLFormElement): Partial<Record<string, string>> {
  const entries = [...new FormData(form)].filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '',
  );
  return Object.fromEntries(entries);
}

/** Lines of `name=value`: numbers, true and false are taken as such. @throws Error that says which line is wrong */
export function readProperties(text = ''): Record<string, string | number | boolean | null> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new Error(`${line}: a property is name=value`);
      return [line.slice(0, at).trim(), valueOf(line.slice(at + 1).trim())];
    }),
  );
}

function valueOf(text: string): string | number | boolean | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  if (/^-?\d{1,15}(?:\.\d+)?$/.test(text)) return Number(text);
  return text.replace(/^"(.*)"$/, '$1');
}
