import { TIERS } from '../../model/entity/tier.js';
import { type AdministrationAnswer, type AdministrationRequest } from './administration-request.js';
import { atomEntry } from '../documents/atom.js';
import { writeDescription } from '../documents/write-description.js';
import { element } from '../xml/xml-element.js';

// The name of the one namespace of Microsoft's emulator.
const NAME = 'sbemulatorns';

/** Answers `$namespaceinfo`. */
export function getNamespaceInfo({
  broker,
  host,
  namespaceCreatedAtMs,
}: AdministrationRequest): AdministrationAnswer {
  const { tier } = broker.namespace;
  const createdTime = new Date(namespaceCreatedAtMs).toISOString();
  const description = writeDescription('NamespaceInfo', [
    element('CreatedTime', createdTime),
    element('MessagingSKU', TIERS[tier].sku),
    ...(tier === 'premium' ? [element('MessagingUnits', 1)] : []),
    element('ModifiedTime', createdTime),
    element('Name', NAME),
    element('NamespaceType', 'Messaging'),
  ]);
  const resource = {
    path: '$namespaceinfo',
    title: NAME,
    publishedMs: namespaceCreatedAtMs,
    updatedMs: namespaceCreatedAtMs,
    description,
  };
  return { status: 200, document: atomEntry(host, resource) };
}
