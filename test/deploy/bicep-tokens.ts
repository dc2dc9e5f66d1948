/** A word, a string without its interpolations, a number, or a sign, and the line it stands in. */
export interface Token {
  readonly text: string;
  readonly kind: 'word' | 'string' | 'number' | 'sign';
  readonly line: number;
}

const NEXT = /(\s+|\/\/[^\n]*)|([A-Za-z_]\w*)|(\d+)|(==|=>|!=|\?\?|&&|\|\||[^\w\s'])/y;

/** The tokens of a Bicep file; the expressions in a string follow it. Throws where a bracket or string is not closed. */
export function bicepTokens(source: string): Token[] {
  const tokens: Token[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < source.length) {
    if (source[at] === "'" || (source[at] === '}' && open.at(-1) === '${')) {
      if (source[at] === '}') open.pop();
      at = readString(source, at + 1, open, tokens);
      continue;
    }
    NEXT.lastIndex = at;
    const match = NEXT.exec(source);
    if (!match) throw new Error(`line ${lineAt(source, at)}: ${source.slice(at, at + 20)}`);
    const [text, space, word, number] = match;
    if (space === undefined) {
      keepBalance(text, open, lineAt(source, at));
      const kind = word !== undefined ? 'word' : number !== undefined ? 'number' : 'sign';
      tokens.push({ text, kind, line: lineAt(source, at) });
    }
    at = NEXT.lastIndex;
  }
  if (open.length > 0) throw new Error(`${open.join(' ')} is not closed`);
  return tokens;
}

/** Reads up to the string's end, or to an interpolation in it; gives the place after that. */
function readString(source: string, from: number, open: string[], tokens: Token[]): number {
  const part = /(?:[^'\\$\n]|\\.|\$(?!\{))*/y;
  part.lastIndex = from;
  const [text = ''] = part.exec(source) ?? [];
  const line = lineAt(source, from);
  tokens.push({ text, kind: 'string', line });
  const end = from + text.length;
  if (source[end] === "'") return end + 1;
  if (!source.startsWith('${', end)) throw new Error(`line ${line}: a string is not closed`);
  open.push('${');
  return end + 2;
}

function keepBalance(text: string, open: string[], line: number): void {
  const opening = { ')': '(', ']': '[', '}': '{' }[text];
  if ('([{'.includes(text)) open.push(text);
  else if (opening !== undefined && open.pop() !== opening) throw new Error(`line ${line}: ${text} too many`);
}

function lineAt(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}
