import { type XmlElement } from './xml-element.js';

// [XML 1.0, 2.2] These are no XML characters: they cannot be written, not even as references.
const NOT_XML = /[^\t\n\r\u0020-\uFFFD]/g;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Writes a document. There is no white space between elements, which the SDK would take for text. */
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
