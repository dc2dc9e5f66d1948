import ts from 'typescript';

import { AnchorError } from './anchor.error.js';
import { appendToList, insert } from './append-to-list.js';
import { findConstant, parse } from './parse.js';

/** Adds an element to the array that a constant is. */
export const addElement = (constant, element) => (text, path) => {
  const source = parse(path, text);
  const array = findConstant(source, constant);
  if (!array || !ts.isArrayLiteralExpression(array)) throw new AnchorError(`array ${constant}`);
  return appendToList(text, source, array, array.elements, element);
};

/** Adds a property to the object that a constant is. */
export const addProperty = (constant, property) => (text, path) => {
  const source = parse(path, text);
  const object = findConstant(source, constant);
  if (!object || !ts.isObjectLiteralExpression(object)) throw new AnchorError(`object ${constant}`);
  return appendToList(text, source, object, object.properties, property);
};

/** Adds an import of a file, in the order of their paths. */
export const addImport = (line, from) => (text, path) => {
  const imports = parse(path, text).statements.filter(ts.isImportDeclaration);
  const ofFiles = imports.filter(({ moduleSpecifier }) => moduleSpecifier.text.startsWith('.'));
  if (ofFiles.length === 0) throw new AnchorError('import of a file');
  const next = ofFiles.find(({ moduleSpecifier }) => moduleSpecifier.text > from);
  return next
    ? insert(text, next.getStart(), `${line}\n`)
    : insert(text, ofFiles.at(-1).getEnd(), `\n${line}`);
};
