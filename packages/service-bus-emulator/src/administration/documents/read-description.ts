import { badRequest } from '../administration-error.js';
import { readXml } from '../xml/read-xml.js';
import { childOf, type XmlElement } from '../xml/xml-element.js';

/** Reads the description in the ATOM entry of a PUT. @throws AdministrationError */
export function readDescription(body: Uint8Array, ...expected: readonly string[]): XmlElement {
  if (body.length === 0) throw badRequest('The request has no body.');
  const entry = readXml(body);
  const description = entry.name === 'entry' ? childOf(entry, 'content')?.children[0] : undefined;
  if (!description || !expected.includes(description.name)) {
    throw badRequest(`The body is not an ATOM entry with a ${expected.join(' or ')} as its content.`);
  }
  return description;
}
