import { type XmlElement } from './xml-element.js';

// [XML 1.0, 2.2: what is not a character of XML cannot be written, not even as a reference]
const NOT_XML = /[^\t\n\r\u0020-\uFFFD]/g;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Writes a document without white space between elements: the SDK would take it for text. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="utf-8"?>${writeElement(root)}`;
}

function writeElement({ name, attributes, children, text }: XmlElement): string {
  let written = `<${name}`;
  for (const [key, value] of attributes) written += ` ${key}="${escape(value)}"`;
  const content = children.length > 0 ? children.map(writeElement).join('') : escape(text);
  return `${written}>${content}</${name}>`;
}

function escape(text: string): string {
  return text.replace(NOT_XML, '\uFFFD').replace(/[&<>"]/g, (character) => ESCAPES[character] as string);
}
