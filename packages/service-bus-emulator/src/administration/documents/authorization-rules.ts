import { type AuthorizationRule } from '../../model/entity/authorization-rule.js';
import { DescriptionReader } from './description-reader.js';
import { childOf, element, optionalElements, type XmlElement } from '../xml/xml-element.js';

const RULE = 'AuthorizationRule';
const SHARED_ACCESS_KEY = 'SharedAccessKey';

/** Reads the keys that an entity declares; undefined for none. */
export function readAuthorizationRules(container: XmlElement | undefined): AuthorizationRule[] | undefined {
  const rules = container?.children.filter(({ name }) => name === RULE) ?? [];
  return rules.length === 0 ? undefined : rules.map(readRule);
}

/** Writes the keys that an entity declares. */
export function writeAuthorizationRules(rules: readonly AuthorizationRule[]): XmlElement {
  return element('AuthorizationRules', rules.map(writeRule));
}

function readRule(rule: XmlElement): AuthorizationRule {
  const reader = new DescriptionReader(rule);
  return {
    claimType: reader.text('ClaimType') ?? SHARED_ACCESS_KEY,
    rights: childOf(rule, 'Rights')?.children.map(({ text }) => text) ?? [],
    keyName: reader.text('KeyName'),
    primaryKey: reader.text('PrimaryKey'),
    secondaryKey: reader.text('SecondaryKey'),
  };
}

function writeRule({
  claimType = SHARED_ACCESS_KEY,
  rights,
  keyName,
  primaryKey,
  secondaryKey,
}: AuthorizationRule): XmlElement {
  const content = [
    element('ClaimType', claimType),
    element('ClaimValue', 'None'),
    element(
      'Rights',
      rights.map((right) => element('AccessRights', right)),
    ),
    ...optionalElements({ KeyName: keyName, PrimaryKey: primaryKey, SecondaryKey: secondaryKey }),
  ];
  return element(RULE, content, { 'i:type': 'SharedAccessAuthorizationRule' });
}
