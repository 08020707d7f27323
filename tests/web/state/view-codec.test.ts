import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromQuery, LONGEST_QUERY, toQuery } from '../../../src/web/state/view-codec.ts'
import { aView } from './a-view.ts'

describe('a view in an address', () => {
  it('comes back as it was, whatever stands in it', () => {
    fc.assert(
      fc.property(aView, (view) => {
        const { view: read, dropped } = fromQuery(toQuery(view))
        expect(read).toEqual(view)
        expect(dropped).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('leaves out what is at its default', () => {
    const defaults = { pageSize: 50, sort: { field: 'updated_at', direction: 'desc' } } as const
    expect(toQuery(defaults, defaults)).toBe('')
    expect(toQuery({ ...defaults, page: 2 }, defaults)).toBe('?page=2')
  })

  it('has its fields in the order of their names', () => {
    fc.assert(
      fc.property(aView, (view) => {
        const names = Array.from(toQuery(view).matchAll(/[?&](\w+)=/g), ([, name]) => name)
        expect(names).toEqual([...names].sort())
      }),
    )
  })

  it('writes filters as pairs whose parts are escaped', () => {
    const filters = { tag: ['a,b'], status: ['failed'] }
    expect(toQuery({ filters })).toBe('?filters=status:failed,tag:a%2Cb')
    expect(fromQuery('?filters=status:failed,tag:a%2Cb').view).toEqual({ filters })
  })

  it.each([
    ['?page=0', ['page']],
    ['?page=two&pageSize=50', ['page']],
    ['?pageSize=100000', ['pageSize']],
    ['?tenant=acme', ['tenant']],
    ['?filters=status', ['filters']],
    ['?filters=%E0%A4%A', ['filters']],
    ['?sort=name:sideways', ['sort']],
    ['?kb=../other', ['kb']],
    ['?__proto__=1', ['__proto__']],
    ['?constructor=1', ['constructor']],
  ])('drops what is malformed or unknown of %s, and nothing else', (query, names) => {
    const { view, dropped } = fromQuery(query)
    expect(dropped).toEqual(names)
    expect(Object.keys(view)).toEqual(query.includes('pageSize=50') ? ['pageSize'] : [])
  })

  it('never fails on a query that somebody made up', () => {
    fc.assert(fc.property(fc.string({ maxLength: 3000 }), (query) => void fromQuery(query)))
  })

  it('says when an address is too long to hand on', () => {
    const tag = Array.from({ length: 200 }, (_, i) => `a rather long tag ${i}`)
    expect(toQuery({ filters: { tag } }).length).toBeGreaterThan(LONGEST_QUERY)
  })
})
