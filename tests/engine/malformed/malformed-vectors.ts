import { changedBody } from '../../fixtures/model-server/fault.ts'
import { type Malformation, type Meaning, malformed } from './malformation.ts'

interface Item {
  readonly index: number
  readonly embedding: readonly number[]
}
interface Embedded {
  readonly data: readonly Item[]
  readonly usage: object
}

const changed = (
  name: string,
  meaning: Meaning,
  change: (body: Embedded) => unknown,
): Malformation => ({ name, meaning, fault: changedBody(change) })

const items = (name: string, meaning: Meaning, change: (item: Item, place: number) => unknown) =>
  changed(name, meaning, (body) => ({ ...body, data: body.data.map(change) }))
const vectors = (
  name: string,
  meaning: Meaning,
  change: (vector: readonly number[]) => unknown,
): Malformation => items(name, meaning, (item) => ({ ...item, embedding: change(item.embedding) }))
/** Numbers that JSON can write and nothing in JavaScript would. */
const written = (name: string, meaning: Meaning, number: string) =>
  malformed(name, meaning, ({ body }) => ({
    pieces: [JSON.stringify(body).replace(/"embedding":\[[^,]*/g, `"embedding":[${number}`)],
  }))
const base64 = (vector: readonly number[]) =>
  Buffer.from(Float32Array.from(vector).buffer).toString('base64')

/** Malformations of a list of vectors. */
export const VECTORS: readonly Malformation[] = [
  changed('no data', 'out', ({ data: _, ...body }) => body),
  changed('data of null', 'out', (body) => ({ ...body, data: null })),
  changed('data by name', 'out', (body) => ({ ...body, data: { 0: body.data[0] } })),
  changed('no vector', 'out', (body) => ({ ...body, data: [] })),
  changed('a vector too few', 'out', (body) => ({ ...body, data: body.data.slice(1) })),
  changed('a vector too many', 'out', (body) => ({
    ...body,
    data: [...body.data, { ...body.data[0], index: body.data.length }],
  })),
  items('items of null', 'out', () => null),
  items('one index for all, and one too many', 'out', (item) => ({ ...item, index: 1 })),
  items('an index that is negative', 'out', (item) => ({ ...item, index: -1 })),
  items('an index beyond the texts', 'out', (item) => ({ ...item, index: item.index + 1 })),
  items('an index between two', 'out', (item) => ({ ...item, index: 0.5 })),
  items('an index that is a text', 'out', (item) => ({ ...item, index: String(item.index) })),
  items('no index', 'read', ({ embedding }) => ({ embedding })),
  changed('another order', 'read', (body) => ({ ...body, data: body.data.toReversed() })),
  items('a vector of null', 'out', (item) => ({ ...item, embedding: null })),
  vectors('a vector within a list', 'out', (vector) => [vector]),
  vectors('a vector by name', 'out', (vector) => ({ ...vector })),
  vectors('an empty vector', 'out', () => []),
  vectors('a short vector', 'out', (vector) => vector.slice(1)),
  vectors('a long vector', 'out', (vector) => [...vector, 0]),
  vectors('a vector of zeros', 'out', (vector) => vector.map(() => 0)),
  vectors('NaN, which is null in JSON', 'out', (vector) => [null, ...vector.slice(1)]),
  vectors('numbers that are texts', 'out', (vector) => vector.map(String)),
  vectors('numbers that are true', 'out', (vector) => vector.map(() => true)),
  written('a number beyond all', 'out', '1e999'),
  written('huge numbers', 'read', '1e308'),
  vectors('tiny numbers', 'read', (vector) => vector.map((value) => value * 1e-310)),
  vectors('base64', 'read', base64),
  vectors('base64 that is none', 'out', () => '@@@@'),
  vectors('base64 of NaN', 'out', (vector) => base64(vector.map(() => Number.NaN))),
  vectors('base64 that ends within a number', 'out', () => 'AAAAAAA='),
  changed('huge counts', 'read', (body) => ({ ...body, usage: { prompt_tokens: 1e300 } })),
  changed('negative counts', 'read', (body) => ({ ...body, usage: { prompt_tokens: -1e300 } })),
  changed('counts that are no numbers', 'read', (body) => ({ ...body, usage: 'many' })),
  malformed('a field named __proto__', 'read', ({ body }) => ({
    pieces: [`{"__proto__":{"polluted":1},${JSON.stringify(body).slice(1)}`],
  })),
]
