const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const short = (code: number, content: Uint8Array): Buffer => Buffer.from([code, content.length, ...content]);
const text = (value: string): Buffer => short(0xa1, Buffer.from(value));
const symbol = (value: string): Buffer => short(0xa3, Buffer.from(value));
const int = (value: number): Buffer => Buffer.from([0x54, value]);
const compound = (code: number, ...items: Uint8Array[]): Buffer =>
  short(code, Buffer.concat([Buffer.of(items.length), ...items]));
const list = (...items: Uint8Array[]): Buffer => compound(0xc0, ...items);
const map = (...items: Uint8Array[]): Buffer => compound(0xc1, ...items);
const described = (value: Uint8Array): Buffer => Buffer.concat([Buffer.of(0), symbol('shop:order'), value]);
const section = (code: number, encoded: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(0, 0x53, code), encoded]);

/** [AMQP 3.2.6 to 3.2.8] The sections that a body has. */
const data = (value: string): Buffer => section(0x75, short(0xa0, Buffer.from(value)));
const sequence = (encoded: Uint8Array): Buffer => section(0x76, encoded);
const value = (encoded: Uint8Array): Buffer => section(0x77, encoded);

/** A message of another language: its body as bytes, and what it is for a handler. */
export interface AmqpBody {
  readonly what: string;
  readonly body: Buffer;
  readonly payload: unknown;
  /** Bytes, for those who take them undecoded. */
  readonly undecoded?: Buffer;
}

/** As the table in docs/serializers.md has it. */
export const AMQP_BODIES: readonly AmqpBody[] = [
  { what: 'null', body: value(hex('40')), payload: null },
  { what: 'true', body: value(hex('41')), payload: true },
  { what: 'true in its other encoding', body: value(hex('5601')), payload: true },
  { what: 'false in its other encoding', body: value(hex('5600')), payload: false },
  { what: 'a string', body: value(text('hello')), payload: 'hello' },
  { what: 'a string that is JSON', body: value(text('{"a":1}')), payload: '{"a":1}' },
  { what: 'a symbol', body: value(symbol('hello')), payload: 'hello' },
  { what: 'a character', body: value(hex('73 0001f600')), payload: '😀' },
  { what: 'an int', body: value(hex('71 ffffff38')), payload: -200 },
  { what: 'a uint', body: value(hex('70 ffffffff')), payload: 4_294_967_295 },
  { what: 'a long', body: value(hex('81 001fffffffffffff')), payload: Number.MAX_SAFE_INTEGER },
  {
    what: 'a long beyond 2^53',
    body: value(hex('81 7fffffffffffffff')),
    payload: 9_223_372_036_854_775_807n,
  },
  {
    what: 'a long whose bytes are text',
    body: value(hex('81 3132333435363738')),
    payload: 3_544_952_156_018_063_160n,
  },
  {
    what: 'a ulong beyond 2^53',
    body: value(hex('80 ffffffffffffffff')),
    payload: 18_446_744_073_709_551_615n,
  },
  { what: 'a float', body: value(hex('72 3fc00000')), payload: 1.5 },
  { what: 'a double', body: value(hex('82 3ff8000000000000')), payload: 1.5 },
  {
    what: 'a decimal128',
    body: value(hex('94 3040000000000000 000000000000000c')),
    payload: hex('3040000000000000000000000000000c'),
  },
  { what: 'a timestamp', body: value(hex('83 00000000000003e8')), payload: new Date(1_000) },
  {
    what: 'a timestamp beyond all dates',
    body: value(hex('83 7fffffffffffffff')),
    payload: new Date(8.64e15),
  },
  {
    what: 'a UUID',
    body: value(hex('98 00112233445566778899aabbccddeeff')),
    payload: '00112233-4455-6677-8899-aabbccddeeff',
  },
  {
    what: 'bytes',
    body: value(short(0xa0, hex('ff00'))),
    payload: hex('ff00'),
    undecoded: hex('ff00'),
  },
  {
    what: 'bytes that are JSON',
    body: value(short(0xa0, Buffer.from('{"a":1}'))),
    payload: { a: 1 },
    undecoded: Buffer.from('{"a":1}'),
  },
  { what: 'a list', body: value(list(int(1), text('a'), hex('40'))), payload: [1, 'a', null] },
  { what: 'an empty list', body: value(hex('45')), payload: [] },
  { what: 'an array', body: value(compoundArray(0x54, 1, 2)), payload: [1, 2] },
  {
    what: 'a map',
    body: value(map(text('a'), int(1), symbol('b'), hex('41'))),
    payload: { a: 1, b: true },
  },
  { what: 'a map of lists', body: value(map(text('a'), list(int(2)))), payload: { a: [2] } },
  { what: 'a map whose keys are numbers', body: value(map(int(1), text('a'))), payload: new Map([[1, 'a']]) },
  {
    what: 'a map with the key __proto__',
    body: value(map(text('__proto__'), hex('41'))),
    payload: new Map([['__proto__', true]]),
  },
  {
    what: 'a map that looks like a section',
    body: value(map(text('typecode'), int(0x75))),
    payload: { typecode: 0x75 },
  },
  { what: 'a described value', body: value(described(list(int(1)))), payload: [1] },
  { what: 'a list of described values', body: value(list(described(text('a')))), payload: ['a'] },
  { what: 'a sequence', body: sequence(list(int(1), int(2))), payload: [1, 2] },
  { what: 'a sequence of lists', body: sequence(list(list(int(1)))), payload: [[1]] },
  {
    what: 'a sequence in several sections',
    body: Buffer.concat([sequence(list(int(1))), sequence(list(int(2), int(3)))]),
    payload: [1, 2, 3],
  },
  { what: 'an empty sequence', body: sequence(hex('45')), payload: [] },
  {
    what: 'data in several sections',
    body: Buffer.concat([data('{"a"'), data(':1}')]),
    payload: { a: 1 },
    undecoded: Buffer.from('{"a":1}'),
  },
  { what: 'empty data', body: data(''), payload: '', undecoded: Buffer.alloc(0) },
  { what: 'no body', body: Buffer.alloc(0), payload: undefined },
];

function compoundArray(code: number, ...items: number[]): Buffer {
  return short(0xe0, Buffer.from([items.length, code, ...items]));
}

/** [AMQP 3.2.4] The properties of a message, as far as they are texts. */
export function propertiesSection({
  messageId,
  correlationId,
}: {
  readonly messageId: string;
  readonly correlationId?: string;
}): Buffer {
  const none = hex('40');
  const id = correlationId === undefined ? none : text(correlationId);
  return section(0x73, list(text(messageId), none, none, none, none, id));
}
