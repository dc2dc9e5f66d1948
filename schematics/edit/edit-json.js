import ts from 'typescript';

import { AnchorError } from './anchor.error.js';
import { appendToList } from './append-to-list.js';
import { parse } from './parse.js';

/**
 * Adds values to the array at a path of keys and indices; what is there stays as it is, comments too. A value that
 * is there already, by its name, is not added.
 */
export const addToArray =
  (keys, ...values) =>
  (text, path) =>
    values.reduce((changed, value) => addValue(changed, path, keys, value), text);

function addValue(text, path, keys, value) {
  const source = parse(path, text);
  const array = keys.reduce((node, key) => node && step(node, key), source.statements[0]?.expression);
  if (!array || !ts.isArrayLiteralExpression(array)) {
    throw new AnchorError(`array ${keys.join('.') || 'at its top'}`);
  }
  if (array.elements.some((element) => nameOf(element) === nameOfValue(value))) return text;
  return appendToList(text, source, array, array.elements, JSON.stringify(value, undefined, 2));
}

function step(node, key) {
  if (ts.isArrayLiteralExpression(node)) return node.elements[key];
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  return node.properties.find(({ name }) => name?.text === key)?.initializer;
}

// Service Bus compares names without regard to case.
function nameOf(element) {
  return (step(element, 'name') ?? step(element, 'Name'))?.text.toLowerCase();
}

function nameOfValue({ name, Name }) {
  return (name ?? Name).toLowerCase();
}
