import { changedBody } from '../../fixtures/model-server/fault.ts'
import { type Malformation, type Meaning, malformed } from './malformation.ts'

interface Result {
  readonly index: number
  readonly relevance_score: number
}
interface Ranked {
  readonly results: readonly Result[]
}

const changed = (
  name: string,
  meaning: Meaning,
  change: (body: Ranked) => unknown,
): Malformation => ({ name, meaning, fault: changedBody(change) })
const results = (
  name: string,
  meaning: Meaning,
  change: (result: Result, place: number) => unknown,
) => changed(name, meaning, (body) => ({ ...body, results: body.results.map(change) }))

/**
 * Malformations of a ranking. `formless`: nothing in it can be used; `cut`: some of it can.
 */
export const RANKINGS: readonly Malformation[] = [
  changed('no results', 'out', ({ results: _, ...body }) => body),
  changed('results of null', 'out', (body) => ({ ...body, results: null })),
  changed('results by name', 'out', (body) => ({ ...body, results: { ...body.results } })),
  changed('results that are a text', 'out', (body) => ({ ...body, results: 'abc' })),
  changed('an empty list', 'formless', (body) => ({ ...body, results: [] })),
  results('results that are null', 'formless', () => null),
  results('results in lists', 'formless', (result) => [result]),
  results('no index', 'formless', ({ relevance_score }) => ({ relevance_score })),
  results('an index that is negative', 'formless', (result) => ({ ...result, index: -1 })),
  results('an index beyond the passages', 'formless', (result) => ({ ...result, index: 1e9 })),
  results('an index between two', 'formless', (result) => ({ ...result, index: 0.5 })),
  results('an index that is a text', 'formless', (result) => ({ ...result, index: '0' })),
  results('no score', 'formless', ({ index }) => ({ index })),
  results('a score of null, as NaN is', 'formless', ({ index }) => ({
    index,
    relevance_score: null,
  })),
  results('a score that is a word', 'formless', ({ index }) => ({ index, score: 'good' })),
  malformed('a score beyond all numbers', 'formless', ({ body }) => ({
    pieces: [JSON.stringify(body).replace(/"relevance_score":[^}]*/g, '"relevance_score":1e999')],
  })),
  results('one bad result among good ones', 'cut', (result, place) =>
    place === 0 ? { ...result, index: 'x' } : result,
  ),
  changed('each result twice', 'read', (body) => ({
    ...body,
    results: [...body.results, ...body.results],
  })),
  changed('the worst first', 'read', (body) => ({
    ...body,
    results: body.results.toReversed(),
  })),
  changed('one result of many', 'cut', (body) => ({ ...body, results: body.results.slice(0, 1) })),
  results('scores that are texts', 'read', ({ index, relevance_score }) => ({
    index,
    relevance_score: String(relevance_score),
  })),
  results('huge scores', 'read', ({ index, relevance_score }) => ({
    index,
    relevance_score: relevance_score * 1e300,
  })),
  changed('huge counts', 'read', (body) => ({
    ...body,
    meta: { tokens: { input_tokens: 1e300 } },
  })),
  changed('counts that are no numbers', 'read', (body) => ({ ...body, meta: 'many' })),
  malformed('a field named __proto__', 'read', ({ body }) => ({
    pieces: [`{"__proto__":{"polluted":1},${JSON.stringify(body).slice(1)}`],
  })),
]
