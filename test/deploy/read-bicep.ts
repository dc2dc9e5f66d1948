import { readFileSync } from 'node:fs';
import path from 'node:path';

import { bicepTokens, type Token } from './bicep-tokens.js';

/** What a Bicep file declares and uses. */
export interface BicepFile {
  readonly parameters: readonly { readonly name: string; readonly isRequired: boolean }[];
  readonly resources: readonly { readonly symbol: string; readonly type: string }[];
  readonly modules: readonly {
    readonly symbol: string;
    readonly file: string;
    readonly parameters: readonly string[];
  }[];
  readonly outputs: readonly string[];
  /** Files that are read while it is compiled. */
  readonly content: readonly string[];
  /** Words that are neither declared in the file nor part of the language, with their lines. */
  readonly undeclared: readonly string[];
  readonly tokens: readonly Token[];
}

const LANGUAGE = new Set(
  (
    'param var resource module output existing if for in true false null string int bool object array targetScope ' +
    'description allowed minLength maxLength secure resourceGroup subscription subscriptionResourceId uniqueString guid ' +
    'loadJsonContent filter first map split empty json using readEnvironmentVariable'
  ).split(' '),
);

/** Reads a Bicep file as far as the check of this project's files needs it: no types, no evaluation. */
export function readBicep(file: string): BicepFile {
  const tokens = bicepTokens(readFileSync(file, 'utf8'));
  const declared = declarations(tokens);
  const here = (name: string): string => path.join(path.dirname(file), name);
  return {
    tokens,
    parameters: declared.of('param').map((at) => ({
      name: textAt(tokens, at),
      isRequired: !statement(tokens, at).some(({ text }) => text === '='),
    })),
    resources: declared
      .of('resource')
      .map((at) => ({ symbol: textAt(tokens, at), type: textAt(tokens, at + 1) })),
    modules: declared.of('module').map((at) => ({
      symbol: textAt(tokens, at),
      file: here(textAt(tokens, at + 1)),
      parameters: keysOf(tokens, 'params', at),
    })),
    outputs: declared.of('output').map((at) => textAt(tokens, at)),
    content: tokens.flatMap(({ text }, at) =>
      text === 'loadJsonContent' ? [here(textAt(tokens, at + 2))] : [],
    ),
    undeclared: undeclaredWords(tokens, declared.names),
  };
}

/** The keys of the first object that follows `name:` after a place. */
export function keysOf(tokens: readonly Token[], name: string, from: number): string[] {
  const start = tokens.findIndex(({ text }, at) => at > from && text === name && isSign(tokens, at + 1, ':'));
  const keys: string[] = [];
  let depth = 0;
  for (let at = start + 2; at < tokens.length; at += 1) {
    const { text, kind } = tokens[at] as Token;
    if (kind === 'sign' && '{[('.includes(text)) depth += 1;
    if (kind === 'sign' && '}])'.includes(text)) depth -= 1;
    if (depth === 0) return keys;
    if (depth === 1 && kind === 'word' && isSign(tokens, at + 1, ':')) keys.push(text);
  }
  return keys;
}

function declarations(tokens: readonly Token[]): {
  of(keyword: string): number[];
  names: ReadonlySet<string>;
} {
  const isFirst = (at: number): boolean => tokens[at - 1]?.line !== tokens[at]?.line;
  const of = (keyword: string): number[] =>
    tokens.flatMap(({ text }, at) => (text === keyword && isFirst(at) ? [at + 1] : []));
  const symbols = ['param', 'var', 'resource', 'module', 'output']
    .flatMap(of)
    .map((at) => textAt(tokens, at));
  const loops = tokens.flatMap(({ text }, at) => (text === 'for' ? loopVariables(tokens, at + 1) : []));
  const lambdas = tokens.flatMap(({ text }, at) => (text === '=>' ? [textAt(tokens, at - 1)] : []));
  return { of, names: new Set([...symbols, ...loops, ...lambdas]) };
}

/** `item` or `(item, index)` */
function loopVariables(tokens: readonly Token[], at: number): string[] {
  return textAt(tokens, at) === '(' ? [textAt(tokens, at + 1), textAt(tokens, at + 3)] : [textAt(tokens, at)];
}

/** A property and a key are words that need no declaration. */
function undeclaredWords(tokens: readonly Token[], names: ReadonlySet<string>): string[] {
  return tokens.flatMap(({ text, kind, line }, at) => {
    const isProperty = textAt(tokens, at - 1) === '.' || (isSign(tokens, at + 1, ':') && isKey(tokens, at));
    return kind !== 'word' || isProperty || names.has(text) || LANGUAGE.has(text) ? [] : [`${line}: ${text}`];
  });
}

/** And not the middle of `condition ? value : other`. */
function isKey(tokens: readonly Token[], at: number): boolean {
  return textAt(tokens, at - 1) !== '?';
}

/** The tokens of the line that a declaration begins on. */
function statement(tokens: readonly Token[], at: number): Token[] {
  return tokens.filter(({ line }) => line === tokens[at]?.line);
}

function isSign(tokens: readonly Token[], at: number, sign: string): boolean {
  return tokens[at]?.kind === 'sign' && tokens[at].text === sign;
}

function textAt(tokens: readonly Token[], at: number): string {
  return tokens[at]?.text ?? '';
}
