import { XMLParser, XMLValidator } from 'fast-xml-parser';

import { badRequest } from '../administration-error.js';
import { decodeReferences } from './decode-references.js';
import { type XmlElement } from './xml-element.js';

// An entry with a rule inside a subscription is eight deep.
const MAX_DEPTH = 32;
const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';

const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  cdataPropName: CDATA,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  // The parser must not expand entities: without a DOCTYPE there are only XML's predefined five.
  processEntities: false,
  maxNestedTags: MAX_DEPTH,
});

/** An element as the parser returns it: a member named after the element with its content, and one with its attributes. */
type ParsedNode = Readonly<Record<string, unknown>>;

/** Reads a document. @throws AdministrationError if it is not well-formed, too deep, or has a DOCTYPE */
export function readXml(bytes: Uint8Array): XmlElement {
  const text = decodeUtf8(bytes);
  if (/<!DOCTYPE/i.test(text)) throw badRequest('The body has a document type declaration.');
  const validity = XMLValidator.validate(text);
  if (validity !== true) {
    const { line, msg } = validity.err;
    throw badRequest(`The body is not well-formed XML: line ${line}: ${msg}`);
  }
  const [root, ...others] = parse(text).filter((node) => !(TEXT in node));
  if (!root || others.length > 0) throw badRequest('The body is not an XML document with one root element.');
  return toElement(root);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('The body is not UTF-8.');
  }
}

function parse(text: string): ParsedNode[] {
  try {
    return parser.parse(text) as ParsedNode[];
  } catch (error) {
    throw badRequest(`The body cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toElement(node: ParsedNode): XmlElement {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
  const content = node[name] as ParsedNode[];
  const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, string>);
  return {
    name,
    attributes: new Map(attributes.map(([key, value]) => [key, decodeReferences(value)])),
    children: content.filter((inner) => !(TEXT in inner) && !(CDATA in inner)).map(toElement),
    text: content.map(textOf).join(''),
  };
}

function textOf(node: ParsedNode): string {
  if (TEXT in node) return decodeReferences(String(node[TEXT]));
  if (!(CDATA in node)) return '';
  return (node[CDATA] as ParsedNode[]).map((inner) => String(inner[TEXT])).join('');
}
