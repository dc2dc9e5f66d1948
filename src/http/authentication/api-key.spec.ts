import { describe, expect, it } from '@jest/globals';

import { hashOf, parseApiKeys } from './api-key.js';

const SECRET = 'c2VjcmV0LW9mLXRoZS1zaG9w';

describe('parseApiKeys', () => {
  it('reads keys by commas and by lines, and leaves comments out', () => {
    const text = `# the shop, until May\nshop:send:${SECRET}1, shop:send:${SECRET}2\r\n\n  operations : receive+operate : ${SECRET}3\n`;
    expect(parseApiKeys(text.replaceAll(' : ', ':'))).toEqual({
      keys: [
        { name: 'shop', roles: ['send'], hash: hashOf(`${SECRET}1`) },
        { name: 'shop', roles: ['send'], hash: hashOf(`${SECRET}2`) },
        { name: 'operations', roles: ['receive', 'operate'], hash: hashOf(`${SECRET}3`) },
      ],
      problems: [],
    });
  });

  it('takes a hash in place of the secret, and a secret with colons', () => {
    const { keys } = parseApiKeys(
      `a:send:sha256=${hashOf(SECRET).toUpperCase()},b:send:one:two:three:four==`,
    );
    expect(keys.map(({ hash }) => hash)).toEqual([hashOf(SECRET), hashOf('one:two:three:four==')]);
  });

  it('keeps no secret', () => {
    expect(JSON.stringify(parseApiKeys(`shop:send:${SECRET}`))).not.toContain(SECRET);
  });

  it.each([
    [SECRET, 'must be name:role+role:secret'],
    [`shop:${SECRET}`, 'must be name:role+role:secret'],
    [`:send:${SECRET}`, 'must begin with a name: letters, digits and . _ - inside, at most 64'],
    [`my shop:send:${SECRET}`, 'must begin with a name: letters, digits and . _ - inside, at most 64'],
    [`shop::${SECRET}`, 'must have roles: some of send+receive+operate+repair'],
    [`shop:send+admin:${SECRET}`, 'must have roles: some of send+receive+operate+repair'],
    [`shop:send+send:${SECRET}`, 'must have roles: some of send+receive+operate+repair'],
    ['shop:send:short', 'must have a secret of 16 to 256 visible characters'],
    ['shop:send:sha256=abc', 'must have a secret of 16 to 256 visible characters'],
    [`shop:send:${SECRET} ${SECRET}`, 'must have a secret of 16 to 256 visible characters'],
  ])('says what is wrong with an entry, and shows nothing of it, %#', (entry, problem) => {
    const good = `first:send:${SECRET}first`;
    const { keys, problems } = parseApiKeys(`${good},${entry}`);
    expect(keys).toHaveLength(1);
    expect(problems).toEqual([`entry 2 ${problem}`]);
  });

  it('refuses one secret for two', () => {
    expect(parseApiKeys(`a:send:${SECRET},b:operate:${SECRET}`).problems).toEqual([
      'entry 2 must have a secret of its own',
    ]);
  });
});
