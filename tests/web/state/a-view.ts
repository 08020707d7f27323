import fc from 'fast-check'
import type { ViewState } from '../../../src/web/state/view-state.ts'

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/)
/** Any well-formed text, emoji and signs of addresses among them. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom('a,b', 'x:y', '100%', '?&=#', "it's", 'ü/ö', '\u{1F600}', '中文', 'ع'),
)
const filters = fc
  .dictionary(name, fc.array(text, { minLength: 1, maxLength: 3 }), { maxKeys: 3, minKeys: 1 })
  .map((found) => ({ ...found }))
const ui = fc
  .dictionary(name, fc.oneof(fc.boolean(), fc.integer(), text), { minKeys: 1, maxKeys: 3 })
  .map((found) => ({ ...found }))

/** A view as a page may make it, with any of its fields left out. */
export const aView: fc.Arbitrary<ViewState> = fc.record(
  {
    currentKB: name,
    page: fc.integer({ min: 1, max: 1_000_000 }),
    cursor: text,
    pageSize: fc.integer({ min: 1, max: 200 }),
    filters,
    sort: fc.record(
      { field: name, direction: fc.constantFrom('asc', 'desc') },
      { noNullPrototype: true },
    ),
    viewMode: name,
    ui,
  },
  { requiredKeys: [], noNullPrototype: true },
)
